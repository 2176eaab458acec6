"""What the poller asks of an SNMP engine: one router at a time, GET and walk."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from linkwatch.probe.snmp_security import Security
from linkwatch.wire.snmpvalue import Oid, Value


class TooBig(Exception):  # noqa: N818 the answer is asked for in smaller parts
    """The answer does not fit into one message of the router's."""


class Session(Protocol):
    """One router, for the span of one poll. One request at a time."""

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        """The values of `oids`, all of them and no others; PollFailure, or TooBig."""
        ...

    async def walk(self, column: Oid) -> Mapping[int, Value]:
        """A table's column by row index; PollFailure."""
        ...


class Peer(Protocol):
    """One router as an engine knows it between polls: its credentials and what was learnt of it."""

    @property
    def security(self) -> Security:
        """What reads that which the router sends unasked."""
        ...

    def session(self) -> AbstractAsyncContextManager[Session]:
        """A session; PollFailure where there is no way to the router."""
        ...

    def adopt(self, older: object) -> None:
        """Take over what `older` learnt of the same router, if it has the same credentials."""
        ...

    def forget(self) -> None:
        """The router may have been replaced or set up anew: begin again from discovery."""
        ...
