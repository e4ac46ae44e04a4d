"""Following a file: which limits its history calls for, and what is recorded of them."""

from dataclasses import replace
from datetime import date

from services.deadlines.alarms import Alarms
from services.deadlines.calling import Law
from services.deadlines.domain import Clocks, FollowFile, evolve, follow_file
from services.deadlines.policies import assignee, limits_called_for
from services.deadlines.rules import RuleTable
from shared.contracts.cases import (
    CaseAssigned,
    CaseContinued,
    CaseDeclaredComplex,
    CaseExtended,
    CaseOpened,
    CaseSuspended,
    CaseTerminated,
    ComplexCriterion,
    DecisionIssued,
    EnforcementOrdered,
    OfficerRecused,
    Outcome,
    RecusalGround,
    SecondComplaintLodged,
    SuspensionGround,
    TaskDone,
    TaskSet,
    TaskTopic,
    TerminationGround,
)
from shared.contracts.clocks import (
    DeadlineApproaching,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMissed,
    DeadlineMoved,
    DeadlinePaused,
    DeadlineSet,
    DeadlineUncounted,
    Escalated,
    MoveReason,
)
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    PetitionAccepted,
    PetitionClassified,
    PetitionReceived,
)
from shared.working_days import Calendar, DayKind, SpecialDay
from tests.support.given_when_then import Specification

CALENDAR, RULES, ALARMS = Calendar.load(), RuleTable.load(), Alarms.from_environment()
file = Specification(initial=Clocks(), evolve=evolve)

received = PetitionReceived(
    received_on=date(2026, 10, 2), channel=Channel.POST, parties=(), claimed_kind=Kind.COMPLAINT
)
classified = PetitionClassified(
    classified_on=date(2026, 10, 5),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    is_competent=True,
    meets_conditions=True,
)
accepted = PetitionAccepted(
    accepted_on=date(2026, 10, 8),
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    received_on=date(2026, 10, 2),
)
opened = CaseOpened(opened_on=date(2026, 10, 8), kind=Kind.COMPLAINT, field=Field.LAND)
decided = DecisionIssued(
    decided_on=date(2026, 11, 9), number="12/QĐ-UBND", outcome=Outcome.UNJUSTIFIED, decided_by="x"
)


def news(*history, today, calendar=CALENDAR, records_misses=True, only=("accept", "settle_1")):
    """What the history calls for, of these clocks alone: each test looks at one or two."""
    called = limits_called_for(history, Law(calendar=calendar, rules=RULES, today=today))
    return FollowFile(
        limits=tuple(limit for limit in called.limits if limit.name in only),
        uncounted=tuple(limit for limit in called.uncounted if limit.name in only),
        latest_on=date(2026, 10, 20),
        today=today,
        near=ALARMS.near(today, calendar),
        steps=ALARMS.steps(assignee(history), today, calendar) if assignee(history) else (),
        records_misses=records_misses,
    )


def after(*events):
    """The clocks after these events."""
    clocks = Clocks()
    for event in events:
        clocks = evolve(clocks, event)
    return clocks


def deadline_set(clock, rule, triggered_on, due_on, kind="khieu_nai"):
    return DeadlineSet(
        triggered_on=triggered_on,
        clock=clock,
        kind=kind,
        rule=rule,
        due_on=due_on,
        law=RULES.version,
        calendar=CALENDAR.version,
    )


accept_set = deadline_set("accept", "KN.ACCEPT.2026", date(2026, 10, 2), date(2026, 10, 13))
settle_set = deadline_set("settle_1", "KN.SETTLE1", date(2026, 10, 8), date(2026, 11, 9))
accept_met = DeadlineMet(
    met_on=date(2026, 10, 8), clock="accept", rule="KN.ACCEPT.2026", due_on=date(2026, 10, 13)
)
missed = DeadlineMissed(
    missed_on=date(2026, 10, 14), clock="accept", rule="KN.ACCEPT.2026", due_on=date(2026, 10, 13)
)


def test_a_complaint_that_came_in_has_seven_working_days_to_be_taken_up():
    file.given().when(follow_file, news(received, today=date(2026, 10, 2))).then(accept_set)


def test_news_that_comes_twice_changes_nothing():
    command = news(received, today=date(2026, 10, 2))
    file.given(accept_set).when(follow_file, command).then_nothing()


def test_acceptance_meets_the_first_limit_and_starts_the_second():
    command = news(received, classified, accepted, today=date(2026, 10, 8))
    file.given(accept_set).when(follow_file, command).then(accept_met, settle_set)


def test_news_that_skipped_a_step_still_ends_at_the_same_clocks():
    command = news(received, classified, accepted, today=date(2026, 10, 8))
    file.given().when(follow_file, command).then(accept_set, accept_met, settle_set)


def test_a_decision_on_the_last_day_meets_the_limit():
    command = news(received, classified, accepted, opened, decided, today=date(2026, 11, 9))
    met = DeadlineMet(
        met_on=date(2026, 11, 9), clock="settle_1", rule="KN.SETTLE1", due_on=date(2026, 11, 9)
    )
    file.given(accept_set, accept_met, settle_set).when(follow_file, command).then(met)


def test_a_decision_a_day_late_is_a_miss_and_then_met_late():
    late = replace(decided, decided_on=date(2026, 11, 10))
    command = news(received, classified, accepted, opened, late, today=date(2026, 11, 10))
    file.given(accept_set, accept_met, settle_set).when(follow_file, command).then(
        DeadlineMissed(
            missed_on=date(2026, 11, 10),
            clock="settle_1",
            rule="KN.SETTLE1",
            due_on=date(2026, 11, 9),
        ),
        DeadlineMet(
            met_on=date(2026, 11, 10),
            clock="settle_1",
            rule="KN.SETTLE1",
            due_on=date(2026, 11, 9),
            days_late=1,
        ),
    )


def test_the_day_after_the_limit_is_a_miss_and_the_limit_itself_is_not():
    on_time = news(received, today=date(2026, 10, 13))
    approaching = DeadlineApproaching(
        noticed_on=date(2026, 10, 13),
        clock="accept",
        due_on=date(2026, 10, 13),
        working_days_left=1,
    )
    file.given(accept_set).when(follow_file, on_time).then(approaching)
    file.given(accept_set).when(follow_file, news(received, today=date(2026, 10, 14))).then(missed)


def test_a_miss_is_recorded_once():
    command = news(received, today=date(2026, 10, 15))
    file.given(accept_set, missed).when(follow_file, command).then_nothing()


def test_while_news_still_comes_in_no_miss_is_recorded():
    command = news(received, today=date(2026, 10, 15), records_misses=False)
    file.given(accept_set).when(follow_file, command).then_nothing()


def test_three_and_one_working_days_before_the_end_a_clock_is_near_and_says_so_once_each():
    three_left = news(received, today=date(2026, 10, 8))
    told = DeadlineApproaching(
        noticed_on=date(2026, 10, 8),
        clock="accept",
        due_on=date(2026, 10, 13),
        working_days_left=3,
    )
    file.given(accept_set).when(follow_file, three_left).then(told)
    file.given(accept_set, told).when(follow_file, three_left).then_nothing()
    one_left = news(received, today=date(2026, 10, 12))
    file.given(accept_set, told).when(follow_file, one_left).then(
        replace(told, noticed_on=date(2026, 10, 12), working_days_left=1)
    )


BOTH = ("handle_petition", "accept")


def test_a_petition_of_no_known_kind_has_the_general_limit_until_it_is_classified():
    unnamed = replace(received, claimed_kind=None)
    general = deadline_set(
        "handle_petition", "XLD.HANDLE", date(2026, 10, 2), date(2026, 10, 16), "xu_ly_don"
    )
    first = news(unnamed, today=date(2026, 10, 2), only=BOTH)
    file.given().when(follow_file, first).then(general)
    command = news(unnamed, classified, today=date(2026, 10, 5), only=BOTH)
    cancelled = DeadlineCancelled(
        cancelled_on=date(2026, 10, 20), clock="handle_petition", rule="XLD.HANDLE"
    )
    file.given(general).when(follow_file, command).then(accept_set, cancelled)


def test_a_limit_that_fell_away_runs_anew_when_the_file_takes_its_former_course():
    cancelled = DeadlineCancelled(
        cancelled_on=date(2026, 10, 6), clock="accept", rule="KN.ACCEPT.2026"
    )
    command = news(received, classified, today=date(2026, 10, 7))
    file.given(accept_set, cancelled).when(follow_file, command).then(accept_set)
    file.given(accept_set, cancelled, accept_set).when(follow_file, command).then_nothing()


def test_a_new_holiday_moves_a_running_clock_and_says_why():
    holiday = SpecialDay(
        day=date(2026, 10, 12), kind=DayKind.HOLIDAY, name="Ngày nghỉ thử", source="Quyết định thử"
    )
    calendar = CALENDAR.with_changes([holiday])
    command = news(received, today=date(2026, 10, 5), calendar=calendar)
    moved = DeadlineMoved(
        moved_on=date(2026, 10, 5),
        clock="accept",
        rule="KN.ACCEPT.2026",
        triggered_on=date(2026, 10, 2),
        was_due_on=date(2026, 10, 13),
        due_on=date(2026, 10, 14),
        reason=MoveReason.CALENDAR,
        law=RULES.version,
        calendar=calendar.version,
    )
    file.given(accept_set).when(follow_file, command).then(moved)
    file.given(accept_set, accept_met).when(follow_file, command).then_nothing()


# -- suspension, extension, complexity: each moves with its own reason

suspended = CaseSuspended(
    suspended_on=date(2026, 10, 15), ground=SuspensionGround.OTHER_RESULT, number="3/QĐ-UBND"
)
continued = CaseContinued(continued_on=date(2026, 10, 29), number="5/QĐ-UBND")
settling = (received, classified, accepted, opened)
running = (accept_set, accept_met, settle_set)
paused = DeadlinePaused(
    paused_on=date(2026, 10, 15),
    clock="settle_1",
    rule="KN.SETTLE1",
    was_due_on=date(2026, 11, 9),
)
went_on = DeadlineMoved(
    moved_on=date(2026, 10, 29),
    clock="settle_1",
    rule="KN.SETTLE1",
    triggered_on=date(2026, 10, 8),
    was_due_on=date(2026, 11, 9),
    due_on=date(2026, 11, 23),  # nominal: Sat 7 November and 14 days
    reason=MoveReason.SUSPENSION,
    law=RULES.version,
    calendar=CALENDAR.version,
    stopped_days=14,
)


def test_while_settlement_is_suspended_its_clock_stands_still_and_is_neither_near_nor_missed():
    command = news(*settling, suspended, today=date(2026, 10, 16))
    file.given(*running).when(follow_file, command).then(paused)
    long_after = news(*settling, suspended, today=date(2026, 12, 20))
    file.given(*running, paused).when(follow_file, long_after).then_nothing()


def test_the_continuation_moves_the_end_by_the_days_of_the_suspension():
    command = news(*settling, suspended, continued, today=date(2026, 10, 29))
    file.given(*running, paused).when(follow_file, command).then(went_on)


def test_a_suspension_entered_only_after_it_was_over_moves_the_end_for_the_same_reason():
    command = news(*settling, suspended, continued, today=date(2026, 10, 29))
    file.given(*running).when(follow_file, command).then(went_on)


def test_a_suspension_after_the_limit_stops_nothing():
    late = replace(suspended, suspended_on=date(2026, 11, 10))
    command = news(*settling, late, today=date(2026, 11, 10), only=("settle_1",))
    (miss,) = follow_file(command, after(*running))
    assert isinstance(miss, DeadlineMissed)


def test_a_suspension_before_the_law_knew_one_stops_nothing():
    old = replace(accepted, accepted_on=date(2026, 6, 1))
    too_early = replace(suspended, suspended_on=date(2026, 6, 10))
    called = limits_called_for(
        [received, classified, old, too_early],
        Law(calendar=CALENDAR, rules=RULES, today=date(2026, 6, 11)),
    )
    settle = next(limit for limit in called.limits if limit.name == "settle_1")
    assert settle.paused_since is None


def test_a_case_that_is_declared_complex_moves_to_the_rule_for_complex_cases():
    complex_ = CaseDeclaredComplex(
        declared_on=date(2026, 10, 20), criteria=(ComplexCriterion.CONTENTS,)
    )
    command = news(*settling, complex_, today=date(2026, 10, 20))
    (moved,) = follow_file(command, after(*running))
    assert (moved.reason, moved.rule) == (MoveReason.RULE, "KN.SETTLE1.COMPLEX")
    assert moved.due_on == date(2026, 11, 24 - 1)  # 8 October and 45 days: Sunday the 22nd


def test_an_extended_denunciation_moves_by_the_decision_to_extend():
    denounced = (
        replace(received, claimed_kind=Kind.DENUNCIATION),
        replace(accepted, kind=Kind.DENUNCIATION),
    )
    extended = CaseExtended(extended_on=date(2026, 11, 2), number="9/QĐ-UBND", ordinal=1)
    only = ("settle",)
    first = follow_file(news(*denounced, today=date(2026, 10, 8), only=only), Clocks())
    command = news(*denounced, extended, today=date(2026, 11, 2), only=only)
    (moved,) = follow_file(command, after(*first))
    assert (moved.reason, moved.rule) == (MoveReason.EXTENSION, "TC.SETTLE.EXT1")
    assert (moved.was_due_on, moved.due_on) == (date(2026, 11, 9), date(2026, 12, 7))


def test_a_trigger_that_was_corrected_is_told_as_such():
    corrected = replace(accepted, accepted_on=date(2026, 10, 9))
    command = news(received, classified, corrected, today=date(2026, 10, 12))
    (moved,) = follow_file(command, after(*running))
    assert (moved.reason, moved.triggered_on) == (MoveReason.TRIGGER, date(2026, 10, 9))


def test_a_terminated_case_is_never_due():
    terminated = CaseTerminated(
        terminated_on=date(2026, 10, 20), ground=TerminationGround.WITHDRAWN, number="7/QĐ-UBND"
    )
    command = news(*settling, terminated, today=date(2026, 10, 20))
    cancelled = DeadlineCancelled(
        cancelled_on=date(2026, 10, 20), clock="settle_1", rule="KN.SETTLE1"
    )
    file.given(*running).when(follow_file, command).then(cancelled)


def test_what_the_tables_say_nothing_of_leaves_its_clock_as_it_was():
    command = replace(
        news(received, today=date(2026, 10, 5)), limits=(), unanswered=frozenset({"accept"})
    )
    file.given(accept_set).when(follow_file, command).then_nothing()


# -- a year that the calendar does not have yet

TO_2026 = Calendar(special_days=[each for each in CALENDAR.special_days if each.day.year <= 2026])
LATE_IN_YEAR = date(2026, 12, 28)
received_late = replace(received, received_on=LATE_IN_YEAR)
uncounted = DeadlineUncounted(
    triggered_on=LATE_IN_YEAR,
    clock="accept",
    kind="khieu_nai",
    rule="KN.ACCEPT.2026",
    law=RULES.version,
    calendar=TO_2026.version,
)
counted = deadline_set("accept", "KN.ACCEPT.2026", LATE_IN_YEAR, date(2027, 1, 7))


def test_a_limit_that_ends_beyond_the_calendar_is_recorded_once_as_not_counted():
    command = news(received_late, today=LATE_IN_YEAR, calendar=TO_2026)
    file.given().when(follow_file, command).then(uncounted)
    file.given(uncounted).when(follow_file, command).then_nothing()


def test_it_has_its_day_when_the_year_was_entered_and_is_missed_like_any_other():
    file.given(uncounted).when(follow_file, news(received_late, today=LATE_IN_YEAR)).then(counted)
    too_late = news(received_late, today=date(2027, 1, 8))
    late = replace(missed, missed_on=date(2027, 1, 8), due_on=date(2027, 1, 7))
    file.given(uncounted).when(follow_file, too_late).then(counted, late)


def test_what_was_done_meanwhile_is_met_when_it_has_its_day():
    taken_up = replace(accepted, accepted_on=date(2027, 1, 4))
    history = (received_late, classified, taken_up)
    only = {"only": ("accept",), "today": date(2027, 1, 5)}
    file.given(uncounted).when(follow_file, news(*history, calendar=TO_2026, **only)).then_nothing()
    met = replace(accept_met, met_on=date(2027, 1, 4), due_on=date(2027, 1, 7))
    file.given(uncounted).when(follow_file, news(*history, **only)).then(counted, met)


def test_what_comes_to_end_beyond_the_calendar_loses_its_day_and_is_not_missed():
    declared = CaseDeclaredComplex(
        declared_on=date(2026, 10, 20), criteria=(ComplexCriterion.AGENCIES,)
    )
    taken_up = replace(accepted, accepted_on=date(2026, 11, 20))
    settle = deadline_set("settle_1", "KN.SETTLE1", date(2026, 11, 20), date(2026, 12, 21))
    history, only = (received, classified, taken_up, declared), ("settle_1",)
    rule, triggered_on = "KN.SETTLE1.COMPLEX", date(2026, 11, 20)
    beyond = replace(uncounted, clock="settle_1", rule=rule, triggered_on=triggered_on)
    command = news(*history, today=date(2026, 12, 31), calendar=TO_2026, only=only)
    file.given(settle).when(follow_file, command).then(beyond)
    file.given(settle, beyond).when(follow_file, command).then_nothing()


def test_a_limit_that_fell_away_before_it_had_a_day_is_cancelled():
    command = news(today=date(2027, 1, 5), calendar=TO_2026)
    cancelled = DeadlineCancelled(
        cancelled_on=date(2026, 10, 20), clock="accept", rule="KN.ACCEPT.2026"
    )
    file.given(uncounted).when(follow_file, command).then(cancelled)


def test_of_a_file_from_before_the_calendar_nothing_is_recorded():
    old = replace(received, received_on=date(1999, 5, 4))
    called = limits_called_for([old], Law(calendar=CALENDAR, rules=RULES, today=LATE_IN_YEAR))
    assert (called.limits, called.uncounted) == ([], [])


# -- windows and effects: time alone ends them

INFORMING = ("legal_effect_1",)
effect = DeadlineSet(
    triggered_on=date(2026, 11, 9),
    clock="legal_effect_1",
    kind="khieu_nai",
    rule="KN.EFFECT1",
    due_on=date(2026, 12, 9),
    law=RULES.version,
    calendar=CALENDAR.version,
    only_informs=True,
)


def test_legal_effect_is_never_near_never_missed_and_comes_by_itself():
    history = (*settling, decided)
    on_the_day = news(*history, today=date(2026, 12, 9), only=INFORMING)
    file.given(effect).when(follow_file, on_the_day).then_nothing()
    came = DeadlineMet(
        met_on=date(2026, 12, 10),
        clock="legal_effect_1",
        rule="KN.EFFECT1",
        due_on=date(2026, 12, 9),
    )
    command = news(*history, today=date(2026, 12, 14), only=INFORMING)
    file.given(effect).when(follow_file, command).then(came)


def test_a_second_complaint_in_time_keeps_the_first_decision_from_taking_effect():
    lodged = SecondComplaintLodged(lodged_on=date(2026, 11, 20), authority="24")
    command = news(*settling, decided, lodged, today=date(2026, 11, 20), only=INFORMING)
    (cancelled,) = follow_file(command, after(effect))
    assert isinstance(cancelled, DeadlineCancelled)


# -- escalation

assigned = CaseAssigned(
    assigned_on=date(2026, 10, 9),
    unit="kinh-te-ha-tang",
    officer="cb-dia-chinh-1",
    assigned_by="officer:vera",
)
settle_missed = DeadlineMissed(
    missed_on=date(2026, 11, 10), clock="settle_1", rule="KN.SETTLE1", due_on=date(2026, 11, 9)
)


def escalated(day, level, to):
    return Escalated(
        escalated_on=day, clock="settle_1", due_on=date(2026, 11, 9), level=level, to=to
    )


to_officer = escalated(date(2026, 11, 10), 1, "cb-dia-chinh-1")
to_unit = escalated(date(2026, 11, 12), 2, "kinh-te-ha-tang")
to_chair = escalated(date(2026, 11, 16), 3, "chu_tich")


def test_a_miss_goes_to_the_officer_at_once_to_the_unit_after_three_days_to_the_chair_after_five():
    so_far = [*running]
    for today, expected in (
        (date(2026, 11, 10), [settle_missed, to_officer]),
        (date(2026, 11, 11), []),
        (date(2026, 11, 12), [to_unit]),
        (date(2026, 11, 13), []),
        (date(2026, 11, 16), [to_chair]),  # the 14th and 15th are a weekend
        (date(2026, 12, 1), []),
    ):
        command = news(*settling, assigned, today=today)
        file.given(*so_far).when(follow_file, command).then(*expected)
        so_far += expected


def test_a_new_officer_resets_no_step():
    again = replace(assigned, assigned_on=date(2026, 11, 11), officer="cb-dia-chinh-2")
    command = news(*settling, assigned, again, today=date(2026, 11, 11))
    file.given(*running, settle_missed, to_officer).when(follow_file, command).then_nothing()


def test_a_limit_that_moved_away_and_back_is_not_escalated_again():
    holiday = SpecialDay(
        day=date(2026, 11, 9), kind=DayKind.HOLIDAY, name="Ngày nghỉ thử", source="Thử"
    )
    other = CALENDAR.with_changes([holiday])
    so_far = [*running, settle_missed, to_officer]
    there = news(*settling, assigned, today=date(2026, 11, 11), calendar=other)
    moved = follow_file(there, after(*so_far))
    assert [type(event) for event in moved] == [DeadlineMoved, DeadlineMissed, Escalated]
    back = news(*settling, assigned, today=date(2026, 11, 11))
    again = follow_file(back, after(*so_far, *moved))
    assert [type(event) for event in again] == [DeadlineMoved, DeadlineMissed]


def test_what_nobody_has_goes_to_the_advising_unit_and_the_chair_at_once():
    today = date(2026, 10, 14)
    command = replace(news(received, today=today), steps=ALARMS.steps(None, today, CALENDAR))
    told = follow_file(command, after(accept_set))
    assert [(e.level, e.to) for e in told if isinstance(e, Escalated)] == [
        (2, "don_vi_tham_muu"),
        (3, "chu_tich"),
    ]


def test_a_case_whose_officer_was_recused_is_nobodys_until_it_is_given_to_another():
    recused = OfficerRecused(
        recused_on=date(2026, 10, 12), officer="cb-dia-chinh-1", ground=RecusalGround.SIGNED
    )
    assert assignee([assigned]).officer == "cb-dia-chinh-1"
    assert assignee([assigned, recused]) is None
    assert assignee([assigned, recused, replace(assigned, officer="x")]).officer == "x"


# -- old files, entered step by step long after


WINDOW = ("settle_1", "appeal_window.unsettled")


def test_news_of_a_late_file_leaves_the_window_of_the_unsettled_to_the_sweep():
    late = date(2026, 11, 23)
    entered = news(received, classified, accepted, today=late, records_misses=False, only=WINDOW)
    file.given().when(follow_file, entered).then(settle_set)
    next_step = (received, classified, accepted, opened, decided)
    settled = news(*next_step, today=late, records_misses=False, only=WINDOW)
    met = DeadlineMet(
        met_on=date(2026, 11, 9), clock="settle_1", rule="KN.SETTLE1", due_on=date(2026, 11, 9)
    )
    file.given(settle_set).when(follow_file, settled).then(met)


def test_the_sweep_that_records_the_miss_opens_the_window_of_the_unsettled():
    late = date(2026, 11, 23)
    waiting = news(received, classified, accepted, today=late, only=WINDOW)
    recorded = follow_file(waiting, after(settle_set))
    assert [(type(event).__name__, event.clock) for event in recorded] == [
        ("DeadlineMissed", "settle_1"),
        ("DeadlineSet", "appeal_window.unsettled"),
    ]
    # From then on it is followed with the news, as every other clock.
    again = news(received, classified, accepted, today=late, records_misses=False, only=WINDOW)
    assert follow_file(again, after(settle_set, *recorded)) == []


def test_news_of_a_late_file_leaves_enforcement_to_the_sweep_until_it_is_ordered():
    late, only = date(2027, 1, 15), ("legal_effect_1", "enforcement_order")
    decision = (received, classified, accepted, opened, decided)

    def clocks_set(*history, records_misses):
        command = news(*history, today=late, records_misses=records_misses, only=only)
        events = follow_file(command, Clocks())
        return [event.clock for event in events if isinstance(event, DeadlineSet)]

    assert clocks_set(*decision, records_misses=False) == ["legal_effect_1"]
    assert clocks_set(*decision, records_misses=True) == list(only)
    ordered = EnforcementOrdered(
        ordered_on=date(2026, 12, 14), unit="kinh-te-ha-tang", number="20/KH-UBND"
    )
    assert clocks_set(*decision, ordered, records_misses=False) == list(only)


# -- a directive task

task = TaskSet(
    set_on=date(2026, 10, 1),
    due_on=date(2026, 10, 30),  # a Friday
    topic=TaskTopic.DISSEMINATION,
    unit="van-phong",
    officer="cb-van-phong-1",
)
task_set = deadline_set("task", "NV.TASK", task.due_on, task.due_on, kind="nhiem_vu")
task_missed = DeadlineMissed(
    missed_on=date(2026, 10, 31), clock="task", rule="NV.TASK", due_on=task.due_on
)


def task_met(day, days_late=0):
    return DeadlineMet(
        met_on=day, clock="task", rule="NV.TASK", due_on=task.due_on, days_late=days_late
    )


def brought(day, level, to):
    return Escalated(escalated_on=day, clock="task", due_on=task.due_on, level=level, to=to)


def task_news(*history, today, **how):
    return news(*history, today=today, only=("task",), **how)


def test_a_task_is_followed_from_the_day_that_it_was_set_to_the_day_that_it_was_done():
    file.given().when(follow_file, task_news(task, today=task.set_on)).then(task_set)
    done = task_news(task, TaskDone(done_on=task.due_on), today=task.due_on)
    file.given(task_set).when(follow_file, done).then(task_met(task.due_on))


def test_whoever_has_a_task_is_warned_three_and_one_working_days_before():
    for today, left in ((date(2026, 10, 27), 3), (date(2026, 10, 29), 1)):
        near = DeadlineApproaching(
            noticed_on=today, clock="task", due_on=task.due_on, working_days_left=left
        )
        file.given(task_set).when(follow_file, task_news(task, today=today)).then(near)


def test_a_missed_task_is_brought_to_its_officer_the_head_of_the_unit_and_the_chair():
    day, later = date(2026, 10, 31), date(2026, 11, 6)
    to_officer = brought(day, 1, "cb-van-phong-1")
    command = task_news(task, today=day)
    file.given(task_set).when(follow_file, command).then(task_missed, to_officer)
    past = file.given(task_set, task_missed, to_officer)
    past.when(follow_file, task_news(task, today=later)).then(
        brought(later, 2, "van-phong"), brought(later, 3, "chu_tich")
    )


def test_a_missed_task_that_no_officer_was_named_for_is_brought_to_its_unit():
    today = date(2026, 10, 31)
    command = task_news(replace(task, officer=None), today=today)
    file.given(task_set).when(follow_file, command).then(
        task_missed, brought(today, 1, "van-phong")
    )


def test_a_task_that_was_done_late_is_a_miss_and_then_met_late():
    done = TaskDone(done_on=date(2026, 11, 2))
    command = task_news(task, done, today=done.done_on, records_misses=False)
    file.given(task_set).when(follow_file, command).then(task_missed, task_met(done.done_on, 3))
