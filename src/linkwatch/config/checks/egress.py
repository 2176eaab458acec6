"""How probes leave this host: sources that fit their targets, payloads that fit into a frame."""

from linkwatch.config.build.links import probing_of, source_of
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.model.topology import Probing
from linkwatch.wire.address import ip_version
from linkwatch.wire.icmp import IpVersion

_IN_A_FRAME = 1500 - 40 - 8
"""Payload bytes of an IPv6 echo request in one Ethernet frame (RFC 2464). Of an IPv4 one, 1472:
the most that `size` can be."""


def check_egress(document: Document, report: Report) -> None:
    """Every target that is an address; of a name nobody knows yet what it will be."""
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            path: Path = ("sites", number, "links", index, "targets")
            source = source_of(document, link)
            for item, target in enumerate(link.targets):
                if target.address is None or (version := ip_version(target.address)) is None:
                    continue
                if source is not None:
                    _check_source(source, target.address, (*path, item), report)
                if version is IpVersion.V6 and target.method == "icmp":
                    probing = probing_of(document, link.kind, link.probing)
                    _check_size(probing, (*path, item), report)


def _check_source(source: str, address: str, path: Path, report: Report) -> None:
    ours, theirs = ip_version(source), ip_version(address)
    if ours is not None and ours is not theirs:
        hint = f"one is IPv{theirs}, the other IPv{ours}"
        report.error(path, f"{address!r} cannot be probed from {source!r}", hint)


def _check_size(probing: Probing, path: Path, report: Report) -> None:
    if probing.dont_fragment and probing.size > _IN_A_FRAME:
        report.warning(
            path,
            f"a payload of {probing.size} bytes does not fit into an Ethernet frame over IPv6",
            f"dont_fragment then keeps it from leaving; at most {_IN_A_FRAME} do",
        )
