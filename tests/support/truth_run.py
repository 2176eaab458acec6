"""All profiles side by side in a network of known truth: what our prober says, and what was so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linkwatch.lab.network_fate import Outcome as Fate
from linkwatch.lab.network_log import Entry, Summary
from linkwatch.model.measurement import Outcome
from linkwatch.ports import Reply
from support.impostor import Impostor
from support.truth import Asked, addresses, all_profiles, ask, known_truth, token_of

INTERVAL = 0.04
"""s from one round to the next."""
_MEANT = {Outcome.ANSWERED: Fate.ANSWERED, Outcome.UNREACHABLE: Fate.ERROR}


@dataclass(frozen=True)
class Run:
    """One run over all profiles in both families."""

    asked: Asked
    summary: Summary
    entries: Sequence[Entry]
    by_address: Mapping[str, Sequence[Entry]]
    """In the order of sending."""
    lies: Mapping[str, int]
    """What an impostor sent, by the name it is to be rejected under."""

    @property
    def copies(self) -> int:
        """Of all answers of the network."""
        return copies_in(self.entries)

    def disagreements(self, address: str) -> list[str]:
        """Each packet of which the prober says anything else than the network's own log."""
        sent = {token for token, asked in self.asked.sent.items() if asked == address}
        logged = {token_of(entry) for entry in self.by_address[address]}
        found = [f"{token}: sent, not in the log" for token in sorted(sent - logged)]
        found += [f"{token}: in the log, not sent" for token in sorted(logged - sent)]
        for entry in self.by_address[address]:
            reply = self.asked.replies.get(token_of(entry))
            if not _is_meant(reply, entry):
                found.append(f"{token_of(entry)}: {reply}, in the log {entry}")
        return found

    def round_trips(self, address: str) -> tuple[list[float], list[float]]:
        """Measured and true, in s, in the order of sending: answered probes only."""
        measured, true = [], []
        for entry in self.by_address[address]:
            reply = self.asked.replies.get(token_of(entry))
            if reply is not None and reply.rtt is not None and entry.rtt is not None:
                measured.append(reply.rtt)
                true.append(entry.rtt / 1e9)
        return measured, true


def run_all(log: Path, rounds: int, *, impostor: bool = False) -> Run:
    """Probe every profile in both families, so many rounds; with an impostor in between or not."""
    targets = [*addresses(4).values(), *addresses(6).values()]
    lies: Mapping[str, int] = {}
    with known_truth(all_profiles(), log) as truth:
        if impostor:
            with Impostor(truth.namespace) as liar:
                asked = ask(truth, targets, rounds, INTERVAL)
            lies = liar.told
        else:
            asked = ask(truth, targets, rounds, INTERVAL)
        entries, summary = truth.end()
    by_address = defaultdict(list)
    for entry in entries:
        by_address[entry.address].append(entry)
    for found in by_address.values():
        found.sort(key=token_of)
    return Run(asked, summary, entries, by_address, lies)


def copies_in(entries: Sequence[Entry]) -> int:
    """Answers that were given once more than they should have been."""
    return sum(entry.copies - 1 for entry in entries if entry.copies)


def _is_meant(reply: Reply | None, entry: Entry) -> bool:
    if reply is None:
        return entry.outcome in (Fate.LOST, Fate.OUTAGE)
    return _MEANT.get(reply.outcome) is entry.outcome and (reply.reason or "") == entry.error
