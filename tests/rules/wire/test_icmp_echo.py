"""The echo codec: what goes out comes back, and no input breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.wire.icmp import (
    MIN_SIZE,
    Cookie,
    Echo,
    IpVersion,
    Quote,
    Reject,
    echo_request,
    identifier_of,
    internet_checksum,
    read_quote,
    read_reply,
    sequence_of,
    without_ipv4_header,
)

COOKIE = Cookie(b"k" * 32)
HERE = bytes((127, 0, 17, 10))
tokens = st.integers(0, 2**63 - 1)
versions = st.sampled_from(IpVersion)
addresses = st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16)


def as_reply(version: IpVersion, request: bytes) -> bytes:
    return bytes((0 if version is IpVersion.V4 else 129, 0)) + request[2:]


@given(versions, tokens, addresses, st.integers(MIN_SIZE, 1472))
def test_a_request_comes_back_as_its_own_sealed_reply(
    version: IpVersion, token: int, destination: bytes, size: int
) -> None:
    request = echo_request(version, token, destination, size, COOKIE)
    assert len(request) == 8 + size
    echo = read_reply(version, as_reply(version, request))
    assert isinstance(echo, Echo)
    assert echo.token == token
    assert COOKIE.sealed(echo, destination)


@given(versions, tokens, addresses)
def test_a_quoted_request_is_recognised(version: IpVersion, token: int, address: bytes) -> None:
    request = echo_request(version, token, address, 64, COOKIE)
    quote = read_quote(version, request)
    assert isinstance(quote, Quote)
    assert (quote.identifier, quote.sequence) == (identifier_of(token), sequence_of(token))
    assert quote.echo is not None
    assert COOKIE.sealed(quote.echo, address)
    assert read_quote(version, request[:8]) == Quote(quote.identifier, quote.sequence, None)


@given(versions, st.binary(max_size=120))
def test_no_input_raises(version: IpVersion, data: bytes) -> None:
    assert isinstance(read_reply(version, data), Echo | Reject)
    assert isinstance(read_quote(version, data), Quote | Reject)
    assert isinstance(without_ipv4_header(data), bytes | Reject)


@given(tokens, st.integers(0, 63), st.integers(0, 7))
def test_no_single_bit_of_the_cookie_can_be_changed(token: int, byte: int, bit: int) -> None:
    reply = bytearray(as_reply(IpVersion.V4, echo_request(IpVersion.V4, token, HERE, 64, COOKIE)))
    reply[8 + byte % MIN_SIZE] ^= 1 << bit
    echo = read_reply(IpVersion.V4, bytes(reply))
    assert isinstance(echo, Echo)
    assert not COOKIE.sealed(echo, HERE)


def test_another_key_or_another_address_does_not_open_it() -> None:
    echo = Echo(7, COOKIE.mac(7, HERE))
    assert COOKIE.sealed(echo, HERE)
    assert not Cookie(b"K" * 32).sealed(echo, HERE)
    assert not COOKIE.sealed(echo, bytes((127, 0, 17, 11)))


@given(st.binary(min_size=2, max_size=200))
def test_the_checksum_makes_the_words_sum_to_all_ones(data: bytes) -> None:
    if len(data) % 2:
        data += b"\0"
    whole = data + internet_checksum(data).to_bytes(2, "big")
    total = sum(int.from_bytes(whole[i : i + 2], "big") for i in range(0, len(whole), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF


def test_the_checksum_of_the_rfcs_example() -> None:
    # RFC 1071 §3: the words sum to ddf2.
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


@pytest.mark.parametrize(
    ("message", "reject"),
    [
        (b"", Reject.TOO_SHORT),
        (b"\0" * 7, Reject.TOO_SHORT),
        (b"\0" * 23, Reject.TOO_SHORT),
        (b"\x08" + b"\0" * 30, Reject.OTHER_TYPE),
        (b"\0\1" + b"\0" * 30, Reject.OTHER_TYPE),
    ],
)
def test_what_is_no_reply_is_named(message: bytes, reject: Reject) -> None:
    assert read_reply(IpVersion.V4, message) is reject


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (b"\x45" * 19, Reject.TOO_SHORT),
        (b"\x65" + b"\0" * 40, Reject.MALFORMED),
        (b"\x44" + b"\0" * 40, Reject.MALFORMED),
        (b"\x45" + b"\0" * 19 + b"echo", b"echo"),
        (b"\x46" + b"\0" * 23 + b"echo", b"echo"),
        (b"\x4f" + b"\0" * 19, b""),
    ],
)
def test_the_ip_header_of_a_raw_packet_is_taken_off(
    packet: bytes, expected: bytes | Reject
) -> None:
    assert without_ipv4_header(packet) == expected


def test_a_payload_too_small_for_the_cookie_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        echo_request(IpVersion.V4, 1, HERE, 15, COOKIE)


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        Cookie(b"short")
