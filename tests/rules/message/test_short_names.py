"""Short names for SMS, made from full ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.message.gsm import short_name, unaccented, unsendable


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Điểm cầu UBND huyện Chư Sê", "UBND H.Chu Se"),
        ("Điểm cầu UBND thị xã Ayun Pa", "UBND TX.Ayun Pa"),
        ("Thành phố Pleiku", "TP.Pleiku"),
        ("UBND xã Ia Glai", "UBND X.Ia Glai"),
        ("Trung tâm CNTT và Truyền thông", "TT CNTT va Truyen"),
        ("UBND huyện Đak Pơ", "UBND H.Dak Po"),
        ("Huyện K'Bang", "H.K'Bang"),
        ("漢字", "HanZi"),
        ("a\nb", "a b"),
    ],
)
def test_vietnamese_names(name: str, short: str) -> None:
    assert short_name(name, 18) == short


@given(st.text(max_size=60), st.integers(1, 20))
def test_any_name_comes_out_short_and_sendable(name: str, limit: int) -> None:
    short = short_name(name, limit)
    assert len(short) <= limit
    assert unsendable(short) == ()
    assert short == short.strip()


def test_all_vietnamese_letters_lose_their_marks() -> None:
    assert unaccented("ăâđêôơư ẮẤĐẾỐỚỨ ạảãàáọỏõòó") == "aadeoou AADEOOU aaaaaooooo"
