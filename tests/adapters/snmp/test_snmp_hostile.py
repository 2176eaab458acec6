"""Routers that lie, babble or break off: an outcome each, and never an exception."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysnmp.proto import rfc1901, rfc1902, rfc1905
from pysnmp.proto.api import v2c as api
from structlog.testing import capture_logs

from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.topology import InterfaceKey
from linkwatch.probe.snmp_ber import decode, encode, hostile
from linkwatch.probe.snmp_community import Community
from linkwatch.probe.snmp_keys import KeyMaker
from linkwatch.probe.snmp_outcome import Unacceptable
from linkwatch.probe.snmp_pdu import get_request
from linkwatch.probe.snmp_security import Security
from linkwatch.probe.snmp_usm import Usm
from linkwatch.wire import ifmib
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


def told(lie: Lie, key: InterfaceKey = InterfaceKey.INDEX, timeout: float = 0.1) -> PollResult:
    async def run() -> PollResult:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Liar(lie), local_addr=("127.0.0.1", 0)
        )
        try:
            r1 = router(v2c(), transport.get_extra_info("sockname")[1])
            link = watched("wan", "7", key)
            poller = await poller_for(config([r1], [link], timeout=timeout), SkewedClock())
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


def test_the_truth_is_taken() -> None:
    result = told(lambda request_id, oids: response(request_id, list(good(oids).items())))
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
def test_a_lie_is_a_bad_response(lie: Lie, detail: str) -> None:
    result = told(lie)
    assert (result.outcome, result.detail) == (PollOutcome.BAD_RESPONSE, detail)
    assert (result.samples, result.faults) == ((), ())


@pytest.mark.parametrize(("status", "word"), [(6, "noAccess"), (16, "authorizationError")])
def test_a_refusal_is_not_a_bad_response(status: int, word: str) -> None:
    result = told(lambda request_id, oids: response(request_id, [], status=status))
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


COMMUNITY = Community(SECRETS["community"])
KEYS = KeyMaker().keys(("SHA256", SECRETS["auth"]), ("AES128", SECRETS["privacy"]))


def usm() -> Usm:
    return Usm("linkwatch", KEYS, "")


@pytest.mark.parametrize("security", [COMMUNITY, usm()], ids=["v2c", "v3"])
@settings(max_examples=150)
@given(data=st.data())
def test_no_datagram_breaks_the_reader(security: Security, data: st.DataObject) -> None:
    """Noise, and true messages with a few bytes changed."""
    message = security.seal(get_request(7, [ifmib.SYS_UP_TIME]), 7, 0.0)
    spoilt = bytearray(message)
    for _ in range(data.draw(st.integers(0, 4))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    noise = data.draw(st.binary(max_size=80) | st.just(bytes(spoilt)))
    with pytest.raises(Unacceptable), hostile():
        security.open(noise, 7, 0.0)


def test_nothing_prints_a_secret() -> None:
    for value in (COMMUNITY, usm(), KEYS, KEYS.localize(b"\x80\0\x1f\x88\x04lab")):
        shown = f"{value!r} {value}"
        assert SECRETS["community"] not in shown
        assert SECRETS["auth"] not in shown
        assert str(KEYS.auth_master) not in shown
        assert "OctetString" not in shown


def test_what_breaks_the_library_ends_the_poll_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: Community, *_: object) -> bytes:
        raise AttributeError(f"quotes {SECRETS['community']}")

    monkeypatch.setattr(Community, "seal", broken)
    with capture_logs() as logs:
        result = told(lambda request_id, oids: b"")
    assert (result.outcome, result.detail) == (
        PollOutcome.LOCAL_FAILURE,
        "internal error: AttributeError",
    )
    assert [(line["event"], line["router"]) for line in logs] == [("snmp_poll_broke", "r1")]
    assert SECRETS["community"] not in repr(logs)
