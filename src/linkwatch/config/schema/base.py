"""What all models of the configuration share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    """A mapping with known keys only. A key without a value counts as absent."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    null_has_meaning: ClassVar[frozenset[str]] = frozenset()
    """Keys whose empty value says something that their absence does not."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: object) -> object:
        if not isinstance(data, Mapping) or None not in data.values():
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        dropped = known - cls.null_has_meaning
        return {
            key: value for key, value in data.items() if value is not None or key not in dropped
        }


def written(default: str | list[str]) -> Any:  # the type pydantic's own Field has
    """A default as it would stand in the file, so that editors and documents can show it."""
    return Field(default=default, validate_default=True)
