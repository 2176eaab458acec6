"""What the prober is tried on."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from linkwatch.probe.icmp import IcmpProber
from linkwatch.probe.icmp_uapi import SO_TIMESTAMPNS_NEW
from linkwatch.wire.icmp import IpVersion
from support.icmp_net import Net
from support.icmp_peer import SOCKETS, Sockets, until_stamped
from support.route import lay_route


@pytest.fixture(scope="session", autouse=True)
def stamped() -> Iterator[None]:
    """The kernel stamps packets all the time: it takes a while to begin anew on a busy machine,
    whenever the last socket that wants it was closed.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wanting:
        wanting.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS_NEW, 1)
        yield


@pytest.fixture(params=SOCKETS, ids=str)
def sockets(request: pytest.FixtureRequest) -> Sockets:
    """Every way of probing, one after the other."""
    chosen: Sockets = request.param
    return chosen


@pytest.fixture
def net(sockets: Sockets) -> Iterator[Net]:
    """us --- router --- site, and a prober that works this way."""
    with ExitStack() as stack:
        route = lay_route(stack)
        route.us.sysctl("net.ipv4.ping_group_range", sockets.group_range)
        with route.us.entered():
            prober = IcmpProber(kind=sockets.kind)
        stack.callback(prober.close)
        with route.us.entered():
            until_stamped(prober)
        assert prober.modes == dict.fromkeys(IpVersion, sockets.mode)
        yield Net.of(route, prober)
