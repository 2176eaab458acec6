"""Keys of simulated SNMPv3 users (RFC 3414, A.2), by pysnmp's services."""

from dataclasses import dataclass, field
from functools import cached_property

from pysnmp.entity import config as known

from linkwatch.lab.agent_ber import Asn1, octet_string
from linkwatch.wire.snmpvalue import Oid
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user, the protocols it signs and encrypts by, and its pass phrases."""

    user: str
    auth_protocol: str | None = None
    auth_key: str | None = field(default=None, repr=False)
    privacy_protocol: str | None = None
    privacy_key: str | None = field(default=None, repr=False)
    context: str = ""

    @property
    def level(self) -> int:
        """Bits of msgFlags (RFC 3412, section 6.4): 1 signed, 3 encrypted too."""
        return (self.auth_protocol is not None) + 2 * (self.privacy_protocol is not None)


class Phrases:
    """Pass phrases hashed once each, however many agents share them: it takes milliseconds."""

    def __init__(self) -> None:
        self._known: dict[tuple[Oid, str], bytes] = {}

    def master(self, auth_protocol: Oid, phrase: str) -> bytes:
        """The key that engines' keys are made of."""
        master = self._known.get((auth_protocol, phrase))
        if master is None:
            service = known.AUTH_SERVICES[auth_protocol]
            master = bytes(service.hash_passphrase(octet_string(phrase.encode())))
            self._known[auth_protocol, phrase] = master
        return master


class UserKeys:
    """One user's keys at one engine, made when they are first needed. None: a step not used."""

    def __init__(self, credentials: Credentials, engine_id: bytes, phrases: Phrases) -> None:
        self.credentials = credentials
        self._engine_id = octet_string(engine_id)
        self._phrases = phrases
        self._protocol = AUTH_PROTOCOLS[credentials.auth_protocol or "SHA"]

    @cached_property
    def auth_service(self) -> Asn1:
        """pysnmp's authentication protocol."""
        return known.AUTH_SERVICES[self._protocol] if self.credentials.auth_protocol else None

    @cached_property
    def privacy_service(self) -> Asn1:
        """pysnmp's privacy protocol."""
        protocol = self.credentials.privacy_protocol
        return known.PRIV_SERVICES[PRIVACY_PROTOCOLS[protocol]] if protocol else None

    @cached_property
    def auth(self) -> Asn1:
        """The authentication key."""
        master = self._phrases.master(self._protocol, self.credentials.auth_key or "")
        return self.auth_service.localize_key(octet_string(master), self._engine_id)

    @cached_property
    def privacy(self) -> Asn1:
        """The privacy key: hashed by the authentication protocol too."""
        master = self._phrases.master(self._protocol, self.credentials.privacy_key or "")
        return self.privacy_service.localize_key(
            self._protocol, octet_string(master), self._engine_id
        )
