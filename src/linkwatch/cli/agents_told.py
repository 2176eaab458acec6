"""What simulated agents do, told on standard error: their start, and what befalls them."""

from typing import Self

import typer
from rich.console import Console
from rich.progress import Progress

from linkwatch.config.settings import Config
from linkwatch.host.clock import SystemClock
from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.agent_happening import Happening, Trap
from linkwatch.lab.router import SimulatedRouter
from linkwatch.message.inert import printable


class AgentsTold:
    """Meets the lab's `Audience`. A bar while they start, where somebody looks; lines after."""

    def __init__(self) -> None:
        self.clock = LabClock(SystemClock())
        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._refused: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress.live.is_started:
            self._progress.stop()

    def opened(self, count: int, of: int) -> None:
        """See `Audience`."""
        if not self._progress.console.is_terminal:
            return
        if count == 1:
            self._progress.add_task("Simulated SNMP agents", total=of)
            self._progress.start()
        for task in self._progress.task_ids:
            self._progress.update(task, completed=count)
        if count == of:
            self._progress.stop()

    def listening(self, config: Config, count: int) -> None:
        """All of them are there."""
        ports = {r.snmp.port for r in config.inventory.routers.values() if r.snmp is not None}
        at = f" at UDP port {', '.join(str(port) for port in sorted(ports))}" if ports else ""
        noun = "agent answers" if count == 1 else "agents answer"
        took = self.clock.now() - self.clock.began
        typer.echo(f"linkwatch: {count} simulated SNMP {noun}{at}, up in {took:.2f} s", err=True)

    def happened(self, router: SimulatedRouter, happening: Happening) -> None:
        """See `Audience`; who may not ask, asks again and again, and is told once."""
        if happening.trap is Trap.AUTHENTICATION_FAILURE:
            refused = (router.router.id, happening.words)
            if refused in self._refused:
                return
            self._refused.add(refused)
        elapsed = happening.at - self.clock.began
        words = printable(f"{router.router.id}: {happening.words}")
        typer.echo(f"linkwatch: {elapsed:.1f} s: {words}", err=True)
