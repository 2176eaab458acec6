"""Identifiers as they stand in the configuration: `[a-z0-9-]`, unique per kind, stable."""

from typing import NewType

SiteId = NewType("SiteId", str)
RouterId = NewType("RouterId", str)
LinkId = NewType("LinkId", str)
CarrierId = NewType("CarrierId", str)
ContactId = NewType("ContactId", str)
RosterId = NewType("RosterId", str)
ConferenceId = NewType("ConferenceId", str)
PlatformId = NewType("PlatformId", str)
ChannelId = NewType("ChannelId", str)
IncidentId = NewType("IncidentId", str)
"""`LW-000123`; never repeats."""
