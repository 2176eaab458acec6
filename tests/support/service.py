"""linkwatch as a service of a machine: installed as an operator does, asked as an operator asks."""

import json
import re
import subprocess
from collections.abc import Mapping

from linkwatch.web.statusentries import StatusDocument
from support.machine import Machine

CLONE = "/srv/linkwatch"
WHEELS = "/srv/wheels"
CONFIG = "/etc/linkwatch/sites.yaml"
SECRET = "/etc/linkwatch/secrets/hook-secret"  # noqa: S105 where it is, not what
DROP_INS = "/etc/systemd/system/linkwatch.service.d"
UNIT = "linkwatch.service"
INSTALL = 180.0
START = 60.0


def province(links: int = 2, interval: str = "500ms") -> str:
    """A configuration of so many links that this machine answers for, and one hook."""
    lines = "\n".join(
        f"      - {{id: chu-se-{n}, kind: {'wan' if n % 2 else 'internet'}, carrier: vnpt, "
        f"targets: [127.0.171.{n}], contracted: [{{rate: 20Mbps}}]}}"
        for n in range(1, links + 1)
    )
    return f"""\
version: 1
organisation: Sở TT&TT
timezone: Asia/Ho_Chi_Minh
operators: {{hotline: "+84000000099", roster: centre}}
department: {{leader: duty}}
probing: {{interval: {interval}, timeout: 400ms}}
carriers: {{vnpt: {{name: VNPT Gia Lai}}}}
contacts:
  duty: {{name: Trực VNPT, phones: ["+84000000017"], channels: [hook], answers_by: [phone]}}
rosters:
  centre: {{level: province, standing: duty}}
  vnpt-leader: {{carrier: vnpt, level: leader, standing: duty}}
  vnpt-province: {{carrier: vnpt, level: province, standing: duty}}
  vnpt-district: {{carrier: vnpt, level: district, standing: duty}}
channels:
  hook: {{type: webhook, url: "http://127.0.0.1:8099/", secret: {{credential: hook-secret}}}}
sites:
  - id: chu-se
    name: Điểm cầu UBND huyện Chư Sê
    level: district
    links:
{lines}
"""


class Service:
    """Speaks to systemd and to the daemon on the machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def install(
        self, *options: str, tree: str = CLONE, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """The one command."""
        command = (f"{tree}/deploy/install", "--wheels", WHEELS, *options)
        return self.machine.run(*command, within=INSTALL, check=check)

    def deploy(
        self, command: str, *options: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """A command that came with the release."""
        path = f"/opt/linkwatch/current/share/linkwatch/deploy/{command}"
        return self.machine.run(path, *options, within=START, check=check)

    def release(self) -> str:
        """The name of the release in use; nothing where none is installed."""
        return self.machine.run("readlink", "/opt/linkwatch/current", check=False).stdout.strip()

    def systemctl(
        self, *arguments: str, check: bool = True, within: float = START
    ) -> subprocess.CompletedProcess[str]:
        """`systemctl VERB... linkwatch`."""
        return self.machine.run("systemctl", *arguments, UNIT, check=check, within=within)

    def show(self, *names: str) -> Mapping[str, str]:
        """Properties of the unit."""
        said = self.systemctl("show", *(f"--property={name}" for name in names)).stdout
        return dict(line.split("=", 1) for line in said.splitlines())

    def state(self) -> str:
        """`active` and the like."""
        return self.show("ActiveState")["ActiveState"]

    def process(self) -> int:
        """The daemon's main process, as the machine numbers it."""
        return int(self.show("MainPID")["MainPID"])

    def restarts(self) -> int:
        """How often systemd has started it anew by itself."""
        return int(self.show("NRestarts")["NRestarts"])

    def is_up_after(self, process: int) -> bool:
        """Whether another process than this one is ready."""
        found = self.show("ActiveState", "MainPID")
        return found["ActiveState"] == "active" and int(found["MainPID"]) not in {0, process}

    def kill(self, signal: str) -> int:
        """Send the main process a signal; the process."""
        process = self.process()
        self.machine.run("kill", f"-{signal}", str(process))
        return process

    def status(self) -> StatusDocument:
        """What the daemon says."""
        said = self.machine.run("linkwatch", "status", "--json").stdout
        document: StatusDocument = json.loads(said)
        return document

    def answers(self, path: str) -> int:
        """The status of an HTTP request; 0 where nobody listens."""
        asked = "import http.client as h, sys; c = h.HTTPConnection('127.0.0.1', 9675, timeout=5)\n"
        asked += "try: c.request('GET', sys.argv[1]); print(c.getresponse().status)\n"
        asked += "except OSError: print(0)"
        return int(self.machine.run("python3", "-c", asked, path).stdout)

    def journal(self, since: str = "") -> str:
        """What the unit has said, after a cursor."""
        after = (f"--after-cursor={since}",) if since else ()
        command = ("journalctl", "--unit", UNIT, "--output", "cat", "--no-pager", *after)
        return self.machine.run(*command).stdout

    def cursor(self) -> str:
        """The journal's end."""
        self.machine.run("journalctl", "--sync")
        said = self.machine.run("journalctl", "--lines=1", "--show-cursor", "--no-pager").stdout
        found = re.search(r"^-- cursor: (.+)$", said, re.MULTILINE)
        assert found, said
        return found[1]

    def drop_in(self, name: str, text: str) -> None:
        """Add one to the unit, as `systemctl edit` does."""
        self.machine.write(f"{DROP_INS}/{name}.conf", text)
        self.machine.run("systemctl", "daemon-reload")

    def configure(self, text: str) -> None:
        """Replace the configuration; the service can read it."""
        self.machine.write(CONFIG, text)
        self.machine.run("chgrp", "linkwatch", CONFIG)
        self.machine.run("chmod", "640", CONFIG)
