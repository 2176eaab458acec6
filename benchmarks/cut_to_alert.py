"""From a cut to the webhook's acceptance, and from the mend to the word that it is over.

Real packets, snmpd, daemon and HTTP receiver in namespaces of its own (root, Debian's snmpd), at
the one-second interval of tests/support/field.yaml.
"""

import argparse
import statistics
import sys
import tempfile
import time  # noqa: TID251 what is measured is real time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.common import command, place
from benchmarks.common.goal import Goal, Verdict, verdicts
from benchmarks.common.page import Page, Section, Table, UsageError, say
from support.field import EACH_BY_ITSELF, Field, laid_out
from support.figures import percentile
from support.receiver import Received
from support.snmp import SNMPD

ADDRESS = ("10.77.1.10/32", "dev", "lo")
LINK = "chu-se-wan"
LONGEST = 60.0
_GATE, _MOONSHOT = 2.5, 2.0
"""s at p95, and at p99."""
_MOST = 1000


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where the goal was missed."""
    accepted = command.parser("benchmarks.cut_to_alert", __doc__.splitlines()[0])
    accepted.add_argument(
        "--times", type=command.whole(_MOST), default=10, help="cut and mended so often (10)"
    )
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _measured(chosen, made))


def _measured(chosen: argparse.Namespace, made: Mapping[str, str]) -> tuple[Page, int]:
    place.need_root()
    if SNMPD is None:
        raise UsageError("needs snmpd: apt-get install snmpd")
    with tempfile.TemporaryDirectory() as home, laid_out(Path(home), FIELD_CHANGES) as field:
        rounds = [once(field, number) for number in range(chosen.times)]
    goals, rows = [], []
    for name, column in (("cut to alert", 0), ("mend to end", 1)):
        values = sorted(r[column] for r in rounds)
        shown = (values[0], statistics.median(values), percentile(values, 0.95), values[-1])
        rows.append((name, *(f"{value:.2f} s" for value in shown)))
        if column == 0:
            goals.append(Goal(f"{name}, p95", shown[2], _GATE, "s"))
            goals.append(Goal(f"{name}, p99", percentile(values, 0.99), None, "s", _MOONSHOT))
    page = Page("From the cut to the alert", {**made, "cuts": str(len(rounds))})
    records = [{"cut_to_alert": alert, "mend_to_end": end} for alert, end in rounds]
    table = Table(("", "min", "p50", "p95", "max"), rows)
    page.sections = [verdicts(goals), Section("Times", [_WORDS], [table], records)]
    return page, 1 if goals[0].verdict is Verdict.MISSED else 0


_WORDS = (
    "The address of one site's router goes; the alert counts when the webhook's receiver has it."
    " It is over after answers in a row over 5 s."
)

FIELD_CHANGES = {"changes: 4": "changes: 1000", **EACH_BY_ITSELF}
"""So many cuts of one link would be flapping, and gathered, which are other matters."""


def once(field: Field, number: int) -> tuple[float, float]:
    """One cut and its mend: seconds to each word."""
    seen = len(field.hook.received)

    def told(received: Received, event: str) -> bool:
        is_new = received in field.hook.received[seen:]
        return is_new and (received.link, received.body["event"]) == (LINK, event)

    cut_at = time.monotonic()
    field.site.ip("address", "delete", *ADDRESS)
    opened = field.hook.wait(LONGEST, lambda r: told(r, "opened"))
    mended_at = time.monotonic()
    field.site.ip("address", "add", *ADDRESS)
    resolved = field.hook.wait(LONGEST, lambda r: told(r, "resolved"))
    row = (opened.at - cut_at, resolved.at - mended_at)
    say(f"round {number + 1}: alert after {row[0]:.2f} s, end after {row[1]:.2f} s")
    field.daemon.wait(LONGEST, lambda: field.daemon.links()[LINK] == "up")
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
