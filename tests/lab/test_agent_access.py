"""What an agent makes of datagrams that nobody sends who means well: nothing, and no harm."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pysnmp.proto import rfc1901, rfc1905
from pysnmp.proto.api import v2c as api
from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from linkwatch.lab.agent_access import Access
from linkwatch.lab.agent_ber import Malformed
from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.agent_community import CommunityAccess
from linkwatch.lab.agent_keys import Credentials, Phrases, UserKeys
from linkwatch.lab.agent_model import Lie, RouterBehaviour
from linkwatch.lab.agent_user import UserAccess
from linkwatch.lab.router import SimulatedRouter
from linkwatch.wire import ifmib
from support.snmp import SECRETS, SkewedClock, router, v3, watched

OIDS = [ifmib.SYS_UP_TIME, (*ifmib.IF_NAME, 1), ifmib.IF_ALIAS]
REPORTABLE = 4


def simulated() -> SimulatedRouter:
    return SimulatedRouter(router(v3(), 161), [watched("wan", "Gi0")], LabClock(SkewedClock()))


def community() -> CommunityAccess:
    return CommunityAccess(simulated(), SECRETS["community"])


def user(auth: str | None = None) -> UserAccess:
    there = simulated()
    credentials = Credentials("linkwatch", auth, SECRETS["auth"] if auth else None)
    return UserAccess(there, UserKeys(credentials, there.engine_id, Phrases()))


def pdu(kind: Any = rfc1905.GetRequestPDU) -> Any:
    made = kind()
    (api.apiBulkPDU if kind is rfc1905.GetBulkRequestPDU else api.apiPDU).set_defaults(made)
    api.apiPDU.set_varbinds(made, [(oid, api.null) for oid in OIDS])
    return made


def in_the_open(kind: Any = rfc1905.GetRequestPDU, version: int = 1) -> bytes:
    message = rfc1901.Message()
    message[0], message[1] = version, SECRETS["community"].encode()
    message[2].setComponentByType(pdu(kind).tagSet, pdu(kind))
    return bytes(encoder.encode(message))


def of_a_user(
    flags: int = REPORTABLE,
    model: int = 3,
    engine: bytes | None = None,
    kind: Any = rfc1905.GetRequestPDU,
    max_size: int = 1500,
) -> bytes:
    engine = simulated().engine_id if engine is None else engine
    parameters = UsmSecurityParameters()
    for position, value in enumerate((engine, 1, 0, b"linkwatch", b"", b"")):
        parameters[position] = value
    message = SNMPv3Message()
    message[0] = 3
    for position, value in enumerate((7, max_size, bytes([flags]), model)):
        message[1][position] = value
    message[2] = encoder.encode(parameters)
    message[3][0][0], message[3][0][1] = engine, b""
    message[3][0][2].setComponentByType(pdu(kind).tagSet, pdu(kind))
    return bytes(encoder.encode(message))


@pytest.mark.parametrize(
    ("access", "request_"),
    [
        (community, in_the_open()),
        (user, of_a_user()),
        (lambda: user("SHA"), of_a_user(flags=REPORTABLE | 1)),
    ],
    ids=["v2c", "v3", "v3 signed"],
)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_datagram_does_any_harm(
    access: Callable[[], Access], request_: bytes, data: st.DataObject
) -> None:
    """Noise, and true messages with a few bytes changed: an answer, or none."""
    there = access()
    assert there.reply(request_)
    spoilt = bytearray(request_)
    for _ in range(data.draw(st.integers(0, 4))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    datagram = data.draw(st.binary(max_size=80) | st.just(bytes(spoilt)))
    try:
        reply = there.reply(datagram)
    except Malformed:
        return
    assert reply is None or len(reply) < 65_507


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x30\x80" * 8000,
        in_the_open(version=0),
        in_the_open(rfc1905.ResponsePDU),
        in_the_open(rfc1905.SNMPv2TrapPDU),
        of_a_user(),
    ],
    ids=["nothing", "endless", "version 1", "a response", "a trap", "of a user"],
)
def test_what_is_no_request_of_version_2c_gets_no_answer(datagram: bytes) -> None:
    with pytest.raises(Malformed):
        community().reply(datagram)


@pytest.mark.parametrize(
    "datagram",
    [
        *(b"", in_the_open(), of_a_user(flags=REPORTABLE | 2), of_a_user(model=4)),
        of_a_user().replace(b"\x04\x0d\x80", b"\x04\x88\x80", 1),
    ],
    ids=["nothing", "v2c", "encrypted but not signed", "another security model", "endless"],
)
def test_what_is_no_request_of_a_user_gets_no_answer(datagram: bytes) -> None:
    with pytest.raises(Malformed):
        user().reply(datagram)


def test_nobody_is_told_of_a_refusal_who_does_not_want_to_hear_it() -> None:
    assert user().reply(of_a_user(engine=b"")) is not None
    assert user().reply(of_a_user(flags=0, engine=b"")) is None


def told_short(kind: Any, lie: Lie) -> tuple[Any, Any]:
    """What one agent says to a user who takes 484 octets, and to somebody who takes all."""
    there = simulated()
    there.behaviour = RouterBehaviour(lie=lie)
    of_user = UserAccess(there, UserKeys(Credentials("linkwatch"), there.engine_id, Phrases()))
    short = of_user.reply(of_a_user(kind=kind, max_size=484))
    whole = CommunityAccess(there, SECRETS["community"]).reply(in_the_open(kind))
    assert short is not None
    assert whole is not None
    assert len(short) <= 484 < len(whole)
    scoped = decoder.decode(short, asn1Spec=SNMPv3Message())[0][3][0]
    open_ = decoder.decode(whole, asn1Spec=rfc1901.Message())[0]
    return scoped[2].getComponent(), open_[2].getComponent()


def test_an_answer_that_the_asker_cannot_take_is_too_big() -> None:
    short, whole = told_short(rfc1905.GetRequestPDU, Lie.LONG_TEXT)
    assert (int(short[1]), len(short[3])) == (1, 0)
    assert (int(whole[1]), len(whole[3])) == (0, len(OIDS))


def test_of_a_bulk_the_asker_gets_as_much_as_it_can_take() -> None:
    short, whole = told_short(rfc1905.GetBulkRequestPDU, Lie.NONE)
    assert (int(short[1]), int(whole[1]), len(whole[3])) == (0, 0, 10 * len(OIDS))
    assert [tuple(name) for name, _ in short[3]] == [tuple(name) for name, _ in whole[3]][
        : len(short[3])
    ]
    assert len(short[3]) >= 5


def test_nothing_prints_a_secret() -> None:
    there = simulated()
    credentials = Credentials("linkwatch", "SHA", SECRETS["auth"], "AES128", SECRETS["privacy"])
    keys = UserKeys(credentials, there.engine_id, Phrases())
    for value in (credentials, keys, UserAccess(there, keys), community()):
        shown = f"{value!r} {value}"
        assert not any(secret in shown for secret in SECRETS.values())
        assert bytes(keys.auth).hex() not in shown
