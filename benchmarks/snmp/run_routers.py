"""Routers in a process of their own: most answer, some are silent, some are slow.

SNMPv2c, and so cheap that nobody waits for them: what is said to a question is put into words
once, and said again with the id of each request. Prints how many there are once they listen, and
runs until standard input ends.
"""

import argparse
import asyncio
import sys
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from pysnmp.proto import rfc1901, rfc1902, rfc1905
from pysnmp.proto.api import v2c

from benchmarks.common.kept import read
from benchmarks.snmp.routers import COMMUNITY, NAMES, PORT, ROWS
from linkwatch.host.clock import SystemClock
from linkwatch.probe.snmp_ber import decode, encode
from linkwatch.probe.snmp_write import integer, octet_string, sequence, tagged
from linkwatch.wire import ifmib
from linkwatch.wire.snmpvalue import Oid

SLOW_BY = 3.0
_RESPONSE, _GET_BULK, _TICKS = 0xA2, 0xA5, 0x43
_OF_OUR_COMMUNITY = integer(1) + octet_string(COMMUNITY.encode())
_UPTIME = encode(rfc1902.TimeTicks(0x01000000))
"""Four bytes of time: what is said for it is found and replaced."""


def is_silent(number: int) -> bool:
    """One in ten."""
    return number % 10 == 3


def is_slow(number: int) -> bool:
    """One in twenty, and none of the silent."""
    return number % 20 == 7


def _table() -> dict[Oid, Any]:
    table: dict[Oid, Any] = {ifmib.SYS_UP_TIME: rfc1902.TimeTicks(0x01000000)}
    for row, name in zip(ROWS, NAMES, strict=True):
        columns = {
            ifmib.IF_SPEED: rfc1902.Gauge32(100_000_000),
            ifmib.IF_OPER_STATUS: rfc1902.Integer32(1),
            ifmib.IF_NAME: rfc1902.OctetString(name.encode()),
            ifmib.IF_ALIAS: rfc1902.OctetString(b"GLI-CSE-0001"),
            ifmib.IF_HIGH_SPEED: rfc1902.Gauge32(100),
            ifmib.IF_HC_IN_OCTETS: rfc1902.Counter64(2**40),
            ifmib.IF_HC_OUT_OCTETS: rfc1902.Counter64(2**41),
            ifmib.IF_COUNTER_DISCONTINUITY_TIME: rfc1902.TimeTicks(0),
            ifmib.IF_IN_ERRORS: rfc1902.Counter32(7),
            ifmib.IF_OUT_ERRORS: rfc1902.Counter32(7),
            ifmib.IF_IN_DISCARDS: rfc1902.Counter32(7),
            ifmib.IF_OUT_DISCARDS: rfc1902.Counter32(7),
        }
        table.update({(*column, row): value for column, value in columns.items()})
    return table


_TABLE = _table()
_ORDER: Sequence[Oid] = sorted(_TABLE)


@lru_cache(1024)
def _words(request: bytes) -> bytes:
    """What follows the request id in the answer to a request without its id."""
    tag, rest = request[0], request[1:]
    pdu = decode(sequence(_OF_OUR_COMMUNITY, tagged(tag, integer(1), rest)), rfc1901.Message())[
        2
    ].getComponent()
    asked = [tuple(name) for name, _ in v2c.apiBulkPDU.get_varbinds(pdu)]
    told = _following(asked[0], int(pdu[2])) if tag == _GET_BULK else asked
    answer = rfc1905.ResponsePDU()
    v2c.apiPDU.set_defaults(answer)
    variables = [(oid, _TABLE.get(oid, rfc1905.noSuchInstance)) for oid in told]
    v2c.apiPDU.set_varbinds(answer, variables)
    return integer(0) + integer(0) + encode(answer[3])


def _following(oid: Oid, count: int) -> Sequence[Oid]:
    after = bisect_right(_ORDER, oid)
    return _ORDER[after : after + count]


def _content(element: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends."""
    length, start = element[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(element[start : start + size], "big")
        start += size
    return start, start + length


def answer(datagram: bytes, uptime: int) -> bytes:
    """The response to a request."""
    message, _ = _content(datagram, 0)
    at = message + len(_OF_OUR_COMMUNITY)
    pdu, end = _content(datagram, at)
    _, after_id = _content(datagram, pdu)
    words = _words(datagram[at : at + 1] + datagram[after_id:end])
    now = bytes((_TICKS, 4)) + (0x02000000 + uptime).to_bytes(4, "big")
    response = tagged(_RESPONSE, datagram[pdu:after_id], words.replace(_UPTIME, now))
    return sequence(_OF_OUR_COMMUNITY, response)


class _Router(asyncio.DatagramProtocol):
    def __init__(self, number: int) -> None:
        self._late = SLOW_BY if is_slow(number) else 0.0
        self._silent = is_silent(number)
        self._clock = SystemClock()
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._silent:
            return
        told = answer(data, int(self._clock.now().monotonic * 100))
        if self._late:
            loop = asyncio.get_running_loop()
            loop.call_later(self._late, self._transport.sendto, told, addr)
        else:
            self._transport.sendto(told, addr)


async def serve(addresses: Sequence[str]) -> None:
    """Listen, say so, and answer."""
    loop = asyncio.get_running_loop()
    for number, address in enumerate(addresses):
        await loop.create_datagram_endpoint(partial(_Router, number), local_addr=(address, PORT))
    sys.stdout.write(f"{len(addresses)}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="of a configuration")
    config = read(parser.parse_args().path)
    asyncio.run(serve([router.address for router in config.inventory.routers.values()]))


if __name__ == "__main__":
    main()
