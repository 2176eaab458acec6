"""The kernel settings we ship are those the prober asks for."""

from pathlib import Path

from linkwatch.probe.icmp import RECEIVE_BUFFER

DROP_IN = Path(__file__).parents[2] / "deploy" / "sysctl.d" / "60-linkwatch.conf"


def settings() -> dict[str, str]:
    lines = [line.strip() for line in DROP_IN.read_text().splitlines()]
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip().removeprefix("-"): value.strip() for name, value in pairs}


def test_the_buffer_the_prober_asks_for_is_allowed() -> None:
    assert int(settings()["net.core.rmem_max"]) >= RECEIVE_BUFFER


def test_every_setting_is_one_this_kernel_knows() -> None:
    for name, value in settings().items():
        assert Path("/proc/sys", *name.split(".")).exists(), name
        assert all(part.isdigit() for part in value.split())
