"""Which unit and officer a case should go to, and why: a suggestion, which the chair need not take.

The unit follows from the kind and the field, the officer from the number of open cases; who was
recused is left out. What is not known here: leave, and how hard a case is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.petitions import Field, Kind
from shared.directory import Directory, Unit

#: Fields in which a denunciation is about how a public duty was done (tố cáo trong công vụ).
PUBLIC_DUTY = frozenset({Field.PUBLIC_DUTY, Field.CORRUPTION})


class Reason(StrEnum):
    """Why a case is given to someone; closed, since free text in an event could name a person."""

    FIELD = "dung_linh_vuc"
    PUBLIC_DUTY = "to_cao_cong_vu"
    NO_UNIT_FOR_FIELD = "khong_co_don_vi_phu_trach"
    ONLY_OFFICER = "nguoi_duy_nhat"
    LEAST_BUSY = "it_viec_nhat"
    EQUALLY_BUSY = "bang_viec"
    OTHERS_RECUSED = "tranh_xung_dot"
    # Never suggested, only chosen:
    CHAIR = "chi_dao_chu_tich"
    FOLLOWS_ON = "tiep_noi_vu_viec"
    REPLACES = "thay_can_bo"


SENTENCES: Mapping[Reason, str] = {
    Reason.FIELD: "Đơn vị phụ trách lĩnh vực của vụ việc.",
    Reason.PUBLIC_DUTY: (
        "Tố cáo trong việc thực hiện nhiệm vụ, công vụ: giao đơn vị được giao tham mưu."
    ),
    Reason.NO_UNIT_FOR_FIELD: (
        "Chưa đơn vị nào được ghi là phụ trách lĩnh vực này: giao đơn vị được giao tham mưu."
    ),
    Reason.ONLY_OFFICER: "Cán bộ duy nhất có thể giao.",
    Reason.LEAST_BUSY: "Cán bộ đang có ít hồ sơ chưa kết thúc nhất.",
    Reason.EQUALLY_BUSY: "Nhiều cán bộ có số hồ sơ như nhau: lấy theo thứ tự mã cán bộ.",
    Reason.OTHERS_RECUSED: (
        "Cán bộ có xung đột lợi ích được loại khỏi gợi ý; nếu cả đơn vị phụ trách đều vậy thì giao"
        " đơn vị khác."
    ),
    Reason.CHAIR: "Theo chỉ đạo của Chủ tịch.",
    Reason.FOLLOWS_ON: "Đã giải quyết vụ việc trước đó có liên quan.",
    Reason.REPLACES: "Thay cán bộ được giao trước đó.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    unit: str
    officer: str
    title: str  # Vietnamese, of the post
    open: int  # cases that are not closed


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    unit: Unit
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...]  # the best first

    @property
    def officer(self) -> str:
        return self.candidates[0].officer


def suggest(
    directory: Directory,
    kind: Kind,
    field: Field,
    loads: Mapping[str, int],
    recused: frozenset[str] = frozenset(),
) -> Suggestion | None:
    """Whom to give a case to; None where every officer of the authority was recused.

    `loads` are open cases by officer, none where one is missing. Where a unit has nobody left, the
    advising one stands in for it, and then any other.
    """
    competent, why_unit = _units(directory, kind, field)
    for units in (competent, (directory.advising,), directory.units):
        if candidates := _candidates(units, loads, recused):
            break
    else:
        return None
    chosen = next(unit for unit in directory.units if unit.id == candidates[0].unit)
    reasons = [why_unit] if units == competent else []
    if any(unit.has(officer) for unit in competent for officer in recused):
        reasons.append(Reason.OTHERS_RECUSED)
    return Suggestion(
        unit=chosen,
        reasons=(*reasons, _why_officer(candidates)),
        candidates=tuple(candidates),
    )


def _candidates(
    units: tuple[Unit, ...], loads: Mapping[str, int], recused: frozenset[str]
) -> list[Candidate]:
    """The officers of these units without conflict of interest, the least busy first."""
    return sorted(
        (
            Candidate(
                unit=unit.id,
                officer=officer.id,
                title=officer.title,
                open=loads.get(officer.id, 0),
            )
            for unit in units
            for officer in unit.officers
            if officer.id not in recused
        ),
        key=lambda candidate: (candidate.open, candidate.officer),
    )


def _units(directory: Directory, kind: Kind, field: Field) -> tuple[tuple[Unit, ...], Reason]:
    # Luật Tố cáo Đ.13 and Đ.44, Luật Khiếu nại Đ.25: the chair settles, the unit assigned to advise
    # prepares; a ward has no inspectorate.
    if kind is Kind.DENUNCIATION and field in PUBLIC_DUTY:
        return (directory.advising,), Reason.PUBLIC_DUTY
    if units := directory.competent_for(field):
        return units, Reason.FIELD
    return (directory.advising,), Reason.NO_UNIT_FOR_FIELD


def _why_officer(candidates: list[Candidate]) -> Reason:
    if len(candidates) == 1:
        return Reason.ONLY_OFFICER
    first, second = candidates[:2]
    return Reason.EQUALLY_BUSY if first.open == second.open else Reason.LEAST_BUSY
