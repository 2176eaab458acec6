"""Which links a site uses for a conference, and as what."""

from dataclasses import replace

from linkwatch.conference.using import Use, uses
from linkwatch.model.conference import Attendance
from linkwatch.model.ids import LinkId
from linkwatch.model.topology import LinkRole
from support.province import CHU_SE, INET, WAN, inventory

LINKS = [*inventory().links.values()]


def used(*use: LinkId) -> dict[LinkId, Use]:
    return dict(uses(Attendance(CHU_SE, 1, "1080p", use, None), LINKS))


def test_the_first_that_is_named_is_the_primary() -> None:
    assert used(INET, WAN) == {INET: Use.PRIMARY, WAN: Use.BACKUP}
    assert used(INET) == {INET: Use.PRIMARY}


def test_where_none_is_named_all_are_in_use() -> None:
    assert used() == {WAN: Use.PRIMARY, INET: Use.BACKUP}
    wan, inet = LINKS
    part = Attendance(CHU_SE, 1, "1080p", (), None)
    spare = replace(wan, role=LinkRole.BACKUP)
    assert dict(uses(part, [spare, inet])) == {INET: Use.PRIMARY, WAN: Use.BACKUP}
    mobile = replace(inet, role=LinkRole.MOBILE)
    assert dict(uses(part, [spare, mobile])) == {WAN: Use.PRIMARY, INET: Use.BACKUP}


def test_a_link_that_is_elsewhere_is_not_used() -> None:
    assert used(LinkId("gone"), INET) == {INET: Use.PRIMARY}
