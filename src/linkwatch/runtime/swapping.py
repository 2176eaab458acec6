"""Swaps of duty made by command: into the rosters at once, and into the journal."""

from dataclasses import replace

from linkwatch.model.acts import Refusal
from linkwatch.model.journal import SaveSwap
from linkwatch.model.moment import Moment, Span
from linkwatch.model.people import Swap
from linkwatch.ports import Ruling
from linkwatch.runtime.events import SwapAsked, SwapTakenBack
from linkwatch.runtime.state import Effects, State


def swap(state: State, asked: SwapAsked, now: Moment, effects: Effects) -> None:
    """Put these contacts on duty for a while, in the place of whoever the roster names."""
    effects.ruling = _refused(state, asked, now)
    if effects.ruling is not None:
        return
    span = Span(asked.span.start or now.wall, asked.span.end)
    made = tuple(
        Swap(state.last_swap + n, asked.roster, contact, span, asked.by, made_at=now.wall)
        for n, contact in enumerate(dict.fromkeys(asked.contacts), 1)
    )
    _keep(state, made, effects)


def take_back(state: State, asked: SwapTakenBack, now: Moment, effects: Effects) -> None:
    """Undo a swap."""
    known = state.swaps.get(asked.number)
    if known is None or (known.span.end is not None and known.span.end <= now.wall):
        effects.ruling = Ruling(Refusal.UNKNOWN_SWAP)
        return
    _keep(state, (replace(known, removed_at=now.wall, removed_by=asked.by),), effects)


def _refused(state: State, asked: SwapAsked, now: Moment) -> Ruling | None:
    start, end = asked.span.start, asked.span.end
    if asked.roster not in state.inventory.rosters:
        return Ruling(Refusal.UNKNOWN_ROSTER)
    if not asked.contacts or any(c not in state.inventory.contacts for c in asked.contacts):
        return Ruling(Refusal.UNKNOWN_CONTACT)
    if start is not None and end is not None and end <= start:
        return Ruling(Refusal.ENDS_FIRST)
    if end is not None and end <= now.wall:
        return Ruling(Refusal.IS_OVER)
    return None


def _keep(state: State, swaps: tuple[Swap, ...], effects: Effects) -> None:
    state.keep_swaps(swaps)
    effects.records.extend(map(SaveSwap, swaps))
    effects.ruling = Ruling(swaps=swaps)
