"""Protocols of SNMPv3's User-based Security Model by the names the configuration uses."""

from typing import NamedTuple

from linkwatch.wire.snmpvalue import Oid

_AUTH: Oid = (1, 3, 6, 1, 6, 3, 10, 1, 1)
_PRIVACY: Oid = (1, 3, 6, 1, 6, 3, 10, 1, 2)
_CISCO: Oid = (1, 3, 6, 1, 4, 1, 9, 12, 6, 1)

AUTH_PROTOCOLS: dict[str, Oid] = {
    "MD5": (*_AUTH, 2),
    "SHA": (*_AUTH, 3),
    "SHA1": (*_AUTH, 3),
    "SHA224": (*_AUTH, 4),
    "SHA256": (*_AUTH, 5),
    "SHA384": (*_AUTH, 6),
    "SHA512": (*_AUTH, 7),
}
"""RFC 3414 and RFC 7860."""

PRIVACY_PROTOCOLS: dict[str, Oid] = {
    "DES": (*_PRIVACY, 2),
    "3DES": (*_PRIVACY, 3),
    "AES": (*_PRIVACY, 4),
    "AES128": (*_PRIVACY, 4),
    "AES192": (*_CISCO, 1),
    "AES256": (*_CISCO, 2),
    "AES192C": (*_CISCO, 101),
    "AES256C": (*_CISCO, 102),
}
"""RFC 3414, RFC 3826; of the long AES keys, those extended after Blumenthal and, with a C, after
Reeder, as Cisco does: one has an identifier of Cisco's, the other only pysnmp's own."""


class Lacks(NamedTuple):
    """What an engine (`snmp.engine`) lacks of SNMPv3.

    `verifies`: whether it looks at the digest of what comes back.
    """

    privacy: frozenset[str] = frozenset()
    contexts: bool = False
    verifies: bool = True


UNSUPPORTED: dict[str, Lacks] = {
    "pysnmp": Lacks(),
    "gufo": Lacks(frozenset({"3DES"}), contexts=True, verifies=False),
}
"""pysnmp 7.1; gufo-snmp 0.13."""
