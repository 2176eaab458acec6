"""Asks a blackbox_exporter for each target once a second; the last line is its report."""

import argparse
import asyncio

from benchmarks.probe import words
from benchmarks.probe.report import Report
from benchmarks.probe.targets import addresses, sampled

_CONNECTIONS = 16
_TRIES = 50


class _Run:
    def __init__(self, count: int, seconds: float, port: int) -> None:
        self.port = port
        self.targets = addresses(count)
        self.samples: dict[str, list[float | None]] = {t: [] for t in sampled(self.targets)}
        self.loop = asyncio.get_running_loop()
        self.begin = self.loop.time()
        self.end = self.begin + seconds
        self.sent = self.lost = 0

    async def keep_asking(self, first: int) -> None:
        """Every 16th target, once a second if the exporter can."""
        reader, writer = await self._connect()
        places = range(first, len(self.targets), _CONNECTIONS)
        due = self.begin
        while due < self.end:
            for place in places:
                at = due + place / len(self.targets)
                if self.loop.time() >= self.end:
                    break
                await asyncio.sleep(at - self.loop.time())  # noqa: TID251 a benchmark runs on real time
                await self.ask(self.targets[place], reader, writer)
            due = max(due + 1, self.loop.time() - places[-1] / len(self.targets))
        writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in range(_TRIES):
            try:
                return await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.1)  # noqa: TID251 the exporter is about to start
        raise TimeoutError("the exporter does not listen")

    async def ask(
        self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One scrape."""
        query = f"GET /probe?module=icmp&target={target} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        writer.write(query.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = words.body_length(head)
        body = await (_chunks(reader) if length is None else reader.readexactly(length))
        rtt = words.blackbox(body)
        self.sent += 1
        self.lost += rtt is None
        if target in self.samples:
            self.samples[target].append(rtt)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def run(count: int, seconds: float, port: int) -> Report:
    """All targets."""
    this = _Run(count, seconds, port)
    connections = min(_CONNECTIONS, count)
    await asyncio.gather(*(this.keep_asking(first) for first in range(connections)))
    return Report(this.sent, this.lost, samples=this.samples)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("port", type=int)
    chosen = parser.parse_args()
    asyncio.run(run(chosen.count, chosen.seconds, chosen.port)).print()


if __name__ == "__main__":
    main()
