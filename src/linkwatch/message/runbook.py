"""Where it is read what an alert means and what to do first: a page of the daemon's own."""

from linkwatch.message.spread import WIDE, WIDE_SUBJECTS
from linkwatch.model.incident import Incident

PAGE = "/manual/alerts"


def page_url(public_url: str | None) -> str | None:
    """The page of all alerts; None where the daemon is reached at no address."""
    return None if public_url is None else f"{public_url.rstrip('/')}{PAGE}"


def runbook_url(public_url: str | None, incident: Incident) -> str | None:
    """The place on that page that is about its kind, or about faults of no single site."""
    page = page_url(public_url)
    wide = incident.subject.kind in WIDE_SUBJECTS
    return None if page is None else f"{page}#{WIDE if wide else incident.kind}"
