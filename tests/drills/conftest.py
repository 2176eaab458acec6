"""What the drills play on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.field import Field, laid_out


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """The field, laid out for one drill."""
    with laid_out(tmp_path) as ready:
        yield ready
