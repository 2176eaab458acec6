"""Series of a range query as probes: what somebody else has measured, for our own judge.

A sample stands for the time since the one before. How many probes that were is told by counters,
else by the link's interval, else it is one; when in that time the lost ones were sent is not known:
they are spread over it evenly.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from heapq import merge

from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.recording import Recorded, Start, Table, Turn
from linkwatch.model.series import Measure
from linkwatch.model.topology import Link
from linkwatch.wire.prometheus_range import RangeError, Series
from linkwatch.wire.recording import recorded_link

MOST_PER_SECOND = 1000
"""Probes of one target; who counts more counts something else."""
MOST_PROBES = 50_000_000
_LATE = 1.5
"""Steps; a sample later than that does not stand for the time since the one before."""


_NAMES: Mapping[str, Measure] = {
    "linkwatch_probes_sent_total": Measure.SENT,
    "linkwatch_probes_lost_total": Measure.LOST,
    "linkwatch_link_loss_ratio": Measure.LOSS,
    "linkwatch_link_rtt_seconds": Measure.RTT,
    "probe_success": Measure.SUCCESS,
    "probe_icmp_duration_seconds": Measure.RTT,
    "probe_duration_seconds": Measure.RTT,
}
_ASIDE = {"phase": "rtt", "quantile": "0.5"}
"""Labels by which a name has several series, and the one that is a round-trip time."""

_Key = tuple[LinkId, int]
_Count = tuple[float, int, float]
"""A sample's time, its probes, and how many of them were lost."""


@dataclass(slots=True)
class Ranges:
    """What the series tell of each target, and what they do not."""

    inventory: Inventory
    """As given, each link with the interval at which the series have it probed."""
    step: float
    """s between two samples."""
    measured: dict[_Key, dict[Measure, Mapping[float, float]]] = field(default_factory=dict)
    counts: dict[_Key, Sequence[_Count]] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    """Series of no link of the configuration."""

    @property
    def first(self) -> float:
        """When the first sample was taken (Unix s)."""
        return min(at for each in self.counts.values() for at, _, _ in each)

    @property
    def last(self) -> float:
        """When the last sample was taken (Unix s)."""
        return max(at for each in self.counts.values() for at, _, _ in each)

    def recorded(self) -> Iterator[Recorded]:
        """As the daemon would have recorded it."""
        links = self.inventory.links
        verified = {
            (key[0], links[key[0]].targets[key[1]].address)
            for key, each in self.counts.items()
            if any(lost < count for _, count, lost in each)
        }
        yield Start(datetime.fromtimestamp(self.first, UTC), "", tuple(sorted(verified)))
        seen = {key[0]: None for key in self.counts}
        yield Table(tuple(recorded_link(links[link]) for link in seen), anew=True)
        for end in merge(*map(self._probes, self.counts), key=lambda end: end.at):
            now = Moment(end.at, datetime.fromtimestamp(end.at, UTC))
            yield Turn(now, results=(end.result,))

    def _probes(self, key: _Key) -> Iterator["_End"]:
        measured, link = self.measured[key], self.inventory.links[key[0]]
        owed = 0.0
        for at, count, lost in self.counts[key]:
            rtt = measured.get(Measure.RTT, {}).get(at)
            owed += lost
            missing = min(count, int(owed + 1e-9))
            owed -= missing
            for number in range(count):
                sent_at = at - self.step * (count - number - 0.5) / count
                is_lost = (number + 1) * missing // count > number * missing // count
                yield _end(key, sent_at, None if is_lost else rtt, link, is_lost=is_lost)


@dataclass(frozen=True, slots=True)
class _End:
    at: float
    result: ProbeResult


def _end(key: _Key, sent_at: float, rtt: float | None, link: Link, *, is_lost: bool) -> _End:
    outcome = Outcome.NO_REPLY if is_lost else Outcome.ANSWERED
    known = rtt if rtt is not None and rtt > 0 else None
    # When each was known is not told: a time-out after it was sent, lost or not.
    return _End(sent_at + link.probing.timeout, ProbeResult(*key, sent_at, outcome, known))


def ranges(series: Sequence[Series], inventory: Inventory, unnamed: Measure | None) -> Ranges:
    """Find out which series tells what of which link; `unnamed`: what those without a name are."""
    found = Ranges(inventory, _step(series))
    by_address = {
        target.address: (link.id, place)
        for link in inventory.links.values()
        for place, target in enumerate(link.targets)
    }
    for one in series:
        measure = _measure(one, unnamed)
        key = _target(one.labels, inventory, by_address)
        if key is None:
            found.strangers.append(str(one))
        elif measure is not None:
            if measure in found.measured.setdefault(key, {}):
                raise RangeError(f"two series tell {measure} of link {key[0]}; one is {one}")
            found.measured[key][measure] = one.samples
    for key, measured in found.measured.items():
        interval = inventory.links[key[0]].probing.interval
        found.counts[key] = tuple(_counts(measured, found.step, interval))
    probes = sum(count for each in found.counts.values() for _, count, _ in each)
    if found.measured and not probes:
        raise RangeError("holds no sample that tells of a probe")
    if probes > MOST_PROBES:
        raise RangeError(f"stands for {probes:,} probes: ask for less time, or for fewer links")
    found.inventory = _at_their_pace(found)
    return found


def _measure(series: Series, unnamed: Measure | None) -> Measure | None:
    """What it counts; None: what nobody needs, beside one that is needed."""
    name = series.labels.get("__name__")
    measure = unnamed if name is None else _NAMES.get(name, unnamed)
    if measure is None:
        what = "has no name" if name is None else f"is of no kind that is known ({name})"
        kinds = ", ".join(Measure)
        raise RangeError(f"the series {series} {what}: say with --as what it counts ({kinds})")
    is_aside = any(series.labels.get(label, own) != own for label, own in _ASIDE.items())
    return None if is_aside else measure


def _target(
    labels: Mapping[str, str], inventory: Inventory, by_address: Mapping[str, _Key]
) -> _Key | None:
    link = LinkId(labels.get("link", ""))
    if link in inventory.links:
        return (link, 0)
    return by_address.get(labels.get("instance", "")) or by_address.get(labels.get("target", ""))


def _step(series: Iterable[Series]) -> float:
    """The commonest distance of two samples: the query's step."""
    gaps: Counter[float] = Counter()
    for one in series:
        times = list(one.samples)
        gaps.update(round(b - a, 3) for a, b in zip(times, times[1:], strict=False))
    if not gaps:
        raise RangeError("holds no series of two samples or more")
    return max(gaps, key=lambda gap: (gaps[gap], -gap))


def _counts(
    measured: Mapping[Measure, Mapping[float, float]], step: float, interval: float
) -> Iterator[_Count]:
    usual = max(1, round(step / interval))
    sent, lost = measured.get(Measure.SENT), measured.get(Measure.LOST)
    if sent is not None or lost is not None:
        yield from _counted(sent, lost or {}, step, usual)
        return
    for at, share in _shares(measured).items():
        if not 0 <= share <= 1:
            raise RangeError(f"{share:g} is no share of probes: it is not from 0 to 1")
        count = 1 if share in (0, 1) and Measure.LOSS not in measured else usual
        yield at, count, share * count


def _shares(measured: Mapping[Measure, Mapping[float, float]]) -> Mapping[float, float]:
    """The share that was lost; where only delays are told, each is of an answer."""
    if Measure.SUCCESS in measured:
        return {at: 1 - value for at, value in measured[Measure.SUCCESS].items()}
    if Measure.LOSS in measured:
        return measured[Measure.LOSS]
    return {at: 0.0 for at, value in measured[Measure.RTT].items() if value > 0}


def _counted(
    sent: Mapping[float, float] | None, lost: Mapping[float, float], step: float, usual: int
) -> Iterator[_Count]:
    """By counters, each of which may begin anew."""
    times = list(lost if sent is None else sent)
    for before, at in zip(times, times[1:], strict=False):
        if at - before > _LATE * step:
            continue
        count = usual if sent is None else _grown(sent, before, at)
        if count > MOST_PER_SECOND * step:
            raise RangeError(f"{count:g} probes in {step:g} s cannot be")
        whole = math.floor(count)
        yield at, whole, min(whole, _grown(lost, before, at))


def _grown(counter: Mapping[float, float], before: float, at: float) -> float:
    if before not in counter or at not in counter:
        return 0.0
    grown = counter[at] - counter[before]
    return max(0.0, counter[at]) if grown < 0 else grown


def _at_their_pace(found: Ranges) -> Inventory:
    """The inventory with links probed as often as the series say: chance depends on it."""
    links = dict(found.inventory.links)
    for (key, _), each in found.counts.items():
        link = links[key]
        counts = [count for _, count, _ in each if count]
        if counts:
            spacing = found.step * len(counts) / sum(counts)
            probing = replace(link.probing, interval=spacing, conference_interval=spacing)
            links[key] = replace(link, probing=probing)
    return replace(found.inventory, links=links)
