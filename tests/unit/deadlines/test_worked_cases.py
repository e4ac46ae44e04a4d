"""The worked cases of the legal handbook that end in a date, by their numbers."""

from datetime import date

import pytest

from services.deadlines.facts import Facts, Span
from services.deadlines.rules import RuleTable
from services.deadlines.terms import Term, compute
from shared.working_days import Calendar, DayKind, SpecialDay

CALENDAR = Calendar.load()
RULES = RuleTable.load()
NO_FACTS = Facts()
PAUSE_OF_CASE_21 = Span(since=date(2026, 9, 21), until=date(2026, 10, 12))


def term(kind: str, stage: str, trigger: str, facts: Facts = NO_FACTS) -> Term:
    return compute(kind, stage, date.fromisoformat(trigger), facts, CALENDAR, RULES)


def case(number: str, *columns: object) -> object:
    return pytest.param(*columns, id=number)


CASES = [
    case("1", "khieu_nai", "accept", "2026-03-02", NO_FACTS, "KN.ACCEPT.2011", "2026-03-12"),
    case("2", "khieu_nai", "accept", "2026-02-09", NO_FACTS, "KN.ACCEPT.2011", "2026-02-23"),
    case("3", "khieu_nai", "accept", "2026-10-02", NO_FACTS, "KN.ACCEPT.2026", "2026-10-13"),
    case("4", "khieu_nai", "accept", "2026-08-25", NO_FACTS, "KN.ACCEPT.2026", "2026-09-08"),
    case("7", "khieu_nai", "accept", "2026-06-25", NO_FACTS, "KN.ACCEPT.2011", "2026-07-06"),
    case("8", "khieu_nai", "settle_1", "2026-10-05", NO_FACTS, "KN.SETTLE1", "2026-11-04"),
    case("9", "khieu_nai", "settle_1", "2026-10-08", NO_FACTS, "KN.SETTLE1", "2026-11-09"),
    case(
        "10",
        *("khieu_nai", "settle_1", "2026-07-20"),
        Facts(complex=True),
        *("KN.SETTLE1.COMPLEX", "2026-09-03"),
    ),
    case("13", "khieu_nai", "settle_1", "2026-03-31", NO_FACTS, "KN.SETTLE1", "2026-05-04"),
    case("14", "khieu_nai", "send_decision_1", "2026-04-28", NO_FACTS, "KN.SEND1", "2026-05-05"),
    case("15", "khieu_nai", "appeal_window", "2026-05-05", NO_FACTS, "KN.APPEAL", "2026-06-04"),
    case("16", "khieu_nai", "legal_effect_1", "2026-05-04", NO_FACTS, "KN.EFFECT1", "2026-06-03"),
    case(
        "17",
        *("khieu_nai", "enforcement_order", "2026-06-04"),
        NO_FACTS,
        *("KN.ENFORCE", "2026-06-11"),
    ),
    case("19", "khieu_nai", "limitation", "2026-04-20", NO_FACTS, "KN.LIMITATION", "2026-07-20"),
    case(
        "21",
        *("khieu_nai", "settle_1", "2026-09-07"),
        Facts(pauses=(PAUSE_OF_CASE_21,)),
        *("KN.SETTLE1", "2026-10-28"),
    ),
    case(
        "22-suspension",
        *("khieu_nai", "suspend_send", "2026-09-21"),
        NO_FACTS,
        *("KN.SUSPEND.SEND", "2026-09-24"),
    ),
    case(
        "22-continuation",
        *("khieu_nai", "suspend_send", "2026-10-12"),
        NO_FACTS,
        *("KN.SUSPEND.SEND", "2026-10-15"),
    ),
    case(
        "23",
        *("khieu_nai_ky_luat", "limitation_1", "2026-06-15"),
        NO_FACTS,
        *("KL.LIMIT1", "2026-06-30"),
    ),
    case(
        "24",
        *("khieu_nai_ky_luat", "limitation_2", "2026-06-15"),
        NO_FACTS,
        *("KL.LIMIT2", "2026-06-25"),
    ),
    case(
        "24-dismissal",
        *("khieu_nai_ky_luat", "limitation_2", "2026-06-15"),
        Facts(dismissal=True),
        *("KL.LIMIT2.DISMISSAL", "2026-07-15"),
    ),
    case("25", "khieu_nai", "settle_2", "2026-08-10", NO_FACTS, "KN.SETTLE2", "2026-09-24"),
    case(
        "25-complex",
        *("khieu_nai", "settle_2", "2026-08-10"),
        Facts(complex=True),
        *("KN.SETTLE2", "2026-10-09"),
    ),
    case("26", "to_cao", "initial_handling", "2026-02-10", NO_FACTS, "TC.INITIAL", "2026-02-26"),
    case(
        "29",
        *("to_cao", "notify_acceptance", "2026-11-19"),
        NO_FACTS,
        *("TC.ACCEPT.NOTICE", "2026-11-27"),
    ),
    case("30", "to_cao", "settle", "2026-01-19", NO_FACTS, "TC.SETTLE", "2026-02-23"),
    case(
        "31",
        *("to_cao", "settle", "2026-07-06"),
        Facts(complex=True, extensions=1),
        *("TC.SETTLE.EXT1", "2026-09-04"),
    ),
    case(
        "32",
        *("to_cao", "settle", "2026-08-03"),
        Facts(complex=True, extensions=2),
        *("TC.SETTLE.EXT2", "2026-11-02"),
    ),
    case("36", "to_cao", "reply_forwarder", "2026-08-12", NO_FACTS, "TC.PRESS", "2026-09-03"),
    case("37", "to_cao", "review_continued", "2026-04-10", NO_FACTS, "TC.CONTINUED", "2026-05-04"),
    case(
        "38", "tiep_cong_dan", "result_notice", "2026-01-26", NO_FACTS, "TCD.RESULT", "2026-02-09"
    ),
    case("40", "tiep_cong_dan", "post_schedule", "2026-05-05", NO_FACTS, "TCD.POST", "2026-04-23"),
    case(
        "42",
        *("khieu_nai", "dialogue_notice", "2026-10-15"),
        NO_FACTS,
        *("KN.DIALOGUE.NOTICE", "2026-10-09"),
    ),
    case("43", "xu_ly_don", "discipline_alarm", "2026-10-01", NO_FACTS, "XLD.RED45", "2026-11-16"),
    case("46", "phan_anh", "forward", "2026-11-13", NO_FACTS, "PA.FORWARD.TTHC", "2026-11-20"),
]


@pytest.mark.parametrize(("kind", "stage", "trigger", "facts", "rule", "due"), CASES)
def test_worked_case(
    kind: str, stage: str, trigger: str, facts: Facts, rule: str, due: str
) -> None:
    answer = term(kind, stage, trigger, facts)

    assert (answer.rule.id, answer.due.isoformat()) == (rule, due)


def test_case_16_takes_effect_while_the_window_of_case_15_is_still_open() -> None:
    effect = term("khieu_nai", "legal_effect_1", "2026-05-04")
    window = term("khieu_nai", "appeal_window", "2026-05-05")

    assert effect.effective_on == date(2026, 6, 4)
    assert not window.is_missed(on=date(2026, 6, 4))


def test_case_21_leaves_sixteen_days_after_the_continuation() -> None:
    answer = term("khieu_nai", "settle_1", "2026-09-07", Facts(pauses=(PAUSE_OF_CASE_21,)))

    counted = [
        (step.days, step.since, step.until) for step in answer.explanation if step.is_counted
    ]
    assert counted == [
        (14, date(2026, 9, 8), date(2026, 9, 21)),
        (16, date(2026, 10, 13), date(2026, 10, 28)),
    ]


def test_case_29_ends_on_the_worked_saturday_if_monday_is_swapped_for_it() -> None:
    swap = (
        SpecialDay(
            day=date(2026, 11, 23),
            kind=DayKind.SWAPPED_OFF,
            name="Nghỉ hoán đổi với ngày 28/11/2026",
            source="đề xuất",
        ),
        SpecialDay(
            day=date(2026, 11, 28),
            kind=DayKind.WORKED,
            name="Làm việc thay ngày 23/11/2026",
            source="đề xuất",
        ),
    )
    swapped = CALENDAR.with_changes(swap)

    answer = compute("to_cao", "notify_acceptance", date(2026, 11, 19), NO_FACTS, swapped, RULES)

    assert answer.due == date(2026, 11, 28)
    assert answer.calendar_version == swapped.version != CALENDAR.version
