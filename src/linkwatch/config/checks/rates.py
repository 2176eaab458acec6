"""Contracted rates: one undated, dated ones side by side."""

from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.fields import MAX
from linkwatch.config.schema.topology import RateEntry
from linkwatch.model.moment import Span

_UNDATED_HINT = "add the rate of the contract, without from and until: it holds at all other times"


def check_rates(document: Document, report: Report) -> None:
    """Every link's `contracted`."""
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            path: Path = ("sites", number, "links", index, "contracted")
            for item, rate in enumerate(link.contracted):
                _check_entry(rate, (*path, item), report)
            _check_undated(link.contracted, path, report)
            _check_overlaps(link.contracted, path, report)


def _check_entry(rate: RateEntry, path: Path, report: Report) -> None:
    one_way = [way for way in (rate.receive, rate.transmit) if way is not None]
    if report.locator.whole(path):
        if rate.rate is None and not one_way:
            report.error(path, "gives no rate", "write rate, or receive and transmit")
        elif rate.rate is None and len(one_way) == 1:
            missing = "receive" if rate.receive is None else "transmit"
            report.error(path, f"gives no {missing} rate", "write both directions, or rate")
    if rate.rate is not None and one_way:
        report.error(path, "gives rate as well as receive or transmit", "write one or the other")
    if rate.from_ is not None and rate.until is not None and rate.until <= rate.from_:
        report.error((*path, "until"), "ends before it begins")


def _check_undated(rates: list[RateEntry], path: Path, report: Report) -> None:
    undated = [item for item, rate in enumerate(rates) if not rate.dated]
    if not undated and report.locator.whole(path):
        report.error(path, "no rate without dates", _UNDATED_HINT)
    for item in undated[1:]:
        if all(report.locator.whole((*path, each)) for each in (undated[0], item)):
            first = report.place((*path, undated[0]))
            hint = f"the first is at {first}; give one of them dates"
            report.error((*path, item), "a second rate without dates", hint)
    for item in undated[:1]:
        if MAX in (rates[item].rate, rates[item].receive, rates[item].transmit):
            report.warning(
                (*path, item),
                "the undated rate is max: utilisation cannot be judged",
                "write the rate of the contract",
            )


def _check_overlaps(rates: list[RateEntry], path: Path, report: Report) -> None:
    dated = [
        (item, Span(rate.from_, rate.until))
        for item, rate in enumerate(rates)
        if rate.dated and report.locator.whole((*path, item))
    ]
    for position, (item, span) in enumerate(dated):
        for earlier, other in dated[:position]:
            if span.overlaps(other) and not (_inverted(span) or _inverted(other)):
                first = report.place((*path, earlier))
                report.error((*path, item), "overlaps another dated rate", f"that at {first}")


def _inverted(span: Span) -> bool:
    return span.start is not None and span.end is not None and span.end <= span.start
