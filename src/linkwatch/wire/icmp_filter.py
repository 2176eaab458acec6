"""Classic BPF: of all echo replies that reach this host, a raw socket is to see its own."""

from struct import Struct

from linkwatch.wire.icmp import IpVersion

_INSTRUCTION = Struct("=HBBI")
"""`struct sock_filter` (linux/filter.h): code, jump if true, jump if false, constant."""
_LDX_MSH = 0xB1
"""X = 4 * (byte at k & 0xf): the length of the IPv4 header."""
_LDX_IMM = 0x01
_LD_H_IND = 0x48
"""A = the half word at X + k."""
_JEQ = 0x15
_RET = 0x06
_WHOLE = 0x40000
_IDENTIFIER_AT = 4


def identifier_filter(version: IpVersion, identifier: int) -> bytes:
    """A program that passes messages with this identifier, whatever their type.

    The kernel runs it on the IP header of a raw IPv4 socket, on the ICMPv6 header of an IPv6 one.
    """
    skip_ip = (_LDX_MSH, 0, 0, 0) if version is IpVersion.V4 else (_LDX_IMM, 0, 0, 0)
    program = (
        skip_ip,
        (_LD_H_IND, 0, 0, _IDENTIFIER_AT),
        (_JEQ, 0, 1, identifier),
        (_RET, 0, 0, _WHOLE),
        (_RET, 0, 0, 0),
    )
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in program)


def instructions(program: bytes) -> int:
    """How many instructions a program has."""
    return len(program) // _INSTRUCTION.size
