"""The answer of a range query as probes: what each kind of series comes to."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.recording import Start, Table, Turn
from linkwatch.model.series import Measure
from linkwatch.wire.prometheus_range import RangeError, Series, read_range
from linkwatch.wire.range_probes import Ranges, ranges
from support.province import INET, WAN, inventory

BEGIN = 1_621_000_000.0
STEP = 15.0
WORLD = inventory()


def series(
    name: str | None, values: Sequence[float | None], step: float = STEP, **labels: str
) -> Series:
    """A sample every `step` s; None: none."""
    named = {"__name__": name, **labels} if name else labels
    samples = {BEGIN + n * step: v for n, v in enumerate(values) if v is not None}
    return Series(named, samples)


def probes(found: Ranges, link: LinkId = WAN) -> list[ProbeResult]:
    turns = [one for one in found.recorded() if isinstance(one, Turn)]
    assert [t.now.monotonic for t in turns] == sorted(t.now.monotonic for t in turns)
    return [result for turn in turns for result in turn.results if result.link == link]


def lost(found: Ranges, link: LinkId = WAN) -> str:
    return "".join("x" if p.outcome is Outcome.NO_REPLY else "." for p in probes(found, link))


def test_counters_tell_how_many_probes_there_were_and_how_many_were_lost() -> None:
    sent = series("linkwatch_probes_sent_total", [100, 115, 130, 145], link=WAN)
    gone = series("linkwatch_probes_lost_total", [3, 3, 6, 21], link=WAN)
    found = ranges([sent, gone], WORLD, None)
    assert lost(found) == "." * 15 + "....x....x....x" + "x" * 15
    first, second = probes(found)[:2]
    assert second.sent_at - first.sent_at == pytest.approx(1.0)
    assert BEGIN < first.sent_at < BEGIN + 1
    assert {p.rtt for p in probes(found)} == {None}
    assert found.inventory.links[WAN].probing.interval == pytest.approx(1.0)


def test_a_counter_that_began_anew_counts_from_there() -> None:
    sent = series("linkwatch_probes_sent_total", [100, 115, 10, 25], link=WAN)
    assert len(probes(ranges([sent], WORLD, None))) == 15 + 10 + 15


def test_a_gap_between_samples_is_no_probe() -> None:
    sent = series("linkwatch_probes_sent_total", [0, 15, None, None, 60, 75, 90], link=WAN)
    assert len(probes(ranges([sent], WORLD, None))) == 15 + 15 + 15


def test_a_round_trip_time_belongs_to_the_answers_of_its_step() -> None:
    found = ranges(
        [
            series("probe_success", [1, 1, 0, 1], instance="127.0.17.10"),
            series("probe_icmp_duration_seconds", [0.02, 0.03, 0, 0.02], phase="rtt",
                   instance="127.0.17.10"),
            series("probe_icmp_duration_seconds", [1, 1, 1, 1], phase="resolve",
                   instance="127.0.17.10"),
        ],
        WORLD,
        None,
    )  # fmt: skip
    assert lost(found) == "..x."
    assert [p.rtt for p in probes(found)] == [0.02, 0.03, None, 0.02]
    assert found.inventory.links[WAN].probing.interval == STEP
    assert found.inventory.links[INET] == WORLD.links[INET]


def test_a_share_stands_for_as_many_probes_as_the_interval_makes() -> None:
    loss = series("linkwatch_link_loss_ratio", [0.0, 0.1, 0.1, 1.0], link=WAN)
    found = ranges([loss], WORLD, None)
    # A tenth of fifteen is one and a half: what is left over is lost in the next.
    assert [lost(found)[n : n + 15].count("x") for n in (0, 15, 30, 45)] == [0, 1, 2, 15]


def test_a_mean_of_successes_is_a_share_too() -> None:
    mean = series(None, [1.0, 0.8, 0.0], link=WAN)
    assert lost(ranges([mean], WORLD, Measure.SUCCESS)) == "." + "....x" * 3 + "x"


def test_delays_alone_are_answers_and_none_where_there_is_none() -> None:
    delays = series("linkwatch_link_rtt_seconds", [0.02, 0, 0.04], quantile="0.5", link=WAN)
    tail = series("linkwatch_link_rtt_seconds", [0.2, 0.2, 0.4], quantile="0.95", link=WAN)
    found = ranges([delays, tail], WORLD, None)
    assert [(p.outcome, p.rtt) for p in probes(found)] == [
        (Outcome.ANSWERED, 0.02),
        (Outcome.ANSWERED, 0.04),
    ]


def test_who_ever_answered_is_verified_and_only_they() -> None:
    found = ranges(
        [series("probe_success", [0, 1, 1], link=WAN), series("probe_success", [0, 0], link=INET)],
        WORLD,
        None,
    )
    first, table, *_ = found.recorded()
    assert isinstance(first, Start)
    assert first.verified == ((WAN, "127.0.17.10"),)
    assert isinstance(table, Table)
    assert {link.id for link in table.links} == {WAN, INET}


def test_series_of_nobody_are_named() -> None:
    known = series("probe_success", [1, 1], link=WAN)
    found = ranges([known, series("probe_success", [1, 1], instance="192.0.2.9")], WORLD, None)
    assert found.strangers == ['probe_success{instance="192.0.2.9"}']


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ([series("up", [1, 1], link=WAN)],
         'the series up{link="chu-se-wan"} is of no kind that is known (up): say with --as what'
         " it counts (success, rtt, sent, lost, loss)"),
        ([series(None, [1, 1], link=WAN)], "has no name: say with --as"),
        ([series("probe_success", [1], link=WAN)], "no series of two samples or more"),
        ([], "no series of two samples or more"),
        ([series("probe_success", [1, 7], link=WAN)], "-6 is no share of probes"),
        ([series("linkwatch_link_loss_ratio", [0, 5.5], link=WAN)], "5.5 is no share of probes"),
        ([series("linkwatch_probes_sent_total", [0, 1e12], link=WAN)],
         "1e+12 probes in 15 s cannot be"),
        ([series("linkwatch_link_loss_ratio", [0, 0.5, 0.5], step=2e9, link=WAN)],
         "stands for 6,000,000,000 probes: ask for less time"),
        ([series("probe_success", [1, 1], link=WAN),
          series("probe_success", [1, 1], link=WAN, job="b")],
         "two series tell success of link chu-se-wan"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(told: list[Series], says: str) -> None:
    with pytest.raises(RangeError) as caught:
        list(ranges(told, WORLD, None).recorded())
    assert says in str(caught.value)


def test_no_probe_at_all_is_refused() -> None:
    still = series("linkwatch_probes_sent_total", [5, 5, 5], link=WAN)
    with pytest.raises(RangeError, match="no sample that tells of a probe"):
        list(ranges([still], WORLD, None).recorded())


def document(result: object = (), **changes: Any) -> bytes:
    data = {"resultType": "matrix", "result": result, **changes}
    return json.dumps({"status": "success", "data": data}).encode()


def one_of(values: object, metric: Mapping[str, str] | None = None) -> bytes:
    return document([{"metric": metric or {"link": "a"}, "values": values}])


def test_the_answer_of_prometheus_is_read() -> None:
    values = [[BEGIN + 15, "1"], [BEGIN, "0.5"], [BEGIN + 30, "NaN"], [BEGIN + 45, "+Inf"]]
    (found,) = read_range(one_of(values, {"__name__": "probe_success", "job": 'a"b'}))
    assert dict(found.samples) == {BEGIN: 0.5, BEGIN + 15: 1.0}
    assert list(found.samples) == [BEGIN, BEGIN + 15]
    assert found.labels["job"] == 'a"b'


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (b"{", "not the answer to a range query: Invalid JSON"),
        (b"{}", "not the answer to a range query: status: Field required"),
        (b'{"status":"error","errorType":"bad_data","error":"parse error"}',
         "Prometheus refused the query: parse error"),
        (document(resultType="vector"),
         "holds a vector, which is no range: ask /api/v1/query_range"),
        (document([{"metric": {}}]), "data.result.0.values: Field required"),
        (one_of([[BEGIN, "1"], ["x", "1"]]), "data.result.0.values.1.0: Input should be a valid"),
        (one_of([[-1, "1"]]), "greater than or equal to 0"),
        (one_of([[1e300, "1"]]), "less than or equal to"),
        (one_of([[BEGIN, "one"]]), "'one' is not a sample's value"),
        (one_of([[BEGIN, {"a": 1}]]), "data.result.0.values.0.1"),
        (b'{"data":' * 10_000, "not the answer to a range query: Invalid JSON"),
    ],
)  # fmt: skip
def test_what_is_no_answer_to_a_range_query_says_why(told: bytes, says: str) -> None:
    with pytest.raises(RangeError) as caught:
        read_range(told)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
