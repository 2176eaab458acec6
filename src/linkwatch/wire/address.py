"""IP addresses as texts."""

import ipaddress
from functools import lru_cache

from linkwatch.wire.icmp import IpVersion


@lru_cache(maxsize=1 << 16)
def ip_version(text: str) -> IpVersion | None:
    """The IP version of an address, with or without a zone; None for a name."""
    try:
        return IpVersion(ipaddress.ip_address(text).version)
    except ValueError:
        return None
