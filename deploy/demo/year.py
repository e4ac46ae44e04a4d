"""What else a ward does in a year: citizen reception and directive tasks, made up; pure.

The chair receives on Thursdays, every week until the law of July 2026 and twice a month from then
on, and misses some; officers receive on every second Tuesday. What people say is of nobody.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from deploy.demo.petitions import YEAR, person
from shared.chair_days import MONTHLY_FROM
from shared.contracts.cases import TaskTopic
from shared.contracts.petitions import Kind
from shared.contracts.receptions import Host, ReceptionKind
from shared.working_days import Calendar

_TUESDAY, _THURSDAY = 1, 3
_MATTERS: Final = {
    Kind.COMPLAINT: "Không đồng ý với phương án bồi thường cây trồng trên đất.",
    Kind.DENUNCIATION: "Trình bày việc thu tiền không có biên lai.",
    Kind.RECOMMENDATION: "Đề nghị lắp thêm đèn chiếu sáng ở ngõ.",
    Kind.FEEDBACK: "Rãnh thoát nước bị tắc sau mưa.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One turn of reception, and when its result was told; None: not yet."""

    payload: Mapping[str, Any]  # of record_reception, without the session
    notified_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A day of reception; regular ones are not on the schedule."""

    held_on: date
    schedule: Mapping[str, Any] | None  # payload of schedule_reception
    turns: tuple[Turn, ...]
    conclude: Mapping[str, Any] | None = None  # payload of conclude_reception


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A directive task and, where it is done, what came of it."""

    set: Mapping[str, Any]  # payload of set_task
    finish: Mapping[str, Any] | None  # of finish_task, without the task's number


def sessions(today: date, calendar: Calendar, seed: int, days: int = YEAR) -> list[Session]:
    """The sessions of so many days up to yesterday; the same arguments always give the same."""
    rng = random.Random(f"{seed}/reception")
    passed = (today - timedelta(days=ago) for ago in range(days, 0, -1))
    return [
        session
        for day in passed
        if calendar.is_working_day(day)
        for session in _on(day, today, calendar, rng)
    ]


def _on(day: date, today: date, calendar: Calendar, rng: random.Random) -> Iterator[Session]:
    is_duty = day < MONTHLY_FROM or (day.day - 1) // 7 in (0, 2)  # first and third of a month
    if day.weekday() == _THURSDAY and is_duty and rng.random() < 0.8:
        announced = {"kind": ReceptionKind.PERIODIC.value, "host": Host.CHAIR.value}
        yield Session(
            held_on=day,
            schedule={
                "posted_on": calendar.add_working_days(day, -6).isoformat(),
                "held_on": day.isoformat(),
                **announced,
            },
            turns=_turns(day, today, calendar, rng, 2),
            conclude={
                "concluded_on": day.isoformat(),
                "number": f"{day.timetuple().tm_yday}/TB-UBND",
                "conclusion": "Giao các đơn vị xem xét, trả lời theo thẩm quyền.",
                "units": ["van-phong"],
            },
        )
    if day.weekday() == _TUESDAY and day.isocalendar().week % 2:
        yield Session(held_on=day, schedule=None, turns=_turns(day, today, calendar, rng, 2))


def _turns(
    day: date, today: date, calendar: Calendar, rng: random.Random, most: int
) -> tuple[Turn, ...]:
    return tuple(_turn(day, today, calendar, rng) for _ in range(rng.randint(1, most)))


def _turn(day: date, today: date, calendar: Calendar, rng: random.Random) -> Turn:
    matter = rng.choices(list(_MATTERS), weights=(3, 1, 3, 4))[0]
    people = rng.choices((1, 2, 7), weights=(20, 4, 1))[0]
    told = calendar.add_working_days(day, rng.randint(2, 9))
    return Turn(
        payload={
            "received_on": day.isoformat(),
            "person": person(f"{rng.randint(1, 9)}", rng),
            "content": _MATTERS[matter],
            "matter": matter.value,
            "people": people,
            "representatives": 2 if people >= 5 else 0,
        },
        notified_on=told if told <= today else None,
    )


#: Topic, unit, what is to be done, and what came of it; one a quarter of the year.
_TASKS: Final[tuple[tuple[TaskTopic, str, str, Mapping[str, int]], ...]] = (
    (
        TaskTopic.DOCUMENTS,
        "van-phong",
        "Tham mưu kế hoạch tiếp công dân, giải quyết khiếu nại, tố cáo năm.",
        {"new_documents": 2, "amended_documents": 1},
    ),
    (
        TaskTopic.TRAINING,
        "van-phong",
        "Tập huấn quy định mới về khiếu nại, tố cáo cho công chức và tổ hòa giải.",
        {"events": 1, "people": 45},
    ),
    (
        TaskTopic.DISSEMINATION,
        "hanh-chinh-cong",
        "Tuyên truyền pháp luật về tiếp công dân tại các tổ dân phố.",
        {"events": 3, "people": 210},
    ),
    (
        TaskTopic.INSPECTION,
        "van-phong",
        "Kiểm tra việc ghi sổ và trả lời đơn tại các đơn vị.",
        {},
    ),
)


def tasks(today: date, calendar: Calendar) -> list[Task]:
    """One task a quarter back from today; the last one is still under way."""
    made = []
    for number, (topic, unit, instruction, result) in enumerate(_TASKS):
        given = today - timedelta(days=300 - 90 * number)
        due = calendar.add_working_days(given, 25)
        done = calendar.add_working_days(given, 20 if number != 1 else 28)  # one came late
        told = {"done_on": done.isoformat(), "result": "Đã thực hiện.", **result}
        made.append(
            Task(
                set={
                    "set_on": given.isoformat(),
                    "due_on": due.isoformat(),
                    "topic": topic.value,
                    "unit": unit,
                    "instruction": instruction,
                },
                finish=told if result and done <= today else None,
            )
        )
    return made
