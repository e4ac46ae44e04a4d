"""What staff do with an accepted petition, step by step, each with the day that the law counts.

Pure. A complaint is verified, talked over where the result is not what was asked for, decided,
sent, published, and closed when nobody can appeal any more or the decision was carried out. A
denunciation has its two notices, and its conclusion is handled and published. A recommendation is
answered. The statutory days that are kept here are in `services/deadlines/rules.csv`.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.demo import texts
from shared.contracts.cases import (
    ClosingGround,
    Measure,
    Outcome,
    PublicationForm,
    Recipient,
    SuspensionGround,
)
from shared.contracts.petitions import Field, Kind
from shared.working_days import Calendar

PERSONAL = (Kind.COMPLAINT, Kind.DENUNCIATION)  # kinds with a law of their own

_ACCEPTANCE_TOLD = {
    Kind.COMPLAINT: (Recipient.COMPLAINANT,),
    Kind.DENUNCIATION: (Recipient.DENOUNCER, Recipient.DENOUNCED),
}
_DECISION_SENT = {
    Kind.COMPLAINT: (Recipient.COMPLAINANT, Recipient.COMPLAINED_OF, Recipient.SUPERIOR),
    Kind.DENUNCIATION: (Recipient.DENOUNCER, Recipient.DENOUNCED),
}
_SYMBOLS = {Kind.COMPLAINT: "QĐ-UBND", Kind.DENUNCIATION: "KL-UBND"}
_MEASURES = {
    Outcome.JUSTIFIED: Measure.DISCIPLINE,
    Outcome.PARTLY_JUSTIFIED: Measure.REMEDY,
    Outcome.UNJUSTIFIED: Measure.NONE_CALLED_FOR,
}
_SUSPENDED_AFTER, _SUSPENDED_FOR = timedelta(days=8), timedelta(days=21)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A command on a petition that is registered; the file number is added when it is played.

    `assign` lacks unit and officer too: they are those that the system suggests; the officer is who
    verifies, which `report_verification` lacks.
    """

    service: str
    method: str
    on: date
    payload: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """An accepted petition and what is to become of it."""

    number: int
    kind: Kind
    field: Field
    outcome: Outcome
    received_on: date
    accepted_on: date
    petitioners: int  # who are named
    is_open: bool  # nobody has decided yet
    is_late: bool  # decided after the limit
    is_suspended: bool  # and continued


def settle(case: Accepted, calendar: Calendar, rng: random.Random) -> list[Step]:
    """From the notices of acceptance to the closed case, or as far as an open one is."""
    steps: list[Step] = []
    if case.kind in PERSONAL:
        told = {"recipients": [str(who) for who in _ACCEPTANCE_TOLD[case.kind]]}
        steps.append(_step("notify_acceptance", "notified_on", case.accepted_on, told))
    assigned_on = calendar.add_working_days(case.accepted_on, rng.randint(0, 1))
    steps.append(_step("assign", "assigned_on", assigned_on))
    if case.is_open:
        return steps
    suspended_on, continued_on = _suspended(case, assigned_on, calendar)
    if case.is_suspended:
        steps += _suspension(case, suspended_on, continued_on, calendar)
    decided_on = _decided_on(case, continued_on - suspended_on, calendar, rng)
    if case.kind in PERSONAL:
        steps += _verification(case, continued_on, decided_on, calendar)
    decision = {
        "number": f"{100 + case.number}/{_SYMBOLS.get(case.kind, 'UBND-VP')}",
        "outcome": case.outcome.value,
        "conclusion": texts.CONCLUSIONS[case.outcome.value],
    }
    steps.append(_step("issue_decision", "decided_on", decided_on, decision))
    if case.kind is Kind.COMPLAINT:
        steps += _after_decision(case, decided_on, calendar, rng)
    elif case.kind is Kind.DENUNCIATION:
        steps += _after_conclusion(case, decided_on, calendar, rng)
    else:
        closed_on = calendar.next_working_day(decided_on)
        steps.append(_closing(closed_on, ClosingGround.ANSWERED))
    return steps


def finish(today: date, calendar: Calendar) -> Step:
    """The plan by which a case that lingers is to be finished, of some days ago."""
    planned_on = calendar.add_working_days(working(today, calendar), -5)
    finish_by = calendar.add_working_days(planned_on, 20)
    planned = {"finish_by": finish_by.isoformat(), "steps": texts.STEPS}
    return _step("plan_settlement", "planned_on", planned_on, planned)


def _decided_on(case: Accepted, stopped: timedelta, calendar: Calendar, rng: random.Random) -> date:
    """Well inside the limit or well after it: 30 days from acceptance, 15 working from receipt."""
    if case.kind not in PERSONAL:
        days = rng.randint(19, 30) if case.is_late else rng.randint(8, 14)
        return calendar.add_working_days(case.received_on, days)
    days = rng.randint(45, 75) if case.is_late else rng.randint(20, 28)
    return working(case.accepted_on + timedelta(days=days) + stopped, calendar)


def _suspended(case: Accepted, assigned_on: date, calendar: Calendar) -> tuple[date, date]:
    """The days of suspension and continuation; the same day twice where there is none."""
    if not case.is_suspended:
        return assigned_on, assigned_on
    suspended_on = max(assigned_on, working(case.accepted_on + _SUSPENDED_AFTER, calendar))
    return suspended_on, working(suspended_on + _SUSPENDED_FOR, calendar)


def _suspension(
    case: Accepted, suspended_on: date, continued_on: date, calendar: Calendar
) -> list[Step]:
    """Another body's result is waited for, and comes; both decisions are sent."""
    recipients = [str(who) for who in _ACCEPTANCE_TOLD[case.kind]]
    steps: list[Step] = []
    for ordinal, (method, named, day) in enumerate(
        (("suspend", "suspended_on", suspended_on), ("continue_case", "continued_on", continued_on))
    ):
        order = {"number": f"{300 + 2 * case.number + ordinal}/QĐ-UBND"}
        ground = {"ground": SuspensionGround.OTHER_RESULT.value} if method == "suspend" else {}
        steps.append(_step(method, named, day, order | ground))
        sent_on = calendar.next_working_day(day)
        steps.append(_step("send_order", "sent_on", sent_on, order | {"recipients": recipients}))
    return steps


def _verification(
    case: Accepted, earliest: date, decided_on: date, calendar: Calendar
) -> list[Step]:
    """The report, and the dialogue where a complaint does not get what it asks for."""
    differs = case.kind is Kind.COMPLAINT and case.outcome is not Outcome.JUSTIFIED
    held_on = working(decided_on - timedelta(days=2), calendar)
    # Five days' notice, which itself must not end on a day off.
    announced_on = max(earliest, working(held_on - timedelta(days=6), calendar))
    report: dict[str, Any] = {"findings": texts.FINDINGS[case.outcome.value]}
    if case.kind is Kind.COMPLAINT:
        report["differs_from_request"] = differs
    steps = [_step("report_verification", "reported_on", announced_on, report)]
    if differs:
        announced = {"held_on": held_on.isoformat()}
        steps.append(_step("announce_dialogue", "announced_on", announced_on, announced))
        held = {"minutes": texts.MINUTES, "complainant_attended": True, "led_by_chair": True}
        steps.append(_step("hold_dialogue", "held_on", held_on, held))
    return steps


def _after_decision(
    case: Accepted, decided_on: date, calendar: Calendar, rng: random.Random
) -> list[Step]:
    """A decision in legal effect is carried out where it gives something, and else just closed.

    Legal effect counts from issuance, the window for a second complaint from receipt, 30 days each.
    """
    recipients = {"recipients": [str(who) for who in _DECISION_SENT[case.kind]]}
    received_on = decided_on + timedelta(days=rng.randint(1, 2))
    published_on = calendar.add_working_days(decided_on, rng.randint(2, 5))
    steps = [
        _step("send_decision", "sent_on", decided_on, recipients),
        *(
            _step("record_receipt", "received_on", received_on, {"ref": f"p{number}"})
            for number in range(1, case.petitioners + 1)
        ),
        _publication(published_on),
    ]
    effective_on = decided_on + timedelta(days=31)
    if case.outcome is Outcome.UNJUSTIFIED:
        window_ends_on = calendar.next_working_day(received_on + timedelta(days=29))
        closed_on = calendar.next_working_day(max(effective_on, window_ends_on))
    else:
        ordered_on = calendar.add_working_days(effective_on, rng.randint(1, 4))
        enforced_on = calendar.add_working_days(ordered_on, rng.randint(8, 15))
        order = {"unit": _unit(case.field), "number": f"{600 + case.number}/UBND-VP"}
        steps.append(_step("order_enforcement", "ordered_on", ordered_on, order))
        done = {"is_complete": True}
        steps.append(_step("record_enforcement", "enforced_on", enforced_on, done))
        closed_on = calendar.next_working_day(enforced_on)
    return [*steps, _closing(closed_on, ClosingGround.SETTLED)]


def _after_conclusion(
    case: Accepted, decided_on: date, calendar: Calendar, rng: random.Random
) -> list[Step]:
    sent_on = calendar.add_working_days(decided_on, rng.randint(0, 2))
    handled_on = calendar.add_working_days(decided_on, rng.randint(3, 6))
    recipients = {"recipients": [str(who) for who in _DECISION_SENT[case.kind]]}
    measure = {"measure": _MEASURES[case.outcome].value}
    return [
        _step("send_decision", "sent_on", sent_on, recipients),
        _step("handle_conclusion", "handled_on", handled_on, measure),
        _publication(handled_on),
        _closing(calendar.next_working_day(handled_on), ClosingGround.SETTLED),
    ]


def _publication(on: date) -> Step:
    return _step("publish_decision", "published_on", on, {"forms": [PublicationForm.POSTING.value]})


def _closing(on: date, ground: ClosingGround) -> Step:
    return _step("close", "closed_on", on, {"ground": ground.value})


def _step(method: str, dated: str, on: date, said: Mapping[str, Any] | None = None) -> Step:
    payload = {dated: on.isoformat(), **(said or {})}
    return Step(service="assignment", method=method, on=on, payload=payload)


def _unit(field: Field) -> str:
    """Which unit of the directory carries a decision out."""
    return "van-hoa-xa-hoi" if field is Field.SOCIAL_POLICY else "kinh-te-ha-tang"


def working(day: date, calendar: Calendar) -> date:
    """The day itself, or the last working day before it."""
    return day if calendar.is_working_day(day) else calendar.previous_working_day(day)
