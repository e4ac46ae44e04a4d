"""When a limit is told as near, and to whom a missed one is brought: the ward's configuration.

Read from `alarms.csv`, or the file that DONTHU_ALARMS names. None of it is law (source `config`,
confidence C): `approaching` rows give distances before the due day, `escalated` rows steps after
it, both in working days. `to` is `officer` or `unit` (of the case), or a role, told as it is.
"""

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from services.deadlines.domain import EscalationStep
from services.deadlines.policies import Assignee
from shared.working_days import Calendar, OutsideCalendar

COLUMNS = ["what", "working_days", "level", "to", "case", "source", "conf"]
LEVELS = (1, 2, 3)  # officer, head of unit, chair


class AlarmsError(ValueError):
    """The configuration cannot be used; the message gives the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    working_days: int  # that have passed since the due day; 0: at once
    level: int
    to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarms:
    approaching: tuple[int, ...]  # working days before the due day
    assigned: tuple[Escalation, ...]  # steps of a case that has an officer
    unassigned: tuple[Escalation, ...]  # steps of one that nobody has

    @classmethod
    def from_environment(cls) -> "Alarms":
        """Read the file that DONTHU_ALARMS names, else the one that comes with the service.

        Raises:
            AlarmsError: the file does not hold what it must.
        """
        path = os.environ.get("DONTHU_ALARMS") or Path(__file__).with_name("alarms.csv")
        with open(path, encoding="utf-8", newline="") as lines:
            return parse(lines)

    def near(self, today: date, calendar: Calendar) -> Mapping[int, date]:
        """Each distance with the day that lies so far from today, as far as the calendar goes."""
        days = {n: _away(today, n, calendar) for n in self.approaching}
        return {n: day for n, day in days.items() if day is not None}

    def steps(
        self, assignee: Assignee | None, today: date, calendar: Calendar
    ) -> tuple[EscalationStep, ...]:
        """The steps for a file, as `follow_file` wants them.

        One whose day the calendar cannot tell waits until it has the year.
        """
        named = {"officer": assignee.officer, "unit": assignee.unit} if assignee else {}
        configured = self.assigned if assignee else self.unassigned
        steps = (_step(each, named.get(each.to, each.to), today, calendar) for each in configured)
        return tuple(step for step in steps if step is not None)


def parse(lines: Iterable[str]) -> Alarms:
    """The configuration in these lines of CSV. Raises AlarmsError."""
    rows = csv.DictReader(lines, strict=True)
    if rows.fieldnames != COLUMNS:
        raise AlarmsError(f"line 1: the columns are {','.join(COLUMNS)}")
    approaching: list[int] = []
    steps: dict[str, list[Escalation]] = {"assigned": [], "unassigned": []}
    for row in rows:
        at = f"line {rows.line_num}"
        if None in row or None in row.values():
            raise AlarmsError(f"{at}: has not {len(COLUMNS)} columns")
        if not row["source"]:
            raise AlarmsError(f"{at}: no source; the ward's own configuration says `config`")
        if not row["working_days"].isdecimal():
            raise AlarmsError(f"{at}: working_days is a whole number")
        days = int(row["working_days"])
        if row["what"] == "approaching":
            approaching.append(days)
        elif row["what"] == "escalated" and row["case"] in steps:
            step = _read_step(at, row, days)
            if any(known.level == step.level for known in steps[row["case"]]):
                raise AlarmsError(f"{at}: level {step.level} is there twice")
            steps[row["case"]].append(step)
        else:
            raise AlarmsError(
                f"{at}: what is approaching, or escalated of a case assigned or unassigned"
            )
    return Alarms(
        approaching=tuple(sorted(set(approaching))),
        assigned=tuple(steps["assigned"]),
        unassigned=tuple(steps["unassigned"]),
    )


def _read_step(at: str, row: Mapping[str, str], days: int) -> Escalation:
    if row["level"] not in map(str, LEVELS):
        raise AlarmsError(f"{at}: level is 1 (officer), 2 (head of unit) or 3 (chair)")
    if not row["to"] or (row["case"] == "unassigned" and row["to"] in ("officer", "unit")):
        raise AlarmsError(f"{at}: says nobody to whom it could be brought")
    return Escalation(working_days=days, level=int(row["level"]), to=row["to"])


def _step(each: Escalation, to: str, today: date, calendar: Calendar) -> EscalationStep | None:
    before: date | None = today
    if each.working_days:
        before = _away(today + timedelta(days=1), -each.working_days, calendar)
    return None if before is None else EscalationStep(level=each.level, to=to, before=before)


def _away(day: date, working_days: int, calendar: Calendar) -> date | None:
    try:
        return calendar.add_working_days(day, working_days)
    except OutsideCalendar:
        return None
