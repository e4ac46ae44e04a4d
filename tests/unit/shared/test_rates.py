"""The token bucket: bursts pass, a steady flow passes, more waits, and callers do not share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rates import Rate, Rates

TWO_A_SECOND = Rate(per_s=2.0, burst=3)


def test_a_burst_passes_and_what_follows_waits() -> None:
    rates = Rates(TWO_A_SECOND)
    assert [rates.wait_s("portal", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_who_waited_as_told_passes() -> None:
    rates = Rates(TWO_A_SECOND)
    for _ in range(3):
        rates.wait_s("portal", 0.0)
    assert rates.wait_s("portal", 0.25) == 0.25
    assert rates.wait_s("portal", 0.5) == 0.0
    assert rates.wait_s("portal", 0.5) == 0.5


def test_one_caller_takes_nothing_from_another() -> None:
    rates = Rates(Rate(per_s=1.0, burst=1))
    assert rates.wait_s("portal", 0.0) == 0.0
    assert rates.wait_s("police", 0.0) == 0.0
    assert rates.wait_s("portal", 0.0) == 1.0


def test_a_long_silence_saves_up_no_more_than_a_burst() -> None:
    rates = Rates(TWO_A_SECOND)
    rates.wait_s("portal", 0.0)
    assert [rates.wait_s("portal", 3600.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    rates = Rates(Rate(per_s=1.0, burst=1))
    rates.wait_s("portal", 100.0)
    assert rates.wait_s("portal", 50.0) == 1.0


def test_who_asked_longest_ago_is_forgotten_first() -> None:
    rates = Rates(Rate(per_s=0.001, burst=1), known=2)
    for caller in ("first", "second", "third"):
        rates.wait_s(caller, 0.0)
    assert rates.wait_s("third", 0.0) > 0
    assert rates.wait_s("first", 0.0) == 0.0


@given(
    st.floats(0.1, 50.0),
    st.integers(1, 20),
    st.lists(st.floats(0.0, 5.0), min_size=1, max_size=200),
)
def test_never_more_pass_than_the_rate_and_one_burst(
    per_s: float, burst: int, gaps: list[float]
) -> None:
    rates, now, passed = Rates(Rate(per_s=per_s, burst=burst)), 0.0, 0
    for gap in gaps:
        now += gap
        passed += rates.wait_s("portal", now) == 0.0
    assert passed <= burst + now * per_s + 1e-6


def test_a_rate_is_read_as_it_is_written_in_the_settings() -> None:
    assert Rate.parse("20/100") == Rate(per_s=20.0, burst=100)
    assert Rate.parse("0.5/1") == Rate(per_s=0.5, burst=1)


@pytest.mark.parametrize(
    "text", ["", "20", "20/", "/5", "many/5", "0/5", "5/0", "-1/5", "1/1.5", "nan/5", "inf/5"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - float and int say what they did not like
        Rate.parse(text)
