"""The document that answers an act: whether it was done and, if not, why."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from linkwatch.config.suggest import did_you_mean
from linkwatch.model.acts import Refusal
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Swap
from linkwatch.ports import Ruling
from linkwatch.web.requests import BadRequest
from linkwatch.web.workentries import WorkEntry, work_entry

BAD_REQUEST = "bad_request"
_REASONS = {
    Refusal.UNKNOWN_ROSTER: "no roster is called {roster!r}",
    Refusal.UNKNOWN_CONTACT: "no contact is called {contact!r}",
    Refusal.UNKNOWN_SWAP: "no override has the number {number}, or it is over",
    Refusal.UNKNOWN_LINK: "no link is called {link!r}",
    Refusal.UNKNOWN_SITE: "no site is called {site!r}",
    Refusal.UNKNOWN_CARRIER: "no carrier is called {carrier!r}",
    Refusal.UNKNOWN_RISK: "no link has the shared risk {risk!r}",
    Refusal.UNKNOWN_WORK: "no work with the number {number} was announced by command, "
    "or it is over",
    Refusal.WORK_ON_NOTHING: "it touches no link: name links, sites, a carrier or a shared risk",
    Refusal.UNKNOWN_INCIDENT: "no incident {incident} is open",
    Refusal.NOBODY_TO_NAME: "nobody is on duty in the operators' room: say for whom",
    Refusal.NOT_TOLD: "nobody has been told of it yet",
    Refusal.ETA_OUT_OF_RANGE: "an ETA lies within the next 24 hours",
    Refusal.ENDS_FIRST: "it ends before it begins",
    Refusal.IS_OVER: "it lies in the past",
}
_UNKNOWN = frozenset(
    {
        Refusal.UNKNOWN_ROSTER,
        Refusal.UNKNOWN_CONTACT,
        Refusal.UNKNOWN_SWAP,
        Refusal.UNKNOWN_LINK,
        Refusal.UNKNOWN_SITE,
        Refusal.UNKNOWN_CARRIER,
        Refusal.UNKNOWN_RISK,
        Refusal.UNKNOWN_WORK,
        Refusal.UNKNOWN_INCIDENT,
    }
)


class SwapEntry(TypedDict):
    """An override made by command; `known`: the configuration has its roster and contact."""

    number: int
    roster: str
    contact: str
    name: str | None
    since: str | None
    until: str | None
    by: str
    made_at: str
    known: bool


class HolderEntry(TypedDict):
    """Who has an incident in hand; `until`: when that lapses, `eta` where they said when."""

    contact: str
    name: str | None
    since: str
    until: str
    eta: str | None
    via: str


class AnsweredEntry(TypedDict):
    """An incident after somebody answered."""

    id: str
    status: str
    holder: HolderEntry | None


class RulingDocument(TypedDict):
    """What came of an act; `recorded`: a crash cannot undo it any more."""

    done: bool
    refusal: str | None
    message: str
    recorded: bool
    overrides: list[SwapEntry]
    maintenance: list[WorkEntry]
    incident: AnsweredEntry | None


def ruled(ruling: Ruling, inventory: Inventory, **named: object) -> tuple[int, RulingDocument]:
    """The answer's status and document; `named` is what the request called by name."""
    refusal = ruling.refusal
    document = RulingDocument(
        done=refusal is None,
        refusal=refusal.value if refusal else None,
        message=_reason(refusal, inventory, named) if refusal else "",
        recorded=ruling.recorded,
        overrides=[swap_entry(swap, inventory) for swap in ruling.swaps],
        maintenance=[work_entry(work, inventory) for work in ruling.works],
        incident=_answered(ruling.incident, inventory) if ruling.incident else None,
    )
    return _status(refusal), document


def not_understood(message: str) -> RulingDocument:
    """The document where there was nothing to rule on."""
    return RulingDocument(
        done=False,
        refusal=BAD_REQUEST,
        message=message,
        recorded=True,
        overrides=[],
        maintenance=[],
        incident=None,
    )


Endpoint = Callable[[Request], Awaitable[Response]]


def understood(endpoint: Endpoint) -> Endpoint:
    """The endpoint, where a request that cannot be understood is answered with why."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except BadRequest as error:
            return JSONResponse(not_understood(str(error)), status_code=422)

    return answer


def swap_entry(swap: Swap, inventory: Inventory) -> SwapEntry:
    """A swap as it is listed; times with the offset of the configured timezone."""
    contact = inventory.contacts.get(swap.contact)
    zone = inventory.timezone
    return SwapEntry(
        number=swap.number,
        roster=swap.roster,
        contact=swap.contact,
        name=contact.name if contact else None,
        since=_maybe(swap.span.start, zone),
        until=_maybe(swap.span.end, zone),
        by=swap.by,
        made_at=_time(swap.made_at, zone),
        known=contact is not None and swap.roster in inventory.rosters,
    )


def holder_entry(incident: Incident, inventory: Inventory) -> HolderEntry | None:
    """Who has the incident in hand."""
    taken, zone = incident.taken, inventory.timezone
    if taken is None or incident.status.is_closed:
        return None
    contact = inventory.contacts.get(taken.contact)
    return HolderEntry(
        contact=taken.contact,
        name=contact.name if contact else None,
        since=_time(taken.at, zone),
        until=_time(taken.until, zone),
        eta=_maybe(taken.eta, zone),
        via=taken.via.value,
    )


def shared_risks(inventory: Inventory) -> frozenset[str]:
    """All that links of the province share."""
    return frozenset(risk for link in inventory.links.values() for risk in link.shared_risk)


def _answered(incident: Incident, inventory: Inventory) -> AnsweredEntry:
    holder = holder_entry(incident, inventory)
    return AnsweredEntry(id=incident.id, status=incident.status.value, holder=holder)


def _reason(refusal: Refusal, inventory: Inventory, named: dict[str, object]) -> str:
    known: Mapping[Refusal, tuple[str, Iterable[str]]] = {
        Refusal.UNKNOWN_ROSTER: ("roster", inventory.rosters),
        Refusal.UNKNOWN_CONTACT: ("contact", inventory.contacts),
        Refusal.UNKNOWN_LINK: ("link", inventory.links),
        Refusal.UNKNOWN_SITE: ("site", inventory.sites),
        Refusal.UNKNOWN_CARRIER: ("carrier", inventory.carriers),
        Refusal.UNKNOWN_RISK: ("risk", shared_risks(inventory)),
    }
    name, names = known.get(refusal, ("", ()))
    hint = did_you_mean(str(named[name]), names) if name else ""
    reason = _REASONS[refusal].format(**named)
    return f"{reason} ({hint})" if hint else reason


def _status(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return 404 if refusal in _UNKNOWN else 409


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _maybe(at: datetime | None, zone: ZoneInfo) -> str | None:
    return _time(at, zone) if at else None
