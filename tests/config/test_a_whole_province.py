"""A province of 480 links is read, checked and resolved in no time worth mentioning."""

import time  # noqa: TID251 a test measures what the program must not
from pathlib import Path

from linkwatch.config import load

BASE = Path(__file__).parent / "mistakes/base/base.yaml"
SITES = 240

SITE = """\
  - id: s{n}
    name: Site {n}
    short: S{n}
    level: district
    parent: ttcntt
    routers: [{{id: s{n}-r, address: 127.1.{high}.{low}, snmp: {{port: 1161}}}}]
    links:
      - id: s{n}-wan
        kind: wan
        carrier: vnpt
        circuit: W-{n}
        targets: [127.2.{high}.{low}, {{address: 127.3.{high}.{low}, at: site}}]
        interface: {{router: s{n}-r, name: Gi0/0}}
        contracted:
          - {{rate: 20Mbps}}
          - {{rate: 100Mbps, from: "2021-05-09", until: "2021-05-31", reference: 675/STTTT-BCVT}}
      - id: s{n}-inet
        kind: internet
        carrier: vnpt
        circuit: I-{n}
        targets: [127.4.{high}.{low}]
        interface: {{router: s{n}-r, name: Gi0/1}}
        contracted: [{{rate: 50Mbps}}]
"""


def test_480_links(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    sites = "".join(SITE.format(n=n, high=n // 250, low=n % 250 + 1) for n in range(SITES))
    path.write_text(f"include: [{BASE}]\nsites:\n{sites}", encoding="utf-8")
    begin = time.process_time()
    loaded = load(path)
    assert time.process_time() - begin < 5
    assert loaded.problems == ()
    assert loaded.config is not None
    assert len(loaded.config.inventory.links) == 2 * SITES + 1
