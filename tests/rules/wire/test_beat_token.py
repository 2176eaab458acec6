"""The secret part of a beat URL."""

import re

from linkwatch.model.ids import LinkId
from linkwatch.wire.beattoken import beat_token

KEY, OTHER = bytes(32), bytes([1] * 32)


def test_a_token_is_the_links_and_the_keys_own_and_stays_the_same() -> None:
    tokens = {beat_token(key, LinkId(link)) for key in (KEY, OTHER) for link in ("a", "b")}
    assert len(tokens) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", token) for token in tokens)
    assert beat_token(KEY, LinkId("chu-se-wan")) == beat_token(KEY, LinkId("chu-se-wan"))
