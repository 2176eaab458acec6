"""ICMP errors by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.wire.icmp import IpVersion
from linkwatch.wire.icmp_errors import IcmpReason, reason_of

V4, V6 = IpVersion.V4, IpVersion.V6


@pytest.mark.parametrize(
    ("version", "kind", "code", "name"),
    [
        (V4, 3, 0, "net_unreachable"),
        (V4, 3, 1, "host_unreachable"),
        (V4, 3, 4, "too_big"),
        (V4, 3, 9, "admin_prohibited"),
        (V4, 3, 13, "admin_prohibited"),
        (V4, 3, 200, "unreachable"),
        (V4, 11, 0, "ttl_exceeded"),
        (V4, 11, 1, "reassembly_timeout"),
        (V4, 12, 0, "parameter_problem"),
        (V6, 1, 0, "net_unreachable"),
        (V6, 1, 1, "admin_prohibited"),
        (V6, 1, 3, "host_unreachable"),
        (V6, 2, 0, "too_big"),
        (V6, 3, 0, "ttl_exceeded"),
        (V6, 4, 1, "parameter_problem"),
    ],
)
def test_names(version: IpVersion, kind: int, code: int, name: str) -> None:
    assert reason_of(version, kind, code) == name


@pytest.mark.parametrize(("version", "kind"), [(V4, 0), (V4, 4), (V4, 5), (V4, 8), (V6, 129)])
def test_what_is_no_failure_has_no_reason(version: IpVersion, kind: int) -> None:
    assert reason_of(version, kind, 0) is None


@given(st.sampled_from(IpVersion), st.integers(0, 255), st.integers(0, 255))
def test_every_type_and_code_has_a_verdict(version: IpVersion, kind: int, code: int) -> None:
    assert isinstance(reason_of(version, kind, code), IcmpReason | None)
