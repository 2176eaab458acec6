"""What a pinger says of its own run."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True)
class Report:
    """Probes that ended, and those of them that it calls lost, or of which it says it cannot tell.

    `samples`: RTTs in s of some targets, in the order of sending, None for what was not answered.
    `facts` are figures by name, of whatever else it knows. None: it does not say.
    """

    sent: int | None
    lost: int | None
    unknown: int = 0
    samples: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    def print(self) -> None:
        """To standard output, for the process that started us."""
        sys.stdout.write(json.dumps(asdict(self)) + "\n")

    @classmethod
    def read(cls, text: str) -> Self:
        """What `print` has printed; ValueError where it is something else."""
        try:
            return cls(**json.loads(text))
        except (TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"no report: {text[:60]!r}") from error
