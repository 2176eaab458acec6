"""The page behind a signed link: looking changes nothing, sending its form answers.

Whoever has the link can answer for the contact it was sent to, and for its one incident, while that
is open; so previews and scanners, which only look, acknowledge nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from linkwatch.message import phrases
from linkwatch.message.figures import phone
from linkwatch.message.phrases import Phrase, say
from linkwatch.model.acts import Refusal
from linkwatch.model.incident import Incident, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Contact
from linkwatch.ports import Acts, Ruling
from linkwatch.web import ackwords
from linkwatch.web.htmlpage import PAGES, STYLE, headers
from linkwatch.web.requests import AnswerForm, BadRequest, read_form, seconds
from linkwatch.wire.acktoken import Addressed

_STYLE = STYLE + (
    "label{display:block;margin:1rem 0}"
    "select,input,button{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.6rem}"
    "button{margin:1rem 0;border:0;border-radius:.4rem;background:#0b5a2b;color:#fff}"
    "button.other{background:#555}.notice{padding:.6rem;border:2px solid #111}"
)
_HEADERS = headers(_STYLE, form_action="'self'")
_ETAS = (
    *((f"{n}m", ackwords.MINUTES, n) for n in (15, 30, 45)),
    *((f"{n}h", ackwords.HOURS, n) for n in (1, 2, 4, 8)),
)
_TIME = "%H:%M %d/%m"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose answer on which open incident."""

    incident: Incident
    contact: Contact


class AckDoor:
    """The endpoint; `addressed` reads a token, `inventory` gives the one in force."""

    def __init__(
        self,
        acts: Acts,
        addressed: Callable[[str], Addressed | None],
        inventory: Callable[[], Inventory],
    ) -> None:
        self._acts = acts
        self._addressed = addressed
        self._inventory = inventory

    def routes(self) -> list[Route]:
        """For the app that is reached from outside."""
        return [
            Route("/ack/{token}", self.look, methods=["GET"]),
            Route("/ack/{token}", self.answer, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """200; 404 for no link of ours, 410 once the incident is closed."""
        asked = self._asked(request)
        return asked if isinstance(asked, Response) else self._page(asked, "", 200)

    async def answer(self, request: Request) -> Response:
        """303 back to the page where it is done, so that loading it again sends nothing twice; 409
        where it may not be, 422 where it is not understood.
        """
        asked = self._asked(request)
        if isinstance(asked, Response):
            return asked
        try:
            form = await read_form(request, AnswerForm)
            ruling = await self._act(asked, form)
        except BadRequest as error:
            return self._page(asked, self._say(ackwords.NOT_UNDERSTOOD, why=str(error)), 422)
        if ruling.refusal is not None:
            return self._refused(asked, ruling.refusal)
        if not ruling.recorded:
            now = _Asked(ruling.incident or asked.incident, asked.contact)
            return self._page(now, self._say(ackwords.UNRECORDED), 200)
        # Relative: behind a proxy, the daemon does not know the path it is reached by.
        return Response(status_code=303, headers={"location": request.path_params["token"]})

    async def _act(self, asked: _Asked, form: AnswerForm) -> Ruling:
        incident, contact = asked.incident.id, asked.contact.id
        if form.act == "decline":
            return await self._acts.decline(incident, contact, contact)
        eta = seconds("eta", form.eta) if form.eta else None
        return await self._acts.take(
            incident, contact, eta=eta, via=Via.LINK, by=contact, note=form.note
        )

    def _asked(self, request: Request) -> _Asked | Response:
        addressed = self._addressed(request.path_params["token"])
        contact = self._inventory().contacts.get(addressed.contact) if addressed else None
        if addressed is None or contact is None:
            return self._end(ackwords.NOT_OURS, ackwords.NOT_OURS_WHY, 404)
        known = (one for one in self._acts.open_incidents() if one.id == addressed.incident)
        incident = next(known, None)
        if incident is None:
            return self._end(ackwords.OVER, ackwords.OVER_WHY, 410, id=addressed.incident)
        return _Asked(incident, contact)

    def _refused(self, asked: _Asked, refusal: Refusal) -> Response:
        if refusal is Refusal.UNKNOWN_INCIDENT:
            return self._end(ackwords.OVER, ackwords.OVER_WHY, 410, id=asked.incident.id)
        if refusal is Refusal.UNKNOWN_CONTACT:
            return self._end(ackwords.NOT_OURS, ackwords.NOT_OURS_WHY, 404)
        return self._page(asked, self._say(ackwords.REFUSED[refusal]), 409)

    def _page(self, asked: _Asked, notice: str, code: int) -> Response:
        incident = asked.incident
        words = {
            "you": self._say(ackwords.YOU, name=asked.contact.name),
            "eta": self._say(ackwords.ETA),
            "no_eta": self._say(ackwords.NO_ETA),
            "note": self._say(ackwords.NOTE),
            "take": self._say(ackwords.TAKE),
            "decline": self._say(ackwords.DECLINE),
        }
        said = [self._answered(asked), notice]
        return self._render(
            self._title(incident), self._lines(incident), [s for s in said if s], words, code
        )

    def _answered(self, asked: _Asked) -> str:
        taken, who = asked.incident.taken, asked.contact.id
        if taken is not None and taken.contact == who:
            return self._say(ackwords.TAKEN)
        return self._say(ackwords.DECLINED) if who in asked.incident.declined else ""

    def _end(self, title: Phrase, why: Phrase, code: int, **values: str) -> Response:
        lines = [self._say(why), *self._hotline()]
        return self._render(self._say(title, **values), lines, [], None, code)

    def _render(
        self,
        title: str,
        lines: Sequence[str],
        notices: Sequence[str],
        words: dict[str, str] | None,
        code: int,
    ) -> Response:
        page = PAGES.get_template("ack.html").render(
            lang=self._inventory().language.value,
            title=title,
            style=_STYLE,
            lines=lines,
            notices=notices,
            words=words,
            etas=[(value, self._say(phrase, n=str(n))) for value, phrase, n in _ETAS],
        )
        return HTMLResponse(page, status_code=code, headers=_HEADERS)

    def _title(self, incident: Incident) -> str:
        site = self._inventory().sites.get(incident.site)
        what = self._say(phrases.HEADLINE[incident.kind])
        return f"[{incident.priority}] {what} – {site.name if site else incident.site}"

    def _lines(self, incident: Incident) -> list[str]:
        inventory = self._inventory()
        carrier = inventory.carriers.get(incident.carrier) if incident.carrier else None
        parts = (incident.subject.id, carrier.name if carrier else None, incident.circuit)
        return [
            " · ".join(part for part in (incident.id, *parts) if part),
            self._say(ackwords.SINCE, since=self._time(incident.started_at)),
            self._holder(incident),
            *self._hotline(),
        ]

    def _holder(self, incident: Incident) -> str:
        taken = incident.taken
        if taken is None:
            return self._say(ackwords.NOBODY)
        contact = self._inventory().contacts.get(taken.contact)
        name = contact.name if contact else taken.contact
        return self._say(ackwords.HELD, name=name, until=self._time(taken.until))

    def _hotline(self) -> list[str]:
        hotline = self._inventory().operators.hotline
        return [self._say(ackwords.CALL, hotline=phone(hotline))] if hotline else []

    def _time(self, at: datetime) -> str:
        return at.astimezone(self._inventory().timezone).strftime(_TIME)

    def _say(self, phrase: Phrase, **values: str) -> str:
        return say(phrase, self._inventory().language, **values)
