"""The secret part of a site's beat URL, made from the daemon's key: nothing is stored."""

import base64
import hashlib

from linkwatch.model.ids import LinkId

_PURPOSE = b"linkwatch beat"
_BYTES = 18


def beat_token(key: bytes, link: LinkId) -> str:
    """144 bits in URL-safe base64: keyed BLAKE2b of the link's id; changes with neither else."""
    digest = hashlib.blake2b(link.encode(), digest_size=_BYTES, key=key, person=_PURPOSE)
    return base64.urlsafe_b64encode(digest.digest()).decode("ascii")
