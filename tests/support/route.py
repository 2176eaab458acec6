"""A network of three hosts: us --- router --- site, for both IP versions."""

from contextlib import ExitStack
from dataclasses import dataclass

from support.netns import Namespace

US, ROUTER, ROUTER_FAR, SITE = "10.1.0.1", "10.1.0.254", "10.2.0.254", "10.2.0.1"
US6, ROUTER6, ROUTER6_FAR, SITE6 = "fd01::1", "fd01::254", "fd02::254", "fd02::1"


@dataclass(frozen=True)
class Route:
    """Three namespaces, and the devices between them by where they are and what they lead to."""

    us: Namespace
    router: Namespace
    site: Namespace
    our_device: str
    router_far_device: str
    site_device: str

    def narrow(self, mtu: int) -> None:
        """Let the way between router and site carry packets of at most `mtu` bytes."""
        self.router.ip("link", "set", self.router_far_device, "mtu", str(mtu))
        self.site.ip("link", "set", self.site_device, "mtu", str(mtu))


def lay_route(stack: ExitStack) -> Route:
    """Everything up, with routes both ways; gone with the stack."""
    us, router, site = (stack.enter_context(Namespace(name)) for name in ("us", "router", "site"))
    our_device, near = us.connect(router, f"{US}/24", f"{ROUTER}/24")
    far, site_device = router.connect(site, f"{ROUTER_FAR}/24", f"{SITE}/24")
    for namespace, device, address in (
        (us, our_device, US6),
        (router, near, ROUTER6),
        (router, far, ROUTER6_FAR),
        (site, site_device, SITE6),
    ):
        namespace.ip("address", "add", f"{address}/64", "dev", device, "nodad")
    router.sysctl("net.ipv4.ip_forward", "1")
    router.sysctl("net.ipv6.conf.all.forwarding", "1")
    us.ip("route", "add", "10.2.0.0/15", "via", ROUTER)
    us.ip("route", "add", "fd02::/15", "via", ROUTER6)
    site.ip("route", "add", "default", "via", ROUTER_FAR)
    site.ip("route", "add", "default", "via", ROUTER6_FAR)
    return Route(us, router, site, our_device, far, site_device)
