"""How an SNMP exchange can fail."""

import errno

from linkwatch.model.measurement import PollOutcome


class PollFailure(Exception):  # noqa: N818 it is an outcome of the router's, not an error of ours
    """A poll ended without an answer to use; the text holds nothing the router sent."""

    def __init__(self, outcome: PollOutcome, detail: str) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail


def no_way(error: OSError, code: int | None = None) -> PollFailure:
    """What the kernel says of the way to a router; `code` where the error itself has none."""
    number = error.errno if code is None else code
    if number == errno.ECONNREFUSED:
        return PollFailure(PollOutcome.PORT_CLOSED, "nothing listens on this port")
    name = errno.errorcode.get(number or 0, type(error).__name__)
    return PollFailure(PollOutcome.LOCAL_FAILURE, f"could not send: {name}")


class Unacceptable(Exception):  # noqa: N818 one datagram is passed over, the wait goes on
    """A datagram is not an answer to the request; the text says why."""


class SnmpSetupError(ValueError):
    """The configuration cannot be polled with; the text names routers and places of secrets."""
