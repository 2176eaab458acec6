"""The results as a page: what was to be met, false alarms, detection times, and why they are so."""

import math
from collections.abc import Mapping, Sequence

from benchmarks.alert_quality import bound
from benchmarks.alert_quality.cases import BURSTS, PER_YEAR, Fault, Quiet
from benchmarks.alert_quality.hidden import Chain, independent
from benchmarks.alert_quality.work import USUAL, FaultTally, QuietTally, equals
from benchmarks.probe.page import Gate, percentile, verdicts
from linkwatch.judge.significance import BACKGROUND_LOSS
from linkwatch.runtime.step import CONFIRM_SPACING

_LOSSES = (("loss of 20 %", 1.5), ("loss of 5 %", 2.0))
_OUTAGE_GATE = 2.0
_INDEPENDENT = independent(BACKGROUND_LOSS)

QuietResults = Sequence[tuple[Quiet, QuietTally]]
FaultResults = Sequence[tuple[Fault, FaultTally]]


def page(quiet: QuietResults, faults: FaultResults) -> list[str]:
    """All of it but the heading."""
    lines = ["## What was to be met", "", *verdicts(gates(quiet, faults)), "", *_MEANS]
    lines += ["", "## False alarms", "", *_false_alarms(quiet), "", *_NEW, "", *_OTHERS, ""]
    lines += [*_others_alarms(quiet), "", "## Detection", "", *_DETECTION, ""]
    lines += [*_detection(faults), "", "## Beside others", "", *_BESIDE, ""]
    for background in (_INDEPENDENT, BURSTS):
        lines += [*_beside(faults, background), ""]
    lines += ["## What bursts cost", "", *_bursts({f.name: t for f, t in faults}), ""]
    return [*lines, *_MODELS]


def gates(quiet: QuietResults, faults: FaultResults) -> list[Gate]:
    """What was to be met, and what was measured."""
    by_name = {fault.name: (fault, tally) for fault, tally in faults}
    case, tally = quiet[0]
    what = f"false alarms a year, {case.name}, 1 Hz, {tally.years:g} link-years"
    found = [
        Gate(what, sum(tally.alarms.values()) / tally.years, PER_YEAR, ""),
        Gate("outage, p95", _p(by_name["outage"][1].seconds, 0.95), _OUTAGE_GATE, "s"),
    ]
    for name, times in _LOSSES:
        fault, measured = by_name[name]
        limit = times * _bound(fault)
        found.append(Gate(f"{name}, mean", _mean(measured.probes), limit, "probes"))
    for fault, measured in faults:
        if measured.peers:
            ours = _p(measured.seconds, 0.95)
            best = min(_p(other, 0.95) for other in measured.peers.values())
            ratio = ours / best if best < math.inf else float(ours == math.inf)
            found.append(Gate(f"{fault.name}, p95, in the best other rule's", ratio, 1.0, "times"))
    return found


def _false_alarms(quiet: QuietResults) -> list[str]:
    lines = [
        "| line | link-years | allowed a year | **measured a year** | which | while new | extra "
        "probes |",
        "|---|---|---|---|---|---|---|",
    ]
    for case, tally in quiet:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.alarms.items()))
        new = f"{tally.new} on {tally.parts} lines" if tally.new else "0"
        extra = 100 * (tally.probes / tally.rounds - 1)
        lines.append(
            f"| {case.name} | {tally.years:g} | {case.per_year:g} "
            f"| **{tally.per_year:.3g}** | {kinds or '-'} | {new} | {extra:.1f} % |"
        )
    return lines


def _others_alarms(quiet: QuietResults) -> list[str]:
    cases = [(case, tally) for case, tally in quiet if case.peers]
    lines = ["| a year | " + " | ".join(case.name for case, _ in cases) + " |"]
    lines.append("|---" * (len(cases) + 1) + "|")
    for name in (other.name for other in (*equals(_INDEPENDENT), *USUAL)):
        cells = [f"{tally.peers[name] / tally.years:,.3g}" for _, tally in cases]
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return lines


def _detection(faults: FaultResults) -> list[str]:
    lines = [
        "| fault | bound, probes | **probes, mean** | s: p50 / p95 | critical, s: p50 / p95 "
        "| every 5 s, s: p50 / p95 | told as |",
        "|---|---|---|---|---|---|---|",
    ]
    for fault, tally in faults:
        mean = _number(_mean(tally.probes))
        limit = "-"
        if fault.chance is not None:
            limit = f"{_bound(fault):,.0f}"
            mean += f" ({_mean(tally.probes) / _bound(fault):.2f} ×)"
        kinds = ", ".join(kind for kind, _ in tally.kinds.most_common())
        lines.append(
            f"| {fault.name} | {limit} | **{mean}** | {_times(tally.seconds, fault)} "
            f"| {_times(tally.critical, fault)} | {_times(tally.slow, fault)} | {kinds or '-'} |"
        )
    return lines


def _beside(faults: FaultResults, background: Chain) -> list[str]:
    cases = [(f, t) for f, t in faults if t.peers and f.chain == background]
    names = [other.name for other in equals(background)]
    lines = ["| s: p50 / p95 | **linkwatch** | " + " | ".join(f"`{n}`" for n in names) + " |"]
    lines.append("|---" * (len(names) + 2) + "|")
    for fault, tally in cases:
        cells = [_times(tally.peers[name], fault) for name in names]
        ours = _times(tally.seconds, fault)
        lines.append(f"| {fault.name} | **{ours}** | " + " | ".join(cells) + " |")
    return lines


def _bursts(faults: Mapping[str, FaultTally]) -> list[str]:
    lost_next = dict(BURSTS.told(BURSTS.later((0.0, 1.0), CONFIRM_SPACING)))[True]
    again = sum(lost_next)
    nats = -math.log(again)
    outage = bound.probes(1.0, BACKGROUND_LOSS, PER_YEAR, 1.0)
    among = outage * -math.log(BACKGROUND_LOSS) / nats
    took = {
        chance: _mean(faults[f"{chance} a bursty line"].probes)
        for chance in ("outage of", "20 % more on", "5 % more on")
    }
    return [
        f"Among independent losses a dead line can be told after {outage:.0f} probes. On the",
        f"bursty line {100 * again:.0f} % of what follows a loss a quarter of a second later is",
        f"lost too: each further miss tells {nats:.2f} nats instead of 5.3, so that no rule can",
        f"tell it before {among:.0f} probes; {took['outage of']:.0f} were taken. 20 % and 5 % more",
        f"took {took['20 % more on']:.0f} and {took['5 % more on']:.0f}: for the 5 s of a burst",
        "nothing counts on such a line but its first loss, and quick probes, which fall into the",
        "same burst, buy little.",
    ]


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


def _number(value: float) -> str:
    return "-" if value == math.inf else f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _p(values: Sequence[float], share: float) -> float:
    return percentile(sorted(values), share)


_MEANS = (
    "The bound is on the mean, so that is what is compared with it. It is asymptotic: a limit that",
    "is computed exactly may lie below it.",
)
_NEW = (
    "*Measured* leaves out the first six hours of each simulated line. *While new*, one that loses",
    "in bursts is taken for one that does not, and these alarms are how it is found out.",
)
_OTHERS = (
    "Others' rules on the same lines: three as sharp as the setting allows at independent losses,",
    "then SmokePing's patterns as its manual has them.",
)
_DETECTION = (
    "From the onset to the verdict; notifying comes on top. Probes are counted up to the verdict,",
    "quick ones among them. *Critical* is the level of 5 %, or of 100 ms.",
)
_BESIDE = (
    "The others' rules are as sharp as the same false alarms allow on that line (computed). What",
    "their notifiers add, Alertmanager's `group_wait` say, is left out.",
)
_MODELS = (
    "## What is simulated",
    "",
    "Verdicts are the daemon's own `LinkJudge`, fed as its loops feed it: rounds at the interval,",
    "overdue replies, quick probes 0.25 s apart held to 5 a second, time-outs after 1 s, turns of",
    "20 ms. Stretches of answered probes go through the judge's `take_run`, which a property-based",
    "test holds equal to taking them one by one.",
    "",
    "- *Independent loss*: each probe with the same chance. The background of faults is 0.5 %.",
    "- *Bursts* (Gilbert, Elliott): good and bad times of exponential length; bad ones lose. Half",
    "  of what is sent in 2 s every 200 s, or all of it in 0.5 s every 100 s: 0.5 % in both.",
    "- *A day's delay*: 20 to 30 ms, a log-normal tail of 2 ms (sigma 0.8), and one reply in a",
    "  hundred 80 ms late on average.",
    "- *Congestion*: 45 ms more on average (gamma, shape 4), 3 % lost. *Jumps*: that tail of 2 ms.",
    "- *Growing* faults are timed from where they pass the warning level.",
    "- Prometheus scrapes one probe every 15 s and evaluates as often; SmokePing sends 20 pings a",
    "  second apart every 300 s; misses are counted at 1 Hz with a time-out of 1 s.",
)
