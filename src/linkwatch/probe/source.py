"""The address or the interface of this host that probes leave from."""

import errno
import os
import socket

from linkwatch.probe.icmp_uapi import FAMILY, SO_BINDTOIFINDEX
from linkwatch.wire.address import ip_version


def leave_from(source: str, opened: socket.socket) -> None:
    """Have a socket send from this source alone, and receive there; OSError where it has none.

    For an interface no privilege is needed from Linux 5.7 on.
    """
    version = ip_version(source)
    if version is None:
        name = source.encode() + b"\0"
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
    elif FAMILY[version] is opened.family:
        opened.bind((source, 0))
    else:
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))


def leaves_from(source: str, opened: socket.socket) -> bool:
    """Whether a socket that was made to leave from this source still does.

    The kernel binds to an interface's number, which its successor of the same name does not have.
    From an IPv6 address that this host has lost it goes on to send: nothing would come back.
    """
    version = ip_version(source)
    try:
        if version is None:
            bound = opened.getsockopt(socket.SOL_SOCKET, SO_BINDTOIFINDEX)
            return bound == socket.if_nametoindex(source)
        with socket.socket(FAMILY[version], socket.SOCK_DGRAM) as asking:
            asking.bind((source, 0))
    except OSError:
        return False
    return True
