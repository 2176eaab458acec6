"""The whole `Config` of a valid document."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from linkwatch.config.addresses import ADDRESS
from linkwatch.config.build import events, people
from linkwatch.config.build.channels import channel, gathers, limits
from linkwatch.config.build.links import links, router, site
from linkwatch.config.checks.files import Beside
from linkwatch.config.schema.channels import Alertmanager, Log
from linkwatch.config.schema.document import Document
from linkwatch.config.settings import (
    Config,
    Heartbeat,
    HttpSettings,
    Settings,
    SnmpSettings,
)
from linkwatch.config.unused import SERVED_CHANNELS
from linkwatch.model.ids import CarrierId, ChannelId, ContactId, LinkId, PlatformId, RosterId
from linkwatch.model.inventory import Acknowledgement, Flapping, Inventory
from linkwatch.model.priority import Priority
from linkwatch.model.topology import LinkKind


def build(
    document: Document, beside: Beside, files: Sequence[Path], unused: tuple[str, ...]
) -> Config:
    """Cannot fail: the checks have seen the document before."""
    inventory = _inventory(document, beside)
    return Config(inventory, _settings(document, beside), tuple(files), unused)


def _inventory(document: Document, beside: Beside) -> Inventory:
    sites = [site(entry) for entry in document.sites]
    snmp = document.router_defaults.snmp
    routers = [router(entry, of, snmp) for of in document.sites for entry in of.routers]
    via = document.probing.via
    leader = document.department.leader
    return Inventory(
        organisation=document.organisation or "",
        timezone=document.timezone,
        language=document.language,
        operators=people.operators(document),
        department_leader=ContactId(leader) if leader else None,
        directives=tuple(events.directive(entry) for entry in document.directives),
        own_uplinks={kind: LinkId(link) for kind in LinkKind if (link := via.of(kind))},
        hold=_hold(document),
        flapping=Flapping(
            document.flapping.changes, document.flapping.within, document.flapping.stable
        ),
        false_alarms_per_link_year=document.false_alarms_per_link_year,
        carriers={
            CarrierId(key): people.carrier(key, entry) for key, entry in document.carriers.items()
        },
        contacts={
            ContactId(key): people.contact(key, entry) for key, entry in document.contacts.items()
        },
        rosters={
            RosterId(key): people.roster(
                key, entry, beside.schedules.get(key, ()), document.timezone
            )
            for key, entry in document.rosters.items()
        },
        sites={each.id: each for each in sites},
        routers={each.id: each for each in routers},
        links={each.id: each for each in links(document)},
        platforms={
            PlatformId(key): events.platform(key, entry)
            for key, entry in document.platforms.items()
        },
        served_channels=frozenset(
            ChannelId(key)
            for key, entry in document.channels.items()
            if entry.type in SERVED_CHANNELS
        ),
        addressed_by={
            ChannelId(key): ADDRESS[entry.type]
            for key, entry in document.channels.items()
            if entry.type in ADDRESS
        },
        conferences={each.id: each for each in events.conferences(document)},
        escalation=people.escalation(document.escalation),
        acknowledgement=Acknowledgement(
            document.acknowledgement.expires, document.acknowledgement.remind_holder
        ),
        maintenance=tuple(events.maintenance(entry) for entry in document.maintenance),
        common_channels=frozenset(
            ChannelId(key)
            for key, entry in document.channels.items()
            if isinstance(entry, Log | Alertmanager)
        ),
        gathered_channels=frozenset(
            ChannelId(key) for key, entry in document.channels.items() if gathers(entry)
        ),
        messages_per_hour=document.digests.per_hour,
        log_channels=frozenset(
            ChannelId(key) for key, entry in document.channels.items() if isinstance(entry, Log)
        ),
        public_url=document.http.public_url,
        templates={
            (form, name): template
            for (language, form, name), template in beside.words.sections.items()
            if language is document.language
        },
    )


def _hold(document: Document) -> Mapping[Priority, float]:
    hold = document.hold
    return {
        Priority.P1: hold.P1,
        Priority.P2: hold.P2,
        Priority.P3: hold.P3,
        Priority.P4: hold.P3,
    }


def _settings(document: Document, beside: Beside) -> Settings:
    snmp, beat = document.snmp, document.heartbeat
    return Settings(
        http=HttpSettings(*document.http.listen),
        store_url=document.store.url,
        snmp=SnmpSettings(
            interval=snmp.interval,
            conference_interval=snmp.conference_interval,
            timeout=snmp.timeout,
            retries=snmp.retries,
            engine=snmp.engine,
            trap_listen=snmp.traps.listen,
        ),
        channels={
            ChannelId(key): channel(key, entry, beside.authorities.get(key))
            for key, entry in document.channels.items()
        },
        heartbeat=Heartbeat(beat.url, beat.interval) if beat else None,
        limits=limits(document.channels),
    )
