"""How far a fault reaches: what makes it a matter for leaders at once."""

from linkwatch.model.topology import SiteRole

WIDE = 3
"""Conference sites hit by one cause."""


def is_wide(role: SiteRole, conference_sites: int) -> bool:
    """Whether it hits the hub or a main hall, or so many sites of one conference."""
    return role is not SiteRole.SITE or conference_sites >= WIDE
