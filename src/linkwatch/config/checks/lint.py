"""Warnings: what may be meant so, but leaves somebody untold."""

from linkwatch.config.addresses import ADDRESS
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.people import ContactEntry
from linkwatch.config.unused import SERVED_CHANNELS
from linkwatch.message.gsm import SITE_SHORT, short_name
from linkwatch.model.people import Address, Answer
from linkwatch.oncall.reach import heard


def lint_contacts(document: Document, report: Report) -> None:
    """Contacts that cannot be told, or cannot answer; and last steps that nobody has."""
    for name, contact in document.contacts.items():
        path: Path = ("contacts", name)
        if report.locator.whole(path):
            _lint_contact(contact, document, path, report)
    if document.operators.roster is None and report.locator.whole(("operators",)):
        hint = "their messages reach only the log and the wallboard"
        report.warning(("operators", "roster"), "the operators have no roster", hint)
    if document.department.leader is None and report.locator.whole(("department",)):
        hint = "the last step of escalation reaches only the log and the wallboard"
        report.warning(("department", "leader"), "the department has no leader", hint)


def _lint_contact(
    contact: ContactEntry,
    document: Document,
    path: Path,
    report: Report,
) -> None:
    if not contact.channels:
        report.warning(
            path, "has no channel and cannot be told of anything", "add channels: [...]", key=True
        )
        return
    _lint_answers(contact, document, path, report)
    channels = document.channels
    types = {name: channels[name].type for name in contact.channels if name in channels}
    unknown = set(contact.channels) - set(types)
    if not unknown and not set(types.values()) & SERVED_CHANNELS:
        served = ", ".join(sorted(SERVED_CHANNELS))
        hint = f"add one of type {served}"
        report.warning((*path, "channels"), "none of these has a sender in this version", hint)
    for item, name in enumerate(contact.channels):
        lacking = _lacking(contact, types.get(name, ""))
        if lacking:
            report.warning((*path, "channels", item), f"{name!r} needs {lacking}, which is missing")


def _lint_answers(contact: ContactEntry, document: Document, path: Path, report: Report) -> None:
    answers = frozenset(contact.answers_by)
    if not answers:
        hint = "add answers_by: [phone]"
    elif Answer.PHONE in answers or answers & heard(None, document.http.public_url):
        # A missing hotline is the operators' own lack: `coverage` tells of it.
        return
    elif Answer.LINK in answers:
        hint = "links need http.public_url"
    else:
        hint = "this version takes answers by phone and link only"
    report.warning(path, "can be told but cannot answer", hint, key=True)


def _lacking(contact: ContactEntry, channel_type: str) -> str:
    address = ADDRESS.get(channel_type)
    if address is Address.PHONE and not contact.phones:
        return "a phone number"
    return "an e-mail address" if address is Address.EMAIL and contact.email is None else ""


def lint_names(document: Document, report: Report) -> None:
    """Two sites that a short message could not tell apart."""
    first: dict[str, Path] = {}
    for number, site in enumerate(document.sites):
        short = site.short or short_name(site.name, SITE_SHORT)
        path: Path = ("sites", number, "short" if site.short else "name")
        if not report.locator.whole(("sites", number)):
            continue
        if first.setdefault(short, path) is not path:
            report.warning(
                path,
                f"another site has the same short name {short!r}",
                f"that at {report.place(first[short])}; give one of them another short",
            )
