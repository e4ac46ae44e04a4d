"""How long a decision is to be carried out, and what of it is still due (05/KQTH)."""

from datetime import date, timedelta
from functools import partial

from services.reporting.forms.reports import tables
from services.reporting.forms.windows import between
from services.reporting.replay import legal_day
from shared.contracts.cases import DecisionEnforced, EnforcementOrdered, Figures, Outcome
from shared.ledger import Recorded
from tests.support import recording
from tests.support.counted_ward import KN, closed, day, decided, settled

WARD = "09253"
MAY, JUNE, JULY = (
    between(date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1))
    for month in (5, 6, 7)
)
OWED = Figures(money_to_state=9_000_000)
recorded = partial(recording.recorded, WARD)


def told(type_name, on, position, **data):
    """An event as any release may have written it, recorded on its legal day."""
    field = "reported_on" if type_name == "ResultsReported" else "accepted_on"
    event = Recorded(
        authority=WARD,
        position=position,
        stream="case-k1",
        version=position,
        id=f"e{position}",
        type=type_name,
        schema=1,
        data={field: day(on).isoformat(), **data},
        actor="officer:vera",
        correlation="r",
        caused_by=None,
        recorded_at=f"2026-{on}T05:00:00.000Z",
    )
    assert legal_day(event) == day(on)
    return event


def enforced(on, *, is_complete=False, **results):
    return "case-k1", DecisionEnforced(
        enforced_on=day(on), is_complete=is_complete, results=Figures(**results)
    )


def figures(events, window):
    """Columns 1, 2, 3 (due), 5 (got)."""
    row = tables(events, window)["05/KQTH"].figures
    return row[0], row[1], row[2], row[4]


DECIDED = tuple(settled("k1", "05-10", KN, Outcome.JUSTIFIED, OWED))


def test_a_decision_stays_to_be_carried_out_and_its_debt_shrinks() -> None:
    events = recorded(
        *DECIDED,
        enforced("05-20", money_to_state=2_000_000),
        enforced("06-10", money_to_state=3_000_000),
        enforced("07-05", money_to_state=4_000_000, is_complete=True),
    )
    assert figures(events, MAY) == (1, 0, 9_000_000, 2_000_000)
    assert figures(events, JUNE) == (1, 0, 7_000_000, 3_000_000)
    assert figures(events, JULY) == (1, 1, 4_000_000, 4_000_000)


def test_a_decision_that_calls_for_nothing_is_finished_when_the_file_is_closed() -> None:
    events = recorded(*settled("k1", "05-10", KN, Outcome.UNJUSTIFIED), closed("k1", "06-20"))
    assert figures(events, MAY) == (1, 0, 0, 0)
    assert figures(events, JUNE) == (1, 1, 0, 0)
    assert figures(events, JULY) == (0, 0, 0, 0)


def test_what_the_second_decision_calls_for_takes_the_place_of_the_first() -> None:
    ordered = EnforcementOrdered(
        ordered_on=day("06-02"),
        unit="van-phong",
        number="7/QĐ-UBND",
        calls_for=Figures(money_to_state=5_000_000),
    )
    events = recorded(*DECIDED, ("case-k1", ordered))
    assert figures(events, MAY) == (1, 0, 9_000_000, 0)
    assert figures(events, JUNE) == (1, 0, 5_000_000, 0)


def test_results_that_come_after_the_file_was_closed_are_counted_when_they_come() -> None:
    events = recorded(*DECIDED, closed("k1", "06-20"))
    late = told("ResultsReported", "07-15", 99, results={"money_to_state": 6_000_000})
    assert figures([*events, late], JUNE) == (1, 1, 9_000_000, 0)
    assert figures([*events, late], JULY) == (0, 0, 0, 6_000_000)


def test_of_a_decision_that_was_cancelled_nothing_is_due_any_more() -> None:
    """Settled again, and decided again in July."""
    again = told("ResettlementAccepted", "06-15", 50, ground="cap_tren_huy", number="3/TB")
    events = [*recorded(*DECIDED), again]
    assert figures(events, JUNE) == (1, 0, 0, 0)
    assert figures(events, JULY) == (0, 0, 0, 0)
    second = recorded(
        *DECIDED, decided("k1", "07-10", Outcome.JUSTIFIED, Figures(money_to_state=1_000_000))
    )
    assert figures([*second, again], JULY) == (1, 0, 1_000_000, 0)


def test_what_happens_on_the_first_day_is_of_the_window() -> None:
    events = recorded(*DECIDED, enforced("06-01", money_to_state=9_000_000, is_complete=True))
    assert figures(events, JUNE) == (1, 1, 9_000_000, 9_000_000)
    assert figures(events, JULY) == (0, 0, 0, 0)


def test_what_is_done_on_the_day_of_the_decision_is_done_of_it() -> None:
    events = recorded(*DECIDED, enforced("05-10", money_to_state=9_000_000, is_complete=True))
    assert figures(events, MAY) == (1, 1, 9_000_000, 9_000_000)
    assert figures(events, JUNE) == (0, 0, 0, 0)


def test_of_two_orders_that_differ_the_later_one_counts() -> None:
    def ordered(on, money):
        return "case-k1", EnforcementOrdered(
            ordered_on=day(on),
            unit="van-phong",
            number="7/QĐ-UBND",
            calls_for=Figures(money_to_state=money),
        )

    events = recorded(*DECIDED, ordered("06-02", 5_000_000), ordered("06-20", 4_000_000))
    assert figures(events, JUNE) == (1, 0, 4_000_000, 0)
