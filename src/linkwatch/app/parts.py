"""A valid configuration -> every part of the daemon, connected; taken down in reverse order."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

from linkwatch.app.snmp_worker import WORKER, worker_environment
from linkwatch.conference.pace import Hurried
from linkwatch.config.settings import Config
from linkwatch.host.agenda import SlowSchedule
from linkwatch.host.files import signing_key, state_directory
from linkwatch.host.resolver import SystemResolver
from linkwatch.host.routes import KernelRoutes
from linkwatch.host.secrets import resolve_secret
from linkwatch.host.systemd import Systemd
from linkwatch.model.ids import ChannelId, LinkId
from linkwatch.model.journal import Record
from linkwatch.model.notification import Notification, OutboxRow, Trouble
from linkwatch.model.path import TraceNow
from linkwatch.model.secret import SecretRef
from linkwatch.notify.factory import build_all
from linkwatch.notify.heartbeat import HttpChecker
from linkwatch.notify.setup import Surroundings
from linkwatch.ports import Clock, Journal, Notifier, Part
from linkwatch.probe.icmp import REJECTS, IcmpProber
from linkwatch.probe.snmp_aside import AsidePoller
from linkwatch.probe.tcp import TcpCheck
from linkwatch.runtime.beating import BeatLoop
from linkwatch.runtime.channel_watch import ChannelWatch
from linkwatch.runtime.checking import CheckLoop
from linkwatch.runtime.dispatcher import Dispatcher
from linkwatch.runtime.engine import Engine
from linkwatch.runtime.heartbeat import HeartbeatLoop
from linkwatch.runtime.polling import PollLoop
from linkwatch.runtime.probing import ProbeLoop
from linkwatch.runtime.recorder import Recorder
from linkwatch.runtime.sensing import SenseLoop
from linkwatch.runtime.standing import StandingLoop
from linkwatch.runtime.state import ProbeNow, State
from linkwatch.runtime.switchboard import Notifiers, Switchboard
from linkwatch.runtime.tracing import TraceLoop
from linkwatch.runtime.trapping import TrapLoop
from linkwatch.runtime.trial import Trials
from linkwatch.runtime.writer import Writer
from linkwatch.store.opening import default_url, open_journal
from linkwatch.web.metrics import MetricsObserver
from linkwatch.web.scrape import Sources
from linkwatch.web.tallies import Tally
from linkwatch.wire.acktoken import Addressed, read_ack_token


@dataclass(slots=True)
class InForce:
    """The configuration in force; a reload's commit replaces it."""

    config: Config


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that runs."""

    clock: Clock
    in_force: InForce
    metrics: MetricsObserver
    prober: IcmpProber
    writer: Writer
    switchboard: Switchboard
    dispatcher: Dispatcher
    standing: StandingLoop
    trials: Trials
    channels: ChannelWatch
    heartbeat: HeartbeatLoop
    engine: Engine
    recorder: Recorder
    probes: ProbeLoop
    traces: TraceLoop
    senses: SenseLoop
    checks: CheckLoop
    beats: BeatLoop
    poller: AsidePoller
    polls: PollLoop
    traps: TrapLoop
    agenda: SlowSchedule
    supervisor: Systemd
    addressed: Callable[[str], Addressed | None]
    """Reads the token of a signed link."""
    reloadable: Sequence[Part] = field(default=())
    """In the order of their commits."""


async def build(
    config: Config,
    clock: Clock,
    environment: Mapping[str, str],
    stack: AsyncExitStack,
    open_prober: Callable[[], IcmpProber] = IcmpProber,
) -> Parts:
    """Open what has to be opened and connect it; what was opened is closed with `stack`.

    Raises the adapters' own errors, each one plain line, for what this machine does not allow.
    """
    # A secret's relative path is meant from where the configuration stands.
    secret = partial(resolve_secret, environ=environment, base=config.files[0].parent)
    # What may fail for want of a privilege or a secret comes before the store is touched.
    prober = open_prober()
    stack.callback(prober.close)
    metrics = MetricsObserver(clock)
    poller = AsidePoller(clock, secret, WORKER, worker_environment(environment), metrics)
    (await poller.prepare(config))()
    channels = partial(_channels, secret, clock)
    notifiers = channels(config)
    state = state_directory(environment)
    key = signing_key(state)  # made at the first start, before anybody is sent a signed link
    metrics.set_inventory(config.inventory)
    journal = open_journal(config.settings.store_url or default_url(state), now=clock.now().wall)

    def release(rows: Sequence[OutboxRow]) -> None:
        dispatcher.release(rows)

    def record(records: Sequence[Record]) -> None:
        writer.submit(records, clock.now())
        trials.see(records)
        watch.see(records)

    def hand_on(message: Notification, trouble: Trouble, failed: frozenset[ChannelId]) -> bool:
        return engine.undelivered(message, trouble, failed)

    def probe_now(request: ProbeNow) -> None:
        probes.request(request.link, request.count, request.spacing, urgent=request.urgent)
        checks.request(request.link, request.count, request.spacing)

    def trace_now(wanted: TraceNow) -> None:
        traces.request(wanted)

    def sense(uplink: LinkId) -> None:
        senses.request(uplink)

    def hurry(hurried: Hurried) -> None:
        probes.hurry(hurried.links)
        senses.hurry(hurried.links)
        checks.hurry(hurried.links)
        polls.hurry(hurried.routers)

    writer = _writer(journal, clock, release, metrics, stack)
    switchboard = _switchboard(notifiers, channels, stack)
    trials = Trials(writer.submit)
    dispatcher = Dispatcher(
        clock, switchboard, record, metrics, hand_on, limits=config.settings.limits
    )
    engine = Engine(
        State(config.inventory, key),
        clock,
        writer,
        metrics,
        probe_now=probe_now,
        hurry=hurry,
        trace_now=trace_now,
        sense=sense,
    )
    watch = ChannelWatch(
        clock,
        lambda: engine.book,
        dispatcher,
        submit=writer.submit,
        tell=engine.channels_looked_at,
        observer=metrics,
    )
    _let_ask(metrics, engine, clock)
    resolver = SystemResolver()
    probes = ProbeLoop(
        clock,
        prober,
        sink=engine.probed,
        suspect=engine.suspected,
        observer=metrics,
        config=config,
        resolver=resolver,
    )
    traces = TraceLoop(clock, prober, probes, engine.traced)
    metrics.show(_tallies(prober, probes, traces))
    senses = _senses(config, clock, engine, metrics, stack)
    checks = CheckLoop(clock, TcpCheck(), sink=engine.probed, config=config, resolver=resolver)
    beats = BeatLoop(clock, key, sink=engine.probed, config=config)
    polls = PollLoop(clock, poller, engine.polled, config)
    traps = TrapLoop(
        clock,
        poller,
        probe=lambda link: probe_now(ProbeNow(link, 1, 0.0)),
        poll=polls.request,
        observer=metrics,
        config=config,
    )
    heartbeat = _heartbeat(config, clock, metrics, stack)
    in_force = InForce(config)
    return Parts(
        clock=clock,
        in_force=in_force,
        metrics=metrics,
        prober=prober,
        writer=writer,
        switchboard=switchboard,
        dispatcher=dispatcher,
        standing=StandingLoop(clock, switchboard, watch.repeated),
        trials=trials,
        channels=watch,
        heartbeat=heartbeat,
        engine=engine,
        recorder=Recorder(clock, engine, lambda: in_force.config.inventory),
        probes=probes,
        traces=traces,
        senses=senses,
        checks=checks,
        beats=beats,
        poller=poller,
        polls=polls,
        traps=traps,
        agenda=SlowSchedule(),
        supervisor=_supervisor(environment, clock, stack),
        addressed=partial(read_ack_token, key),
        reloadable=(
            *(_Figures(metrics), poller, dispatcher, engine),
            *(probes, senses, checks, beats, polls, traps, heartbeat),
        ),
    )


def _writer(
    journal: Journal,
    clock: Clock,
    release: Callable[[Sequence[OutboxRow]], None],
    observer: MetricsObserver,
    stack: AsyncExitStack,
) -> Writer:
    writer = Writer(journal, clock, release, observer)
    stack.push_async_callback(writer.close)
    return writer


def _channels(
    secret: Callable[[SecretRef], str], clock: Clock, new: Config
) -> Mapping[ChannelId, Notifier]:
    around = Surroundings(secret, clock, new.inventory.contacts)
    return build_all(new.settings.channels.values(), around)


def _senses(
    config: Config, clock: Clock, engine: Engine, metrics: MetricsObserver, stack: AsyncExitStack
) -> SenseLoop:
    # Whoever drains a prober takes all that came: what is asked for our own sake has its own.
    prober = IcmpProber()
    stack.callback(prober.close)
    return SenseLoop(
        clock,
        prober,
        KernelRoutes(),
        sink=engine.sensed,
        observer=metrics,
        config=config,
        resolver=SystemResolver(),
    )


def _switchboard(
    notifiers: Notifiers, build_channels: Callable[[Config], Notifiers], stack: AsyncExitStack
) -> Switchboard:
    board = Switchboard(notifiers, build_channels)
    stack.push_async_callback(board.close)
    return board


def _supervisor(environment: Mapping[str, str], clock: Clock, stack: AsyncExitStack) -> Systemd:
    supervisor = Systemd(environment, clock)
    stack.callback(supervisor.close)
    return supervisor


def _heartbeat(
    config: Config, clock: Clock, observer: MetricsObserver, stack: AsyncExitStack
) -> HeartbeatLoop:
    loop = HeartbeatLoop(clock, HttpChecker, observer, config)
    stack.push_async_callback(loop.close)
    return loop


def _let_ask(metrics: MetricsObserver, engine: Engine, clock: Clock) -> None:
    """What is shown as it is when somebody looks, the metrics ask of its owner."""
    metrics.sources = Sources(
        judged=lambda links: engine.judged(links, clock.now()),
        sites_judged=lambda shown: engine.site_states(shown, clock.now()),
        lost=lambda parts: engine.lost(parts, clock.now()),
        open_incidents=engine.incidents,
    )


def _tallies(prober: IcmpProber, probes: ProbeLoop, traces: TraceLoop) -> Sequence[Tally]:
    """What the probing itself came to, apart from the links."""
    return (
        Tally(
            "probe_replies_rejected",
            "What came in and was taken for no answer to a probe, by why.",
            lambda: {**dict.fromkeys(REJECTS, 0), **prober.counters, "late": probes.late},
        ),
        Tally(
            "probe_rounds_skipped",
            "Probes left out: missed (this process was late), throttled (bursts), paced (max_pps).",
            lambda: probes.skipped,
        ),
        Tally(
            "probe_replies_dropped",
            "Replies that our own receive buffers had no room for.",
            lambda: {"receive_buffer": prober.dropped()},
        ),
        Tally(
            "traces",
            "Looks at the way to a link: for an incident, to know it, or none (no address yet).",
            lambda: traces.counters,
        ),
    )


class _Figures:
    """The metrics' part in a reload: children for what is new, none for what is gone."""

    def __init__(self, metrics: MetricsObserver) -> None:
        self._metrics = metrics

    async def prepare(self, new: Config) -> "partial[None]":
        return partial(self._metrics.set_inventory, new.inventory)
