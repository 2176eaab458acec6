"""Whom everybody probes: addresses of this very machine."""

import ipaddress
from collections.abc import Sequence

from benchmarks.common.province import target

MOST = 1 << 20
"""Targets there are addresses for, below the routers'."""
_SAMPLE = 256


def addresses(count: int) -> list[str]:
    """So many addresses of 127.0.0.0/8, in order."""
    return [target(number) for number in range(count)]


def sample_mask(count: int) -> int:
    """Those targets are looked at closely whose address has none of these bits set."""
    mask = 0
    while count >> mask.bit_length() > _SAMPLE:
        mask = mask << 1 | 1
    return mask


def sampled(targets: Sequence[str]) -> list[str]:
    """At most 256 of the targets, spread over all of them."""
    mask = sample_mask(len(targets))
    return [target for target in targets if int(ipaddress.ip_address(target)) & mask == 0]
