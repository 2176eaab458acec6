"""The priority of a fault, row by row."""

from dataclasses import replace

import pytest

from linkwatch.incident.priority import Circumstance, priority
from linkwatch.model.conference import Importance, Phase
from linkwatch.model.finding import Kind
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import Level, SiteRole

P1, P2, P3, P4 = Priority
WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL

COMMUNE = Circumstance(Level.COMMUNE, SiteRole.SITE)
DISTRICT = Circumstance(Level.DISTRICT, SiteRole.SITE)
HUB = Circumstance(Level.PROVINCE, SiteRole.HUB)
IN_USE = replace(COMMUNE, phase=Phase.WINDOW, attends=True, in_use=True)
BACKUP = replace(IN_USE, in_use=False)
EVE = replace(IN_USE, phase=Phase.DAY_BEFORE)
NORMAL = replace(IN_USE, importance=Importance.NORMAL)
HUB_IN_WINDOW = replace(HUB, phase=Phase.WINDOW)
CLOSED = replace(DISTRICT, closed=True)
OPENED_UP = replace(IN_USE, closed=True)
PASSED = replace(COMMUNE, phase=Phase.WINDOW, passed=True)
HUB_BACKUP = replace(HUB_IN_WINDOW, attends=True, in_use=False)

TABLE = [
    ("link in use down in the window", Kind.DOWN, CRITICAL, IN_USE, P1),
    ("link in use losing critically", Kind.LOSS, CRITICAL, IN_USE, P1),
    ("site cut off", Kind.DOWN, CRITICAL, replace(BACKUP, cut_off=True), P1),
    ("the hub's link, though it does not attend", Kind.DOWN, CRITICAL, HUB_IN_WINDOW, P1),
    ("a normal conference makes P2 of P1", Kind.DOWN, CRITICAL, NORMAL, P2),
    ("the same the day before", Kind.DOWN, CRITICAL, EVE, P2),
    ("redundancy lost in the window", Kind.DOWN, CRITICAL, BACKUP, P2),
    ("latency critical in the window", Kind.LATENCY, CRITICAL, BACKUP, P2),
    ("utilisation critical in the window", Kind.UTILISATION, CRITICAL, IN_USE, P2),
    ("any warning on a link in use", Kind.JITTER, WARNING, IN_USE, P2),
    ("a warning on a link not in use", Kind.JITTER, WARNING, BACKUP, P3),
    ("a warning the day before", Kind.LOSS, WARNING, EVE, P3),
    ("a district's link down, no conference", Kind.DOWN, CRITICAL, DISTRICT, P2),
    ("the Centre's link down, no conference", Kind.DOWN, CRITICAL, HUB, P2),
    ("a commune's link down, no conference", Kind.DOWN, CRITICAL, COMMUNE, P3),
    ("critical loss, no conference", Kind.LOSS, CRITICAL, DISTRICT, P3),
    ("no data, no conference", Kind.NO_DATA, CRITICAL, DISTRICT, P3),
    ("outside a site's hours", Kind.DOWN, CRITICAL, CLOSED, P4),
    ("outside hours, but a conference is on", Kind.DOWN, CRITICAL, OPENED_UP, P1),
    ("outside hours, the evening before", Kind.DOWN, CRITICAL, replace(EVE, closed=True), P4),
    ("a hub that attends over another link", Kind.DOWN, CRITICAL, HUB_BACKUP, P1),
    ("router of a link in use down in the window", Kind.ROUTER_DOWN, CRITICAL, IN_USE, P1),
    ("a link that the hub's passes", Kind.DOWN, CRITICAL, PASSED, P1),
    ("the same the day before", Kind.DOWN, CRITICAL, replace(PASSED, phase=Phase.DAY_BEFORE), P2),
    ("router that cuts a site off", Kind.ROUTER_DOWN, CRITICAL, replace(BACKUP, cut_off=True), P1),
    ("router of a spare link down in the window", Kind.ROUTER_DOWN, CRITICAL, BACKUP, P2),
    ("a district's router down, no conference", Kind.ROUTER_DOWN, CRITICAL, DISTRICT, P2),
    ("a commune's router down, no conference", Kind.ROUTER_DOWN, CRITICAL, COMMUNE, P3),
    (
        "a router that cannot be asked harms no conference",
        Kind.SNMP_UNREACHABLE,
        WARNING,
        IN_USE,
        P3,
    ),
    ("nor does a missing interface", Kind.INTERFACE_MISSING, WARNING, HUB_IN_WINDOW, P3),
    ("nor an ambiguous one", Kind.INTERFACE_AMBIGUOUS, WARNING, IN_USE, P3),
    ("a router of a closed site cannot be asked", Kind.SNMP_UNREACHABLE, WARNING, CLOSED, P4),
]


@pytest.mark.parametrize(
    ("around", "expected"),
    [(IN_USE, P1), (HUB_IN_WINDOW, P1), (NORMAL, P2), (EVE, P2), (BACKUP, P3), (COMMUNE, P3)],
)
def test_a_link_that_flaps_is_as_bad_as_a_dead_one_for_a_conference(
    around: Circumstance, expected: Priority
) -> None:
    assert priority(Kind.JITTER, WARNING, around, flaps=True) is expected


NAMES, ROWS = [row[0] for row in TABLE], [row[1:] for row in TABLE]


@pytest.mark.parametrize(("kind", "severity", "around", "expected"), ROWS, ids=NAMES)
def test_row(kind: Kind, severity: Severity, around: Circumstance, expected: Priority) -> None:
    assert priority(kind, severity, around) is expected
