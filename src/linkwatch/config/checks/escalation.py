"""The order of escalation steps."""

from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.escalation import StepEntry
from linkwatch.config.units import show_duration


def check_escalation(document: Document, report: Report) -> None:
    """Steps in the order of their times; a repetition only at the end."""
    table = document.escalation
    for name, steps in (("P1", table.P1), ("P2", table.P2), ("P3", table.P3)):
        latest = 0.0
        for number, step in enumerate(steps or ()):
            path: Path = ("escalation", name, number)
            if not report.locator.whole(path):
                continue
            if step.repeat is not None or step.times is not None:
                _check_repetition(step, number, len(steps or ()), path, report)
                continue
            _check_step(step, path, report)
            after = step.after or 0.0
            if after < latest:
                hint = "steps stand in the order of their times"
                report.error(
                    (*path, "after"), f"comes before the step at {show_duration(latest)}", hint
                )
            latest = max(latest, after)


def _check_step(step: StepEntry, path: Path, report: Report) -> None:
    if step.after is None:
        report.error(path, "a step without after", "write e.g. after: 5m")
    if not step.notify and report.locator.whole((*path, "notify")):
        report.error(path, "a step that tells nobody", "add notify: [duty]")


def _check_repetition(step: StepEntry, number: int, count: int, path: Path, report: Report) -> None:
    if step.repeat is None or step.times is None:
        report.error(path, "repeat and times stand together", "write e.g. {repeat: 5m, times: 6}")
    if step.model_fields_set - {"repeat", "times"}:
        report.error(path, "a repetition has no other keys", "it goes to everyone told so far")
    if number == 0 or number != count - 1:
        report.error(path, "a repetition stands at the end, after at least one step")
