"""Ids that no entry has."""

from collections.abc import Mapping
from enum import StrEnum

from linkwatch.config.badvalue import quoted
from linkwatch.config.build.links import AGENCY
from linkwatch.config.patterns import ALL, Pattern, find
from linkwatch.config.plain import Plain
from linkwatch.config.report import Report
from linkwatch.config.suggest import did_you_mean


class Noun(StrEnum):
    """What an id can belong to, in the words of the message."""

    CARRIER = "carrier"
    CONTACT = "contact"
    ROSTER = "roster"
    CHANNEL = "channel"
    SITE = "site"
    ROUTER = "router"
    LINK = "link"
    PLATFORM = "platform"
    RISK = "shared risk of any link"


_LINKS: Pattern = ("sites", ALL, "links", ALL)

_LISTED: Mapping[Noun, Pattern] = {
    Noun.SITE: ("sites", ALL, "id"),
    Noun.ROUTER: ("sites", ALL, "routers", ALL, "id"),
    Noun.LINK: (*_LINKS, "id"),
    Noun.RISK: (*_LINKS, "shared_risk", ALL),
}
_SECTIONS: Mapping[Noun, str] = {
    Noun.CARRIER: "carriers",
    Noun.CONTACT: "contacts",
    Noun.ROSTER: "rosters",
    Noun.CHANNEL: "channels",
    Noun.PLATFORM: "platforms",
    Noun.SITE: "sites",
    Noun.ROUTER: "sites",
    Noun.LINK: "sites",
    Noun.RISK: "sites",
}

_REFERENCES: tuple[tuple[Pattern, Noun], ...] = (
    (("operators", "roster"), Noun.ROSTER),
    (("department", "leader"), Noun.CONTACT),
    (("directives", ALL, "carriers", ALL), Noun.CARRIER),
    (("probing", "via", "wan"), Noun.LINK),
    (("probing", "via", "internet"), Noun.LINK),
    (("contacts", ALL, "channels", ALL), Noun.CHANNEL),
    (("rosters", ALL, "carrier"), Noun.CARRIER),
    (("rosters", ALL, "areas", ALL), Noun.SITE),
    (("rosters", ALL, "rotation", "members", ALL), Noun.CONTACT),
    (("rosters", ALL, "standing"), Noun.CONTACT),
    (("rosters", ALL, "overrides", ALL, "contact"), Noun.CONTACT),
    (("sites", ALL, "parent"), Noun.SITE),
    (("sites", ALL, "hosted_at"), Noun.SITE),
    (("sites", ALL, "contacts", ALL), Noun.CONTACT),
    ((*_LINKS, "carrier"), Noun.CARRIER),
    ((*_LINKS, "parent"), Noun.LINK),
    ((*_LINKS, "interface", "router"), Noun.ROUTER),
    (("platforms", ALL, "provider"), Noun.CARRIER),
    (("conferences", ALL, "platform"), Noun.PLATFORM),
    (("conferences", ALL, "sites", ALL), Noun.SITE),
    (("conferences", ALL, "sites", ALL, "site"), Noun.SITE),
    (("conferences", ALL, "sites", ALL, "use", ALL), Noun.LINK),
    (("conferences", ALL, "sites", ALL, "platform"), Noun.PLATFORM),
    (("maintenance", ALL, "links", ALL), Noun.LINK),
    (("maintenance", ALL, "sites", ALL), Noun.SITE),
    (("maintenance", ALL, "carrier"), Noun.CARRIER),
    (("maintenance", ALL, "shared_risk", ALL), Noun.RISK),
)
_OWNER: Pattern = ("sites", ALL, "routers", ALL, "owner")


def declared(plain: Plain, noun: Noun) -> dict[str, None] | None:
    """All ids of one kind, in the files' order; None: their section is no section."""
    name = _SECTIONS[noun]
    section = plain.get(name) if isinstance(plain, dict) else None
    if section is None:
        return {}
    if name == "sites":
        found = find(plain, _LISTED[noun]) if isinstance(section, list) else None
        return None if found is None else dict.fromkeys(v for _, v in found if isinstance(v, str))
    return dict.fromkeys(section) if isinstance(section, dict) else None


def check_references(plain: Plain, report: Report) -> None:
    """Every reference names something that is there."""
    known = {noun: declared(plain, noun) for noun in Noun}
    for pattern, noun in _REFERENCES:
        names = known[noun]
        if names is None:
            continue
        for path, value in find(plain, pattern):
            if isinstance(value, str) and value not in names:
                report.error(path, f"{quoted(value)} is not a {noun}", did_you_mean(value, names))
    carriers = known[Noun.CARRIER]
    owners = {AGENCY: None, **carriers} if carriers is not None else {}
    for path, value in find(plain, _OWNER):
        if isinstance(value, str) and owners and value not in owners:
            hint = did_you_mean(value, owners)
            report.error(path, f"{quoted(value)} is neither 'agency' nor a carrier", hint)
