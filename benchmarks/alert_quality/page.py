"""The results as sections of a page: goals, false alarms, detection, and why they are so."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from benchmarks.alert_quality import bound
from benchmarks.alert_quality.cases import BURSTS, PER_YEAR, Fault, Quiet
from benchmarks.alert_quality.hidden import Chain, independent
from benchmarks.alert_quality.work import USUAL, FaultTally, QuietTally, equals
from benchmarks.common.goal import Goal, figure, verdicts
from benchmarks.common.page import Section, Table
from linkwatch.judge.significance import BACKGROUND_LOSS
from linkwatch.runtime.step import CONFIRM_SPACING
from support.figures import percentile

_LOSSES = (("loss of 20 %", 1.5), ("loss of 5 %", 2.0))
_OUTAGE_GATE = 2.0
_INDEPENDENT = independent(BACKGROUND_LOSS)

QuietResults = Sequence[tuple[Quiet, QuietTally]]
FaultResults = Sequence[tuple[Fault, FaultTally]]


def sections(quiet: QuietResults, faults: FaultResults) -> list[Section]:
    """All of the page."""
    by_name = {fault.name: tally for fault, tally in faults}
    return [
        verdicts(goals(quiet, faults)),
        Section("False alarms", [_FALSE_ALARMS], [_false_alarms(quiet)], _records(quiet)),
        Section("False alarms of other rules", [_OTHERS], [_others_alarms(quiet)]),
        Section("Detection", [_DETECTION], [_detection(faults)], _records(faults)),
        Section(
            "Detection beside other rules",
            [_BESIDE],
            [_beside(faults, background) for background in (_INDEPENDENT, BURSTS)],
        ),
        Section("What bursts cost", [_bursts(by_name)]),
        Section("What is simulated", _MODELS),
    ]


def goals(quiet: QuietResults, faults: FaultResults) -> list[Goal]:
    """What was to be met, and what was measured."""
    by_name = {fault.name: (fault, tally) for fault, tally in faults}
    case, tally = quiet[0]
    what = f"false alarms a link-year, {case.name}, 1 Hz, over {figure(tally.years)} link-years"
    found = [
        Goal(what, sum(tally.alarms.values()) / tally.years, PER_YEAR),
        Goal("outage seen, p95", _p(by_name["outage"][1].seconds, 0.95), _OUTAGE_GATE, "s"),
    ]
    for name, times in _LOSSES:
        fault, measured = by_name[name]
        ratio = _mean(measured.probes) / _bound(fault)
        found.append(Goal(f"{name}, mean probes in those of the bound", ratio, times, "", 1.0))
    for fault, measured in faults:
        if measured.peers:
            ours = _p(measured.seconds, 0.95)
            best = min(_p(other, 0.95) for other in measured.peers.values())
            ratio = ours / best if best < math.inf else float(ours == math.inf)
            found.append(Goal(f"{fault.name}, p95 in that of the best other rule", ratio, 1.0))
    return found


def _false_alarms(quiet: QuietResults) -> Table:
    head = ("line", "link-years", "allowed a year", "**measured a year**", "in all", "while new",
            "extra probes")  # fmt: skip
    rows = []
    for case, tally in quiet:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.alarms.items()))
        rows.append(
            (
                case.name,
                figure(tally.years),
                figure(case.per_year),
                f"**{figure(tally.per_year)}**",
                kinds or "0",
                f"{tally.new} on {tally.parts} lines" if tally.new else "0",
                f"{100 * (tally.probes / tally.rounds - 1):.1f} %",
            )
        )
    return Table(head, rows)


def _others_alarms(quiet: QuietResults) -> Table:
    cases = [(case, tally) for case, tally in quiet if case.peers]
    rows = [
        (f"`{name}`", *(figure(tally.peers[name] / tally.years) for _, tally in cases))
        for name in (other.name for other in (*equals(_INDEPENDENT), *USUAL))
    ]
    return Table(("a year", *(case.name for case, _ in cases)), rows)


def _detection(faults: FaultResults) -> Table:
    head = ("fault", "bound, probes", "**probes, mean**", "s: p50 / p95",
            "critical, s: p50 / p95", "every 5 s, s: p50 / p95", "told as")  # fmt: skip
    rows = []
    for fault, tally in faults:
        mean = _mean(tally.probes)
        limit, ratio = "", ""
        if fault.chance is not None:
            limit = figure(round(_bound(fault)))
            ratio = f" ({mean / _bound(fault):.2f} ×)"
        rows.append(
            (
                fault.name,
                limit,
                f"**{figure(round(mean, 1))}{ratio}**" if mean < math.inf else "",
                _times(tally.seconds, fault),
                _times(tally.critical, fault),
                _times(tally.slow, fault),
                ", ".join(kind for kind, _ in tally.kinds.most_common()),
            )
        )
    return Table(head, rows)


def _beside(faults: FaultResults, background: Chain) -> Table:
    names = [other.name for other in equals(background)]
    rows = [
        (
            fault.name,
            f"**{_times(tally.seconds, fault)}**",
            *(_times(tally.peers[name], fault) for name in names),
        )
        for fault, tally in faults
        if tally.peers and fault.chain == background
    ]
    return Table(("s: p50 / p95", "**linkwatch**", *(f"`{name}`" for name in names)), rows)


def _bursts(faults: Mapping[str, FaultTally]) -> str:
    again = sum(dict(BURSTS.told(BURSTS.later((0.0, 1.0), CONFIRM_SPACING)))[True])
    nats = -math.log(again)
    outage = bound.probes(1.0, BACKGROUND_LOSS, PER_YEAR, 1.0)
    among = outage * -math.log(BACKGROUND_LOSS) / nats
    dead, twenty, five = (
        _mean(faults[f"{what} a bursty line"].probes)
        for what in ("outage of", "20 % more on", "5 % more on")
    )
    return (
        f"Among independent losses a dead line can be told after {outage:.0f} probes. On the "
        f"bursty line {100 * again:.0f} % of what follows a loss a quarter of a second later is "
        f"lost too: each further miss tells {nats:.2f} nats instead of 5.3, so that no rule can "
        f"tell it before {among:.0f} probes; {dead:.0f} were taken. 20 % and 5 % more took "
        f"{twenty:.0f} and {five:.0f}: for the 5 s of a burst nothing counts on such a line but "
        "its first loss, and quick probes, which fall into the same burst, buy little."
    )


def _records(
    cases: Iterable[tuple[Quiet, QuietTally] | tuple[Fault, FaultTally]],
) -> list[Mapping[str, object]]:
    return [{"name": case.name} | _finite(asdict(tally)) for case, tally in cases]


def _finite(record: dict[str, object]) -> dict[str, object]:
    """JSON knows no infinity: what was not seen within the horizon is null."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return None if value == math.inf else value

    return {key: plain(value) for key, value in record.items()}


def _bound(fault: Fault) -> float:
    return bound.probes(fault.chance or 0.0, BACKGROUND_LOSS, PER_YEAR, 1.0)


def _times(seconds: Sequence[float], fault: Fault) -> str:
    return " / ".join(_seconds(_p(seconds, share), fault.horizon) for share in (0.5, 0.95))


def _seconds(value: float, horizon: float) -> str:
    if value == math.inf:
        return f"> {horizon / 3600:g} h"
    if value < 10:
        return f"{value:.2f}"
    return f"{value:,.0f}" if value < 7200 else f"{value / 3600:.1f} h"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _p(values: Sequence[float], share: float) -> float:
    return percentile(values, share)


_FALSE_ALARMS = (
    "*Measured* leaves out the first six hours of each simulated line. *While new*, one that loses "
    "in bursts is taken for one that does not, and these alarms are how it is found out."
)
_OTHERS = (
    "On some of the same lines: three rules as sharp as the setting allows at independent losses, "
    "then SmokePing's patterns as its manual has them."
)
_DETECTION = (
    "From the onset to the verdict; notifying comes on top. Probes are counted up to the verdict, "
    "quick ones among them. *Critical* is the level of 5 %, or of 100 ms. The bound (Lorden's) is "
    "on the mean and asymptotic: a limit that is computed exactly may lie below it."
)
_BESIDE = (
    "The other rules are as sharp as the same false alarms allow on that line (computed). What "
    "their notifiers add, Alertmanager's `group_wait` say, is left out."
)
_MODELS = (
    "Verdicts are the daemon's own `LinkJudge`, fed as its loops feed it: rounds at the interval, "
    "overdue replies, quick probes 0.25 s apart held to 5 a second, time-outs after 1 s, turns of "
    "20 ms. Stretches of answered probes go through the judge's `take_run`, which a property-based "
    "test holds equal to taking them one by one.",
    "Independent loss: each probe with the same chance; the background of faults is 0.5 %. Bursts "
    "(Gilbert, Elliott): good and bad times of exponential length, of which bad ones lose: half of "
    "what is sent in 2 s every 200 s, or all of it in 0.5 s every 100 s; 0.5 % in both.",
    "A day's delay: 20 to 30 ms, a log-normal tail of 2 ms (sigma 0.8), and one reply in a hundred "
    "80 ms late on average. Congestion: 45 ms more on average (gamma, shape 4), 3 % lost. Jumps: "
    "that tail of 2 ms. Growing faults are timed from where they pass the warning level.",
    "Prometheus scrapes one probe every 15 s and evaluates as often; SmokePing sends 20 pings a "
    "second apart every 300 s; misses are counted at 1 Hz with a time-out of 1 s.",
)
