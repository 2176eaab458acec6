"""What we write by hand is what the library would have written, and can read."""

from hypothesis import given
from hypothesis import strategies as st
from pyasn1.type import univ  # type: ignore[import-untyped]  # the library has no types
from pysnmp.proto import rfc1905
from pysnmp.proto.api import v2c as api

from linkwatch.probe.snmp_ber import decode, encode
from linkwatch.probe.snmp_pdu import bulk_request, get_request
from linkwatch.probe.snmp_write import integer, octet_string, sequence, tagged
from linkwatch.wire.snmpvalue import Oid

OIDS = st.lists(
    st.lists(st.integers(0, 2**32 - 1), max_size=8).map(lambda rest: (1, 3, 6, *rest)), max_size=30
).map(tuple)


@given(st.integers(-(2**63), 2**64))
def test_integers(number: int) -> None:
    assert integer(number) == encode(univ.Integer(number))


@given(st.binary(max_size=300) | st.integers(0, 70_000).map(bytes))
def test_octet_strings(content: bytes) -> None:
    assert octet_string(content) == encode(univ.OctetString(content))


@given(st.lists(st.binary(max_size=9)))
def test_sequences(parts: list[bytes]) -> None:
    assert sequence(*parts) == tagged(0x30, b"".join(parts))
    assert sequence(*parts)[-len(b"".join(parts)) :] == b"".join(parts) or not b"".join(parts)


@given(st.integers(1, 2**31 - 1), OIDS)
def test_a_get_is_the_librarys(request_id: int, oids: tuple[Oid, ...]) -> None:
    pdu = rfc1905.GetRequestPDU()
    api.apiPDU.set_defaults(pdu)
    api.apiPDU.set_request_id(pdu, request_id)
    api.apiPDU.set_varbinds(pdu, [(oid, api.null) for oid in oids])
    assert get_request(oids).numbered(request_id) == encode(pdu)


def test_a_bulk_request_is_read_as_one() -> None:
    written = bulk_request(((1, 3, 6, 1),), 25).numbered(7)
    pdu = decode(written, rfc1905.GetBulkRequestPDU())
    assert [int(pdu[place]) for place in range(3)] == [7, 0, 25]
