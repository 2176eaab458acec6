"""The prober and the machine it runs on: privilege, clocks, buffers, missing families."""

import errno
import os
import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Probe, Reply
from linkwatch.probe import icmp
from linkwatch.probe.icmp import IcmpProber, Mode, ProbePermissionError
from linkwatch.probe.icmp_clocks import Clocks
from linkwatch.probe.icmp_destination import Egress
from linkwatch.probe.icmp_open import open_echo_socket
from linkwatch.probe.icmp_queue import is_own_address
from linkwatch.probe.icmp_socket import EchoSocket
from linkwatch.wire.icmp import IpVersion
from support.icmp_peer import collect, until_stamped
from support.netns import Namespace, requires_root

pytestmark = requires_root

_NOBODY = 65534


@pytest.fixture
def host() -> Iterator[Namespace]:
    with Namespace("host") as namespace, namespace.entered():
        yield namespace


class SteppedClocks(Clocks):
    """As if REALTIME had been set by `step_ns` against MONOTONIC."""

    step_ns = 0

    def monotonic_ns(self) -> int:
        return super().monotonic_ns() - self.step_ns


def ask(prober: IcmpProber, token: int = 1) -> Reply:
    assert not prober.send([Probe(token, "127.0.0.1", 64, 0)])
    (reply,) = collect(prober, lambda got: len(got) > 0)
    return reply


def test_without_privilege_the_message_names_the_command_that_mends_it(host: Namespace) -> None:
    os.seteuid(_NOBODY)
    try:
        with pytest.raises(ProbePermissionError) as caught:
            IcmpProber()
    finally:
        os.seteuid(0)
    message = str(caught.value)
    assert 'sysctl -w net.ipv4.ping_group_range="0 2147483647"' in message
    assert "\n" not in message


def test_an_ordinary_user_probes_through_an_open_range(host: Namespace) -> None:
    host.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    os.seteuid(_NOBODY)
    try:
        prober = IcmpProber()
        until_stamped(prober)
        reply = ask(prober)
    finally:
        os.seteuid(0)
    prober.close()
    assert reply.outcome is Outcome.ANSWERED
    assert reply.rtt is not None
    assert set(prober.modes.values()) == {Mode.ABSENT}


@pytest.mark.parametrize(("step", "trusted"), [(0, True), (900_000, True), (1_100_000, False)])
def test_a_clock_set_under_way_leaves_an_answer_without_rtt(
    host: Namespace, step: int, trusted: bool
) -> None:
    clocks = SteppedClocks()
    prober = IcmpProber(clocks=clocks)
    until_stamped(prober)
    assert not prober.send([Probe(1, "127.0.0.1", 64, 0)])
    clocks.step_ns = step
    (reply,) = collect(prober, lambda got: len(got) > 0)
    prober.close()
    assert reply.outcome is Outcome.ANSWERED
    assert (reply.rtt is not None) == trusted


def test_the_identifier_of_a_datagram_socket_changes_and_no_reply_is_lost_by_it(
    host: Namespace,
) -> None:
    host.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    clocks = SteppedClocks()
    prober = IcmpProber(clocks=clocks)
    seen: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as wire:
        wire.settimeout(5)
        for token in range(1, 4):
            # The answer to a probe of the old socket comes after the new one has taken over.
            assert not prober.send([Probe(token, "127.0.0.1", 64, 0)])
            clocks.step_ns -= 301_000_000_000
            assert not prober.send([Probe(token + 100, "127.0.0.1", 64, 0)])
            got = collect(prober, lambda found: len(found) == 2)
            assert {reply.token for reply in got} == {token, token + 100}
            clocks.step_ns -= 20_000_000_000
            seen.extend(wire.recv(512)[24:26] for _ in range(4))
    prober.close()
    assert len(set(seen)) == 4


@pytest.mark.parametrize("group_range", ["1 0", "0 2147483647"])
def test_replies_that_our_buffer_dropped_are_counted(host: Namespace, group_range: str) -> None:
    host.sysctl("net.ipv4.ping_group_range", group_range)
    prober = IcmpProber(receive_buffer=1)
    assert prober.dropped() == 0
    assert not prober.send([Probe(token, "127.0.0.1", 64, 0) for token in range(1, 501)])
    answered = collect(prober, lambda got: len(got) + prober.dropped() >= 500)
    assert 0 < len(answered) < 500
    # A raw socket's drops are counted twice by the kernel: how many is not told, that it is.
    assert len(answered) + prober.dropped() >= 500
    prober.close()


def test_a_machine_without_ipv6_fails_only_probes_to_ipv6(
    host: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_v4(
        egress: Egress, receive_buffer: int, rejects: Counter[str], kind: type[EchoSocket]
    ) -> EchoSocket:
        if egress.version is IpVersion.V6:
            raise OSError(errno.EAFNOSUPPORT, "as on a kernel without it")
        return open_echo_socket(egress, receive_buffer, rejects, kind=kind)

    monkeypatch.setattr(icmp, "open_echo_socket", only_v4)
    prober = IcmpProber()
    assert prober.modes == {IpVersion.V4: Mode.RAW, IpVersion.V6: Mode.ABSENT}
    assert prober.send([Probe(1, "::1", 64, 0)]) == [
        Reply(1, Outcome.LOCAL_FAILURE, reason="EAFNOSUPPORT")
    ]
    assert ask(prober, token=2).outcome is Outcome.ANSWERED
    prober.close()


def test_own_addresses_are_told_from_others(host: Namespace) -> None:
    with Namespace("far") as far:
        host.connect(far, "10.1.0.1/24", "10.1.0.2/24")
        host.connect(far, "fd01::1/64", "fd01::2/64")
        own = ("127.0.0.1", "127.9.9.9", "::1", "10.1.0.1", "fd01::1")
        others = ("10.1.0.2", "fd01::2", "10.1.0.99", "192.0.2.1", "nonsense")
        assert [is_own_address(address) for address in own] == [True] * len(own)
        assert [is_own_address(address) for address in others] == [False] * len(others)
