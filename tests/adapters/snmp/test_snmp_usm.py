"""What a router may teach us of its engine, and what it may not."""

from typing import Any

import pytest
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v2c as api
from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from linkwatch.model.measurement import PollOutcome
from linkwatch.probe.snmp_ber import decode, encode, hostile
from linkwatch.probe.snmp_keys import KeyMaker
from linkwatch.probe.snmp_outcome import PollFailure, Unacceptable
from linkwatch.probe.snmp_pdu import Answer, get_request
from linkwatch.probe.snmp_security import Verdict
from linkwatch.probe.snmp_usm import Usm
from linkwatch.wire.ifmib import SYS_UP_TIME
from support.snmp import SECRETS

ENGINE = b"\x80\x00\x1f\x88\x04router"
OTHER_ENGINE = b"\x80\x00\x1f\x88\x04forged"
NOT_IN_TIME, UNKNOWN_USER, UNKNOWN_ENGINE = 2, 3, 4
KEYS = KeyMaker().keys(("SHA256", SECRETS["auth"]), ("AES128", SECRETS["privacy"]))


def message(
    pdu: Any, engine: bytes, clock: tuple[int, int], message_id: int = 7, user: bytes = b""
) -> bytes:
    """A message in the clear, such as anybody could send."""
    parameters = UsmSecurityParameters()
    for position, value in enumerate((engine, *clock, user, b"", b"")):
        parameters[position] = value
    whole = SNMPv3Message()
    whole[0] = 3
    for position, header in enumerate((message_id, 1500, b"\0", 3)):
        whole[1][position] = header
    whole[2] = encode(parameters)
    whole[3][0][0], whole[3][0][1] = engine, b""
    whole[3][0][2].setComponentByType(pdu.tagSet, pdu)
    return encode(whole)


def report(statistic: int, engine: bytes = ENGINE, clock: tuple[int, int] = (3, 500)) -> bytes:
    pdu = rfc1905.ReportPDU()
    api.apiPDU.set_defaults(pdu)
    name = (1, 3, 6, 1, 6, 3, 15, 1, 1, statistic, 0)
    api.apiPDU.set_varbinds(pdu, [(name, rfc1902.Counter32(1))])
    return message(pdu, engine, clock)


def discovered() -> Usm:
    usm = Usm("linkwatch", KEYS, "")
    assert hear(usm, report(UNKNOWN_ENGINE)).is_report
    return usm


def hear(usm: Usm, datagram: bytes, now: float = 0.0) -> Answer:
    with hostile():
        return usm.open(datagram, 7, now)


def sent(usm: Usm, now: float) -> tuple[bytes, int, int, bytes]:
    """Engine id, boots, time and user of the next request."""
    request = usm.seal(get_request((SYS_UP_TIME,)), 1, 8, now)
    parameters = decode(bytes(decode(request, SNMPv3Message())[2]), UsmSecurityParameters())
    engine, boots, time, user = (parameters[position] for position in range(4))
    return bytes(engine), int(boots), int(time), bytes(user)


def test_before_discovery_neither_user_nor_question_goes_out() -> None:
    usm = Usm("linkwatch", KEYS, "")
    request = usm.seal(get_request((SYS_UP_TIME,)), 1, 8, 0.0)
    assert b"linkwatch" not in request
    assert sent(usm, 0.0) == (b"", 0, 0, b"")


def test_the_engine_discovered_is_addressed_by_its_own_clock() -> None:
    assert sent(discovered(), 60.0) == (ENGINE, 3, 560, b"linkwatch")


def test_a_clock_at_its_end_stays_there() -> None:
    usm = Usm("linkwatch", KEYS, "")
    hear(usm, report(UNKNOWN_ENGINE, clock=(3, 2**31 - 1)))
    assert sent(usm, 60.0) == (ENGINE, 3, 2**31 - 1, b"linkwatch")


@pytest.mark.parametrize("engine", [b"", b"\x80\0\x1f\x88", bytes(33)])
def test_an_engine_id_of_a_wrong_length_is_not_taken(engine: bytes) -> None:
    with pytest.raises(Unacceptable):
        hear(Usm("linkwatch", KEYS, ""), report(UNKNOWN_ENGINE, engine))


def test_a_clock_in_the_clear_is_not_taken() -> None:
    usm = discovered()
    with pytest.raises(Unacceptable, match="not authentic"):
        hear(usm, report(NOT_IN_TIME, clock=(9, 9)))
    assert sent(usm, 0.0) == (ENGINE, 3, 500, b"linkwatch")


def test_a_response_in_the_clear_is_not_taken() -> None:
    pdu = rfc1905.ResponsePDU()
    api.apiPDU.set_defaults(pdu)
    with pytest.raises(Unacceptable, match="another security level"):
        hear(discovered(), message(pdu, ENGINE, (3, 500), user=b"linkwatch"))


def test_an_answer_to_another_message_is_not_taken() -> None:
    pdu = rfc1905.ReportPDU()
    api.apiPDU.set_defaults(pdu)
    with pytest.raises(Unacceptable, match="another message"):
        hear(discovered(), message(pdu, OTHER_ENGINE, (1, 1), message_id=9))


def test_an_engine_that_changes_twice_in_a_poll_is_not_followed() -> None:
    usm = Usm("linkwatch", KEYS, "")
    assert usm.judge(hear(usm, report(UNKNOWN_ENGINE))) is Verdict.ASK_AGAIN
    with pytest.raises(PollFailure) as failure:
        usm.judge(hear(usm, report(UNKNOWN_ENGINE, OTHER_ENGINE)))
    assert failure.value.outcome is PollOutcome.BAD_RESPONSE


def test_a_refusal_is_told() -> None:
    usm = discovered()
    with pytest.raises(PollFailure) as failure:
        usm.judge(hear(usm, report(UNKNOWN_USER)))
    assert failure.value.outcome is PollOutcome.UNKNOWN_USER


def test_another_configuration_keeps_the_engine_only_with_the_same_keys() -> None:
    same, other = Usm("linkwatch", KEYS, ""), Usm("somebody", KEYS, "")
    same.adopt(discovered())
    other.adopt(discovered())
    assert sent(same, 0.0)[0] == ENGINE
    assert sent(other, 0.0)[0] == b""
