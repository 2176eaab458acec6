"""Routers that lie, babble or break off: an outcome each, and never an exception."""

import asyncio
import contextlib
import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysnmp.proto import rfc1901, rfc1902, rfc1905
from pysnmp.proto.api import v2c as api

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import InterfaceFault, PollOutcome, PollResult
from linkwatch.model.topology import InterfaceKey
from linkwatch.probe.snmp_ber import decode, encode, hostile
from linkwatch.probe.snmp_community import Community
from linkwatch.probe.snmp_keys import KeyMaker
from linkwatch.probe.snmp_outcome import Unacceptable
from linkwatch.probe.snmp_security import Security, Unheard
from linkwatch.probe.snmp_usm import Usm
from linkwatch.probe.snmp_v3 import Engine, Envelope
from linkwatch.probe.snmp_write import integer, octet_string, sequence, tagged
from linkwatch.wire import ifmib
from linkwatch.wire.snmpvalue import Value
from support.snmp import SECRETS, SkewedClock, config, poller_for, router, v2c, watched

Variables = list[tuple[Any, Any]]
Lie = Callable[[int, list[tuple[int, ...]]], bytes | list[bytes]]


def response(
    request_id: int,
    variables: Variables,
    status: int = 0,
    community: str = SECRETS["community"],
) -> bytes:
    pdu = rfc1905.ResponsePDU()
    api.apiPDU.set_defaults(pdu)
    api.apiPDU.set_request_id(pdu, request_id)
    api.apiPDU.set_error_status(pdu, status)
    api.apiPDU.set_varbinds(pdu, variables)
    message = rfc1901.Message()
    message[0] = 1
    message[1] = community.encode()
    message[2].setComponentByType(pdu.tagSet, pdu)
    return encode(message)


class Liar(asyncio.DatagramProtocol):
    """Answers each request with what `lie` makes of it."""

    def __init__(self, lie: Lie) -> None:
        self._lie = lie

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        pdu = decode(data, rfc1901.Message())[2].getComponent()
        oids = [tuple(name) for name, _ in api.apiPDU.get_varbinds(pdu)]
        told = self._lie(int(pdu[0]), oids)
        for datagram in told if isinstance(told, list) else [told]:
            self._transport.sendto(datagram, addr)


def told(
    lie: Lie,
    key: InterfaceKey = InterfaceKey.INDEX,
    timeout: float = 0.1,
    engine: str = "pysnmp",
) -> PollResult:
    async def run() -> PollResult:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Liar(lie), local_addr=("127.0.0.1", 0)
        )
        try:
            r1 = router(v2c(), transport.get_extra_info("sockname")[1])
            link = watched("wan", "7", key)
            poller = await poller_for(
                config([r1], [link], timeout=timeout, engine=engine), SkewedClock()
            )
            return await asyncio.wait_for(poller.poll(r1), 10)
        finally:
            transport.close()

    return asyncio.run(run())


def good(oids: list[tuple[int, ...]]) -> dict[tuple[int, ...], Any]:
    """A true row 7."""
    values = {
        ifmib.SYS_UP_TIME: rfc1902.TimeTicks(9000),
        (*ifmib.IF_OPER_STATUS, 7): rfc1902.Integer32(1),
        (*ifmib.IF_HC_IN_OCTETS, 7): rfc1902.Counter64(1),
        (*ifmib.IF_HC_OUT_OCTETS, 7): rfc1902.Counter64(2),
    }
    return {oid: values.get(oid, rfc1905.noSuchInstance) for oid in oids}


def with_one(oid: tuple[int, ...], value: Any) -> Lie:
    return lambda request_id, oids: response(request_id, list((good(oids) | {oid: value}).items()))


def test_the_truth_is_taken(engine: str) -> None:
    result = told(
        lambda request_id, oids: response(request_id, list(good(oids).items())), engine=engine
    )
    assert result.outcome is PollOutcome.OK
    assert result.samples[0].transmit_bytes == 2


@pytest.mark.parametrize(
    ("lie", "detail"),
    [
        pytest.param(
            with_one(ifmib.SYS_UP_TIME, rfc1902.OctetString("long")),
            "sysUpTime is OCTET STRING where TimeTicks is due",
            id="uptime of another type",
        ),
        pytest.param(
            with_one(ifmib.SYS_UP_TIME, rfc1905.noSuchObject),
            "sysUpTime is no such object where TimeTicks is due",
            id="no uptime",
        ),
        pytest.param(
            with_one((*ifmib.IF_HC_IN_OCTETS, 7), rfc1902.OctetString("lots")),
            "ifHCInOctets is OCTET STRING where Counter64 is due",
            id="counter of another type",
        ),
        pytest.param(
            with_one((*ifmib.IF_OPER_STATUS, 7), rfc1902.Integer32(99)),
            "ifOperStatus is none of 1 to 7",
            id="unheard-of status",
        ),
        pytest.param(
            lambda request_id, oids: response(request_id, []),
            "the answer names other objects than asked",
            id="nothing",
        ),
        pytest.param(
            lambda request_id, oids: response(
                request_id, [((*oid, 1), rfc1902.Counter64(1)) for oid in oids]
            ),
            "the answer names other objects than asked",
            id="other objects",
        ),
        pytest.param(
            lambda request_id, oids: response(request_id ^ 1, list(good(oids).items())),
            "only an unusable answer: an answer to another request",
            id="another request",
        ),
        pytest.param(
            lambda request_id, oids: response(request_id, [], status=5),
            "the router says error-status 5",
            id="genErr",
        ),
        pytest.param(
            lambda request_id, oids: response(request_id, [], status=1),
            "the router cannot answer for a single interface",
            id="too big, always",
        ),
        pytest.param(
            lambda request_id, oids: response(request_id, []).replace(
                sequence(), sequence(sequence())
            ),
            "only an unusable answer: not an SNMP message",
            id="a variable of nothing",
        ),
        pytest.param(
            lambda request_id, oids: b"\x30\x82\xff\xff" + bytes(60),
            "only an unusable answer: not an SNMP message",
            id="noise",
        ),
        pytest.param(
            lambda request_id, oids: b"\x30\x80" * 8000,
            "only an unusable answer: not an SNMP message",
            id="a nest of sequences",
        ),
        pytest.param(
            lambda request_id, oids: bytes(20_000),
            "only an unusable answer: longer than 16384 bytes",
            id="a flood in one datagram",
        ),
        pytest.param(
            lambda request_id, oids: response(
                request_id, list(good(oids).items()), community="other"
            ),
            "only an unusable answer: of another community",
            id="another community",
        ),
    ],
)
def test_a_lie_is_a_bad_response(lie: Lie, detail: str, engine: str) -> None:
    result = told(lie, engine=engine)
    assert (result.outcome, result.detail) == (PollOutcome.BAD_RESPONSE, detail)
    assert (result.samples, result.faults) == ((), ())


@pytest.mark.parametrize(("status", "word"), [(6, "noAccess"), (16, "authorizationError")])
def test_a_refusal_is_not_a_bad_response(status: int, word: str, engine: str) -> None:
    result = told(lambda request_id, oids: response(request_id, [], status=status), engine=engine)
    assert (result.outcome, result.detail) == (
        PollOutcome.AUTHORIZATION,
        f"the router says {word}",
    )


def test_a_walk_in_circles_ends() -> None:
    start = (*ifmib.IF_NAME, 5)

    def lie(request_id: int, oids: list[tuple[int, ...]]) -> bytes:
        return response(request_id, [(start, rfc1902.OctetString("x"))])

    result = told(lie, InterfaceKey.NAME)
    assert result.outcome is PollOutcome.BAD_RESPONSE
    assert result.detail == "a walk that does not go forward"


def test_a_table_without_end_ends() -> None:
    def lie(request_id: int, oids: list[tuple[int, ...]]) -> bytes:
        last = oids[0][-1] if len(oids[0]) > len(ifmib.IF_NAME) else 0
        rows = [((*ifmib.IF_NAME, last + n), rfc1902.OctetString("x")) for n in range(1, 200)]
        return response(request_id, rows)

    result = told(lie, InterfaceKey.NAME, timeout=1.0)
    assert result.outcome is PollOutcome.BAD_RESPONSE
    assert result.detail == "a table of more than 4096 rows"


def test_the_late_answer_to_an_earlier_request_is_passed_over() -> None:
    def lie(request_id: int, oids: list[tuple[int, ...]]) -> list[bytes]:
        late = response(request_id - 1, [(oids[0], rfc1902.OctetString("late"))])
        return [late, response(request_id, list(good(oids).items()))]

    assert told(lie).outcome is PollOutcome.OK


@pytest.mark.parametrize("at_most", [1, 2, 3])
def test_what_fits_into_an_answer_is_learnt(at_most: int, engine: str) -> None:
    """A router that says tooBig is asked for less, and not for more again at the next poll."""
    links = [watched(f"l{row}", str(row), InterfaceKey.INDEX) for row in range(1, 7)]
    asked: list[int] = []

    def rows(oids: list[tuple[int, ...]]) -> int:
        return len({oid[-1] for oid in oids if oid != ifmib.SYS_UP_TIME})

    def lie(request_id: int, oids: list[tuple[int, ...]]) -> bytes:
        asked.append(rows(oids))
        if rows(oids) > at_most:
            return response(request_id, [], status=1)
        values = {
            ifmib.SYS_UP_TIME: rfc1902.TimeTicks(9000),
            **{(*ifmib.IF_OPER_STATUS, row): rfc1902.Integer32(1) for row in range(1, 7)},
            **{(*ifmib.IF_HC_IN_OCTETS, row): rfc1902.Counter64(row) for row in range(1, 7)},
            **{(*ifmib.IF_HC_OUT_OCTETS, row): rfc1902.Counter64(row) for row in range(1, 7)},
        }
        return response(
            request_id, [(oid, values.get(oid, rfc1905.noSuchInstance)) for oid in oids]
        )

    async def run() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Liar(lie), local_addr=("127.0.0.1", 0)
        )
        try:
            r1 = router(v2c(), transport.get_extra_info("sockname")[1])
            poller = await poller_for(config([r1], links, engine=engine), SkewedClock())
            for _ in range(2):
                asked.clear()
                result = await poller.poll(r1)
                assert result.outcome is PollOutcome.OK, result.detail
                told = {sample.link: sample.receive_bytes for sample in result.samples}
                assert told == {link.id: int(link.id[1:]) for link in links}
        finally:
            transport.close()

    asyncio.run(run())
    assert max(asked) <= at_most
    assert sum(asked) == 6


COMMUNITY = Community(SECRETS["community"])
KEYS = KeyMaker().keys(("SHA256", SECRETS["auth"]), ("AES128", SECRETS["privacy"]))
ENGINE = b"\x80\0\x1f\x88\x04lab"


def usm() -> Usm:
    """One that has met its router."""
    met = Usm("linkwatch", KEYS, "", ENGINE)
    met._engine = Engine(ENGINE, 1, 100, 0.0, KEYS.localize(ENGINE))
    return met


def authentic(pdu: bytes) -> bytes:
    """What a router with the right keys makes of a PDU, or of what is none."""
    return Envelope("linkwatch", KEYS, "").seal(pdu, 7, usm()._engine, 0.0)


def in_community(pdu: bytes) -> bytes:
    return sequence(integer(1), octet_string(SECRETS["community"].encode()), pdu)


def reply(variables: Variables) -> bytes:
    pdu = rfc1905.ResponsePDU()
    api.apiPDU.set_defaults(pdu)
    api.apiPDU.set_request_id(pdu, 7)
    api.apiPDU.set_varbinds(pdu, variables)
    return encode(pdu)


TRUE = reply(
    [(ifmib.SYS_UP_TIME, rfc1902.TimeTicks(9000)), ((*ifmib.IF_NAME, 7), rfc1902.OctetString("x"))]
)


def lengths() -> st.SearchStrategy[bytes]:
    """Of elements: short and long forms, indefinite, and absurd ones."""
    return st.one_of(
        st.integers(0, 127).map(lambda n: bytes((n,))),
        st.sampled_from([b"\x80", b"\x84\xff\xff\xff\xff", b"\x88" + b"\xff" * 8, b"\xff"]),
    )


TAGS = st.sampled_from(
    [0x02, 0x04, 0x05, 0x06, 0x30, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0x82]
)
PDU_TAGS = st.sampled_from([0xA0, 0xA1, 0xA2, 0xA5, 0xA6, 0xA7, 0xA8])


def element(content: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """One element with its true length, or with another."""
    honest = st.builds(tagged, TAGS | PDU_TAGS, content)
    lying = st.builds(
        lambda tag, length, body: bytes((tag,)) + length + body, TAGS, lengths(), content
    )
    return honest | lying


TREES = st.recursive(
    st.binary(max_size=24),
    lambda inner: element(st.lists(inner, max_size=4).map(b"".join)),
    max_leaves=30,
)


@st.composite
def spoilt(draw: st.DrawFn, message: bytes) -> bytes:
    """A true message cut, doubled, or with a few bytes changed."""
    said = bytearray(message)
    for _ in range(draw(st.integers(0, 4))):
        said[draw(st.integers(0, len(said) - 1))] = draw(st.integers(0, 255))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(said))] * 2)))
    return draw(
        st.sampled_from([bytes(said), bytes(said[:end]), bytes(said[start:]), bytes(said * 2)])
    )


def messages(wrap: Callable[[bytes], bytes]) -> st.SearchStrategy[bytes]:
    """Whole datagrams: noise, trees, and true ones spoilt inside and outside their envelope."""
    return st.one_of(
        st.binary(max_size=80),
        TREES,
        TREES.map(wrap),
        st.builds(tagged, PDU_TAGS, TREES).map(wrap),
        spoilt(TRUE).map(wrap),
        spoilt(wrap(TRUE)),
    )


@pytest.mark.parametrize(
    ("security", "wrap"),
    [
        pytest.param(lambda: COMMUNITY, in_community, id="v2c"),
        pytest.param(usm, authentic, id="v3"),
    ],
)
@settings(max_examples=400)
@given(data=st.data())
def test_no_datagram_breaks_the_reader(
    security: Callable[[], Security], wrap: Callable[[bytes], bytes], data: st.DataObject
) -> None:
    """Whatever comes is an answer to the request, or nothing."""
    datagram = data.draw(messages(wrap))
    reader = security()
    try:
        with hostile():
            answer = reader.open(datagram, 7, 0.0)
    except Unacceptable:
        pass
    else:
        assert all(isinstance(value, Value) for _, value in answer.variables)
    try:
        heard = reader.hear(datagram, 0.0)
    except Unheard:
        pass
    else:
        assert all(isinstance(value, Value) for _, value in heard.variables)


def test_the_truth_comes_through_the_fuzzers_own_wrapping() -> None:
    for reader, wrap in ((COMMUNITY, in_community), (usm(), authentic)):
        assert len(reader.open(wrap(TRUE), 7, 0.0).variables) == 2


@pytest.mark.parametrize(
    "datagram",
    [
        pytest.param(b"\x30\x80" * 8000, id="a nest without ends"),
        pytest.param(in_community(TRUE)[:-1] * 100, id="truncated, over and over"),
        pytest.param(
            in_community(reply([((*ifmib.IF_NAME, 7), rfc1902.OctetString("x" * 9000))])),
            id="a long name",
        ),
        pytest.param(
            in_community(tagged(0xA2, *[sequence(sequence())] * 1500)), id="variables of nothing"
        ),
        pytest.param(
            in_community(tagged(0xA2, integer(7), b"\x02\x88" + b"\x7f" * 8 + bytes(9000))),
            id="a length beyond the end",
        ),
        pytest.param(
            in_community(
                tagged(
                    0xA2,
                    integer(7),
                    integer(0),
                    integer(0),
                    sequence(sequence(b"\x06\x82\x1f\x40" + b"\xff" * 7999 + b"\x7f", b"\x05\x00")),
                )
            ),
            id="an OID of one endless number",
        ),
    ],
)
def test_hostile_datagrams_leave_no_memory_behind(datagram: bytes) -> None:
    reader = usm()

    def read() -> None:
        with contextlib.suppress(Unacceptable), hostile():
            COMMUNITY.open(datagram, 7, 0.0)
        with contextlib.suppress(Unacceptable), hostile():
            reader.open(datagram, 7, 0.0)
        with contextlib.suppress(Unheard):
            COMMUNITY.hear(datagram, 0.0)

    for _ in range(5):
        read()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(20):
            read()
        gc.collect()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 50_000
    assert peak - before < 4_000_000


NASTY = "Gi0/0\x1b[2J\n\u202e" + "x" * 200


def test_control_characters_in_a_name_are_shown_to_nobody() -> None:
    """Nor does a name that only looks like the one watched match it."""

    def lie(request_id: int, oids: list[tuple[int, ...]]) -> bytes:
        if oids == [ifmib.IF_NAME]:
            rows = [((*ifmib.IF_NAME, 7), rfc1902.OctetString(NASTY.encode()))]
            return response(request_id, [*rows, (ifmib.IF_ALIAS, rfc1905.endOfMibView)])
        return response(request_id, list(good(oids).items()))

    result = told(lie, InterfaceKey.NAME)
    assert result.outcome is PollOutcome.OK
    assert result.faults == ((LinkId("wan"), InterfaceFault.MISSING),)
    assert "\x1b" not in repr(result)


def test_nothing_prints_a_secret() -> None:
    for value in (COMMUNITY, usm(), KEYS, KEYS.localize(ENGINE)):
        shown = f"{value!r} {value}"
        assert SECRETS["community"] not in shown
        assert SECRETS["auth"] not in shown
        assert str(KEYS.auth_master) not in shown
        assert "OctetString" not in shown


def test_what_breaks_the_library_ends_the_poll_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Community, *_: object) -> bytes:
        raise AttributeError(f"quotes {SECRETS['community']}")

    monkeypatch.setattr(Community, "seal", broken)
    result = told(lambda request_id, oids: b"")
    assert (result.outcome, result.detail) == (
        PollOutcome.LOCAL_FAILURE,
        "internal error: AttributeError",
    )
    (record,) = caplog.records
    assert record.getMessage().startswith("poll of r1 broke: AttributeError in broken:")
    assert SECRETS["community"] not in caplog.text
