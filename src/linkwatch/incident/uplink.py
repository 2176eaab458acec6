"""Whether what is silent is silent for our own uplink's sake.

One rule decides: whatever answers through an uplink proves it, for the time its probe was sent at.
An uplink is dead only when nothing sent through it for a while was answered, though links of every
carrier, in several districts and well until then, were asked. One carrier's outage leaves another
carrier's links answering, a district's cut leaves the other districts': both prove the uplink.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from linkwatch.incident.uplink_lapse import APART, Lapse
from linkwatch.incident.uplink_listening import AnsweredAt, Listening
from linkwatch.incident.uplink_misses import Misses
from linkwatch.incident.uplink_revival import Revival
from linkwatch.incident.uplink_witnesses import Witnesses
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.uplink import Carriage, Ground, Member, Vicinity

QUIET = 0.4
"""s without an answer to anything that make what is missing a question."""
DEAD_AFTER = 1.0
"""s without an answer to anything: a queue on the way is shorter, an outage's verdict not sooner
(judge.silence)."""
FRESH = 20.0
"""s before the last answer of all: who has not answered since tells nothing of its end."""
SLACK = 0.5
"""s by which round trips differ: the first link to fall silent may do so before others' last."""
LEAST_CARRIERS, LEAST_LINKS, LEAST_AREAS = 2, 3, 3
"""Silent carriers, links of each of two, and areas of all, that make what is missing common."""
ONE_TIME = 30.0
"""s between two deaths that are one time of trouble: links may not have recovered in between."""


class Standing(StrEnum):
    """What is known of an uplink. `suspected`: witnesses are being asked."""

    CLEAR = "clear"
    SUSPECTED = "suspected"
    DEAD = "dead"


class Excuse(StrEnum):
    """Whether a link's silence is its own.

    `none`: something was answered through the uplink after it fell silent, or nothing could be;
    `open`: nothing was so far.
    """

    NONE = "none"
    OPEN = "open"
    UPLINK = "uplink"


@dataclass(frozen=True, slots=True)
class Death:
    """An uplink's; `since` when the first probe of the deciding silence was sent (monotonic s).

    `links` of `carriers` were seen silent.
    """

    since: float
    ground: Ground
    links: int
    carriers: int


class Uplink:
    """Follows one uplink. Constant work for each miss; a look costs more only while in doubt."""

    def __init__(
        self, members: Mapping[LinkId, Member], answered_at: AnsweredAt, began: float
    ) -> None:
        self._members = members
        self._of: dict[CarrierId, list[LinkId]] = {}
        for link, member in members.items():
            self._of.setdefault(member.carrier, []).append(link)
        self._answered_at = answered_at
        self._misses = Misses(self._of)
        self._unsent: dict[LinkId, float] = {}
        self._heard = began
        self._looked_at = -inf
        self._listening = Listening(self._of, answered_at)
        self._witnesses = Witnesses(members, self._of, self._is_fresh)
        self._suspected = False
        self._is_shared = False
        """Whether what is silent was common to carriers, or our own fault, at the last look."""
        self._ended: Lapse | None = None
        """One that has ended since the last look."""
        self.lapse: Lapse | None = None
        """The last that was too short for a death."""
        self._revival = Revival()
        self._excused_from = inf
        self._ended_at = -inf
        self.death: Death | None = None
        self.is_lossy = False
        """Whether a part of everything is lost: then who fell silent sooner may be so by chance."""
        self.well_since = -inf
        """When the first probe after its last death was answered (monotonic s)."""

    @property
    def standing(self) -> Standing:
        """What is known of it."""
        if self.death is not None:
            return Standing.DEAD
        return Standing.SUSPECTED if self._suspected else Standing.CLEAR

    @property
    def members(self) -> Mapping[LinkId, Member]:
        """The links that are probed through it."""
        return self._members

    @property
    def due(self) -> float:
        """When a look is worth while though nothing else happens (monotonic s)."""
        if self.death is not None:
            return self._looked_at + 0.5
        return self._looked_at + 0.1 if self._suspected else inf

    def missed(self, link: LinkId, sent_at: float) -> None:
        """A probe of a member is overdue or lost."""
        member = self._members.get(link)
        if member is not None and not (self.lapse and self.lapse.holds(sent_at)):
            self._misses.add(member.carrier, link, sent_at)

    def could_not_send(self, link: LinkId, at: float) -> None:
        """This host could not send a member's probe."""
        if link in self._members:
            self._unsent[link] = at

    def answered(self, link: LinkId, sent_at: float) -> None:
        """A member answered. Not every answer need be told: `answered_at` is asked for others."""
        member = self._members.get(link)
        if member is None:
            return
        self._misses.drop(member.carrier, link, sent_at)
        self._unsent.pop(link, None)
        self._hear(link, sent_at)

    def proven(self, witness: str, sent_at: float) -> None:
        """Something that is no link, inside a carrier's network, answered through it."""
        self._hear(witness, sent_at)

    def restore(self, death: Death) -> None:
        """Stand where an earlier run stood: dead until enough is answered."""
        self.death = death
        self._excused_from = death.since - SLACK
        self._revival = Revival(self._heard)

    def look(self, now: float, near: Vicinity) -> Sequence[LinkId]:
        """What time and the last misses have made of it; the links to ask at once."""
        self._looked_at = now
        if self.death is not None:
            self._look_for_life(now)
            return ()
        if not self._is_in_question(now, near):
            self._calm_down()
            self._note_lapse()
            return ()
        return self._question(now, near)

    def excuse(self, link: LinkId, fell_at: float, now: float) -> Excuse:
        """Whether the link, silent since `fell_at`, is so for the uplink's sake.

        While that is open, have the links asked that `ask` gives.
        """
        if self.death is not None:
            return Excuse.UPLINK if fell_at >= self._excused_from else Excuse.NONE
        if self._heard <= fell_at + SLACK:
            self._listen(now)
        if self._heard > fell_at + SLACK:
            ended = self._ended is not None and fell_at >= self._ended.since - SLACK
            return Excuse.OPEN if ended else Excuse.NONE
        others = (x for x in self._members if x != link and self._is_fresh(x))
        return Excuse.OPEN if any(True for _ in others) else Excuse.NONE

    def ask(self, now: float) -> Sequence[LinkId]:
        """Witnesses to ask at once, unless they were asked just now."""
        return self._witnesses.ask(self._silent(), now)

    def silent_members(self) -> list[LinkId]:
        """The members whose last probes came to nothing."""
        return self._misses.links()

    def sample(self, count: int) -> Mapping[CarrierId, list[LinkId]]:
        """Some links of each carrier that answered of late, others each time."""
        return self._listening.sample(count, self._is_fresh)

    def area(self, link: LinkId) -> SiteId:
        """Where a member lies."""
        return self._members[link].area

    def _hear(self, who: LinkId | str, sent_at: float) -> None:
        if self._is_shared and sent_at - self._heard >= QUIET:
            self._ended = Lapse(self._heard, sent_at)
            self._is_shared = False
        self._heard = max(self._heard, sent_at)
        if self.death is not None:
            self._revival.hear(who, sent_at)

    def _is_in_question(self, now: float, near: Vicinity) -> bool:
        """Whether anything is missing that nobody's answer explains."""
        if not self._is_quiet(now):
            return False
        self._listen(now)
        if not self._is_quiet(now):
            return False
        by_carrier = self._silent()
        silent = [x for links in by_carrier.values() for x in links]
        areas = {self._members[x].area for x in silent}
        ours = near.own_fault is not None and bool(silent)
        self._is_shared = ours or self._is_common(by_carrier)
        return ours or len(areas) > 1 or self._cannot_send()

    def _is_quiet(self, now: float) -> bool:
        missing = self._misses.newest > self._heard or bool(self._unsent)
        return missing and now - self._heard >= QUIET

    def _question(self, now: float, near: Vicinity) -> Sequence[LinkId]:
        self._suspected = True
        asked = self.ask(now)
        if now - self._heard < DEAD_AFTER:
            return asked
        ground = self._ground(near)
        if ground is None:
            return asked
        heard = self._heard
        self._hear_all(self._listening.all(now, heard))
        if self._heard == heard:
            self._die(ground)
            return ()
        return asked

    def _ground(self, near: Vicinity) -> Ground | None:
        """What shows that it is dead, if anything does."""
        if self._cannot_send():
            is_down = near.interface is Carriage.DOWN
            return Ground.INTERFACE_DOWN if is_down else Ground.CANNOT_SEND
        silent = self._silent()
        if not silent or not self._witnesses.are_silent(silent, self._misses, self._heard):
            return None
        if near.own_fault is not None:
            return near.own_fault
        if not self._is_common(silent):
            return None
        return Ground.ACCESS if near.is_access_dead else Ground.COMMON

    def _is_common(self, silent: Mapping[CarrierId, Sequence[LinkId]]) -> bool:
        """Whether carriers that share nothing but this uplink are silent together."""
        counted = [x for links in silent.values() if len(links) >= LEAST_LINKS for x in links]
        carriers: dict[CarrierId, set[SiteId]] = {}
        for link in counted:
            member = self._members[link]
            carriers.setdefault(member.carrier, set()).add(member.area)
        spread = [areas for areas in carriers.values() if len(areas) > 1]
        return len(spread) >= LEAST_CARRIERS and len(set().union(*spread)) >= LEAST_AREAS

    def _cannot_send(self) -> bool:
        """Whether this host cannot send to several, whoever's they are."""
        unsent = [link for link, at in self._unsent.items() if at > self._heard]
        least = min(LEAST_LINKS, len(self._members))
        return len(unsent) >= least

    def _silent(self) -> Mapping[CarrierId, list[LinkId]]:
        """By carrier: links that fell silent with the last answer of all, or since, and not before:
        that was another fault.
        """
        found: dict[CarrierId, list[LinkId]] = {}
        since = self._heard - (FRESH if self.is_lossy else SLACK)
        for carrier, links in self._misses.after(self._heard).items():
            for link in links:
                fell_at = self._misses.first(carrier, link)
                if fell_at >= since and self._is_fresh(link):
                    found.setdefault(carrier, []).append(link)
        return found

    def _is_fresh(self, link: LinkId) -> bool:
        return self._answered_at(link) >= self._heard - FRESH

    def _listen(self, now: float) -> None:
        """What was answered of late: of some links at each turn, of all of them now and then."""
        self._hear_all(self._listening.some(now, self._heard))
        if now - self._heard >= QUIET and self._listening.is_due(now):
            self._hear_all(self._listening.all(now, self._heard))

    def _hear_all(self, answers: Iterable[tuple[LinkId, float]]) -> None:
        for link, sent_at in answers:
            self._hear(link, sent_at)

    def _die(self, ground: Ground) -> None:
        silent = self._silent()
        fell = [self._misses.first(carrier, x) for carrier, links in silent.items() for x in links]
        fell += self._unsent.values()
        since = min((at for at in fell if at > self._heard), default=self._heard)
        hit = [x for links in silent.values() for x in links] or list(self._unsent)
        carriers = {self._members[x].carrier for x in hit}
        self.death = Death(since, ground, len(hit), len(carriers))
        if self._heard - self._ended_at > ONE_TIME:
            self._excused_from = self._heard - SLACK
        self._calm_down()
        self._revival = Revival(self._heard)

    def _calm_down(self) -> None:
        self._suspected = self._is_shared = False
        self._witnesses.dismiss()

    def _note_lapse(self) -> None:
        """What fell silent in one that has just ended."""
        ended, self._ended = self._ended, None
        if ended is None:
            return
        heard = (at for at in map(self._answered_at, self._members) if at > ended.since)
        until = min(heard, default=ended.until)
        links = tuple(self._misses.forget(ended.since - SLACK, until))
        repeated = self.lapse is not None and ended.since - self.lapse.until < APART
        self.lapse = Lapse(ended.since, until, links, repeated)

    def _look_for_life(self, now: float) -> None:
        self._hear_all(self._listening.some(now, self._revival.after))
        if self._revival.is_lost(self._misses.newest, self._heard, now):
            self._revival = Revival(self._heard)
        if self._revival.is_enough(min(LEAST_LINKS, len(self._members)), now):
            self.death = None
            self.well_since, self._ended_at = self._revival.since, now
            self._unsent.clear()
