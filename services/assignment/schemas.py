"""What callers may send to the assignment service, checked for shape; rules are in domain.py."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import fields as ma
from marshmallow import validate

from services.assignment import (
    asking,
    complaints,
    delivery,
    denunciations,
    dialogues,
    planning,
    settling,
)
from services.assignment.domain import AssignCase, CloseCase, IssueDecision, RecuseOfficer
from services.assignment.petition import Petition
from services.assignment.routing import Reason
from services.assignment.tasks import FinishTask, SetTask
from shared.contracts.cases import (
    ClosingGround,
    Figures,
    Outcome,
    PolicePurpose,
    RecusalGround,
    ResettlementGround,
    TaskTopic,
    TerminationGround,
)
from shared.contracts.petitions import Flag
from shared.directory import Directory
from shared.personal import Personal
from shared.wire import LONG, MOST, Count, Day, Text, schema
from shared.working_days import Calendar

_NUMBER = (
    "invalid_number: Số, ký hiệu văn bản bắt đầu bằng chữ số và không có khoảng trắng, ví dụ"
    " 15/QĐ-UBND."
)
_REF = "invalid_ref: Mã người trong hồ sơ có dạng p1, p2, … hoặc r1, r2, …"


def _text(**said: str | None) -> Personal:
    """Words to be sealed; nothing where none were said."""
    told = {name: words for name, words in said.items() if words is not None}
    return Personal({"text": told}) if told else Personal.nothing()


@dataclass(frozen=True, kw_only=True, slots=True)
class OfFile:
    file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Assign:
    file: str
    assigned_on: date
    unit: str
    officer: str
    reasons: tuple[Reason, ...] = ()

    def command(
        self, *, assigned_by: str, directory: Directory, max_transfers: int | None = None
    ) -> AssignCase:
        told: dict[str, Any] = {} if max_transfers is None else {"max_transfers": max_transfers}
        return AssignCase(
            file=self.file,
            assigned_on=self.assigned_on,
            unit=self.unit,
            officer=self.officer,
            assigned_by=assigned_by,
            directory=directory,
            reasons=self.reasons,
            **told,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Recuse:
    file: str
    recused_on: date
    officer: str
    ground: RecusalGround

    def command(self, *, directory: Directory) -> RecuseOfficer:
        return RecuseOfficer(
            file=self.file,
            recused_on=self.recused_on,
            officer=self.officer,
            ground=self.ground,
            directory=directory,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    file: str
    reported_on: date
    officer: str  # who verified
    findings: str
    differs_from_request: bool = False

    def command(self, *, reported_by: str, directory: Directory) -> settling.ReportVerification:
        return settling.ReportVerification(
            file=self.file,
            reported_on=self.reported_on,
            officer=self.officer,
            reported_by=reported_by,
            differs_from_request=self.differs_from_request,
            directory=directory,
            personal=_text(findings=self.findings),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PoliceQuestion:
    file: str
    asked_on: date
    purpose: PolicePurpose
    request: str | None = None

    def command(self) -> asking.AskPolice:
        return asking.AskPolice(
            file=self.file,
            asked_on=self.asked_on,
            purpose=self.purpose,
            personal=_text(request=self.request),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PoliceReply:
    file: str
    answered_on: date
    answer: str | None = None

    def command(self) -> asking.RecordPoliceAnswer:
        return asking.RecordPoliceAnswer(
            file=self.file, answered_on=self.answered_on, personal=_text(answer=self.answer)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    file: str
    held_on: date
    minutes: str
    complainant_attended: bool
    led_by_chair: bool

    def command(self) -> dialogues.HoldDialogue:
        return dialogues.HoldDialogue(
            file=self.file,
            held_on=self.held_on,
            complainant_attended=self.complainant_attended,
            led_by_chair=self.led_by_chair,
            personal=_text(minutes=self.minutes),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Terminate:
    file: str
    terminated_on: date
    ground: TerminationGround
    number: str

    def command(self, *, petition: Petition) -> settling.TerminateCase:
        return settling.TerminateCase(
            file=self.file,
            terminated_on=self.terminated_on,
            ground=self.ground,
            number=self.number,
            petition=petition,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    file: str
    decided_on: date
    number: str  # số, ký hiệu
    outcome: Outcome
    conclusion: str
    # The rest of what Luật Khiếu nại Đ.31.2 and Luật Tố cáo Đ.35.2 want in the document; it may
    # also stand in `conclusion`.
    legal_grounds: str | None = None
    responsibility: str | None = None  # denunciation: of each person concerned
    measures: str | None = None  # what is kept, amended, cancelled, paid, recommended
    calls_for: Figures | None = None

    def command(self, *, decided_by: str) -> IssueDecision:
        return IssueDecision(
            file=self.file,
            decided_on=self.decided_on,
            number=self.number,
            outcome=self.outcome,
            decided_by=decided_by,
            calls_for=self.calls_for,
            personal=_text(
                conclusion=self.conclusion,
                legal_grounds=self.legal_grounds,
                responsibility=self.responsibility,
                measures=self.measures,
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Enforce:
    file: str
    ordered_on: date
    unit: str
    number: str
    due_on: date | None = None
    calls_for: Figures | None = None

    def command(self, *, directory: Directory, petition: Petition) -> complaints.OrderEnforcement:
        return complaints.OrderEnforcement(
            file=self.file,
            ordered_on=self.ordered_on,
            unit=self.unit,
            number=self.number,
            directory=directory,
            due_on=self.due_on,
            calls_for=self.calls_for,
            petition=petition,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Resettle:
    file: str
    accepted_on: date
    ground: ResettlementGround
    number: str

    def command(self, *, petition: Petition) -> complaints.AcceptResettlement:
        return complaints.AcceptResettlement(
            file=self.file,
            accepted_on=self.accepted_on,
            ground=self.ground,
            number=self.number,
            petition=petition,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Inform:
    file: str
    informed_on: date

    def command(self, *, petition: Petition) -> delivery.InformForwarder:
        return delivery.InformForwarder(
            file=self.file, informed_on=self.informed_on, petition=petition
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    file: str
    planned_on: date
    finish_by: date
    steps: str
    unit: str | None = None
    officer: str | None = None

    def command(self, *, planned_by: str, directory: Directory) -> planning.PlanSettlement:
        return planning.PlanSettlement(
            file=self.file,
            planned_on=self.planned_on,
            finish_by=self.finish_by,
            planned_by=planned_by,
            directory=directory,
            unit=self.unit,
            officer=self.officer,
            personal=_text(steps=self.steps),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NewFlags:
    file: str
    changed_on: date
    flags: tuple[Flag, ...]
    reason: str

    def command(self, *, petition: Petition) -> planning.ChangeFlags:
        return planning.ChangeFlags(
            file=self.file,
            changed_on=self.changed_on,
            flags=self.flags,
            petition=petition,
            personal=_text(reason=self.reason),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Close:
    file: str
    closed_on: date
    ground: ClosingGround

    def command(self, *, calendar: Calendar, petition: Petition) -> CloseCase:
        return CloseCase(
            file=self.file,
            closed_on=self.closed_on,
            ground=self.ground,
            calendar=calendar,
            petition=petition,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTask:
    set_on: date
    due_on: date
    topic: TaskTopic
    unit: str
    instruction: str
    officer: str | None = None

    def command(self, *, task: str, directory: Directory) -> SetTask:
        return SetTask(
            task=task,
            set_on=self.set_on,
            due_on=self.due_on,
            topic=self.topic,
            unit=self.unit,
            officer=self.officer,
            directory=directory,
            personal=_text(instruction=self.instruction),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishedTask:
    task: str
    done_on: date
    result: str
    events: int = 0
    people: int = 0
    units: int = 0
    new_documents: int = 0
    amended_documents: int = 0
    repealed_documents: int = 0
    figures: Figures | None = None

    def command(self) -> FinishTask:
        return FinishTask(
            task=self.task,
            done_on=self.done_on,
            events=self.events,
            people=self.people,
            units=self.units,
            new_documents=self.new_documents,
            amended_documents=self.amended_documents,
            repealed_documents=self.repealed_documents,
            figures=self.figures,
            personal=_text(result=self.result),
        )


def _file() -> Text:
    return Text(max=40)


def _code() -> Text:
    """The id of a unit or an officer."""
    return Text(max=60)


def _number() -> Text:
    # Without blanks: the number stands in the event in clear, and no name has to fit.
    return Text(max=60, validate=validate.Regexp(r"\d\S*$", error=_NUMBER))


def _figures() -> ma.Nested:
    """What a decision calls for, or what was done: đồng and m² are large numbers."""
    large = ("money_to_state", "land_to_state", "money_returned", "land_returned")
    wrong: dict[str, Any] = {"type": "wrong_type: Phải là một đối tượng JSON."}
    return ma.Nested(
        schema(Figures, **{name: Count(max=MOST) for name in large}), error_messages=wrong
    )


OF_FILE = schema(OfFile, file=_file())
ASSIGN = schema(Assign, file=_file(), unit=_code(), officer=_code())
RECUSE = schema(Recuse, file=_file(), officer=_code())
NOTIFY_ACCEPTANCE = schema(settling.NotifyAcceptance, file=_file())
REPORT_VERIFICATION = schema(Report, file=_file(), officer=_code(), findings=Text(max=LONG))
REQUEST_DOCUMENTS = schema(asking.RequestDocuments, file=_file())
RECORD_DOCUMENTS = schema(asking.RecordDocuments, file=_file())
ORDER_EXPERTISE = schema(asking.OrderExpertise, file=_file(), number=_number())
RECEIVE_EXPERTISE = schema(asking.ReceiveExpertise, file=_file())
ANNOUNCE_DIALOGUE = schema(dialogues.AnnounceDialogue, file=_file(), held_on=Day(future=True))
HOLD_DIALOGUE = schema(Hold, file=_file(), minutes=Text(max=LONG))
DECLARE_COMPLEX = schema(settling.DeclareComplex, file=_file(), number=_number())
EXTEND = schema(denunciations.ExtendCase, file=_file(), number=_number())
SUSPEND = schema(settling.SuspendCase, file=_file(), number=_number())
CONTINUE_CASE = schema(settling.ContinueCase, file=_file(), number=_number())
TERMINATE = schema(Terminate, file=_file(), number=_number())
ISSUE_DECISION = schema(
    Issue,
    file=_file(),
    number=_number(),
    conclusion=Text(max=LONG),
    legal_grounds=Text(max=LONG),
    responsibility=Text(max=LONG),
    measures=Text(max=LONG),
    calls_for=_figures(),
)
SEND_ORDER = schema(delivery.SendOrder, file=_file(), number=_number())
SEND_DECISION = schema(delivery.SendDecision, file=_file())
RECORD_RECEIPT = schema(
    delivery.RecordReceipt,
    file=_file(),
    ref=Text(max=10, validate=validate.Regexp(r"[pr][1-9]\d*$", error=_REF)),
)
PUBLISH_DECISION = schema(delivery.PublishDecision, file=_file())
HANDLE_CONCLUSION = schema(denunciations.HandleConclusion, file=_file(), results=_figures())
INFORM_FORWARDER = schema(Inform, file=_file())
LODGE_SECOND_COMPLAINT = schema(
    complaints.LodgeSecondComplaint, file=_file(), authority=Text(max=200)
)
RECORD_SECOND_ACCEPTANCE = schema(complaints.RecordSecondAcceptance, file=_file())
RECORD_SECOND_REFUSAL = schema(complaints.RecordSecondRefusal, file=_file())
ACCEPT_RESETTLEMENT = schema(Resettle, file=_file(), number=_number())
ORDER_ENFORCEMENT = schema(
    Enforce,
    file=_file(),
    unit=_code(),
    number=_number(),
    due_on=Day(future=True),
    calls_for=_figures(),
)
RECORD_ENFORCEMENT = schema(complaints.RecordEnforcement, file=_file(), results=_figures())
REPORT_RESULTS = schema(delivery.ReportResults, file=_file(), results=_figures())
ASK_POLICE = schema(PoliceQuestion, file=_file(), request=Text(max=LONG))
RECORD_POLICE_ANSWER = schema(PoliceReply, file=_file(), answer=Text(max=LONG))
PLAN_SETTLEMENT = schema(
    Plan,
    file=_file(),
    finish_by=Day(future=True),
    steps=Text(max=LONG),
    unit=_code(),
    officer=_code(),
)
CHANGE_FLAGS = schema(NewFlags, file=_file(), reason=Text(max=LONG))
CLOSE = schema(Close, file=_file())
SET_TASK = schema(
    NewTask,
    due_on=Day(future=True),
    unit=_code(),
    officer=_code(),
    instruction=Text(max=LONG),
)
FINISH_TASK = schema(
    FinishedTask,
    task=_file(),
    result=Text(max=LONG),
    events=Count(),
    people=Count(),
    figures=_figures(),
)
