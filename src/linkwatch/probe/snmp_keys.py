"""Keys of SNMPv3's User-based Security Model, by the names the configuration uses."""

import hashlib
import hmac
from dataclasses import dataclass, field

from linkwatch.probe.snmp_ber import Asn1, octets
from linkwatch.wire.snmpvalue import Oid
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS

_EXPANDED = 2**20
"""Bytes that a pass phrase is repeated to before it is hashed (RFC 3414, A.2)."""

_DIGESTS: dict[Oid, tuple[str, int]] = {
    AUTH_PROTOCOLS["MD5"]: ("md5", 12),
    AUTH_PROTOCOLS["SHA"]: ("sha1", 12),
    AUTH_PROTOCOLS["SHA224"]: ("sha224", 16),
    AUTH_PROTOCOLS["SHA256"]: ("sha256", 24),
    AUTH_PROTOCOLS["SHA384"]: ("sha384", 32),
    AUTH_PROTOCOLS["SHA512"]: ("sha512", 48),
}
"""Hash, and bytes of it that are sent (RFC 3414, section 6.3.1; RFC 7860, section 4.2.1).

By the standard library: pysnmp's own looks for the place of the digest by its value, 12 zeros
and more, which an engine id may hold as well.
"""


@dataclass(frozen=True, slots=True)
class UserKeys:
    """Master keys of a user, made from pass phrases (RFC 3414, A.2); None: the step is not used.

    The service for privacy is pysnmp's. Fields are kept out of `repr`: they open the router.
    """

    auth_protocol: Oid = field(default=(), repr=False)
    auth_master: bytes | None = field(default=None, repr=False)
    privacy_service: Asn1 = field(default=None, repr=False)
    privacy_master: bytes | None = field(default=None, repr=False)

    def localize(self, engine_id: bytes) -> "LocalKeys":
        """The keys for one engine (RFC 3414, section 2.6)."""
        if self.auth_master is None:
            return LocalKeys()
        between = self.auth_master + engine_id + self.auth_master
        auth = hashlib.new(_DIGESTS[self.auth_protocol][0], between).digest()
        if self.privacy_master is None:
            return LocalKeys(auth)
        privacy = self.privacy_service.localize_key(
            self.auth_protocol, octets(self.privacy_master), octets(engine_id)
        )
        return LocalKeys(auth, privacy)

    @property
    def no_digest(self) -> bytes:
        """What stands in the digest's place while it is made."""
        return bytes(_DIGESTS[self.auth_protocol][1])

    def digest(self, keys: "LocalKeys", message: bytes) -> bytes:
        """The authentication code of a message whose digest is `no_digest`."""
        name, length = _DIGESTS[self.auth_protocol]
        return hmac.digest(keys.auth or b"", message, name)[:length]

    def is_authentic(self, keys: "LocalKeys", digest: bytes, message: bytes) -> bool:
        """Whether `message`, which holds `digest`, comes from somebody with these keys."""
        if len(digest) != len(self.no_digest):
            return False
        blank = message.replace(digest, self.no_digest, 1)
        return hmac.compare_digest(self.digest(keys, blank), digest)

    def encrypt(
        self, keys: "LocalKeys", clock: tuple[int, int], plain: bytes
    ) -> tuple[bytes, bytes]:
        """The cipher text and its salt; `clock` is the engine's boots and time."""
        cipher, salt = self.privacy_service.encrypt_data(keys.privacy, (*clock, None), plain)
        return bytes(cipher), bytes(salt)

    def decrypt(
        self, keys: "LocalKeys", clock: tuple[int, int], salt: bytes, cipher: bytes
    ) -> bytes:
        """The plain text; fails in the library's ways where there is none."""
        parameters = (*clock, octets(salt))
        return bytes(self.privacy_service.decrypt_data(keys.privacy, parameters, octets(cipher)))


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """Keys good for one engine; the one for privacy as pysnmp has it."""

    auth: bytes | None = field(default=None, repr=False)
    privacy: Asn1 = field(default=None, repr=False)


class KeyMaker:
    """Makes master keys; a pass phrase shared by many routers is worked on once (some ms)."""

    def __init__(self) -> None:
        self._masters: dict[tuple[Oid, str], bytes] = {}

    def keys(self, auth: tuple[str, str] | None, privacy: tuple[str, str] | None) -> UserKeys:
        """Keys from (protocol, pass phrase) pairs that `snmp_plan` has found good."""
        if auth is None:
            return UserKeys()
        protocol = AUTH_PROTOCOLS[auth[0]]
        master = self._master(protocol, auth[1])
        if privacy is None:
            return UserKeys(protocol, master)
        from pysnmp.proto.secmod.rfc3414.service import (  # noqa: PLC0415  the ciphers
            SnmpUSMSecurityModel,
        )

        service = SnmpUSMSecurityModel.PRIV_SERVICES[PRIVACY_PROTOCOLS[privacy[0]]]
        # Both are hashed by the authentication protocol (RFC 3414, A.2; RFC 3826, 1.2).
        return UserKeys(protocol, master, service, self._master(protocol, privacy[1]))

    def _master(self, auth_protocol: Oid, passphrase: str) -> bytes:
        known = self._masters.get((auth_protocol, passphrase))
        if known is None:
            word = passphrase.encode()
            expanded = (word * (_EXPANDED // len(word) + 1))[:_EXPANDED]
            known = hashlib.new(_DIGESTS[auth_protocol][0], expanded).digest()
            self._masters[auth_protocol, passphrase] = known
        return known
