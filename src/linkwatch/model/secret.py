"""Where a secret is kept. The secret itself is never a value of the model."""

from dataclasses import dataclass
from enum import StrEnum


class SecretSource(StrEnum):
    """`env`: an environment variable; `file`: a path; `credential`: systemd's LoadCredential."""

    ENV = "env"
    FILE = "file"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A reference that is safe to print: it names the place, not the secret."""

    source: SecretSource
    name: str

    def __str__(self) -> str:
        return f"{self.source}:{self.name}"
