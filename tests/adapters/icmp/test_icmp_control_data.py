"""What the kernel and the network hand over beside a message: no bytes break its reading."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.probe import icmp_uapi as uapi
from linkwatch.probe.icmp_queue import QueuedError, read_entry
from linkwatch.wire.icmp import IpVersion, Reject

blocks = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300), st.binary(max_size=60)), max_size=5
)


@given(blocks)
def test_ancillary_data_comes_back_as_it_was_written(blocks: uapi.Ancillary) -> None:
    assert uapi.ancillary_of(uapi.control_of(blocks)) == blocks


@given(st.binary(max_size=200))
def test_no_control_data_raises(control: bytes) -> None:
    for level, kind, data in uapi.ancillary_of(control):
        assert (len(data), type(level), type(kind)) == (len(data), int, int)


@given(st.sampled_from(IpVersion), st.binary(max_size=80), st.binary(max_size=80))
def test_no_entry_of_the_error_queue_raises(
    version: IpVersion, extended: bytes, quoted: bytes
) -> None:
    entry = read_entry(version, quoted, [(*uapi.RECVERR[version], extended)], b"")
    assert isinstance(entry, QueuedError | Reject)
    assert read_entry(version, quoted, [(1, 2, extended)], b"") is Reject.MALFORMED
