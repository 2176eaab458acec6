"""Which of our probes are on their way, and whether a message that came in answers one."""

from typing import NamedTuple

from linkwatch.wire.icmp import Cookie, Echo, Quote, Reject, identifier_of, sequence_of


class Flight(NamedTuple):
    """A probe on its way. `clock_offset_ns`: REALTIME minus MONOTONIC when it was sent."""

    token: int
    destination: bytes
    sent_ns: int
    clock_offset_ns: int


class Flights:
    """Probes sent within the last `keep` to twice `keep` s; each ends at most once.

    Two generations are kept, so that forgetting costs nothing per probe. A probe that has ended
    leaves its token behind: that tells a duplicate from a stranger.
    """

    def __init__(self, cookie: Cookie, keep: float) -> None:
        self._cookie = cookie
        self._keep = keep
        self._young: dict[int, Flight | None] = {}
        self._old: dict[int, Flight | None] = {}
        self._by_sequence: dict[int, int] = {}
        self._turned_at: float | None = None

    def turn(self, now: float) -> None:
        """Forget what is older than two generations; `now` in monotonic s."""
        if self._turned_at is None:
            self._turned_at = now
        if now - self._turned_at >= self._keep:
            self._old, self._young = self._young, {}
            self._turned_at = now

    def start(self, flight: Flight) -> None:
        """A probe is about to leave."""
        self._young[flight.token] = flight
        self._by_sequence[sequence_of(flight.token)] = flight.token

    def cancel(self, token: int) -> None:
        """The probe did not leave after all."""
        self._young.pop(token, None)

    def answer(self, echo: Echo, source: bytes) -> Flight | Reject:
        """End the flight that this reply from the packed address `source` answers."""
        flight = self._find(echo.token)
        if flight is None:
            if not self._cookie.sealed(echo, source):
                return Reject.FOREIGN
            return Reject.DUPLICATE if self._knows(echo.token) else Reject.STALE
        if not self._cookie.sealed(echo, flight.destination):
            return Reject.FORGED
        if source != flight.destination:
            return Reject.WRONG_SOURCE
        self._end(echo.token)
        return flight

    def fail(self, quote: Quote, destination: bytes, *, own_identifier: bool) -> Flight | Reject:
        """End the flight that an ICMP error quotes.

        Where the quote is cut before the cookie the numbers in its header must do: those the
        token implies, except for the identifier where the kernel chose (and has checked) it.
        """
        if quote.echo is None:
            return self._fail_by_sequence(quote, destination, own_identifier=own_identifier)
        flight = self._find(quote.echo.token)
        if flight is None:
            if not self._cookie.sealed(quote.echo, destination):
                return Reject.FOREIGN
            return Reject.DUPLICATE if self._knows(quote.echo.token) else Reject.STALE
        if not self._cookie.sealed(quote.echo, flight.destination):
            return Reject.FORGED
        self._end(flight.token)
        return flight

    def _fail_by_sequence(
        self, quote: Quote, destination: bytes, *, own_identifier: bool
    ) -> Flight | Reject:
        token = self._by_sequence.get(quote.sequence)
        flight = None if token is None else self._find(token)
        if flight is None or flight.destination != destination:
            return Reject.FOREIGN
        if own_identifier and quote.identifier != identifier_of(flight.token):
            return Reject.FOREIGN
        self._end(flight.token)
        return flight

    def _find(self, token: int) -> Flight | None:
        return self._young.get(token) or self._old.get(token)

    def _knows(self, token: int) -> bool:
        return token in self._young or token in self._old

    def _end(self, token: int) -> None:
        generation = self._young if token in self._young else self._old
        generation[token] = None
