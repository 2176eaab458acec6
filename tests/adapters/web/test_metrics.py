"""What the loops tell, read back by the library's own parser."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from linkwatch.model.availability import Availability
from linkwatch.model.boost import Boost, Proof
from linkwatch.model.finding import Direction, LinkState
from linkwatch.model.ids import CarrierId, ChannelId, IncidentId, LinkId, RouterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import (
    Discard,
    InterfaceFault,
    InterfaceSample,
    OperStatus,
    Outcome,
    PollOutcome,
    PollResult,
    ProbeResult,
)
from linkwatch.model.moment import Moment, Span
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.model.priority import Priority
from linkwatch.model.topology import ContractedRate, Level
from linkwatch.ports import Clock, LinkFigures, Observer
from linkwatch.web.exposition import number
from linkwatch.web.metrics import MetricsObserver
from linkwatch.web.tallies import Tally
from support.province import work
from support.series import labelled, text, value

library: Callable[[float], str] = floatToGoString
WAN = LinkId("chu-se-wan")
INTERNET = LinkId("chu-se-internet")
LW1 = IncidentId("LW-000001")
NOW = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
Province = Callable[..., Inventory]


class SettableClock(Clock):
    """As the fixture gives it."""

    moment: Moment


@pytest.fixture
def metrics(clock: SettableClock, province: Province) -> MetricsObserver:
    observer = MetricsObserver(clock)
    observer.set_inventory(province("chu-se", "pleiku"))
    return observer


def judge(metrics: MetricsObserver, *known: LinkFigures) -> None:
    """From now on these are the links' figures; those of all others are not known."""
    by_link = {figures.link: figures for figures in known}
    metrics.sources.judged = lambda links: [
        by_link.get(link) or LinkFigures(link, LinkState.UNKNOWN) for link in links
    ]


def accepted_as_observer(observer: Observer) -> Observer:
    return observer


def probe(outcome: Outcome, rtt: float | None = None, reason: str | None = None) -> ProbeResult:
    return ProbeResult(WAN, 0, 1000.0, outcome, rtt, reason)


def sample(
    received: int, discard: Discard | None = None, oper: OperStatus = OperStatus.UP
) -> InterfaceSample:
    return InterfaceSample(
        WAN, oper, received, 2 * received, 1, 2, 3, 4, 10**9, discard=discard
    )  # fmt: skip


def poll(*samples: InterfaceSample, outcome: PollOutcome = PollOutcome.OK) -> PollResult:
    return PollResult(RouterId("chu-se-r1"), NOW, outcome, samples=samples)


def test_every_series_exists_from_the_start(metrics: MetricsObserver) -> None:
    accepted_as_observer(metrics)
    assert value(metrics, "probes_sent_total", link=WAN) == 0
    assert value(metrics, "probes_lost_total", link=INTERNET) == 0
    assert value(metrics, "probe_errors_total", link=WAN, reason="ENETUNREACH") == 0
    assert value(metrics, "probe_rtt_seconds_bucket", link=WAN, le="+Inf") == 0
    assert value(metrics, "link_state", link=WAN, state="unknown") == 1
    assert value(metrics, "link_state", link=WAN, state="up") == 0
    assert value(metrics, "interface_receive_bytes_total", link=WAN) == 0
    assert value(metrics, "interface_errors_total", link=WAN, direction="transmit") == 0
    assert value(metrics, "snmp_polls_total", router="chu-se-r1", outcome="timeout") == 0
    assert value(metrics, "maintenance_active", link=WAN) == 0
    assert value(metrics, "incidents_open", priority="P4") == 0
    assert value(metrics, "incident_detection_seconds_count") == 0
    assert value(metrics, "time_to_notify_seconds_count") == 0
    assert value(metrics, "notifications_total", channel="hook", outcome="in_doubt") == 0
    assert value(metrics, "outbox_pending") == 0
    assert value(metrics, "digest_waiting") == 0
    assert value(metrics, "outbox_oldest_age_seconds") == 0
    assert value(metrics, "roster_gap", carrier="vnpt", level="commune") == 0
    assert value(metrics, "probe_scheduler_lag_seconds") == 0
    assert value(metrics, "store_writable") == 0
    assert value(metrics, "config_last_reload_successful") == 0


def test_a_channels_daily_test(metrics: MetricsObserver, province: Province) -> None:
    hook = ChannelId("hook")
    for name in ("channel_test_successful", "channel_last_test_timestamp_seconds"):
        unknown = value(metrics, name, channel="hook")
        assert unknown is not None
        assert math.isnan(unknown)
    metrics.channel_tested(hook, NOW, accepted=True)
    assert value(metrics, "channel_test_successful", channel="hook") == 1
    assert value(metrics, "channel_last_test_timestamp_seconds", channel="hook") == NOW.timestamp()
    metrics.channel_tested(hook, NOW + timedelta(days=1), accepted=False)
    assert value(metrics, "channel_test_successful", channel="hook") == 0
    # A reload keeps it; a channel that nobody has is no child.
    metrics.set_inventory(province("chu-se", "pleiku"))
    assert value(metrics, "channel_test_successful", channel="hook") == 0
    metrics.channel_tested(ChannelId("gone"), NOW, accepted=True)
    assert "gone" not in text(metrics)


def test_what_cannot_fail_and_what_has_no_sender_is_not_shown_as_working(
    metrics: MetricsObserver,
) -> None:
    assert {one["channel"] for one in labelled(metrics, "channel_failed")} == {"hook"}
    assert {one["channel"] for one in labelled(metrics, "channel_test_successful")} == {"hook"}
    assert value(metrics, "notifications_total", channel="zalo", outcome="refused") == 0


def test_the_heartbeat(metrics: MetricsObserver) -> None:
    at = value(metrics, "heartbeat_last_success_timestamp_seconds")
    assert at is not None
    assert math.isnan(at)
    metrics.heartbeat("failed", NOW)
    metrics.heartbeat("withheld", NOW)
    assert value(metrics, "heartbeats_total", outcome="sent") == 0
    metrics.heartbeat("sent", NOW)
    assert value(metrics, "heartbeat_last_success_timestamp_seconds") == NOW.timestamp()
    for outcome in ("sent", "failed", "withheld"):
        assert value(metrics, "heartbeats_total", outcome=outcome) == 1


def test_every_probe_that_ended_counts_whatever_it_came_to(metrics: MetricsObserver) -> None:
    before = dict(metrics.ended())
    metrics.probed([probe(Outcome.ANSWERED, 0.01), probe(Outcome.NO_REPLY)])
    metrics.probed([probe(Outcome.LOCAL_FAILURE, reason="ENETUNREACH"), probe(Outcome.UNKNOWN)])
    assert {link: n - before[link] for link, n in metrics.ended()} == {
        WAN: 4,
        **dict.fromkeys(before.keys() - {WAN}, 0),
    }


def test_what_is_not_known_is_not_zero(metrics: MetricsObserver) -> None:
    for name, labels in (
        ("link_loss_ratio", {}),
        ("link_jitter_seconds", {}),
        ("link_rtt_seconds", {"quantile": "0.95"}),
        ("link_utilisation_ratio", {"direction": "receive"}),
        ("interface_oper_up", {}),
    ):
        unknown = value(metrics, name, link=WAN, **labels)
        assert unknown is not None, name
        assert math.isnan(unknown), name


def test_no_family_twice_and_no_created_series(metrics: MetricsObserver) -> None:
    lines = text(metrics).splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
    assert not [name for name in types if name.endswith("_created")]
    samples = [line.rsplit(" ", 1)[0] for line in lines if not line.startswith("#")]
    assert len(samples) == len(set(samples))


def test_a_link_without_interface_has_no_interface_series(metrics: MetricsObserver) -> None:
    assert value(metrics, "interface_receive_bytes_total", link=INTERNET) is None
    assert value(metrics, "link_utilisation_ratio", link=INTERNET, direction="receive") is None


def test_labels_survive_their_escaping(metrics: MetricsObserver) -> None:
    assert (
        value(
            metrics,
            "link_info",
            link=WAN,
            site="chu-se",
            site_name="Điểm cầu chu-se",
            level="district",
            carrier="vnpt",
            kind="wan",
            circuit='GLI-"1"\\2\n3',
        )
        == 1
    )


def test_thresholds_are_those_that_are_set(metrics: MetricsObserver) -> None:
    assert value(metrics, "link_threshold", link=WAN, metric="loss", severity="warning") == 0.01
    assert value(metrics, "link_threshold", link=WAN, metric="latency", severity="critical") == 0.1
    missing = value(metrics, "link_threshold", link=WAN, metric="utilisation", severity="warning")
    assert missing is None


def test_outcomes_of_probes_stay_apart(metrics: MetricsObserver) -> None:
    metrics.probed(
        [
            probe(Outcome.ANSWERED, 0.001),
            probe(Outcome.ANSWERED, 0.0011),
            probe(Outcome.ANSWERED, 4.0),
            probe(Outcome.ANSWERED),
            probe(Outcome.NO_REPLY),
            probe(Outcome.UNREACHABLE, reason="host_unreachable"),
            probe(Outcome.LOCAL_FAILURE, reason="EPERM"),
            probe(Outcome.LOCAL_FAILURE, reason="EMSGSIZE"),
            probe(Outcome.UNKNOWN),
        ]
    )
    assert value(metrics, "probes_sent_total", link=WAN) == 6
    assert value(metrics, "probes_lost_total", link=WAN) == 2
    for reason in ("EPERM", "EMSGSIZE", "unknown"):
        assert value(metrics, "probe_errors_total", link=WAN, reason=reason) == 1
    # A bucket's bound is inclusive; an answer without a trusted time is in none.
    assert value(metrics, "probe_rtt_seconds_bucket", link=WAN, le="0.001") == 1
    assert value(metrics, "probe_rtt_seconds_bucket", link=WAN, le="0.0025") == 2
    assert value(metrics, "probe_rtt_seconds_bucket", link=WAN, le="1.0") == 2
    assert value(metrics, "probe_rtt_seconds_bucket", link=WAN, le="+Inf") == 3
    assert value(metrics, "probe_rtt_seconds_count", link=WAN) == 3
    assert value(metrics, "probe_rtt_seconds_sum", link=WAN) == pytest.approx(4.0021)
    assert value(metrics, "probes_sent_total", link=INTERNET) == 0


def test_a_probe_of_a_removed_link_is_ignored(metrics: MetricsObserver) -> None:
    metrics.probed([ProbeResult(LinkId("gone"), 0, 1.0, Outcome.NO_REPLY)])
    assert "gone" not in text(metrics)


def test_figures_of_a_link(metrics: MetricsObserver) -> None:
    judge(
        metrics,
        LinkFigures(
            WAN,
            LinkState.DEGRADED,
            loss=0.02,
            rtt_p50=0.012,
            rtt_p95=0.05,
            jitter=0.004,
            utilisation_receive=0.85,
            contracted_receive=20_000_000,
            contracted_transmit=None,
        ),
    )
    assert value(metrics, "link_state", link=WAN, state="degraded") == 1
    assert value(metrics, "link_state", link=WAN, state="unknown") == 0
    assert value(metrics, "link_loss_ratio", link=WAN) == 0.02
    assert value(metrics, "link_rtt_seconds", link=WAN, quantile="0.5") == 0.012
    assert value(metrics, "link_jitter_seconds", link=WAN) == 0.004
    assert value(metrics, "link_utilisation_ratio", link=WAN, direction="receive") == 0.85
    rate = "link_contracted_bytes_per_second"
    assert value(metrics, rate, link=WAN, direction="receive") == 2_500_000
    assert math.isnan(value(metrics, rate, link=WAN, direction="transmit") or 0)


def test_a_boost_is_shown_beside_the_rate_that_counts(
    metrics: MetricsObserver, province: Province
) -> None:
    normal = ContractedRate(20_000_000, 20_000_000)
    promised_rate = ContractedRate(100_000_000, 20_000_000, Span(NOW, None))
    whole = province("chu-se")
    link = replace(whole.links[WAN], contracted=(normal, promised_rate))
    metrics.set_inventory(replace(whole, links={**whole.links, WAN: link}))
    promised, proven = "link_promised_bytes_per_second", "link_boost_proven"
    for name in (promised, proven):
        assert math.isnan(value(metrics, name, link=WAN, direction="receive") or 0)
        assert value(metrics, name, link=INTERNET, direction="receive") is None
    boost = Boost(normal, promised_rate, {Direction.RECEIVE: Proof.CONTRADICTED}, ())
    figures = LinkFigures(WAN, LinkState.UP, contracted_receive=20_000_000, boost=boost)
    judge(metrics, figures)
    assert value(metrics, promised, link=WAN, direction="receive") == 12_500_000
    assert value(metrics, proven, link=WAN, direction="receive") == 0
    assert math.isnan(value(metrics, proven, link=WAN, direction="transmit") or 0)
    proofs = {Direction.RECEIVE: Proof.PROVEN}
    judge(metrics, figures._replace(boost=replace(boost, proofs=proofs)))
    assert value(metrics, proven, link=WAN, direction="receive") == 1


def test_availability_is_the_share_of_what_can_be_judged(metrics: MetricsObserver) -> None:
    assert math.isnan(value(metrics, "link_availability_ratio", link=WAN) or 0)
    known = Availability(up=90, down=10, unknown=500, maintenance=500)
    judge(metrics, LinkFigures(WAN, LinkState.UP, availability=known))
    assert value(metrics, "link_availability_ratio", link=WAN) == 0.9


def test_a_link_under_work_is_marked(metrics: MetricsObserver) -> None:
    judge(metrics, LinkFigures(WAN, LinkState.UP, maintenance=work(NOW, NOW)))
    assert value(metrics, "maintenance_active", link=WAN) == 1
    assert value(metrics, "maintenance_active", link=INTERNET) == 0
    judge(metrics, LinkFigures(WAN, LinkState.UP))
    assert value(metrics, "maintenance_active", link=WAN) == 0


def test_the_months_percentile_is_of_links_with_an_interface(metrics: MetricsObserver) -> None:
    name = "link_month_p95_bytes_per_second"
    judge(metrics, LinkFigures(WAN, LinkState.UP, p95_receive=8_000_000.0))
    assert value(metrics, name, link=WAN, direction="receive") == 1_000_000
    assert math.isnan(value(metrics, name, link=WAN, direction="transmit") or 0)
    assert value(metrics, name, link=INTERNET, direction="receive") is None


def test_figures_are_asked_for_when_they_are_shown(metrics: MetricsObserver) -> None:
    losses = iter((0.02, 0.04))

    def judged(links: Sequence[LinkId]) -> Sequence[LinkFigures]:
        loss = next(losses)
        return [LinkFigures(link, LinkState.UP, loss=loss) for link in links]

    metrics.sources.judged = judged
    assert value(metrics, "link_loss_ratio", link=WAN) == 0.02
    assert value(metrics, "link_loss_ratio", link=INTERNET) == 0.04


def test_what_the_loops_count_is_shown_as_it_stands(metrics: MetricsObserver) -> None:
    counts = {"late": 0, "forged": 0}
    metrics.show([Tally("replies_rejected", "What was taken for no answer.", lambda: counts)])
    assert value(metrics, "replies_rejected_total", reason="late") == 0
    counts["late"] = 3
    assert value(metrics, "replies_rejected_total", reason="late") == 3
    assert value(metrics, "replies_rejected_total", reason="forged") == 0


def received(metrics: MetricsObserver) -> float | None:
    return value(metrics, "interface_receive_bytes_total", link=WAN)


def test_interface_counters_are_counted_from_our_own_start(metrics: MetricsObserver) -> None:
    metrics.polled(poll(sample(5_000_000_000, Discard.FIRST)))
    assert received(metrics) == 0
    metrics.polled(poll(sample(5_000_000_700)))
    assert received(metrics) == 700
    assert value(metrics, "interface_transmit_bytes_total", link=WAN) == 1400
    metrics.polled(poll(sample(300, Discard.RESTART)))
    metrics.polled(poll(sample(350)))
    assert received(metrics) == 750


def test_readings_without_a_rate_are_counted_by_reason(metrics: MetricsObserver) -> None:
    name = "interface_samples_discarded_total"
    assert value(metrics, name, link=WAN, reason="above_line_rate") == 0
    assert value(metrics, name, link=INTERNET, reason="above_line_rate") is None
    metrics.polled(poll(sample(1000, Discard.FIRST)))
    metrics.polled(poll(sample(9000, Discard.ABOVE_LINE_RATE)))
    metrics.polled(poll(sample(9100)))
    assert value(metrics, name, link=WAN, reason="above_line_rate") == 1
    assert value(metrics, name, link=WAN, reason="first") == 1
    assert received(metrics) == 100


def test_what_is_counted_before_its_rate_is_known_is_counted_once(metrics: MetricsObserver) -> None:
    for total, discard in (
        (1000, Discard.FIRST),
        (1000, Discard.STALE),
        (1300, Discard.STALE),
        (1400, None),
    ):
        metrics.polled(poll(sample(total, discard)))
    assert received(metrics) == 400


def test_a_wrapped_32_bit_counter_goes_on(metrics: MetricsObserver) -> None:
    metrics.polled(poll(sample(2**31 - 50, Discard.FIRST)))
    metrics.polled(poll(sample(25)))
    assert received(metrics) == 2**31 + 75
    assert value(metrics, "interface_transmit_bytes_total", link=WAN) == 150


def test_oper_status_is_known_only_while_the_router_can_be_read(metrics: MetricsObserver) -> None:
    metrics.polled(poll(sample(1)))
    assert value(metrics, "interface_oper_up", link=WAN) == 1
    metrics.polled(poll(sample(1, oper=OperStatus.LOWER_LAYER_DOWN)))
    assert value(metrics, "interface_oper_up", link=WAN) == 0
    metrics.polled(poll(outcome=PollOutcome.TIMEOUT))
    assert math.isnan(value(metrics, "interface_oper_up", link=WAN) or 0)
    metrics.polled(poll(sample(1)))
    faults = ((WAN, InterfaceFault.MISSING),)
    metrics.polled(PollResult(RouterId("chu-se-r1"), NOW, PollOutcome.OK, faults=faults))
    assert math.isnan(value(metrics, "interface_oper_up", link=WAN) or 0)
    assert value(metrics, "snmp_polls_total", router="chu-se-r1", outcome="ok") == 4
    assert value(metrics, "snmp_polls_total", router="chu-se-r1", outcome="timeout") == 1


def test_a_reload_keeps_what_stays_and_drops_what_left(
    metrics: MetricsObserver, province: Province
) -> None:
    metrics.probed([probe(Outcome.NO_REPLY)])
    metrics.polled(poll(sample(10, Discard.FIRST)))
    metrics.set_inventory(province("chu-se", "ia-pa"))
    metrics.polled(poll(sample(15)))
    assert value(metrics, "probes_lost_total", link=WAN) == 1
    assert received(metrics) == 5
    assert value(metrics, "probes_sent_total", link="ia-pa-wan") == 0
    assert "pleiku" not in text(metrics)

    metrics.set_inventory(province("ia-pa"))
    assert "chu-se" not in text(metrics)
    assert value(metrics, "conference_active", conference="txct") is None


def test_incidents_and_messages(metrics: MetricsObserver, clock: SettableClock) -> None:
    metrics.incidents({Priority.P1: 2, Priority.P3: 1})
    metrics.incidents({Priority.P1: 1})
    assert value(metrics, "incidents_open", priority="P1") == 1
    assert value(metrics, "incidents_open", priority="P3") == 0
    metrics.detected(LW1, 1.25)
    assert value(metrics, "incident_detection_seconds_sum") == 1.25
    metrics.attempted(ChannelId("hook"), DeliveryOutcome.FAILED, None, LW1)
    metrics.attempted(ChannelId("hook"), DeliveryOutcome.ACCEPTED, 2.5, LW1)
    assert value(metrics, "notifications_total", channel="hook", outcome="accepted") == 1
    assert value(metrics, "time_to_notify_seconds_count") == 1
    metrics.untold(7)
    assert value(metrics, "digest_waiting") == 7
    metrics.outbox(3, NOW - timedelta(seconds=40))
    assert value(metrics, "outbox_pending") == 3
    assert value(metrics, "outbox_oldest_age_seconds") == 40
    clock.moment = Moment(1010.0, NOW + timedelta(seconds=10))
    assert value(metrics, "outbox_oldest_age_seconds") == 50
    metrics.outbox(0, None)
    assert value(metrics, "outbox_oldest_age_seconds") == 0


def test_the_lag_is_the_worst_of_the_last_minute(
    metrics: MetricsObserver, clock: SettableClock
) -> None:
    for at, lag in ((1000.0, 0.3), (1010.0, 0.1), (1020.0, 0.05)):
        clock.moment = Moment(at, NOW)
        metrics.scheduler_lag(lag)
    assert value(metrics, "probe_scheduler_lag_seconds") == 0.3
    clock.moment = Moment(1065.0, NOW)
    assert value(metrics, "probe_scheduler_lag_seconds") == 0.1
    clock.moment = Moment(1200.0, NOW)
    assert value(metrics, "probe_scheduler_lag_seconds") == 0


def test_a_conference_is_active_while_its_window_is_open(
    metrics: MetricsObserver, clock: SettableClock
) -> None:
    assert value(metrics, "conference_active", conference="txct") == 1
    assert value(metrics, "conference_site_active", conference="txct", site="chu-se") == 1
    clock.moment = Moment(1000.0, NOW + timedelta(hours=5))
    assert value(metrics, "conference_active", conference="txct") == 0
    assert value(metrics, "conference_site_active", conference="txct", site="chu-se") == 0


def test_reload_store_and_rosters(metrics: MetricsObserver) -> None:
    metrics.reloaded(taken=True, at=NOW)
    metrics.reloaded(taken=False, at=NOW + timedelta(hours=1))
    assert value(metrics, "config_last_reload_successful") == 0
    assert value(metrics, "config_last_reload_timestamp_seconds") == NOW.timestamp()
    metrics.store_writable(writable=True)
    assert value(metrics, "store_writable") == 1
    metrics.roster_gaps({(CarrierId("vnpt"), Level.DISTRICT)})
    assert value(metrics, "roster_gap", carrier="vnpt", level="district") == 1
    metrics.roster_gaps(set())
    assert value(metrics, "roster_gap", carrier="vnpt", level="district") == 0


def test_the_text_is_the_librarys_own_to_the_byte(metrics: MetricsObserver) -> None:
    for rtt in (0.0004, 0.012345678901, 3.5e-07):
        metrics.probed([ProbeResult(WAN, 0, 0.0, Outcome.ANSWERED, rtt)] * 7)
    ours = text(metrics)
    parsed = list(text_string_to_metric_families(ours))

    class Parsed(Collector):
        def collect(self) -> Iterator[Metric]:
            yield from parsed

    registry = CollectorRegistry()
    registry.register(Parsed())
    assert ours == generate_latest(registry).decode()


@pytest.mark.parametrize(
    "value",
    [0, 1, 0.0, 999_999, 1_000_000, 1_234_567.5, 2**53, 1e-7, 0.1 + 0.2, -3.5, float("nan"),
     float("inf"), float("-inf"), 123456789.123],
)  # fmt: skip
def test_numbers_are_written_as_the_library_writes_them(value: float) -> None:
    assert number(value) == library(value)


def test_a_large_province_is_rendered_in_small_steps(
    clock: SettableClock, province: Province
) -> None:
    metrics = MetricsObserver(clock)
    metrics.set_inventory(province(*(f"site-{i}" for i in range(1200))))
    chunks = list(metrics.exposition())
    assert max(chunk.count(b"\n") for chunk in chunks) <= 500 * 13
    assert b"".join(chunks).count(b"linkwatch_probes_sent_total{") == 2400
