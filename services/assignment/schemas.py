"""What callers may send to the assignment service, checked for shape; rules are in domain.py."""

from dataclasses import dataclass
from datetime import date

from marshmallow import validate

from services.assignment.directory import Directory
from services.assignment.domain import AssignCase, CloseCase, IssueDecision
from services.assignment.routing import Reason
from shared.contracts.cases import Outcome
from shared.personal import Personal
from shared.wire import LONG, Text, schema

_NUMBER = (
    "invalid_number: Số, ký hiệu văn bản bắt đầu bằng chữ số và không có khoảng trắng, ví dụ"
    " 15/QĐ-UBND."
)


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

    def command(self, *, assigned_by: str, directory: Directory) -> AssignCase:
        return AssignCase(
            file=self.file,
            assigned_on=self.assigned_on,
            unit=self.unit,
            officer=self.officer,
            assigned_by=assigned_by,
            directory=directory,
            reasons=self.reasons,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    file: str
    decided_on: date
    number: str  # số, ký hiệu
    outcome: Outcome
    conclusion: str

    def command(self, *, decided_by: str) -> IssueDecision:
        return IssueDecision(
            file=self.file,
            decided_on=self.decided_on,
            number=self.number,
            outcome=self.outcome,
            decided_by=decided_by,
            personal=Personal({"text": {"conclusion": self.conclusion}}),
        )


OF_FILE = schema(OfFile, file=Text(max=40))
ASSIGN = schema(Assign, file=Text(max=40), unit=Text(max=60), officer=Text(max=60))
ISSUE_DECISION = schema(
    Issue,
    file=Text(max=40),
    # Without blanks: the number stands in the event in clear, and no name has to fit.
    number=Text(max=60, validate=validate.Regexp(r"\d\S*$", error=_NUMBER)),
    conclusion=Text(max=LONG),
)
CLOSE = schema(CloseCase, file=Text(max=40))
