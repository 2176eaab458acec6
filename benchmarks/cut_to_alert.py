"""From a cut to the webhook's acceptance, and from the mend to the word that it is over.

    python -m benchmarks.cut_to_alert [--times 10]

Real packets, snmpd, daemon and HTTP receiver in namespaces of its own (root, Debian's snmpd).
Prints one line a round and the quantiles, in seconds, at the one-second interval of
tests/support/field.yaml.
"""

import argparse
import statistics
import sys
import tempfile
import time  # noqa: TID251 what is measured is real time
from pathlib import Path

from support.field import Field, laid_out
from support.figures import percentile
from support.receiver import Received

ADDRESS = ("10.77.1.10/32", "dev", "lo")
LINK = "chu-se-wan"
LONGEST = 60.0


def main() -> int:
    """Cut and mend so many times; the exit code tells only whether every word came."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=10)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as home, laid_out(Path(home), FIELD_CHANGES) as field:
        rounds = [once(field, number) for number in range(times)]
    for name, column in (("cut to alert", 0), ("mend to end", 1)):
        values = sorted(r[column] for r in rounds)
        p95 = percentile(values, 0.95)
        middle = statistics.median(values)
        say(f"{name}: min {values[0]:.2f} p50 {middle:.2f} p95 {p95:.2f} max {values[-1]:.2f} s")
    return 0


FIELD_CHANGES = {"changes: 4": "changes: 1000"}
"""So many cuts of one link would be flapping, which is another matter."""


def once(field: Field, number: int) -> tuple[float, float]:
    """One cut and its mend: seconds to each word."""
    seen = len(field.hook.received)

    def told(received: Received, event: str) -> bool:
        is_new = received in field.hook.received[seen:]
        return is_new and (received.link, received.body["event"]) == (LINK, event)

    cut_at = time.monotonic()
    field.site.ip("address", "delete", *ADDRESS)
    opened = field.hook.wait(LONGEST, lambda r: told(r, "opened"))
    mended_at = time.monotonic()
    field.site.ip("address", "add", *ADDRESS)
    resolved = field.hook.wait(LONGEST, lambda r: told(r, "resolved"))
    row = (opened.at - cut_at, resolved.at - mended_at)
    say(f"round {number + 1}: alert after {row[0]:.2f} s, end after {row[1]:.2f} s")
    field.daemon.wait(LONGEST, lambda: field.daemon.links()[LINK] == "up")
    return row


def say(line: str) -> None:
    """One line on standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
