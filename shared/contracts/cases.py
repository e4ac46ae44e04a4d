"""Events that the assignment service records about cases (vụ việc), stream `case-<file>`.

The first date of each event is the one that the law counts.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.contracts.petitions import Field, Flag, Kind
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
    TERMINATED = "dinh_chi"  # terminated (đình chỉ giải quyết)


class ComplexCriterion(StrEnum):
    """What makes a case complex (NĐ 124 Đ.3a; NĐ 31 Đ.3.2); any one will do."""

    PLACES = "nhieu_dia_diem"  # two or more places to verify
    CONTENTS = "nhieu_noi_dung"  # two or more contents
    PEOPLE = "nhieu_nguoi"  # many complainants or many people's interests
    FOREIGN = "yeu_to_nuoc_ngoai"  # foreign element
    AGENCIES = "nhieu_co_quan"  # several agencies responsible
    DISAGREEMENT = "y_kien_khac_nhau"  # agencies still disagree
    EVIDENCE = "chung_cu_mau_thuan"  # contradictory evidence, expert advice needed


class SuspensionGround(StrEnum):
    """Why settlement is suspended (tạm đình chỉ; LKN Đ.11a.1, LTC Đ.34.1)."""

    OBSTACLE = "bat_kha_khang"  # force majeure or obstacle stops the complainant taking part
    OTHER_RESULT = "cho_ket_qua"  # another body's directly related result must be awaited
    EXPERTISE = "giam_dinh"  # denunciation: supplementary or repeated expertise


class TerminationGround(StrEnum):
    """Why settlement is terminated (đình chỉ; LKN Đ.11a.2, LTC Đ.34.3)."""

    WITHDRAWN = "rut_toan_bo"  # all content withdrawn
    DIED = "chet_khong_thua_ke"  # died or ended, and nobody inherits the right
    NOTHING_LEFT = "khong_con_doi_tuong"  # nothing left to settle
    COURT = "toa_an_thu_ly"  # a court has accepted or decided it
    DENOUNCED_DIED = "nguoi_bi_to_cao_chet"  # denunciation: it concerned nobody but them
    SETTLED_BEFORE = "da_co_quyet_dinh_hieu_luc"  # denunciation: a judgment or decision in effect


class PublicationForm(StrEnum):
    """How a decision or conclusion is published (công khai)."""

    MEETING = "hop"  # announced at a meeting
    POSTING = "niem_yet"  # posted at the office or reception place
    MEDIA = "phuong_tien_thong_tin"  # radio, television, press
    PORTAL = "cong_thong_tin"  # on the ward's portal


class RecusalGround(StrEnum):
    """Why an officer may not verify or settle (conflict of interest)."""

    RESPONDENT = "bi_khieu_to"  # is the person complained about or denounced
    SIGNED = "ky_quyet_dinh"  # signed the decision that is disputed
    RELATIVE = "than_thich"  # relative of a party
    OTHER = "khac"  # other grounds, recorded in the file


class Recipient(StrEnum):
    """To whom a notice, decision or conclusion goes: roles, never names."""

    COMPLAINANT = "nguoi_khieu_nai"
    COMPLAINED_OF = "nguoi_bi_khieu_nai"
    DENOUNCER = "nguoi_to_cao"
    DENOUNCED = "nguoi_bi_to_cao"
    SENDER = "nguoi_kien_nghi_phan_anh"  # of a recommendation or feedback
    SUPERIOR = "cap_tren"  # head of the direct superior
    MANAGING_BODY = "co_quan_quan_ly"  # which manages the person denounced
    RELATED = "nguoi_lien_quan"  # whose rights or duties are concerned
    FORWARDER = "co_quan_chuyen_don"  # which sent us the petition
    INSPECTORATE = "co_quan_thanh_tra"
    ADVISING_UNIT = "don_vi_tham_muu"


class Measure(StrEnum):
    """What the conclusion of a denunciation calls for (xử lý kết luận; LTC Đ.36)."""

    DISCIPLINE = "ky_luat"  # discipline whoever broke the law
    PENALTY = "xu_phat_hanh_chinh"  # administrative penalty
    RECOMMENDED = "kien_nghi_xu_ly"  # recommend it to the competent body
    INVESTIGATION = "chuyen_co_quan_dieu_tra"  # signs of a crime: to the investigators, at once
    PARTY = "chuyen_to_chuc_dang"  # party member: to the Party body, under its own rules
    REMEDY = "khac_phuc_hau_qua"  # undo the harm, pay back
    RIGHTS_RESTORED = "khoi_phuc_quyen_loi"  # restore the rights of who was denounced wrongly
    FALSE_DENUNCIATION = "xu_ly_to_cao_sai_su_that"  # who denounced falsely on purpose
    NONE_CALLED_FOR = "khong_phai_xu_ly"  # nothing to handle


class PolicePurpose(StrEnum):
    """What the ward police are asked for."""

    VERIFICATION = "xac_minh"
    ORDER = "bao_ve_trat_tu"
    CRIME = "dau_hieu_toi_pham"


class TaskTopic(StrEnum):
    """What a directive task is about."""

    DISSEMINATION = "tuyen_truyen"
    TRAINING = "tap_huan"
    INSPECTION = "kiem_tra"
    DOCUMENTS = "van_ban"  # guiding documents issued, amended, repealed
    RESPONSIBILITY = "thanh_tra_trach_nhiem"  # inspection of how the law on petitions is kept
    FOLLOW_UP = "thuc_hien_ket_luan"  # carry out the conclusion of such an inspection
    OTHER = "khac"


class ResettlementGround(StrEnum):
    """Why a first complaint is settled again (giải quyết lại)."""

    CANCELLED = "cap_tren_huy"  # the second decision cancelled the first
    SELF_CANCELLED = "tu_huy"  # its author cancelled it while a second complaint was pending


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What a decision calls for, or what was done of it, as the statutory reports count it.

    (Thông tư 06/2025, forms 03 to 06; kiến nghị thu hồi, trả lại, xử lý) Whole đồng and whole
    square metres. Officials (cán bộ, công chức, viên chức) are among the people of the same line.
    """

    money_to_state: int = 0  # đồng to recover for the State (thu hồi cho Nhà nước)
    land_to_state: int = 0  # m²
    money_returned: int = 0  # đồng back to organisations and individuals (trả lại)
    land_returned: int = 0  # m²
    organisations_restored: int = 0  # given back their rights (được trả lại quyền lợi)
    individuals_restored: int = 0
    organisations_handled: int = 0  # administratively (xử lý hành chính)
    people_handled: int = 0
    officials_handled: int = 0
    party_members: int = 0  # handed to the Party body (chuyển tổ chức đảng)
    cases_investigated: int = 0  # sent to the investigators (chuyển cơ quan điều tra)
    organisations_investigated: int = 0
    people_investigated: int = 0
    officials_investigated: int = 0
    cases_prosecuted: int = 0  # prosecution begun (đã khởi tố)
    people_prosecuted: int = 0
    officials_prosecuted: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOpened:
    """An accepted petition became a case (mở hồ sơ giải quyết)."""

    opened_on: date
    kind: Kind
    field: Field
    is_remote: bool = False
    is_disciplinary: bool = False  # complaint about a disciplinary decision (khiếu nại kỷ luật)
    is_dismissal: bool = False  # of those, about dismissal (buộc thôi việc)
    respondent_officers: tuple[str, ...] = ()  # kept away from the start


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
    calls_for: Figures | None = None  # phải thu hồi, phải trả lại, kiến nghị xử lý
    personal: Personal = field(default_factory=Personal.nothing)  # text: conclusion


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficerRecused:
    """An officer may not deal with the case (từ chối, thay đổi người xác minh)."""

    recused_on: date
    officer: str
    ground: RecusalGround


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptanceNotified:
    """Those concerned were told that the petition was accepted (thông báo thụ lý).

    Of a denunciation there are two notices: to the denouncer, and of its content to the person
    denounced; they may be two of these events.
    """

    notified_on: date
    recipients: tuple[Recipient, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VerificationReported:
    """The verifier reported what was found (báo cáo kết quả xác minh)."""

    reported_on: date
    officer: str
    differs_from_request: bool  # complaint: request and result still differ, so dialogue is due
    personal: Personal = field(default_factory=Personal.nothing)  # text: findings


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentsRequested:
    """Somebody was asked for information and documents (yêu cầu cung cấp thông tin, tài liệu)."""

    requested_on: date
    asked: Recipient


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentsSupplied:
    """Who was asked handed them over (giao nhận thông tin, tài liệu): the oldest open request."""

    supplied_on: date
    asked: Recipient


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpertiseOrdered:
    """Expert opinion was asked for (trưng cầu giám định)."""

    ordered_on: date
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpertiseReceived:
    """The expert's result came in (kết luận giám định)."""

    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DialogueAnnounced:
    """The parties were told when the dialogue is (thông báo đối thoại)."""

    announced_on: date
    held_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DialogueHeld:
    """The dialogue took place, minuted (biên bản đối thoại)."""

    held_on: date
    complainant_attended: bool  # or who else sent the petition
    led_by_chair: bool
    personal: Personal = field(default_factory=Personal.nothing)  # text: minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseDeclaredComplex:
    """The file states in writing why the case is complex (vụ việc phức tạp)."""

    declared_on: date
    criteria: tuple[ComplexCriterion, ...]
    number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseExtended:
    """The settlement limit of a denunciation was extended by decision (gia hạn giải quyết)."""

    extended_on: date
    number: str
    ordinal: int  # 1 or 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSuspended:
    """Settlement is suspended; the time is not counted (tạm đình chỉ)."""

    suspended_on: date
    ground: SuspensionGround
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseContinued:
    """Settlement goes on (tiếp tục giải quyết)."""

    continued_on: date
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseTerminated:
    """Settlement ends without a decision on the matter (đình chỉ giải quyết)."""

    terminated_on: date
    ground: TerminationGround
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSent:
    """A decision to suspend, go on or terminate was sent (gửi quyết định tạm đình chỉ, …)."""

    sent_on: date
    number: str  # of the decision that was sent
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionSent:
    """The decision or conclusion went to those who must have it (gửi quyết định, kết luận)."""

    sent_on: date
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionReceivedByParty:
    """A party received the decision; the window for a second complaint runs (ngày nhận được)."""

    received_on: date
    ref: str  # the party


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionPublished:
    """The decision or conclusion was made public (công khai)."""

    published_on: date
    forms: tuple[PublicationForm, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConclusionHandled:
    """What the conclusion of a denunciation calls for was done (xử lý kết luận).

    `results` are what this one measure brought, to be added to those of the others.
    """

    handled_on: date
    measure: Measure
    results: Figures | None = None
    is_complete: bool = False  # nothing of the conclusion is left to carry out (thực hiện xong)


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwarderInformed:
    """Who had handed the petition over was told the result (báo cho nơi chuyển đơn)."""

    informed_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondComplaintLodged:
    """The complainant turned to the next level (khiếu nại lần hai)."""

    lodged_on: date
    authority: str  # the province


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondComplaintAccepted:
    """The province took the second complaint up and told us (thụ lý khiếu nại lần hai)."""

    accepted_on: date
    is_complex: bool = False  # as the province has it


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondComplaintRefused:
    """The province did not take it up (không thụ lý): the first decision takes effect."""

    refused_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ResettlementAccepted:
    """The first complaint is settled again, under a new acceptance (thụ lý giải quyết lại).

    All limits run anew from it; what was verified, talked over and decided before is history.
    """

    accepted_on: date
    ground: ResettlementGround
    number: str  # of the new notice of acceptance


@dataclass(frozen=True, kw_only=True, slots=True)
class EnforcementOrdered:
    """The chair ordered that the decision in force be carried out (tổ chức thi hành)."""

    ordered_on: date
    unit: str
    number: str
    due_on: date | None = None  # limit named in the order
    calls_for: Figures | None = None  # where the second decision calls for something else


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionEnforced:
    """The decision was carried out (đã thi hành)."""

    enforced_on: date
    is_complete: bool
    results: Figures | None = None  # since what was recorded before (đã thu, đã trả, đã xử lý)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultsReported:
    """What came of the decision otherwise, also after the file was closed (kết quả thực hiện).

    Such as a prosecution that the investigators began, or money that came in late.
    """

    reported_on: date
    results: Figures  # to be added to what was recorded before


@dataclass(frozen=True, kw_only=True, slots=True)
class PoliceAsked:
    """The ward police were asked to work with us (phối hợp công an phường)."""

    asked_on: date
    purpose: PolicePurpose
    personal: Personal = field(default_factory=Personal.nothing)  # text: request


@dataclass(frozen=True, kw_only=True, slots=True)
class PoliceAnswered:
    """The ward police answered."""

    answered_on: date
    personal: Personal = field(default_factory=Personal.nothing)  # text: answer


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlementPlanned:
    """How the case is to be finished, and by when (kế hoạch giải quyết dứt điểm).

    A later plan takes the place of an earlier one. It is the ward's own and moves no legal limit.
    """

    planned_on: date
    finish_by: date  # the last day
    planned_by: str  # who records it
    unit: str | None = None  # who sees to it; None: whoever has the case
    officer: str | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: steps


@dataclass(frozen=True, kw_only=True, slots=True)
class FlagsChanged:
    """What the file is to be watched for changed (thay đổi lưu ý): all flags from now on."""

    changed_on: date
    flags: tuple[Flag, ...]
    personal: Personal = field(default_factory=Personal.nothing)  # text: reason


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseClosed:
    """Nothing is left to do; the file goes to the archive (kết thúc, lưu hồ sơ)."""

    closed_on: date
    ground: ClosingGround


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSet:
    """A directive task was set (giao nhiệm vụ), stream `task-<id>`."""

    set_on: date
    due_on: date
    topic: TaskTopic
    unit: str
    officer: str | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: what is to be done


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDone:
    """The task was done (hoàn thành nhiệm vụ)."""

    done_on: date
    events: int = 0  # sessions, courses or inspections held, for form 06
    people: int = 0  # who took part
    units: int = 0  # that were inspected (số đơn vị)
    new_documents: int = 0  # văn bản ban hành mới
    amended_documents: int = 0
    repealed_documents: int = 0
    figures: Figures | None = None  # what an inspection called for; of a follow-up: what was done
    personal: Personal = field(default_factory=Personal.nothing)  # text: result


CaseEvent = (
    CaseOpened
    | CaseAssigned
    | OfficerRecused
    | AcceptanceNotified
    | VerificationReported
    | DocumentsRequested
    | DocumentsSupplied
    | ExpertiseOrdered
    | ExpertiseReceived
    | DialogueAnnounced
    | DialogueHeld
    | CaseDeclaredComplex
    | CaseExtended
    | CaseSuspended
    | CaseContinued
    | CaseTerminated
    | DecisionIssued
    | OrderSent
    | DecisionSent
    | DecisionReceivedByParty
    | DecisionPublished
    | ConclusionHandled
    | ForwarderInformed
    | SecondComplaintLodged
    | SecondComplaintAccepted
    | SecondComplaintRefused
    | ResettlementAccepted
    | EnforcementOrdered
    | DecisionEnforced
    | ResultsReported
    | PoliceAsked
    | PoliceAnswered
    | SettlementPlanned
    | FlagsChanged
    | CaseClosed
)
TaskEvent = TaskSet | TaskDone
EVENTS: tuple[type, ...] = (*CaseEvent.__args__, *TaskEvent.__args__)
