"""A configuration file, and all it includes, to a `Config` or every problem."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from yaml.nodes import MappingNode

from linkwatch.config.badvalue import BadValueError
from linkwatch.config.build.config import build
from linkwatch.config.checks.channels import check_channels
from linkwatch.config.checks.cycles import check_cycles
from linkwatch.config.checks.daily_test import lint_daily_test
from linkwatch.config.checks.duty import lint_coverage, lint_gaps
from linkwatch.config.checks.egress import check_egress
from linkwatch.config.checks.escalation import check_escalation
from linkwatch.config.checks.events import check_events
from linkwatch.config.checks.files import Beside, read_beside
from linkwatch.config.checks.identity import check_identity
from linkwatch.config.checks.links import check_links
from linkwatch.config.checks.lint import lint_contacts, lint_names
from linkwatch.config.checks.load import lint_load
from linkwatch.config.checks.people import check_people
from linkwatch.config.checks.probing import check_probing
from linkwatch.config.checks.rates import check_rates
from linkwatch.config.checks.references import check_references
from linkwatch.config.checks.snmp import check_snmp
from linkwatch.config.checks.wording import check_widths, lint_circuits
from linkwatch.config.explain import explain
from linkwatch.config.include import Tree, read_tree
from linkwatch.config.loaded import Loaded, no_collection
from linkwatch.config.locate import Locator
from linkwatch.config.plain import Plain, to_plain
from linkwatch.config.problem import Gravity, Problem
from linkwatch.config.report import Report
from linkwatch.config.salvage import salvage, validate
from linkwatch.config.scalars import parse_timezone
from linkwatch.config.schema.document import DEFAULT_TIMEZONE, Document
from linkwatch.config.schema.fields import Reading
from linkwatch.config.unused import unused


def load(path: Path, at: datetime | None = None) -> Loaded:
    """Read, check and resolve a configuration. Reads files, but no clock and no secret.

    `at` (aware) is the time for which coming gaps in rosters are warned of; without it, none are.
    """
    with no_collection():
        tree = read_tree(path)
        if tree.root is None:
            return Loaded(None, _in_order(tree.problems))
        return _understand(tree, tree.root, at)


def _understand(tree: Tree, root: MappingNode, at: datetime | None) -> Loaded:
    plain = to_plain(root)
    report = Report(Locator(root))
    check_identity(plain, report)
    check_references(plain, report)
    document = _document(root, plain, report)
    beside = _compare(document, plain, report, at) if document is not None else Beside()
    problems = (*tree.problems, *report.problems)
    if document is None or _has_error(problems):
        return Loaded(None, _in_order(problems))
    config = build(document, beside, (*tree.files, *beside.files), unused(plain))
    problems = (*problems, *check_widths(beside.words, config.inventory))
    return Loaded(None if _has_error(problems) else config, _in_order(problems))


def _has_error(problems: Iterable[Problem]) -> bool:
    return any(found.gravity is Gravity.ERROR for found in problems)


def _compare(document: Document, plain: Plain, report: Report, at: datetime | None) -> Beside:
    for check in _CHECKS:
        check(document, report)
    beside = read_beside(document, plain, report)
    lint_daily_test(document, beside.schedules, report)
    if at is not None:
        lint_gaps(document, beside.schedules, at, report)
    return beside


_CHECKS: tuple[Callable[[Document, Report], None], ...] = (
    check_channels,
    check_cycles,
    check_egress,
    check_escalation,
    check_events,
    check_links,
    check_people,
    check_probing,
    check_rates,
    check_snmp,
    lint_circuits,
    lint_contacts,
    lint_coverage,
    lint_load,
    lint_names,
)


def _document(root: MappingNode, plain: Plain, report: Report) -> Document | None:
    """The document, or what is left of it once the mistakes are told; None: nothing."""
    zone = _zone(plain)
    try:
        return validate(plain, Reading(zone))
    except ValidationError as error:
        report.problems.extend(explain(error.errors(include_url=False), report.locator))
        return salvage(root, zone, report.locator)


def _zone(plain: Plain) -> ZoneInfo:
    """The zone that times are read in; a mistaken one is told by the schema."""
    name = plain.get("timezone") if isinstance(plain, dict) else None
    try:
        return parse_timezone(name if isinstance(name, str) else DEFAULT_TIMEZONE)
    except BadValueError:
        return parse_timezone(DEFAULT_TIMEZONE)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems)))
