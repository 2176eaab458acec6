"""What is the centre's own: where faults of its rosters and channels lie, what surrounds them."""

from datetime import datetime

from linkwatch.conference.windows import phase
from linkwatch.incident.home import Home, of_centre
from linkwatch.incident.priority import Circumstance
from linkwatch.model.conference import Phase
from linkwatch.model.coverage import duty_of
from linkwatch.model.inventory import Inventory
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.topology import Level, SiteRole
from linkwatch.oncall.daily_test import in_use

OWN = frozenset({SubjectKind.DUTY, SubjectKind.CHANNEL})
"""What lies with the centre, and reaches no farther than that."""


def home_of_own(inventory: Inventory, subject: Subject) -> Home | None:
    """With the centre; None for a carrier that is gone, or a channel that nobody has."""
    duty = duty_of(subject)
    known = duty[0] in inventory.carriers if duty else subject.channel in in_use(inventory)
    return of_centre(inventory.sites.values()) if known else None


def around_channel(inventory: Inventory, now: datetime) -> tuple[Circumstance, ...]:
    """Every conference that is near counts on every channel."""
    alone = Circumstance(level=Level.PROVINCE, role=SiteRole.SITE)
    near = (
        Circumstance(
            level=alone.level,
            role=alone.role,
            conference=each.id,
            phase=phase(each, now),
            importance=each.importance,
        )
        for each in inventory.conferences.values()
    )
    return tuple(one for one in near if one.phase is not Phase.NONE) or (alone,)
