"""The secret part of a link that answers for one incident."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import ContactId, IncidentId
from linkwatch.wire.acktoken import LONGEST, Addressed, ack_token, read_ack_token

KEY, OTHER = bytes(32), bytes([1] * 32)
DUTY = Addressed(IncidentId("LW-000123"), ContactId("vnpt-huyen"))


def test_a_token_says_whose_answer_on_what_it_is_and_fits_into_an_address() -> None:
    token = ack_token(KEY, DUTY)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)
    assert token == ack_token(KEY, DUTY)
    assert read_ack_token(KEY, token) == DUTY


def test_another_daemons_token_is_none() -> None:
    assert read_ack_token(OTHER, ack_token(KEY, DUTY)) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.é", "\0", "x" * (LONGEST + 1)])
def test_what_is_no_token_is_none(token: str) -> None:
    assert read_ack_token(KEY, token) is None


@given(data=st.data())
def test_no_character_can_be_changed(data: st.DataObject) -> None:
    token = ack_token(KEY, DUTY)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcABC019-_.").filter(lambda c: c != token[place]))
    changed = token[:place] + other + token[place + 1 :]
    # The last character of the signature has two bits to spare: what they say is not looked at.
    assert read_ack_token(KEY, changed) is None or place == len(token) - 1


def test_a_signed_incident_does_not_pass_for_another_contact() -> None:
    mine, theirs = ack_token(KEY, DUTY), ack_token(KEY, DUTY._replace(contact=ContactId("x")))
    mixed = theirs.rpartition(".")[0] + "." + mine.rpartition(".")[2]
    assert read_ack_token(KEY, mixed) is None
