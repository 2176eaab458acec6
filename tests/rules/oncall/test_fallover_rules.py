"""Which channel takes on what another one does not get through."""

from dataclasses import replace

import pytest

from linkwatch.model.ids import ChannelId
from linkwatch.model.incident import Told
from linkwatch.model.people import Role
from linkwatch.oncall.fallover import moved, next_channel
from support.sending import CONTACTS, DUTY, message

SMS, EMAIL, HOOK = ChannelId("sms"), ChannelId("email"), ChannelId("hook")
CONTACT = replace(CONTACTS[DUTY], channels=(SMS, EMAIL, HOOK))
ALL = frozenset({SMS, EMAIL, HOOK})


def told(*channels: ChannelId) -> Told:
    return Told(DUTY, Role.DUTY, None, channels)


@pytest.mark.parametrize(
    ("by", "tried", "told_by", "usable", "failed", "expected"),
    [
        (SMS, (), (SMS,), ALL, (), EMAIL),
        (EMAIL, (SMS,), (EMAIL,), ALL, (), HOOK),
        (EMAIL, (), (EMAIL,), ALL, (), SMS),
        (HOOK, (SMS, EMAIL), (HOOK,), ALL, (), None),
        (SMS, (), (SMS,), {SMS, HOOK}, (), HOOK),
        (SMS, (), (SMS,), ALL, (EMAIL,), HOOK),
        (SMS, (), (SMS,), ALL, (EMAIL, HOOK), None),
        (SMS, (), (SMS, EMAIL, HOOK), ALL, (), None),
        (SMS, (), (SMS, EMAIL), ALL, (), HOOK),
        (SMS, (), None, ALL, (), EMAIL),
        (ChannelId("gone"), (), None, ALL, (), SMS),
    ],
    ids=[
        "in order of preference",
        "not one that has tried",
        "an earlier one may work by now",
        "all have tried",
        "not one without a sender",
        "not one that has failed",
        "better here than by one that has failed too",
        "P1 goes by all at once",
        "one more than those told by",
        "a digest has no incident",
        "the present one is no more",
    ],
)
def test_next_channel(
    *,
    by: ChannelId,
    tried: tuple[ChannelId, ...],
    told_by: tuple[ChannelId, ...] | None,
    usable: frozenset[ChannelId],
    failed: tuple[ChannelId, ...],
    expected: ChannelId | None,
) -> None:
    found = next_channel(
        replace(message(by), tried=tried),
        CONTACT,
        told_by or (),
        usable=usable,
        failed=failed,
    )
    assert found == expected


def test_each_event_comes_once_after_a_move() -> None:
    assert moved(told(SMS), SMS, EMAIL) == (EMAIL,)
    assert moved(told(SMS, HOOK), SMS, EMAIL) == (EMAIL, HOOK)
    assert moved(told(SMS, EMAIL), SMS, EMAIL) == (EMAIL,)
    assert moved(told(HOOK), SMS, EMAIL) == (HOOK,)
