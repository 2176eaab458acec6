"""A configuration of any size, as it is written by hand: two links and a router a site."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Literal

_TARGETS = int(ipaddress.ip_address("127.1.0.0"))
_ROUTERS = int(ipaddress.ip_address("127.64.0.1"))
_COMMUNES_OF_A_DISTRICT = 13
_KINDS = (("wan", "vnpt"), ("internet", "viettel"))
SNMP_PORT = 1161
_SECRETS = ("snmp-community", "snmp-auth", "snmp-priv")
_SNMP = {
    "2c": "version: 2c, community: {file: snmp-community}",
    "3": "version: 3, user: linkwatch,"
    " auth: {protocol: SHA256, key: {file: snmp-auth}},"
    " privacy: {protocol: AES128, key: {file: snmp-priv}}",
}


@dataclass(frozen=True)
class Size:
    """How many links, each with one target probed each second; routers polled every so many s."""

    links: int
    poll_every: int = 10
    snmp: Literal["2c", "3"] = "2c"

    @property
    def routers(self) -> int:
        """One a site, and so for two links."""
        return (self.links + 1) // 2


def target(number: int) -> str:
    """The address of the n-th link's target, one of this very machine."""
    return str(ipaddress.ip_address(_TARGETS + number))


def write(size: Size, home: Path) -> Path:
    """The configuration as a file, with the secrets it names beside it."""
    for name in _SECRETS:
        secret = home / name
        secret.touch(mode=0o600)
        secret.write_text(f"made-up-{name}", encoding="ascii")
    path = home / "sites.yaml"
    path.write_text(configuration(size), encoding="utf-8")
    return path


def configuration(size: Size) -> str:
    """The whole of it as YAML."""
    front = _FRONT.substitute(
        poll=size.poll_every,
        port=SNMP_PORT,
        snmp=_SNMP[size.snmp],
        contacts=_CONTACTS,
        rosters=_ROSTERS,
    )
    lines = [front]
    for site in range(size.routers):
        lines.append(_site(site))
        lines += [_link(site, place) for place in range(min(2, size.links - 2 * site))]
    return "".join(lines)


def _site(number: int) -> str:
    level, parent = "commune", f"parent: {_id(_district_of(number))}\n    "
    if number == 0:
        level, parent = "province", "role: hub\n    "
    elif number == _district_of(number):
        level, parent = "district", f"parent: {_id(0)}\n    "
    return (
        f"  - id: {_id(number)}\n"
        f"    name: Điểm cầu số {number}\n"
        f"    level: {level}\n"
        f"    {parent}contacts: [ky-thuat]\n"
        f"    routers: [{{id: {_id(number)}-r1, owner: agency,"
        f" address: {ipaddress.ip_address(_ROUTERS + number)}}}]\n"
        "    links:\n"
    )


def _link(site: int, place: int) -> str:
    kind, carrier = _KINDS[place]
    return (
        f"      - id: {_id(site)}-{kind}\n"
        f"        kind: {kind}\n"
        f"        carrier: {carrier}\n"
        f"        circuit: GLI-{site:05}-{place + 1}\n"
        f"        targets: [{target(2 * site + place)}]\n"
        f"        interface: {{router: {_id(site)}-r1, name: GigabitEthernet0/{place}}}\n"
        "        contracted:\n"
        "          - {rate: 20Mbps}\n"
        '          - {rate: 100Mbps, from: "2021-05-09", until: "2021-05-31",'
        " reference: 675/STTTT-BCVT, state: delivered}\n"
    )


def _id(site: int) -> str:
    return f"diem-cau-{site:05}"


def _district_of(site: int) -> int:
    """The site's own district; districts are their own."""
    return (site - 1) // (_COMMUNES_OF_A_DISTRICT + 1) * (_COMMUNES_OF_A_DISTRICT + 1) + 1


_PEOPLE = {
    "truc-vnpt": "Trực VNPT",
    "truc-viettel": "Trực Viettel",
    "truc-ttcntt": "Trực Trung tâm CNTT&TT",
    "lanh-dao-so": "Lãnh đạo Sở TT&TT trực chỉ đạo",
    "ky-thuat": "Kỹ thuật điểm cầu",
}
_CONTACTS = "\n".join(
    f'  {contact}: {{name: "{name}", phones: ["+8400000000{number}"],'
    " channels: [log], answers_by: [phone]}"
    for number, (contact, name) in enumerate(_PEOPLE.items())
)
_ROSTERS = "\n".join(
    f"  {carrier}-{level}: {{carrier: {carrier}, level: {level}, standing: truc-{carrier}}}"
    for _, carrier in _KINDS
    for level in ("leader", "province", "district", "commune")
)
_FRONT = Template("""\
version: 1
organisation: Benchmark
timezone: Asia/Ho_Chi_Minh
http: {listen: "127.0.0.1:9675"}
operators: {hotline: "+84000000099", roster: centre-duty}
department: {leader: lanh-dao-so}
probing: {interval: 1s, conference_interval: 1s, timeout: 900ms}
snmp: {interval: ${poll}s, conference_interval: ${poll}s}
router_defaults: {snmp: {port: $port, $snmp}}
channels: {log: {type: log}}
carriers:
  vnpt: {name: VNPT, short: VNPT}
  viettel: {name: Viettel, short: Viettel}
contacts:
$contacts
rosters:
  centre-duty: {level: province, standing: truc-ttcntt}
$rosters
sites:
""")
