"""Whatever fails together and in whatever order: each fault is told once, as whose it is.

The real turn over a province of eighteen lines, any of which may die, come back or be slow, alone
or with all that passes it; the daemon may be started anew at any time.
"""

from collections.abc import Iterator
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from linkwatch.incident.bonds import TOGETHER
from linkwatch.incident.priority import urgency
from linkwatch.incident.topology import Topology
from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.notification import Notification
from linkwatch.model.priority import Priority
from linkwatch.runtime.causes import key_of
from support.district import CHU_SE, MANG_YANG, inet, meeting, province, wan
from support.drive import Answers, Drive, healthy, silent
from support.province import HUB, MORNING

LONG_ENOUGH = 260
"""s: a hold of three minutes, what a recovery takes, and the wait for a parent."""
CONFERENCES = {
    "nobody": province(),
    "two communes": province(conferences=(meeting("dun", "ia-glai"),)),
    "all": province(conferences=(meeting("ttcntt", "chu-se", "dun", "mang-yang", "kon-thup"),)),
}
LINKS = tuple(CONFERENCES["nobody"].links)
TOPOLOGY = Topology(CONFERENCES["nobody"].links)
MOODS: dict[str, Answers] = {"well": healthy, "dead": silent, "slow": lambda _: 0.120}


class Causes(RuleBasedStateMachine):
    """One province; `moods` is what its lines do now."""

    def __init__(self) -> None:
        super().__init__()
        self.moods: dict[LinkId, str] = dict.fromkeys(LINKS, "well")
        self.shown = 0

    @initialize(who=st.sampled_from(sorted(CONFERENCES)))
    def begin(self, who: str) -> None:
        """All is well, and has answered."""
        self.drive = Drive(CONFERENCES[who], MORNING)
        self.drive.run(30)

    @rule(line=st.sampled_from(LINKS), mood=st.sampled_from(sorted(MOODS)), s=st.integers(1, 40))
    def one(self, line: LinkId, mood: str, s: int) -> None:
        """A single line changes."""
        self.moods[line] = mood
        self._run(s)

    @rule(line=st.sampled_from((wan(HUB), wan(CHU_SE), wan(MANG_YANG))), s=st.integers(1, 40))
    def cut(self, line: LinkId, s: int) -> None:
        """A line dies, and with it all that passes it."""
        for each in (line, *TOPOLOGY.below(line)):
            self.moods[each] = "dead"
        self._run(s)

    @rule(site=st.sampled_from(("dun", "kon-thup", "chu-se")), s=st.integers(1, 40))
    def darken(self, site: str, s: int) -> None:
        """The power of a site fails."""
        for each in (wan(site), inet(site)):
            for below in (each, *TOPOLOGY.below(each)):
                self.moods[below] = "dead"
        self._run(s)

    @rule(s=st.integers(1, 40))
    def lose_internet(self, s: int) -> None:
        """A carrier's Internet is out."""
        for each in LINKS:
            if each.endswith("-inet"):
                self.moods[each] = "dead"
        self._run(s)

    @rule(spared=st.sets(st.sampled_from(LINKS), max_size=3), s=st.integers(1, 60))
    def mend(self, spared: set[LinkId], s: int) -> None:
        """All comes back but these."""
        for each in LINKS:
            if each not in spared:
                self.moods[each] = "well"
        self._run(s)

    @rule(after=st.integers(0, 20))
    def restart(self, after: int) -> None:
        """Another daemon goes on."""
        self.drive = self.drive.restart(self.drive.state.inventory, float(after))
        self.shown = 0
        self._run(5)

    @rule()
    def wait(self) -> None:
        """Long enough for everything to be settled and told."""
        self._run(LONG_ENOUGH)
        for link, judge in self.drive.state.judges.items():
            if judge.state is LinkState.DOWN:
                told = list(self._told_of(link))
                assert told, f"nobody was told that {link} is down"

    @invariant()
    def no_priority_is_stale(self) -> None:
        """What circumstances give now is what stands there, since the calendar is looked at."""
        state, now = self.drive.state, MORNING
        if not hasattr(self, "drive"):
            return
        now = self.drive.start + timedelta(seconds=self.drive.seconds)
        for incident in state.open_incidents():
            home = state.home(*incident.key)
            if home is None or incident.key in state.causes.looks:
                continue
            flaps = incident.status is Status.FLAPPING
            around = state.around(incident.subject, home, now)
            kind, severity = incident.kind, incident.severity
            wanted = urgency(kind, severity, around, flaps=flaps)[0]
            assert incident.priority is wanted, f"{incident.id}: {incident.priority}, not {wanted}"

    def _run(self, seconds: int) -> None:
        answers = {x.replace("-", "_"): MOODS[mood] for x, mood in self.moods.items()}
        for _ in range(seconds):
            for message in self.drive.run(1, **answers):
                self._check(message)

    def _check(self, message: Notification) -> None:
        """Nobody is paged for a line while what it passes is down and fell with it."""
        incident = self.drive.state.incidents[message.incident] if message.incident else None
        pages = message.event in (IncidentEvent.OPENED, IncidentEvent.RAISED)
        if incident is None or not pages or incident.kind is not Kind.DOWN:
            return
        for above in TOPOLOGY.above(incident.subject.link) if incident.subject.link else ():
            parent = self.drive.state.causes.bad.get(key_of(above))
            if parent is None or parent.kind is not Kind.DOWN:
                continue
            fell_later = parent.started_at - incident.started_at >= TOGETHER
            assert fell_later, f"{incident.subject} is told while {above} is down"

    def _told_of(self, link: LinkId) -> Iterator[Incident]:
        """The open incidents by which people know of it."""
        state = self.drive.state
        for incident in state.open_incidents():
            known = incident.announced_at is not None or incident.priority is Priority.P4
            if link in incident.links and known and incident.caused_by is None:
                yield incident


Causes.TestCase.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
TestCauses = Causes.TestCase


def test_nobody_is_paged_for_a_child_of_what_is_down() -> None:
    drive = Drive(CONFERENCES["all"], MORNING)
    drive.run(30)
    cut = [wan(CHU_SE), *TOPOLOGY.below(wan(CHU_SE))]
    told = drive.run(60, **{x.replace("-", "_"): silent for x in cut})
    assert {m.incident for m in told} == {"LW-000001"}
    assert drive.incidents["LW-000001"].links == tuple(cut)


def test_what_another_explains_follows_its_circumstances_but_is_told_to_nobody() -> None:
    """A slow district's line, told; then the Centre's is cut, and with it the conference below."""
    drive = Drive(CONFERENCES["two communes"], MORNING)
    drive.run(30)
    slow = {"chu_se_wan": MOODS["slow"]}
    assert {m.incident for m in drive.run(LONG_ENOUGH, **slow)} == {"LW-000001"}
    before = drive.incidents["LW-000001"]
    cut = [wan(HUB), *TOPOLOGY.below(wan(HUB))]
    told = drive.run(90, **{x.replace("-", "_"): silent for x in cut})
    after = drive.incidents["LW-000001"]
    assert after.caused_by == "LW-000002"
    assert after.priority.outranks(before.priority)
    assert {m.incident for m in told} == {"LW-000002"}
    ends = drive.run(60)
    assert {m.event for m in ends if m.incident == "LW-000001"} == {IncidentEvent.RESOLVED}


def test_a_line_that_stood_alone_is_part_of_the_site_whose_power_fails_seconds_later() -> None:
    """It is known already that it is down; its district's line is no fault by itself."""
    drive = Drive(CONFERENCES["all"], MORNING)
    drive.run(30)
    assert drive.run(6, ia_blang_wan=silent) == []
    assert drive.incidents["LW-000001"].caused_by is None
    both = (wan(CHU_SE), inet(CHU_SE))
    cut = {x for each in both for x in (each, *TOPOLOGY.below(each))}
    told = drive.run(LONG_ENOUGH, **{x.replace("-", "_"): silent for x in cut})
    assert drive.incidents["LW-000002"].kind is Kind.SITE_DOWN
    assert {m.incident for m in told} == {"LW-000002"}
    assert drive.incidents["LW-000001"].caused_by == "LW-000002"
