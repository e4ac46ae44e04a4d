"""What callers may ask of the reporting service, checked for shape."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import marshmallow.fields as ma
from marshmallow import validate

from services.reporting.cards import State
from services.reporting.replay import Moment
from shared.contracts.cases import TaskTopic
from shared.contracts.petitions import Channel, Field, Flag, Kind
from shared.contracts.receptions import Host, ReceptionKind, ReceptionMode
from shared.contracts.reports import BalanceReason, CorrectionReason
from shared.wire import MAX_ITEMS, MOST, Count, Day, Text, schema

MAX_PAGE = 200  # rows
MAX_AGE_DAYS = 36_500


class Instant(ma.Field[datetime]):
    """An instant, RFC 3339 with its time zone, such as `2026-10-02T09:30:00+07:00`."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "invalid": "invalid_instant: Phải là thời điểm RFC 3339 có múi giờ, ví dụ"
        " 2026-10-02T09:30:00+07:00."
    }

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value) if isinstance(value, str) else None
            if instant is None or instant.tzinfo is None:
                raise self.make_error("invalid")
            return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFilter:
    """Which cases, and which page of them; what is left out does not narrow."""

    kind: Kind | None = None
    field: Field | None = None
    state: State | None = None
    unit: str | None = None
    officer: str | None = None
    channel: Channel | None = None
    flags: tuple[Flag, ...] = ()  # all of them
    overdue: bool | None = None
    unassigned: bool | None = None  # open, and nobody has it; as `workload` counts
    escalated_to: str | None = None  # an officer, a unit, `don_vi_tham_muu` or `chu_tich`
    received_from: date | None = None
    received_to: date | None = None  # that day included
    limit: int = 50
    after: str | None = None  # `next` of the page before


@dataclass(frozen=True, kw_only=True, slots=True)
class CasesAsOf(CaseFilter):
    """The same, judged by what the cases were at a moment."""

    as_of: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    limit: int = 50
    after: str | None = None  # `next` of the page before


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """Which files count as lingering, and which page of them."""

    min_days: int = 45  # calendar days since receipt; what is overdue counts whatever its age
    unplanned: bool | None = None  # nobody planned how to finish it
    limit: int = 50
    after: str | None = None  # `next` of the page before


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceptionFilter:
    """Which sessions of citizen reception, and which page of them."""

    kind: ReceptionKind | None = None
    mode: ReceptionMode | None = None
    host: Host | None = None
    held_from: date | None = None
    held_to: date | None = None  # that day included
    limit: int = 50
    after: str | None = None  # `next` of the page before


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFilter:
    """Which directive tasks, and which page of them."""

    unit: str | None = None
    officer: str | None = None
    topic: TaskTopic | None = None
    is_open: bool | None = None
    overdue: bool | None = None
    limit: int = 50
    after: str | None = None  # `next` of the page before


@dataclass(frozen=True, kw_only=True, slots=True)
class OfReception:
    reception: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfFile:
    file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    file: str
    as_of: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Compare:
    file: str
    first: Moment
    second: Moment = Moment()  # noqa: RUF009 - frozen; now, if left out


@dataclass(frozen=True, kw_only=True, slots=True)
class StatutoryReport:
    """Which forms of which window; of the caller's own authority unless others are named."""

    period: str
    form: str | None = None
    authorities: tuple[str, ...] = ()
    known_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainFigure:
    period: str
    form: str
    column: int
    known_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FreezeReport:
    period: str
    corrects: str | None = None  # the report that this one takes the place of
    reason: CorrectionReason | None = None
    explanation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmitReport:
    report: str
    submitted_on: date
    to: str
    number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningBalance:
    """What one column carries over from the last report of before."""

    period: str  # of the old report
    form: str
    column: int
    amount: int  # in the column's unit; money in đồng
    source_number: str
    source_dated: date
    reason: BalanceReason | None = None
    explanation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningBalances:
    balances: tuple[OpeningBalance, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reports:
    period: str | None = None
    authorities: tuple[str, ...] = ()  # a province's wards; the caller's own if left out


@dataclass(frozen=True, kw_only=True, slots=True)
class OfReport:
    report: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftLetter:
    """Which model letter about which file (or session of citizen reception)."""

    file: str
    letter: str
    event: str | None = None  # the event that it is about, where there are several
    issuer: str | None = None  # as printed
    place: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Register:
    """A page of a register of one window."""

    register: str
    period: str
    page: int = 1
    limit: int = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftReport:
    """The written report of which window."""

    period: str
    issuer: str | None = None  # as printed
    place: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfWindow:
    period: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuild:
    table: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """A payload without fields."""


CASES = schema(
    CaseFilter,
    received_from=Day(future=True),
    received_to=Day(future=True),
    limit=Count(min=1, max=MAX_PAGE),
)
CASES_AS_OF = schema(
    CasesAsOf,
    received_from=Day(future=True),
    received_to=Day(future=True),
    limit=Count(min=1, max=MAX_PAGE),
    known_at=Instant(),
)
PAGE = schema(Page, limit=Count(min=1, max=MAX_PAGE))
BACKLOG = schema(Backlog, min_days=Count(min=0, max=MAX_AGE_DAYS), limit=Count(min=1, max=MAX_PAGE))
RECEPTIONS = schema(
    ReceptionFilter,
    held_from=Day(future=True),
    held_to=Day(future=True),
    limit=Count(min=1, max=MAX_PAGE),
)
TASKS = schema(TaskFilter, limit=Count(min=1, max=MAX_PAGE))
OF_RECEPTION = schema(OfReception, reception=Text(max=40))
OF_FILE = schema(OfFile, file=Text(max=40))
REPLAY = schema(Replay, file=Text(max=40), known_at=Instant())
STATUTORY_REPORT = schema(
    StatutoryReport, period=Text(max=40), form=Text(max=20), known_at=Instant()
)
EXPLAIN_FIGURE = schema(
    ExplainFigure,
    period=Text(max=40),
    form=Text(max=20),
    column=Count(min=1, max=99),
    known_at=Instant(),
)
FREEZE_REPORT = schema(FreezeReport, period=Text(max=40), explanation=Text(max=2000))
SUBMIT_REPORT = schema(SubmitReport, report=Text(max=40), to=Text(max=40), number=Text(max=60))
OPENING_BALANCE = schema(
    OpeningBalance,
    period=Text(max=40),
    form=Text(max=20),
    column=Count(min=1, max=99),
    amount=Count(max=MOST),
    source_number=Text(max=60),
    explanation=Text(max=2000),
)
OPENING_BALANCES = schema(
    OpeningBalances,
    balances=ma.List(
        ma.Nested(
            OPENING_BALANCE, error_messages={"type": "wrong_type: Phải là một đối tượng JSON."}
        ),
        validate=validate.Length(
            min=1, max=MAX_ITEMS, error=f"wrong_count: Phải có từ 1 đến {MAX_ITEMS} mục."
        ),
        error_messages={"invalid": "wrong_type: Phải là một danh sách."},
    ),
)
REPORTS = schema(Reports, period=Text(max=40))
OF_REPORT = schema(OfReport, report=Text(max=40))
DRAFT_LETTER = schema(
    DraftLetter,
    file=Text(max=40),
    letter=Text(max=60),
    event=Text(max=80),
    issuer=Text(max=200),
    place=Text(max=100),
)
REGISTER = schema(
    Register,
    register=Text(max=20),
    period=Text(max=40),
    page=Count(min=1, max=100_000),
    limit=Count(min=1, max=MAX_PAGE),
)
DRAFT_REPORT = schema(DraftReport, period=Text(max=40), issuer=Text(max=200), place=Text(max=100))
OF_WINDOW = schema(OfWindow, period=Text(max=40))
MOMENT = schema(Moment, known_at=Instant())
COMPARE = schema(Compare, file=Text(max=40), first=ma.Nested(MOMENT), second=ma.Nested(MOMENT))
REBUILD = schema(Rebuild)
NOTHING = schema(Nothing)
