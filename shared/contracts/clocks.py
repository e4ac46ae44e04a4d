"""Events that the deadlines service records about clocks (thời hạn), stream `clock-<file>`.

One file can have several clocks, each named by the stage of the rule table (`accept`, `settle_1`,
`initial_handling`, `settle`, `answer`, …); where a stage comes again, by the stage and a number:
`suspend_send`, `suspend_send.2`. The clocks of a session of citizen reception are in the stream
`reception_clock-<id>`, that of a directive task, `task`, in `task_clock-<id>`. A deadline ends at
24:00 of its due day in Vietnam. The first date of each event is the one that the law counts.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MoveReason(StrEnum):
    """Why a deadline moved."""

    TRIGGER = "moc_tinh"  # the day it counts from was corrected
    RULE = "quy_tac"  # another rule governs, such as the one for complex cases
    EXTENSION = "gia_han"  # extended by decision
    SUSPENSION = "tam_dinh_chi"  # time of suspension is not counted
    CALENDAR = "lich_lam_viec"  # a holiday or a worked day was changed


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineSet:
    """A limit began to run."""

    triggered_on: date
    clock: str
    kind: str  # procedure of the rule table
    rule: str
    due_on: date
    law: str  # version of the rule table used
    calendar: str  # version of the calendar used
    stopped_days: int = 0  # left out of the limit: suspension, expertise
    only_informs: bool = False  # a window or an effect that time alone ends; nobody misses it


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineMoved:
    """The limit ends on another day than was thought."""

    moved_on: date
    clock: str
    rule: str
    triggered_on: date
    was_due_on: date
    due_on: date
    reason: MoveReason
    law: str
    calendar: str
    stopped_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineUncounted:
    """A limit runs whose day cannot be said yet: it lies in a year that the calendar lacks.

    The `DeadlineSet` that comes when the year was entered gives it its day.
    """

    triggered_on: date
    clock: str
    kind: str  # procedure of the rule table
    rule: str
    law: str  # version of the rule table used
    calendar: str  # version of the calendar that lacks the year
    only_informs: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlinePaused:
    """The limit stands still and has no due day until settlement goes on (tạm đình chỉ).

    The `DeadlineMoved` that comes with the continuation starts it again.
    """

    paused_on: date
    clock: str
    rule: str
    was_due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineApproaching:
    """Few working days are left."""

    noticed_on: date
    clock: str
    due_on: date
    working_days_left: int  # the configured distance that was reached


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineMissed:
    """The limit passed without what it waits for (quá hạn); recorded once for each limit."""

    missed_on: date  # the day after the limit
    clock: str
    rule: str
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineMet:
    """What the limit waits for was done, in time or late; or time ended one that only informs."""

    met_on: date
    clock: str
    rule: str
    due_on: date
    days_late: int = 0  # calendar days after the limit; 0: in time


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineCancelled:
    """The limit no longer applies, because the file took another course."""

    cancelled_on: date
    clock: str
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalated:
    """An overdue or neglected limit was brought to the next level (báo cáo cấp trên)."""

    escalated_on: date
    clock: str
    due_on: date
    level: int  # 1 officer, 2 head of unit, 3 chair
    to: str  # the officer or unit it was brought to; "don_vi_tham_muu", "chu_tich" are roles


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedDay:
    """One day that an authority's calendar has otherwise than before."""

    day: date
    kind: str  # as in shared/calendar/vn.csv, or "normal" to take an entry back
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarChanged:
    """An authority changed its working calendar, stream `calendar-<authority>`."""

    changed_on: date
    days: tuple[ChangedDay, ...]
    document: str  # number and date of the document that says so
    reason: str  # code: "thong_bao_nghi_le", "hoan_doi", "dinh_chinh"


ClockEvent = (
    DeadlineSet
    | DeadlineMoved
    | DeadlineUncounted
    | DeadlinePaused
    | DeadlineApproaching
    | DeadlineMissed
    | DeadlineMet
    | DeadlineCancelled
    | Escalated
)
EVENTS: tuple[type, ...] = (*ClockEvent.__args__, CalendarChanged)
