"""Nouns of the model as JSON documents, and back.

Reading is lenient where an older version wrote less or more: keys that are gone are ignored,
keys that are new take their default. Infinity and NaN survive (as Python's JSON writes them).
"""

import json
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from linkwatch.model.availability import SavedAvailability
from linkwatch.model.boost import Evidence
from linkwatch.model.incident import Incident
from linkwatch.model.load import MonthLoad
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.notification import Notification, Postbox, Untold
from linkwatch.model.usual import UsualDelay

T = TypeVar("T")


class Documents(Generic[T]):
    """Writes and reads one type."""

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        self._adapter = adapter

    def write(self, value: T) -> str:
        """One line of JSON."""
        tree = self._adapter.dump_python(value, mode="json")
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))

    def read(self, document: str) -> T:
        """The value again; pydantic.ValidationError where that cannot be."""
        return self._adapter.validate_json(document)


incidents = Documents(TypeAdapter(Incident))
notifications = Documents(TypeAdapter(Notification))
works = Documents(TypeAdapter(Maintenance))
availability = Documents(TypeAdapter(SavedAvailability))
evidence = Documents(TypeAdapter(Evidence))
loads = Documents(TypeAdapter(MonthLoad))
usual = Documents(TypeAdapter(UsualDelay))
untold = Documents(TypeAdapter(Untold))
postboxes = Documents(TypeAdapter(Postbox))
