"""What the session asks of a version's security: wrap requests, unwrap and judge answers."""

from enum import Enum, auto
from typing import Protocol

from linkwatch.model.measurement import TrapOutcome
from linkwatch.probe.snmp_ber import version_of
from linkwatch.probe.snmp_pdu import Answer, Notification, Request


class Verdict(Enum):
    """Whether an answer is the one asked for, or the router's engine is known better now."""

    ANSWERED = auto()
    ASK_AGAIN = auto()


class Unheard(Exception):  # noqa: N818 one datagram is passed over
    """A datagram is no notification of this router's; `outcome` says why."""

    def __init__(self, outcome: TrapOutcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def check_version(datagram: bytes, due: int) -> None:
    """Unheard where a datagram is of another version than the router is asked by."""
    version = version_of(datagram)
    if version is None:
        raise Unheard(TrapOutcome.MALFORMED)
    if version != due:
        raise Unheard(TrapOutcome.NOT_AUTHENTIC)


class Security(Protocol):
    """One router's credentials, and what is known of its engine. `now` is monotonic s."""

    def seal(self, request: Request, request_id: int, message_id: int, now: float) -> bytes:
        """The datagram to send."""
        ...

    def open(self, datagram: bytes, message_id: int, now: float) -> Answer:
        """The authentic answer to `message_id`, or Unacceptable."""
        ...

    def judge(self, answer: Answer) -> Verdict:
        """What to do after `answer`; PollFailure where the router refuses us."""
        ...

    def hear(self, datagram: bytes, now: float) -> Notification:
        """The authentic notification in `datagram`, or Unheard."""
        ...

    def acknowledge(self, notification: Notification) -> bytes | None:
        """The answer an inform waits for; None: none is due, or this version's are not answered."""
        ...

    def forget(self) -> None:
        """Drop what was learnt of the router's engine; it is learnt again."""
        ...

    def adopt(self, older: object) -> None:
        """Take over what `older` learnt, if it has the same credentials."""
        ...
