"""The echo codec: what goes out comes back, and no input breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.wire.icmp import (
    COOKIE_BYTES,
    HEAD_BYTES,
    Cookies,
    EchoWriter,
    IpVersion,
    Quote,
    Reject,
    internet_checksum,
    read_quote,
    read_reply,
    sequence_of,
    token_of,
    without_ipv4_header,
)

COOKIES = Cookies(b"k" * 32)
tokens = st.integers(0, 2**63 - 1)
identifiers = st.integers(0, 2**16 - 1)
versions = st.sampled_from(IpVersion)


def cookie(token: int) -> bytes:
    (made,) = COOKIES.of((token,))
    return made


def request(version: IpVersion, identifier: int, token: int) -> bytes:
    writer = EchoWriter(version, identifier, checksum=version is IpVersion.V4)
    (head,) = writer.heads([cookie(token)])
    return head + bytes(40)


def as_reply(version: IpVersion, request: bytes) -> bytes:
    return bytes((0 if version is IpVersion.V4 else 129, 0)) + request[2:]


@given(versions, identifiers, tokens)
def test_a_request_comes_back_as_its_own_reply(
    version: IpVersion, identifier: int, token: int
) -> None:
    sent = request(version, identifier, token)
    assert len(sent) == HEAD_BYTES + 40
    got = read_reply(version, as_reply(version, sent))
    assert isinstance(got, bytes)
    assert COOKIES.made(got)
    assert token_of(got) == token


@given(identifiers, tokens)
def test_an_ipv4_request_has_a_checksum_where_the_kernel_does_not_fill_it_in(
    identifier: int, token: int
) -> None:
    sent = request(IpVersion.V4, identifier, token)
    assert internet_checksum(sent) in (0, 0xFFFF)


@given(versions, identifiers, tokens)
def test_a_quoted_request_is_recognised(version: IpVersion, identifier: int, token: int) -> None:
    sent = request(version, identifier, token)
    sequence = sequence_of(token)
    assert read_quote(version, sent) == Quote(identifier, sequence, cookie(token))
    assert read_quote(version, sent[:8]) == Quote(identifier, sequence, None)


@given(st.lists(tokens, min_size=1, max_size=9), tokens, st.integers(1, 40))
def test_a_tokens_cookie_is_the_same_alone_and_among_others(
    mixed: list[int], first: int, count: int
) -> None:
    for batch in (mixed, range(first, first + count)):
        assert COOKIES.of(batch) == [cookie(token) for token in batch]


@given(versions, st.binary(max_size=120))
def test_no_input_raises(version: IpVersion, data: bytes) -> None:
    assert isinstance(read_reply(version, data), bytes | Reject)
    assert isinstance(read_quote(version, data), Quote | Reject)
    assert isinstance(without_ipv4_header(data), bytes | Reject)


@given(tokens, st.integers(0, COOKIE_BYTES - 1), st.integers(0, 7))
def test_no_single_bit_of_the_cookie_can_be_changed(token: int, byte: int, bit: int) -> None:
    changed = bytearray(cookie(token))
    changed[byte] ^= 1 << bit
    assert not COOKIES.made(bytes(changed))


def test_another_key_makes_other_cookies() -> None:
    assert COOKIES.made(cookie(7))
    assert not Cookies(b"K" * 32).made(cookie(7))


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


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        Cookies(b"short")
