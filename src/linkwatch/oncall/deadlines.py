"""Contacts that an order asks the carriers to name by a day."""

from collections.abc import Iterator
from datetime import datetime

from linkwatch.model.conference import Directive
from linkwatch.model.coverage import Period, Unnamed
from linkwatch.model.ids import CarrierId, ContactId, SiteId
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.reach import members


def unnamed(book: DutyBook, now: datetime, period: Period) -> Iterator[Unnamed]:
    """For each order in force: levels at which a carrier it binds has named nobody to call."""
    today = now.astimezone(book.inventory.timezone).date()
    for directive in book.inventory.directives:
        if directive.contacts_due is None or not _matters(directive, now):
            continue
        for (carrier, level), sites in _missing(book, directive, period).items():
            yield Unnamed(
                directive.id,
                carrier,
                level,
                tuple(sites),
                directive.contacts_due,
                is_overdue=today > directive.contacts_due,
            )


def _matters(directive: Directive, now: datetime) -> bool:
    """Until its end; what it asks for by a day is due before it begins, too."""
    return directive.span.end is None or now < directive.span.end


def _missing(
    book: DutyBook, directive: Directive, period: Period
) -> dict[tuple[CarrierId, Level], list[SiteId]]:
    found: dict[tuple[CarrierId, Level], list[SiteId]] = {}
    for post in book.posts:
        if post.carrier in directive.carriers and not any(
            _can_be_called(book, contact)
            for roster in post.rosters
            for contact in members(roster, period)
        ):
            found.setdefault((post.carrier, post.level), []).extend(post.sites)
    return found


def _can_be_called(book: DutyBook, contact: ContactId) -> bool:
    return bool(book.inventory.contacts[contact].phones)
