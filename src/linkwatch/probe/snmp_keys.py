"""Keys of SNMPv3's User-based Security Model, by the names the configuration uses."""

from dataclasses import dataclass, field

from pysnmp.entity import config as names

from linkwatch.probe.snmp_ber import Asn1, octets
from linkwatch.probe.snmp_outcome import SnmpSetupError
from linkwatch.wire.snmpvalue import Oid
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS

MIN_PASSPHRASE = 8
"""Characters (RFC 3414, section 11.2)."""
MAX_USER = 32
"""Bytes of a user name (RFC 3414, section 2.4)."""


@dataclass(frozen=True, slots=True)
class UserKeys:
    """Master keys of a user, made from pass phrases (RFC 3414, A.2); None: the step is not used.

    Services are pysnmp's. Fields are kept out of `repr`: they open the router.
    """

    auth_service: Asn1 = field(repr=False)
    auth_master: bytes | None = field(repr=False)
    privacy_service: Asn1 = field(repr=False)
    privacy_master: bytes | None = field(repr=False)
    auth_protocol: Oid = field(repr=False)

    def localize(self, engine_id: bytes) -> "LocalKeys":
        """The keys for one engine (RFC 3414, section 2.6)."""
        engine = octets(engine_id)
        auth = privacy = None
        if self.auth_master is not None:
            auth = self.auth_service.localize_key(octets(self.auth_master), engine)
        if self.privacy_master is not None:
            privacy = self.privacy_service.localize_key(
                self.auth_protocol, octets(self.privacy_master), engine
            )
        return LocalKeys(auth, privacy)


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """Keys good for one engine, as pysnmp's octet strings."""

    auth: Asn1 = field(repr=False)
    privacy: Asn1 = field(repr=False)


class KeyMaker:
    """Makes master keys; a pass phrase shared by many routers is worked on once (some ms)."""

    def __init__(self) -> None:
        self._masters: dict[tuple[Oid, str], bytes] = {}

    def keys(
        self,
        auth: tuple[str, str] | None,
        privacy: tuple[str, str] | None,
    ) -> UserKeys:
        """Keys from (protocol, pass phrase) pairs, or SnmpSetupError."""
        if auth is None:
            if privacy is not None:
                raise SnmpSetupError("privacy needs authentication")
            return UserKeys(None, None, None, None, names.USM_AUTH_NONE)
        auth_protocol = _protocol(AUTH_PROTOCOLS, auth[0], "authentication")
        auth_service = names.AUTH_SERVICES[auth_protocol]
        auth_master = self._master(auth_protocol, auth[1], "authentication")
        if privacy is None:
            return UserKeys(auth_service, auth_master, None, None, auth_protocol)
        privacy_protocol = _protocol(PRIVACY_PROTOCOLS, privacy[0], "privacy")
        return UserKeys(
            auth_service,
            auth_master,
            names.PRIV_SERVICES[privacy_protocol],
            # Both are hashed by the authentication protocol (RFC 3414, A.2; RFC 3826, 1.2).
            self._master(auth_protocol, privacy[1], "privacy"),
            auth_protocol,
        )

    def _master(self, auth_protocol: Oid, passphrase: str, purpose: str) -> bytes:
        if len(passphrase) < MIN_PASSPHRASE:
            raise SnmpSetupError(f"the {purpose} key has fewer than {MIN_PASSPHRASE} characters")
        known = self._masters.get((auth_protocol, passphrase))
        if known is None:
            service = names.AUTH_SERVICES[auth_protocol]
            known = bytes(service.hash_passphrase(octets(passphrase.encode())))
            self._masters[auth_protocol, passphrase] = known
        return known


def _protocol(known: dict[str, Oid], name: str, purpose: str) -> Oid:
    protocol = known.get(name.upper())
    if protocol is None:
        raise SnmpSetupError(f"unknown {purpose} protocol {name}: one of {', '.join(known)}")
    return protocol
