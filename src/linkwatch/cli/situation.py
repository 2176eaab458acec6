"""`status` and `incidents`: what is wrong now."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from linkwatch.cli.client import fetch_calls, fetch_status
from linkwatch.cli.maintenance import works_table
from linkwatch.cli.options import JsonOption, SocketOption
from linkwatch.cli.output import (
    NOTHING,
    Cell,
    megabits,
    milliseconds,
    moment,
    percent,
    show,
    show_json,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from linkwatch.web.oncall import CallEntry
    from linkwatch.web.rulings import HolderEntry
    from linkwatch.web.statusentries import (
        ChannelEntry,
        DirectedEntry,
        IncidentEntry,
        LinkEntry,
        NextEntry,
        PathEntry,
        RouterEntry,
        StatusDocument,
        ToldEntry,
    )
    from linkwatch.web.workentries import UnderWorkEntry

_WORST_FIRST = ("down", "degraded", "unknown", "unverified", "up")
_COLOURS = {
    "down": "bold red",
    "degraded": "yellow",
    "unknown": "magenta",
    "unverified": "cyan",
    "up": "green",
    "P1": "bold red",
    "P2": "yellow",
}
_UNMEASURED = {
    "measured": "the contract names no rate",
    "waiting": "no figures yet",
    "no_interface": "no interface configured",
    "carriers_router": "the carrier's router",
    "not_asked": "the router is not asked",
    "router_silent": "the router does not answer",
    "interface_missing": "the router has no such interface",
    "interface_ambiguous": "several interfaces of that name",
}
_PROVEN = "proven"
_MUTED = "muted"
_POLLED = "ok"
_NOT_ASKED = "not_asked"
_NOBODY = "nobody"
_TEST_FAILED = "failed"


def status(
    every: Annotated[bool, typer.Option("--all", help="List the links that are up, too.")] = False,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """What is wrong now. Links, incidents and who was told, work, silent routers, mute channels."""
    document = fetch_status(socket)
    if as_json:
        show_json(document)
        return
    now = document["at"]
    links = [link for link in document["links"] if every or link["state"] != "up"]
    silent = [r for r in document["routers"] if r["outcome"] not in (_POLLED, _NOT_ASKED)]
    parts: list[Table | str] = []
    if links:
        parts.append(_link_table(links, now))
    if document["incidents"]:
        parts.append(_incident_table(document["incidents"], now))
    if document["maintenance"]:
        parts.append(works_table("Work under way", document["maintenance"]))
    if silent:
        parts.append(_router_table(silent, now))
    mute = [channel for channel in document["channels"] if _is_doubtful(channel)]
    if mute:
        parts.append(_channel_table(mute, now))
    show(*parts, _summary(document))


def incidents(as_json: JsonOption = False, socket: SocketOption = None) -> None:
    """Open incidents, who was told, who has it. The most urgent first; then whom to call."""
    document = fetch_status(socket)
    if as_json:
        show_json(document["incidents"])
    elif document["incidents"]:
        calls = fetch_calls(socket)["calls"]
        tables = [_incident_table(document["incidents"], document["at"])]
        show(*tables, *([_call_table(calls)] if calls else []))
    else:
        show("no open incident")


def _call_table(calls: "Sequence[CallEntry]") -> Table:
    rows = (
        (_coloured(c["priority"]), c["incident"], c["name"], ", ".join(c["phones"])) for c in calls
    )
    return table("To call: nobody has it", ("priority", "incident", "contact", "phone"), rows)


def _link_table(links: "Sequence[LinkEntry]", now: str) -> Table:
    ordered = sorted(links, key=lambda link: _WORST_FIRST.index(link["state"]))
    columns = ("state", "link", "site", "carrier", "loss", "rtt p50", "rtt p95", "jitter",
               "in/out of contract", "contract", "since")  # fmt: skip
    return table("Links", columns, (_link_row(link, now) for link in ordered))


def _link_row(link: "LinkEntry", now: str) -> tuple[Cell, ...]:
    return (
        _coloured(link["state"], "(work)" if link["maintenance"] else ""),
        link["id"],
        link["site_name"],
        link["carrier"],
        percent(link["loss"]),
        milliseconds(link["rtt_p50"]),
        milliseconds(link["rtt_p95"]),
        milliseconds(link["jitter"]),
        _load(link),
        _contract(link),
        moment(link["since"], now),
    )


def _load(link: "LinkEntry") -> str:
    """What is measured, or why nothing is."""
    ratio, metering = link["utilisation"], link["metering"]
    if ratio["receive"] is None and ratio["transmit"] is None:
        return f"not measured ({_UNMEASURED.get(metering, metering)})"
    return f"{percent(ratio['receive'], 0)} / {percent(ratio['transmit'], 0)}"


def _contract(link: "LinkEntry") -> str:
    """The rates that count; beside them the promised ones that are not proven."""
    counted = _rates(link["contracted"])
    boost = link["boost"]
    doubts = sorted({p for p in boost["proofs"].values() if p != _PROVEN}) if boost else []
    if boost is None or not doubts:
        return counted
    return f"{counted}; boost {_rates(boost['promised'])} {', '.join(doubts)}"


def _rates(rates: "DirectedEntry") -> str:
    receive = megabits(rates["receive"], none="max")
    transmit = megabits(rates["transmit"], none="max")
    return receive if receive == transmit else f"{receive} / {transmit}"


def _incident_table(incidents: "Iterable[IncidentEntry]", now: str) -> Table:
    ordered = sorted(incidents, key=lambda entry: (entry["priority"], entry["started_at"]))
    columns = (
        "priority",
        "incident",
        "kind",
        "status",
        "site",
        "of",
        "carrier",
        "since",
        "lies",
        "told",
        "in hand",
        "next",
    )
    return table("Open incidents", columns, (_incident_row(entry, now) for entry in ordered))


def _incident_row(entry: "IncidentEntry", now: str) -> tuple[Cell, ...]:
    return (
        _coloured(entry["priority"]),
        entry["id"],
        f"{entry['kind']} ({entry['reason']})" if entry["reason"] else entry["kind"],
        entry["status"],
        entry["site_name"] or entry["site"],
        _subject(entry),
        entry["carrier"] or "the agency",
        moment(entry["started_at"], now),
        _place(entry["path"]),
        ", ".join(_told(one) for one in entry["told"]) or "nobody yet",
        _holder(entry["holder"], now),
        _muted(entry["maintenance"], now) or _next(entry["next"], now),
    )


def _place(path: "PathEntry | None") -> str:
    if path is None:
        return NOTHING
    reach = f"behind {path['last_reply']}" if path["last_reply"] else ""
    segment = f"{path['segment']} ({path['confidence']})" if path["segment"] else ""
    return ", ".join(part for part in (segment, reach) if part) or NOTHING


def _holder(holder: "HolderEntry | None", now: str) -> str:
    if holder is None:
        return NOTHING
    until = f"until {moment(holder['until'], now)}"
    when = f"ETA {moment(holder['eta'], now)}" if holder["eta"] else until
    return f"{holder['name'] or holder['contact']}, {when}"


def _muted(under: "UnderWorkEntry | None", now: str) -> str:
    if under is None or under["bearing"] != _MUTED:
        return ""
    return f"{moment(under['until'], now)} if {under['work']} is outlasted"


def _next(entry: "NextEntry | None", now: str) -> str:
    if entry is None:
        return NOTHING
    what = {"lapse": "lapses", "repetition": "all told again"}.get(entry["what"])
    return f"{moment(entry['at'], now)} {what or ', '.join(entry['roles'])}"


def _subject(entry: "IncidentEntry") -> str:
    subject = entry["subject"]
    return subject["id"] if subject["kind"] == "link" else f"{subject['kind']} {subject['id']}"


def _told(entry: "ToldEntry") -> str:
    return f"{entry['name'] or entry['contact']} ({entry['role']})"


def _router_table(routers: "Iterable[RouterEntry]", now: str) -> Table:
    rows = (
        (
            router["id"],
            router["site"],
            router["outcome"],
            router["detail"] or NOTHING,
            moment(router["polled_at"], now),
        )
        for router in routers
    )
    return table("Routers not polled", ("router", "site", "outcome", "detail", "last"), rows)


def _is_doubtful(channel: "ChannelEntry") -> bool:
    tested = channel["test"] != _TEST_FAILED and channel["test_due"] != _NOBODY
    return channel["failed_since"] is not None or not tested


def _channel_table(channels: "Iterable[ChannelEntry]", now: str) -> Table:
    columns = ("channel", "state", "since", "last accepted", "daily test", "detail")
    return table("Channels", columns, (_channel_row(channel, now) for channel in channels))


def _channel_row(channel: "ChannelEntry", now: str) -> tuple[Cell, ...]:
    since, nobody = channel["failed_since"], channel["test_due"] == _NOBODY
    tested = moment(channel["tested_at"], now) if channel["tested_at"] else ""
    return (
        channel["id"],
        f"failed ({channel['reason']})" if since else "not known to have failed",
        moment(since, now),
        moment(channel["last_accepted_at"], now),
        f"{channel['test']} {tested}".strip(),
        "nobody on duty has it: its test waits" if nobody else channel["test_detail"] or NOTHING,
    )


def _summary(document: "StatusDocument") -> str:
    states = Counter(link["state"] for link in document["links"])
    told = ", ".join(f"{states[state]} {state}" for state in _WORST_FIRST if states[state])
    priorities = Counter(entry["priority"] for entry in document["incidents"])
    urgent = ", ".join(f"{count} {priority}" for priority, count in sorted(priorities.items()))
    routers = Counter(router["outcome"] for router in document["routers"])
    asked = routers.total() - routers[_NOT_ASKED]
    ready = "ready" if document["ready"] else f"not ready: {document['ready_detail']}"
    return (
        f"{document['at'][:19]} {document['organisation']}: {len(document['links'])} links"
        f"{f' ({told})' if told else ''}; {sum(priorities.values())} open incidents"
        f"{f' ({urgent})' if urgent else ''}; {routers[_POLLED]} of {asked} routers "
        f"polled; {document['outbox_pending']} messages waiting; {ready}"
    )


def _coloured(word: str, remark: str = "") -> Text:
    return Text(f"{word} {remark}".strip(), style=_COLOURS.get(word, ""))
