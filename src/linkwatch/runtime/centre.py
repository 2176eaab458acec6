"""What is the centre's own: where a channel's fault lies, and what surrounds it."""

from datetime import datetime

from linkwatch.conference.windows import phase
from linkwatch.incident.home import Home, of_centre
from linkwatch.incident.priority import Circumstance
from linkwatch.model.conference import Phase
from linkwatch.model.ids import ChannelId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Level, SiteRole
from linkwatch.oncall.daily_test import in_use


def home_of_channel(inventory: Inventory, channel: ChannelId) -> Home | None:
    """With the centre; None for a channel that nobody has."""
    return of_centre(inventory.sites.values()) if channel in in_use(inventory) else None


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
