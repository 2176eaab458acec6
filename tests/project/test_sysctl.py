"""The kernel settings we ship are those the prober asks for."""

from pathlib import Path

from linkwatch.probe.icmp import RECEIVE_BUFFER
from support.kernel_settings import shipped


def test_the_buffer_the_prober_asks_for_is_allowed() -> None:
    assert int(shipped()["net.core.rmem_max"]) >= RECEIVE_BUFFER


def test_every_setting_is_one_this_kernel_knows() -> None:
    for name, value in shipped().items():
        assert Path("/proc/sys", *name.split(".")).exists(), name
        assert all(part.isdigit() for part in value.split())
