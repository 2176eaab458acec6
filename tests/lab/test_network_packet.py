"""Echo requests and what is answered to them, byte by byte."""

import ipaddress
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkwatch.lab.network_model import ErrorKind
from linkwatch.lab.network_packet import Ignored, Request, read_request, refusal_of, reply_to
from linkwatch.wire.icmp import IpVersion, internet_checksum, read_quote
from linkwatch.wire.icmp_errors import reason_of

US, THEM = {4: "198.18.0.1", 6: "2001:2::1"}, {4: "10.99.0.1", 6: "fd00:99::1"}
ROUTER = {4: "10.99.255.254", 6: "fd00:99::fffe"}
TOS = 34 << 2


def packed(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def request(version: int, payload: bytes = b"token 01" * 8, **changed: int) -> bytes:
    """An echo request as a kernel sends it; `changed`: fields set to what they should not be."""
    kind = changed.get("kind", 8 if version == 4 else 128)
    message = struct.pack("!BBHHH", kind, changed.get("code", 0), 0, 0x1234, 7) + payload
    source, destination = packed(US[version]), packed(THEM[version])
    covered = message
    if version == 6:
        covered = source + destination + struct.pack("!II", len(message), 58) + message
    checksum = (internet_checksum(covered) + changed.get("off", 0)) & 0xFFFF
    message = message[:2] + struct.pack("!H", checksum) + message[4:]
    if version == 4:
        length = changed.get("length", 20 + len(message))
        protocol = changed.get("protocol", 1)
        return (
            struct.pack("!BBHHHBB", 0x45, TOS, length, 1, changed.get("fragment", 0), 64, protocol)
            + bytes(2)
            + source
            + destination
            + message
        )
    length, protocol = changed.get("length", len(message)), changed.get("protocol", 58)
    return (
        struct.pack("!IHBB", 6 << 28 | TOS << 20, length, protocol, 64)
        + source
        + destination
        + message
    )


def read(packet: bytes) -> Request:
    found = read_request(packet)
    assert isinstance(found, Request)
    return found


def right(packet: bytes) -> bool:
    """Whether an answer's lengths and checksums are those the RFCs ask for."""
    if packet[0] >> 4 == 4:
        length = struct.unpack_from("!H", packet, 2)[0]
        sums = [packet[:20], packet[20:]]
    else:
        length = 40 + struct.unpack_from("!H", packet, 4)[0]
        message = packet[40:]
        sums = [packet[8:40] + struct.pack("!II", len(message), 58) + message]
    return length == len(packet) and all(internet_checksum(one) == 0xFFFF for one in sums)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("size", [0, 1, 56, 64, 1452])
def test_a_reply_mirrors_the_request(version: int, size: int) -> None:
    payload = (bytes(range(256)) * 6)[:size]
    asked = request(version, payload)
    found = read(asked)
    assert (found.identifier, found.sequence, found.payload) == (0x1234, 7, payload)
    reply = reply_to(found)
    head = 20 if version == 4 else 40
    assert right(reply)
    assert reply[head] == (0 if version == 4 else 129)
    assert reply[head + 4 :] == asked[head + 4 :]
    ends = (reply[12:16], reply[16:20]) if version == 4 else (reply[8:24], reply[24:40])
    assert ends == (packed(THEM[version]), packed(US[version]))
    assert (reply[1] if version == 4 else int.from_bytes(reply[:4], "big") >> 20 & 0xFF) == TOS


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("kind", ErrorKind)
def test_an_error_means_what_its_name_says(version: int, kind: ErrorKind) -> None:
    asked = request(version)
    error = refusal_of(read(asked), kind, ipaddress.ip_address(ROUTER[version]))
    head = 20 if version == 4 else 40
    assert right(error)
    assert reason_of(IpVersion(version), error[head], error[head + 1]) == kind.value
    assert error[head + 8 :] == asked
    quote = read_quote(IpVersion(version), error[head + 8 + head :])
    assert getattr(quote, "sequence", None) == 7
    assert packed(ROUTER[version]) in error[:head]


@pytest.mark.parametrize(("version", "most"), [(4, 576), (6, 1280)])
def test_an_error_quotes_no_more_than_it_may(version: int, most: int) -> None:
    error = refusal_of(
        read(request(version, bytes(1400))),
        ErrorKind.HOST_UNREACHABLE,
        ipaddress.ip_address(ROUTER[version]),
    )
    assert len(error) == most
    assert right(error)


def test_options_of_an_ipv4_header_are_passed_over() -> None:
    plain = request(4)
    with_options = b"\x46" + plain[1:2] + struct.pack("!H", len(plain) + 4) + plain[4:20]
    assert read(with_options + b"\1\1\1\0" + plain[20:]).message == plain[20:]


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"", Ignored.TOO_SHORT),
        (b"\x45", Ignored.TOO_SHORT),
        (b"\x60" + bytes(20), Ignored.TOO_SHORT),
        (b"\x00" + bytes(60), Ignored.MALFORMED),
        (b"\x41" + request(4)[1:], Ignored.MALFORMED),
        (request(4, length=2000), Ignored.MALFORMED),
        (request(4, length=19), Ignored.MALFORMED),
        (request(6, length=2000), Ignored.MALFORMED),
        (request(4, length=24), Ignored.TOO_SHORT),
        (request(6, length=7), Ignored.TOO_SHORT),
        (request(4, fragment=0x2000), Ignored.FRAGMENT),
        (request(4, fragment=100), Ignored.FRAGMENT),
        (request(6, protocol=44), Ignored.FRAGMENT),
        (request(4, protocol=17), Ignored.NOT_ECHO),
        (request(6, protocol=0), Ignored.NOT_ECHO),
        (request(4, kind=0), Ignored.NOT_ECHO),
        (request(4, code=1), Ignored.NOT_ECHO),
        (request(6, kind=135), Ignored.NOT_ECHO),
        (request(4, off=1), Ignored.BAD_CHECKSUM),
        (request(6, off=1), Ignored.BAD_CHECKSUM),
    ],
)
def test_what_is_no_request_has_a_name(packet: bytes, why: Ignored) -> None:
    assert read_request(packet) is why


def test_do_not_fragment_is_no_fragment() -> None:
    assert isinstance(read_request(request(4, fragment=0x4000)), Request)


@given(st.binary(max_size=200))
@example(b"\x45" + bytes(19))
@example(b"\x60" + bytes(39))
def test_no_packet_raises(packet: bytes) -> None:
    assert isinstance(read_request(packet), Request | Ignored)


@given(st.sampled_from([4, 6]), st.binary(max_size=100), st.integers(0, 150), st.integers(0, 255))
def test_no_damaged_request_raises_and_every_answer_is_right(
    version: int, payload: bytes, at: int, value: int
) -> None:
    packet = bytearray(request(version, payload))
    packet[at % len(packet)] = value
    found = read_request(bytes(packet))
    if isinstance(found, Request):
        assert right(reply_to(found))
        reporter = ipaddress.ip_address(ROUTER[found.version])
        assert right(refusal_of(found, ErrorKind.NET_UNREACHABLE, reporter))
