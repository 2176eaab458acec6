"""What a pinger says of its own run."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True)
class Report:
    """Probes that ended and those of them it calls lost; RTTs in s of some targets, in order.

    `seconds` from its first to its last probe, where that is not for us to say. None stands for
    what it does not tell.
    """

    sent: int | None
    lost: int | None
    samples: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    note: str = ""

    def print(self) -> None:
        """To standard output, for the process that started us."""
        sys.stdout.write(json.dumps(asdict(self)) + "\n")

    @classmethod
    def read(cls, text: str) -> Self:
        """What `print` has printed."""
        return cls(**json.loads(text))
