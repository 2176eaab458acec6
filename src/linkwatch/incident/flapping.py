"""A fault that comes and goes: when that is flapping rather than news."""

from datetime import datetime, timedelta

from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Flapping


def recent(incident: Incident, rule: Flapping, now: datetime) -> tuple[datetime, ...]:
    """The changes that still count, with the one that happens at `now`."""
    since = now - timedelta(seconds=rule.within)
    return (*(at for at in incident.changes if since < at <= now), now)


def flaps(incident: Incident, rule: Flapping) -> bool:
    """Whether it has come and gone often enough."""
    return len(incident.changes) >= rule.changes
