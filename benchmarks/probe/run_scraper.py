"""Reads /metrics over and over, as a Prometheus in a hurry would; its report is all it prints."""

import argparse
from dataclasses import dataclass

import httpx

from benchmarks.probe.report import Report
from linkwatch.host.clock import SystemClock
from support.figures import percentile

_LONGEST = 30.0
_clock = SystemClock()


@dataclass
class _Scrape:
    seconds: float
    size: int
    links: int


def scrape(client: httpx.Client) -> _Scrape:
    """One; the links it names are counted, so that a torn answer shows."""
    began = _clock.now().monotonic
    size = links = 0
    left = b""
    with client.stream("GET", "/metrics") as answer:
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            size += len(chunk)
            text = left + chunk
            links += text.count(b"\nlinkwatch_link_info{")
            left = text[-len(b"linkwatch_link_info{") :]
    return _Scrape(_clock.now().monotonic - began, size, links)


def run(count: int, seconds: float, port: int) -> Report:
    """Scrapes until the time is up; each must tell of every link."""
    end = _clock.now().monotonic + seconds
    done: list[_Scrape] = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_LONGEST) as client:
        while _clock.now().monotonic < end:
            done.append(scrape(client))
    torn = sum(one.links != count for one in done)
    times = sorted(one.seconds for one in done)
    facts = {
        "scrapes": len(done),
        "scrapes_torn": torn,
        "scrape_p50_s": percentile(times, 0.5),
        "scrape_longest_s": times[-1],
        "scrape_bytes": done[-1].size,
    }
    return Report(None, None, facts=facts, note=f"{torn} scrapes torn" if torn else "")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("port", type=int)
    chosen = parser.parse_args()
    run(chosen.count, chosen.seconds, chosen.port).print()


if __name__ == "__main__":
    main()
