"""Events that the assignment service records about cases (vụ việc), stream `case-<file>`.

The first date of each event is the one that the law counts.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.contracts.petitions import Field, Kind
from shared.personal import Personal


class Outcome(StrEnum):
    """How a case was decided."""

    JUSTIFIED = "dung"  # complaint or denunciation is right (đúng)
    PARTLY_JUSTIFIED = "dung_mot_phan"  # right in part (đúng một phần)
    UNJUSTIFIED = "sai"  # wrong (sai)
    ANSWERED = "da_tra_loi"  # recommendation or feedback was answered (đã trả lời)


class ClosingGround(StrEnum):
    """Why the file was closed."""

    SETTLED = "da_giai_quyet"  # decided and carried out or nothing to carry out
    ANSWERED = "da_tra_loi"  # answered, nothing else due


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOpened:
    """An accepted petition became a case (mở hồ sơ giải quyết)."""

    opened_on: date
    kind: Kind
    field: Field
    is_remote: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAssigned:
    """A unit and an officer are answerable for the case (giao giải quyết, phân công)."""

    assigned_on: date
    unit: str
    officer: str
    assigned_by: str
    reasons: tuple[str, ...] = ()  # codes: why this one was suggested or chosen


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionIssued:
    """A settlement decision, a denunciation's conclusion, or an answer was issued.

    (quyết định giải quyết khiếu nại, kết luận nội dung tố cáo, văn bản trả lời)
    """

    decided_on: date
    number: str  # number and sign of the document (số, ký hiệu)
    outcome: Outcome
    decided_by: str
    personal: Personal = field(default_factory=Personal.nothing)  # text: conclusion


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseClosed:
    """Nothing is left to do; the file goes to the archive (kết thúc, lưu hồ sơ)."""

    closed_on: date
    ground: ClosingGround


CaseEvent = CaseOpened | CaseAssigned | DecisionIssued | CaseClosed
EVENTS: tuple[type, ...] = CaseEvent.__args__
