"""The secret part of a link that answers for one incident: signed by the daemon's key, not stored.

It names the incident and who was told, so that a link says whose answer it is; and it is good for
as long as the incident is open.
"""

import hashlib
from functools import lru_cache
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from linkwatch.model.ids import ContactId, IncidentId

_PURPOSE = b"linkwatch ack"
LONGEST = 1_000
"""Characters of a token; what is longer is none of ours, and not looked at."""


class Addressed(NamedTuple):
    """Whose answer on which incident a link gives."""

    incident: IncidentId
    contact: ContactId


def ack_token(key: bytes, addressed: Addressed) -> str:
    """Letters, digits and `-_.`, signed with HMAC-SHA256; the same for the same two."""
    return _serializer(key).dumps(list(addressed))


def read_ack_token(key: bytes, token: str) -> Addressed | None:
    """What a token of ours names; None for any other."""
    if len(token) > LONGEST:
        return None
    try:
        incident, contact = _serializer(key).loads(token)
    except BadData:
        return None
    return Addressed(IncidentId(incident), ContactId(contact))


@lru_cache(1)
def _serializer(key: bytes) -> URLSafeSerializer:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(key, _PURPOSE, signer_kwargs=how)
