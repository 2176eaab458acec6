"""Forms of the names and addresses a configuration holds; each returns the text or explains."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from linkwatch.config.badvalue import BadValueError, quoted

ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,63}$"
PHONE_PATTERN = r"^\+[1-9][0-9]{6,14}$"
LABEL_PATTERN = r"^[a-zA-Z_][a-zA-Z0-9_]{0,63}$"
OWN_LABELS = (
    *("alertname", "incident", "site", "carrier", "contact"),
    *("link", "router", "duty", "channel", "shared_risk"),
)
"""Labels that linkwatch itself gives its alerts."""
_ID = re.compile(ID_PATTERN)
_LABEL_NAME = re.compile(LABEL_PATTERN)
_PHONE = re.compile(PHONE_PATTERN)
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", re.ASCII)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_INTERFACE = re.compile(r"[A-Za-z0-9_.@-]{1,15}", re.ASCII)


def parse_id(text: str) -> str:
    """An id: lower-case letters, digits and hyphens."""
    if _ID.fullmatch(text) is None:
        raise BadValueError(
            f"{quoted(text)} is not an id",
            "lower-case letters a-z, digits and hyphens, at most 64 characters",
        )
    return text


def parse_phone(text: str) -> str:
    """A number in E.164 form, with the country code."""
    if _PHONE.fullmatch(text) is None:
        raise BadValueError(
            f"{quoted(text)} is not a phone number in international form",
            'write e.g. "+84000000017"',
        )
    return text


def parse_email(text: str) -> str:
    """One address (a dot-atom of RFC 5322 at a host), without a display name."""
    local, _, host = text.rpartition("@")
    if len(local) > 64 or not _MAILBOX.fullmatch(local) or not is_host_name(host):
        raise BadValueError(
            f"{quoted(text)} is not an e-mail address", "write e.g. ca-a@vnpt.example"
        )
    return text


def parse_label(text: str) -> str:
    """The name of a Prometheus label that is not one of our own."""
    if _LABEL_NAME.fullmatch(text) is None or text.startswith("__"):
        hint = "letters, digits and _, not a digit first"
        raise BadValueError(f"{quoted(text)} is not the name of a label", hint)
    if text in OWN_LABELS:
        hint = f"these are: {', '.join(OWN_LABELS)}"
        raise BadValueError(f"{quoted(text)} is a label that linkwatch sets itself", hint)
    return text


def parse_host(text: str) -> str:
    """An IP address (without zone) or a host name."""
    if is_ip_address(text) or is_host_name(text):
        return text
    raise BadValueError(
        f"{quoted(text)} is neither an IP address nor a host name", "write e.g. 127.0.17.10"
    )


def parse_probed_host(text: str) -> str:
    """A host that one machine answers for, and that has the address for itself on every cable."""
    parse_host(text)
    return _of_one_host(text, "write its global address") if is_ip_address(text) else text


def parse_source(text: str) -> str:
    """A local IP address or the name of a network interface."""
    if is_ip_address(text):
        return _of_one_host(text, "write the interface's name, e.g. eth0")
    is_mistyped_address = "." in text and not text.strip("0123456789.")
    if _INTERFACE.fullmatch(text) and not is_mistyped_address:
        return text
    raise BadValueError(
        f"{quoted(text)} is neither an IP address nor an interface name",
        "write e.g. 127.0.0.1 or eth0",
    )


def _of_one_host(text: str, instead: str) -> str:
    """No multicast, broadcast or unspecified address, nor an IPv6 one that needs a zone."""
    address = ipaddress.ip_address(text)
    if address.version == 6 and address.is_link_local:
        raise BadValueError(f"{quoted(text)} says nothing without its interface", instead)
    if address.is_multicast or address.is_unspecified or text == "255.255.255.255":
        raise BadValueError(f"{quoted(text)} is not the address of one host")
    return text


def parse_listen(text: str) -> tuple[str, int]:
    """`127.0.0.1:9675` or `[::1]:9675` as host and port."""
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    bracketed = bare != host
    if not (colon and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise BadValueError(
            f"{quoted(text)} is not an address with a port", "write e.g. 127.0.0.1:9675"
        )
    fits = is_ip_address(bare) if bracketed or ":" in bare else bool(bare)
    if not fits or (":" in bare and not bracketed):
        raise BadValueError(
            f"{quoted(text)} is not an address with a port", "write e.g. [::1]:9675"
        )
    return parse_host(bare), int(port)


def parse_http_url(text: str) -> str:
    """An http(s) URL without user name. Never repeated in the message: it may hold a token."""
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadValueError(
            "is not an http or https address", "write e.g. https://host.example/path"
        )
    if parts.username is not None or parts.password is not None:
        raise BadValueError(
            "holds a user name or password", "secrets stand under keys of their own"
        )
    if not (is_ip_address(parts.hostname) or is_host_name(parts.hostname)):
        raise BadValueError("names no valid host", "write e.g. https://host.example/path")
    return text


def parse_store_url(text: str) -> str:
    """A SQLite database file. Never repeated in the message."""
    if not text.startswith("sqlite:///") or text.removeprefix("sqlite:///") in {"", ":memory:"}:
        raise BadValueError(
            "is not the address of a SQLite file",
            "write e.g. sqlite:////var/lib/linkwatch/linkwatch.db",
        )
    return text


def is_ip_address(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address without a zone."""
    try:
        return "%" not in text and ipaddress.ip_address(text) is not None
    except ValueError:
        return False


def is_host_name(text: str) -> bool:
    """RFC 1123 names (with underscores); an all-digit last label is a mistyped address."""
    labels = text.removesuffix(".").split(".")
    fits = len(text) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return fits and not labels[-1].isdecimal()


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return None if any(c.isspace() for c in text) else parts
