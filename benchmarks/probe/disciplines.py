"""The ways the contest is held: each gives a section of the page, and goals with their verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.common import place
from benchmarks.common.goal import Goal, figure
from benchmarks.common.kept import Kept
from benchmarks.common.machine import largest_buffer
from benchmarks.common.page import Section, Table, say
from benchmarks.probe import goals, tables
from benchmarks.probe.contest import Result, run, typical
from benchmarks.probe.contestants import OURS, SCRAPED, WHOLE, Contestant
from benchmarks.probe.process import Task
from support.kernel_settings import shipped

_FLAT_OUT_TARGETS = 1000
_MOST_BLOCKED_PEERS = 1000
_FILLED = ("--fill",)


@dataclass
class Contest:
    """What is measured on, how long and how often, by whom; collects the goals."""

    counts: Sequence[int]
    seconds: float
    repeats: int
    peers: Sequence[Contestant]
    kept: Kept
    goals: list[Goal] = field(default_factory=list)

    @property
    def everybody(self) -> Sequence[Contestant]:
        """Ours first."""
        return (OURS, WHOLE, *self.peers)

    def measure(
        self,
        contestant: Contestant,
        targets: int,
        *,
        flags: Sequence[str] = (),
        prefix: Sequence[str] = (),
    ) -> Result:
        """So often, and the typical one."""
        config = None
        if contestant is OURS and "--flat-out" not in flags:
            config = self.kept.bare(targets)
        elif contestant in (WHOLE, SCRAPED):
            config = self.kept.whole(targets)
        say(f"{contestant.name}: {targets:,} targets {' '.join(flags)}".rstrip())
        task = Task(targets, self.seconds, prefix, flags, config)
        return typical([run(contestant, task) for _ in range(self.repeats)])


def once_a_second(contest: Contest) -> list[Section]:
    """Everybody on the same targets, one ping a second each."""
    by_count: dict[int, dict[str, Result]] = {}
    slow: dict[str, int] = {}
    for count in contest.counts:
        results = by_count[count] = {}
        for contestant in contest.everybody:
            name = contestant.name
            if name in slow:
                words = f"not tried: could not keep up at {slow[name]:,}"
                results[name] = Result(count, failed=words)
                continue
            results[name] = contest.measure(contestant, count)
            if not results[name].keeps_up and contestant not in (OURS, WHOLE):
                slow[name] = count
        for ours in (OURS, WHOLE):
            contest.goals += goals.once_a_second(ours.name, results[ours.name])
    cost = Section(
        "How cost grows with targets",
        ("In brackets: of one that could not keep up.",),
        tables.growth(by_count, OURS.name),
    )
    return [
        cost,
        *(
            _section(f"{count:,} targets, one ping a second each", results)
            for count, results in by_count.items()
        ),
    ]


def flat_out(contest: Contest) -> list[Section]:
    """As fast as each can."""
    results = {
        contestant.name: contest.measure(contestant, _FLAT_OUT_TARGETS, flags=("--flat-out",))
        for contestant in contest.everybody
        if contestant.flat_out
    }
    contest.goals += goals.flat_out(results[OURS.name])
    words = "The prober alone, without its loop; each contestant in one process."
    return [_section(f"Flat out, {_FLAT_OUT_TARGETS:,} targets", results, words)]


def blocked(contest: Contest) -> list[Section]:
    """The event loop held up 20 ms in every 100: only who lives in an asyncio loop."""
    sections = []
    for count in contest.counts:
        results = {
            contestant.name: contest.measure(contestant, count, flags=("--blocked",))
            for contestant in contest.everybody
            if contestant.asyncio and (contestant is OURS or count <= _MOST_BLOCKED_PEERS)
        }
        contest.goals += goals.held_up("loop held up", results[OURS.name])
        words = f"Peers that live in an asyncio loop, up to {_MOST_BLOCKED_PEERS:,} targets."
        title = f"The event loop held up 20 ms in every 100, {count:,} targets"
        sections.append(_section(title, results, words))
    return sections


def capabilities(contest: Contest) -> list[Section]:
    """With what the systemd unit leaves the daemon, on differently set kernels."""
    prefix = place.service_like()
    ours = shipped()
    ways = {
        "bare kernel": place.BARE_KERNEL,
        "ping_group_range open": {**place.BARE_KERNEL, place.PING_GROUPS: ours[place.PING_GROUPS]},
        "sysctl drop-in": ours,
    }
    results = {}
    try:
        for name, settings in ways.items():
            place.let_ping(settings)
            asked = ("--receive-buffer", str(place.buffer_of(settings)))
            for count in contest.counts:
                result = contest.measure(OURS, count, flags=asked, prefix=prefix)
                results[f"{name}, {count:,} targets"] = result
                contest.goals += goals.confined(f"CAP_NET_RAW alone, {name}", result)
    finally:
        place.let_ping(ours)
    words = [
        f"Run by `{' '.join(prefix)}`. The drop-in is deploy/sysctl.d/60-linkwatch.conf; without "
        "it Linux has ping_group_range closed (raw sockets) and rmem_max 212,992, while systemd "
        "opens the former."
    ]
    if (most := largest_buffer()) < place.buffer_of(ours):
        words.append(
            f"net.core.rmem_max cannot be set in a namespace: here it is {most:,} bytes, so that "
            "the drop-in's rows had that much less than it gives."
        )
    return [_section("With CAP_NET_RAW alone", results, *words, ours=None)]


def renders(contest: Contest) -> list[Section]:
    """The whole daemon while /metrics is read over and over, beside the same unread."""
    count = max(contest.counts)
    unread = contest.measure(WHOLE, count, flags=_FILLED)
    read = contest.measure(SCRAPED, count, flags=_FILLED)
    results = {f"{WHOLE.name}, unread": unread, SCRAPED.name: read}
    contest.goals += goals.scraped("while scraped", read)
    words = (
        "The daemon's own engine, metrics and HTTP server in its own event loop; a client in "
        "another process reads all of /metrics again as soon as it has it. Routers' readings are "
        "told to the engine, so that every family has figures. The CPU of renders is in that of "
        "the pings."
    )
    section = _section(
        f"While /metrics of {count:,} links is read without pause", results, words, ours=None
    )
    return [
        Section(section.title, section.words, (*section.tables, _loop(results)), section.records)
    ]


def _loop(results: Mapping[str, Result]) -> Table:
    names = {
        "loop late p50, ms": ("loop_late_p50_s", 1e3),
        "p99": ("loop_late_p99_s", 1e3),
        "worst": ("loop_late_s", 1e3),
        "scrapes": ("scrapes", 1),
        "s a scrape, p50": ("scrape_p50_s", 1),
        "longest": ("scrape_longest_s", 1),
        "MB": ("render_bytes", 1e-6),
        "series": ("series", 1),
        "CPU s to render, by itself": ("render_cpu_s", 1),
    }

    def cell(result: Result, name: str, scale: float) -> str:
        value = result.facts.get(name)
        return "-" if value is None else figure(value * scale)

    return Table(
        ("", *names),
        [
            (who, *(cell(result, name, scale) for name, scale in names.values()))
            for who, result in results.items()
        ],
    )


def _section(
    title: str, results: Mapping[str, Result], *words: str, ours: str | None = OURS.name
) -> Section:
    return Section(
        title,
        words,
        (tables.table(results, ours),),
        [{"who": name, **result.record()} for name, result in results.items()],
    )
