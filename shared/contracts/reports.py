"""Events that the reporting service records: reports, and what a ward brings along from before.

Streams `report-<id>`, and `balance-<authority>` for the opening balances.

One report is what an authority answers for of one window: its figures, and from which state of the
ledger and by which declaration of the columns they were counted, so that anybody can count again.
The first date of each event is the one that the law counts.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.personal import Personal


class CorrectionReason(StrEnum):
    """Why a report was made again."""

    RECORDED_LATE = "ghi_nhan_muon"  # steps came on record after it was frozen
    RECORDED_WRONGLY = "ghi_nhan_sai"  # something on record was put right
    COUNTED_OTHERWISE = "doi_cach_tinh"  # a column is read in another way
    ASKED_FOR = "cap_tren_yeu_cau"  # the level above asked for it


class BalanceReason(StrEnum):
    """Why an opening balance is another than was recorded."""

    ENTERED_WRONGLY = "ghi_sai"  # it was not copied as it stands in the old report
    OLD_REPORT_CORRECTED = "bao_cao_cu_dieu_chinh"  # the old report itself was put right


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenTable:
    """One form's row."""

    form: str  # "01/TCD" … "06/QLKNTC"
    figures: tuple[int, ...]  # from column 1 on; money in đồng, land in m²


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A figure that a correction changed."""

    form: str
    column: int
    was: int
    now: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportFrozen:
    """The figures of a window were fixed for signing (chốt số liệu báo cáo)."""

    frozen_on: date
    period: str  # "2026-Q3", "2026-01-01..2026-03-31"
    first: date  # first day that counts
    last: date
    tables: tuple[FrozenTable, ...]
    position: int  # of the ledger's last commit that was counted
    hash: str  # of that commit
    declaration: str  # version of columns and readings
    broken: tuple[str, ...] = ()  # relations that did not hold: "02/XLD 8=0"
    corrects: str | None = None  # the report that this one takes the place of
    reason: CorrectionReason | None = None
    differences: tuple[Difference, ...] = ()
    personal: Personal = field(default_factory=Personal.nothing)  # text: explanation


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportSubmitted:
    """The signed report went to the level above (gửi báo cáo)."""

    submitted_on: date
    to: str  # code of the authority that gets it
    number: str | None = None  # number and sign of the report (số, ký hiệu)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningBalanceRecorded:
    """What the last report of before leaves to carry over in one column (số dư đầu kỳ).

    All of it, also what is or will be entered as files: those are counted off when it is used. The
    latest of the same day and column counts.
    """

    as_of: date  # last day of the old report: what was left when that day ended
    period: str  # window of the old report: "2025", "2026-Q1"
    form: str  # of today, as the column
    column: int
    amount: int  # in the column's unit: things, đồng, m²
    source_number: str  # number and sign of the old report (số, ký hiệu)
    source_dated: date
    was: int | None = None  # the amount that this one takes the place of
    reason: BalanceReason | None = None  # of a correction, and only of one
    personal: Personal = field(default_factory=Personal.nothing)  # text: explanation


ReportEvent = ReportFrozen | ReportSubmitted
EVENTS: tuple[type, ...] = (*ReportEvent.__args__, OpeningBalanceRecorded)
