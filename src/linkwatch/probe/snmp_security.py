"""What the session asks of a version's security: wrap requests, unwrap and judge answers."""

from enum import Enum, auto
from typing import Protocol

from linkwatch.probe.snmp_pdu import Answer, Pdu


class Verdict(Enum):
    """Whether an answer is the one asked for, or the router's engine is known better now."""

    ANSWERED = auto()
    ASK_AGAIN = auto()


class Security(Protocol):
    """One router's credentials, and what is known of its engine. `now` is monotonic s."""

    def seal(self, pdu: Pdu, message_id: int, now: float) -> bytes:
        """The datagram to send."""
        ...

    def open(self, datagram: bytes, message_id: int, now: float) -> Answer:
        """The authentic answer to `message_id`, or Unacceptable."""
        ...

    def judge(self, answer: Answer) -> Verdict:
        """What to do after `answer`; PollFailure where the router refuses us."""
        ...

    def forget(self) -> None:
        """Drop what was learnt of the router's engine; it is learnt again."""
        ...

    def adopt(self, older: object) -> None:
        """Take over what `older` learnt, if it has the same credentials."""
        ...
