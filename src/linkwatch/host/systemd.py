"""The service manager that started us, spoken to in sd_notify(3) datagrams."""

import socket
from collections.abc import Mapping

import structlog

from linkwatch.ports import Clock

log = structlog.get_logger(__name__)


class Systemd:
    """ports.Supervisor on `$NOTIFY_SOCKET`; silent where there is none.

    A notification that cannot be sent is logged once and never raised: the daemon's work does
    not hang on it, and a lost WATCHDOG=1 has its own consequence.
    """

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._clock = clock
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._socket: socket.socket | None = None
        self._complained = False
        if self._address is not None:
            self._socket = socket.socket(
                socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
            )

    def starting(self, seconds: float) -> None:
        """Ask for more time to start, from now on."""
        self._send(f"EXTEND_TIMEOUT_USEC={int(seconds * 1_000_000)}")

    def ready(self) -> None:
        """Started, or reloaded."""
        self._send("READY=1")

    def reloading(self) -> None:
        """A reload begins; systemd pairs it with the next READY by the monotonic time."""
        microseconds = int(self._clock.now().monotonic * 1_000_000)
        self._send(f"RELOADING=1\nMONOTONIC_USEC={microseconds}")

    def stopping(self) -> None:
        """The end begins."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; line breaks would begin another assignment."""
        self._send("STATUS=" + " ".join(text.split()))

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        if self._socket is None or self._address is None:
            return
        try:
            self._socket.sendto(message.encode(), self._address)
        except OSError as error:
            if not self._complained:
                self._complained = True
                log.warning("the service manager cannot be told", error=str(error))


def watchdog_pace(environment: Mapping[str, str], pid: int) -> float | None:
    """How often to say `alive`, in s: half the limit, as sd_watchdog_enabled(3) advises.

    None where the service manager does not ask for it, or asks another process.
    """
    limit = environment.get("WATCHDOG_USEC", "")
    asked = environment.get("WATCHDOG_PID", "")
    if not limit.isdecimal() or int(limit) == 0:
        return None
    if asked and asked != str(pid):
        return None
    return int(limit) / 1_000_000 / 2


def _address(name: str) -> str | None:
    """A path, or a name in the abstract namespace (`@`); other families are not spoken."""
    if name.startswith("@"):
        return "\0" + name[1:]
    return name if name.startswith("/") else None
