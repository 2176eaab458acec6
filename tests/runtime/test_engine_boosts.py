"""The engine takes somebody's word on a boost, writes it, and hands over the month at the end."""

from dataclasses import replace
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from linkwatch.judge.boost import Refusal
from linkwatch.model.boost import Boost, EvidenceKind, Proof, Word
from linkwatch.model.finding import Direction
from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import SaveLoad, Traced
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.moment import Span
from linkwatch.model.topology import BoostState, ContractedRate
from support.bench import Bench, on_bench
from support.province import INET, ROUTER, WAN, ZONE, inventory, sample
from support.waiting import START

MAY = Span(datetime(2021, 5, 9, tzinfo=ZONE), datetime(2021, 6, 1, tzinfo=ZONE))
BOOST = ContractedRate(100_000_000, 40_000_000, MAY, "675/STTTT-BCVT", BoostState.PROMISED)
WORD = Word(WAN, 60_000_000, "đo tốc độ", "Trực TT")


def boosted() -> Inventory:
    whole = inventory()
    link = replace(whole.links[WAN], contracted=(*whole.links[WAN].contracted, BOOST))
    return replace(whole, links={**whole.links, WAN: link})


def boost(bench: Bench) -> Boost:
    figures = {f.link: f for f in bench.engine.figures(bench.clock.now())}
    found = figures[WAN].boost
    assert found is not None
    return found


def test_a_word_is_taken_written_and_shown() -> None:
    async def scene(bench: Bench) -> None:
        assert boost(bench).proofs[Direction.RECEIVE] is Proof.UNPROVEN
        with capture_logs() as logs:
            assert bench.engine.vouch(WORD) is None
        (record,) = await bench.written()
        assert isinstance(record, Traced)
        evidence = record.evidence
        assert (evidence.kind, evidence.rate, evidence.at) == (
            EvidenceKind.CONFIRMED,
            60_000_000,
            START,
        )
        assert (evidence.text, evidence.by) == ("đo tốc độ", "Trực TT")
        assert boost(bench).proofs == dict.fromkeys(Direction, Proof.PROVEN)
        assert [line["event"] for line in logs] == ["boost confirmed"]

    on_bench(boosted(), scene)


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        (replace(WORD, link=LinkId("gone")), Refusal.UNKNOWN_LINK),
        (replace(WORD, link=INET), Refusal.NO_BOOST),
        (replace(WORD, rate=20_000_000), Refusal.NOT_ABOVE_NORMAL),
    ],
)
def test_a_word_that_proves_nothing_is_refused_and_not_written(
    word: Word, refusal: Refusal
) -> None:
    async def scene(bench: Bench) -> None:
        assert bench.engine.vouch(word) is refusal
        assert await bench.written() == []

    on_bench(boosted(), scene)


def test_at_the_end_the_months_that_are_not_on_disk_are_written() -> None:
    async def scene(bench: Bench) -> None:
        reading = sample(WAN, receive=12e6, transmit=1e6, span=30.0)
        for _ in range(21):
            bench.clock.advance(30.0)
            now = bench.clock.now()
            result = PollResult(ROUTER, now.wall, PollOutcome.OK, samples=(reading,))
            bench.engine.polled(result, now)
        bench.engine.wind_down()
        loads = [r.load for r in await bench.written() if isinstance(r, SaveLoad)]
        assert {(load.link, load.month) for load in loads} == {(WAN, "2021-05")}
        assert sum(loads[-1].receive.values()) == 2
        before = len(loads)
        bench.engine.wind_down()
        assert len([r for r in await bench.written() if isinstance(r, SaveLoad)]) == before

    on_bench(boosted(), scene)
