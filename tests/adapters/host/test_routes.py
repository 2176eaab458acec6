"""The kernel's word on how an address is reached, in namespaces of the test's own."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from linkwatch.host.routes import KernelRoutes
from linkwatch.model.uplink import Carriage
from linkwatch.ports import Egress
from support.netns import requires_root
from support.route import ROUTER, ROUTER6, SITE, SITE6, US, Route, lay_route

pytestmark = requires_root


@pytest.fixture
def route() -> Iterator[Route]:
    with ExitStack() as stack:
        yield lay_route(stack)


def asked(route: Route, address: str, source: str | None = None) -> Egress | None:
    with route.us.entered():
        return KernelRoutes().egress(address, source)


@pytest.mark.parametrize(("address", "gateway"), [(SITE, ROUTER), (SITE6, ROUTER6)])
def test_an_address_beyond_a_router(route: Route, address: str, gateway: str) -> None:
    assert asked(route, address) == Egress(route.our_device, Carriage.UP, gateway)


def test_a_neighbour_has_no_gateway(route: Route) -> None:
    assert asked(route, ROUTER) == Egress(route.our_device, Carriage.UP, None)


def test_a_source_is_heeded(route: Route) -> None:
    for source in (US, route.our_device):
        assert asked(route, SITE, source) == Egress(route.our_device, Carriage.UP, ROUTER)
    assert asked(route, SITE, "10.9.9.9") is None
    assert asked(route, SITE, "eth-nowhere") is None


def test_a_cable_that_is_pulled_at_the_other_end(route: Route) -> None:
    route.router.ip("link", "set", route_near(route), "down")
    assert asked(route, SITE) == Egress(route.our_device, Carriage.DOWN, ROUTER)


def test_no_route(route: Route) -> None:
    assert asked(route, "192.0.2.1") is None
    route.us.ip("link", "set", route.our_device, "down")
    assert asked(route, SITE) is None


@pytest.mark.parametrize("garbled", ["no address", "", "10.1.0.300"])
def test_what_is_no_address_has_none(route: Route, garbled: str) -> None:
    assert asked(route, garbled) is None


def route_near(route: Route) -> str:
    """The router's end of our cable."""
    return route.our_device.replace("a", "b")
