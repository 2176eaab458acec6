"""Which of our probes are on their way, and whether a message that came in answers one."""

from collections import Counter
from collections.abc import Sequence
from itertools import count, repeat

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Reply
from linkwatch.probe.icmp_clocks import LARGEST_DRIFT_NS
from linkwatch.probe.icmp_departure import RING, Departure
from linkwatch.probe.icmp_destination import Destination
from linkwatch.wire.icmp import Cookies, Quote, Reject, sequence_of, token_of

Arrival = tuple[bytes, int, int, bytes]
"""An echo reply: source as `struct sockaddr`, the kernel's stamp (CLOCK_REALTIME) in s and ns,
both 0 if there is none, and the cookie, not yet verified."""
Flight = tuple[int, bytes, Departure, int]
"""A probe on its way: its token, the name of its destination, departure and place in it. A
plain tuple: one is made for every probe."""
_REMEMBERED = 1 << 20
_NS = 1_000_000_000
_SHORTEST_NS = 1000
"""What the interpolated times of a batch cannot tell from nothing."""


class Flights:
    """Probes sent within the last `keep` to twice `keep` s; each ends at most once.

    Two generations are kept, so that forgetting costs nothing per probe. Of each that is no longer
    here a mark tells for a million tokens whether it was answered: a second answer is a duplicate.
    """

    def __init__(self, cookies: Cookies, keep: float) -> None:
        self._cookies = cookies
        self._keep = keep
        self._young: dict[bytes, Flight] = {}
        self._old: dict[bytes, Flight] = {}
        self._ended = bytearray(_REMEMBERED)
        self._by_sequence: list[bytes] = [b""] * (1 << 16)
        self._turned_at: float | None = None

    def turn(self, now: float) -> None:
        """Forget what is older than two generations; `now` in monotonic s."""
        if self._turned_at is None:
            self._turned_at = now
        if now - self._turned_at >= self._keep:
            for token, *_ in self._old.values():
                self._ended[token % _REMEMBERED] = 0
            self._old, self._young = self._young, {}
            self._turned_at = now

    def start(
        self,
        tokens: Sequence[int],
        destinations: Sequence[Destination],
        cookies: Sequence[bytes],
        departure: Departure,
    ) -> None:
        """These have left, all with one departure, in its order.

        There may be more destinations and cookies than tokens.
        """
        names = [destination.name for destination in destinations]
        flights = zip(tokens, names, repeat(departure), count(), strict=False)
        self._young.update(zip(cookies, flights, strict=False))
        first = sequence_of(tokens[0])
        end = first + len(tokens)
        if end <= len(self._by_sequence) and tokens[-1] - tokens[0] == end - first - 1:
            self._by_sequence[first:end] = cookies[: len(tokens)]
        else:
            for token, cookie in zip(tokens, cookies, strict=False):
                self._by_sequence[sequence_of(token)] = cookie

    def answers(
        self, arrivals: Sequence[Arrival], offset_ns: int, rejects: Counter[str]
    ) -> list[Reply]:
        """End the flights that these answer; what answers none is counted in `rejects`.

        `offset_ns`: REALTIME minus MONOTONIC now. An RTT is told where both of its stamps can be
        trusted: the clock was not set between them, and when the probe left is known.
        """
        young, ended = self._young, self._ended
        pop_young, pop_old = young.pop, self._old.pop
        earliest, latest = offset_ns - LARGEST_DRIFT_NS, offset_ns + LARGEST_DRIFT_NS
        replies: list[Reply] = []
        append = replies.append
        make, answered = tuple.__new__, Outcome.ANSWERED  # the class itself is twice as dear
        for source, seconds, nanoseconds, cookie in arrivals:
            flight = pop_young(cookie, None) or pop_old(cookie, None)
            if flight is None:
                rejects[self._stranger(cookie)] += 1
                continue
            token, destination, departure, place = flight
            if source != destination:
                young[cookie] = flight
                rejects[Reject.WRONG_SOURCE] += 1
                continue
            ended[token % _REMEMBERED] = 1
            rtt = None
            if seconds and earliest <= departure.offset_ns <= latest:
                received_ns = seconds * _NS + nanoseconds
                first_ns = departure.first_ns
                left_ns: int | None
                if departure.is_even:
                    left_ns = first_ns + place * departure.step_ns
                else:
                    left_ns = departure.ring[(departure.number + place) % RING]
                if not first_ns <= left_ns <= received_ns:
                    left_ns = departure.guess_ns(place, received_ns)
                if left_ns is not None and left_ns <= received_ns:
                    rtt = (received_ns - left_ns or _SHORTEST_NS) / _NS
            append(make(Reply, (token, answered, rtt, None, None, None)))
        return replies

    def fail(self, quote: Quote, destination: bytes, identifier: int | None) -> Flight | Reject:
        """End the flight that an ICMP error quotes.

        Where the quote is cut before the cookie the numbers in its header must do. `identifier`:
        the socket's own, None where the kernel chose it (and has checked it).
        """
        if identifier is not None and quote.identifier != identifier:
            return Reject.FOREIGN
        if quote.cookie is not None:
            flight = self._find(quote.cookie)
            return self._end(quote.cookie, flight) if flight else self._stranger(quote.cookie)
        cookie = self._by_sequence[quote.sequence]
        flight = self._find(cookie)
        if flight is None or flight[1] != destination:
            return Reject.FOREIGN
        return self._end(cookie, flight)

    def _find(self, cookie: bytes) -> Flight | None:
        return self._young.get(cookie) or self._old.get(cookie)

    def _end(self, cookie: bytes, flight: Flight) -> Flight:
        if self._young.pop(cookie, None) is None:
            self._old.pop(cookie, None)
        self._ended[flight[0] % _REMEMBERED] = 1
        return flight

    def _stranger(self, cookie: bytes) -> Reject:
        token = token_of(cookie)
        if self._cookies.made(cookie):
            return Reject.DUPLICATE if self._ended[token % _REMEMBERED] else Reject.STALE
        (genuine,) = self._cookies.of((token,))
        return Reject.FORGED if self._find(genuine) else Reject.FOREIGN
