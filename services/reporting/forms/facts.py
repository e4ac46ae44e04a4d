"""The facts that the forms count, each with the event that told it; pure.

`known` reduces the events of one authority to what had happened by the last day of a window: files,
sessions of citizen reception, directive tasks, and what was brought along from before. In whatever
order and however often the events come, the facts are the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property
from itertools import zip_longest
from typing import Any, NamedTuple

from services.reporting.replay import legal_day
from shared.contracts.petitions import ForwardPurpose, Kind, Relation
from shared.ledger import Recorded

#: Two petitions so linked are one case (vụ việc); who is merely affected has a case of their own.
_SAME_CASE = frozenset({Relation.DUPLICATE, Relation.REPEAT})
#: Ground of filing away: everybody withdrew everything before it was taken up.
_WITHDRAWN = "da_rut_don"


class Told(NamedTuple):
    """One event as the forms need it."""

    on: date  # as the law counts
    id: str
    type: str
    data: Mapping[str, Any]


class Standing(Enum):
    """What the handling of a petition (xử lý đơn) has come to."""

    UNHANDLED = "chưa xử lý"
    INELIGIBLE = "không đủ điều kiện xử lý"
    COMPETENT = "thuộc thẩm quyền"
    GUIDED = "hướng dẫn"
    FORWARDED = "chuyển đơn"


class Stage(Enum):
    """How far a petition within competence has come; of one case the first of these counts."""

    ACCEPTED = "đã thụ lý giải quyết"
    CONSIDERED = "đang xem xét điều kiện thụ lý"
    STOPPED = "rút đơn, đình chỉ giải quyết"
    NOT_ACCEPTED = "không thụ lý"


@dataclass
class File:
    """One petition and its case, as the forms count them."""

    number: str
    received: Told | None = None
    reviewed: Told | None = None  # since when it is found to be ours and eligible
    classified: Told | None = None  # the last time, since it may be corrected
    outcome: Told | None = None  # taken up, refused, guided, forwarded, checked or filed away
    terminated: Told | None = None
    decided: list[Told] = field(default_factory=list)  # decisions, conclusions, answers
    carried_out: list[Told] = field(default_factory=list)  # what was done of them, and closing
    links: dict[str, Told] = field(default_factory=dict)  # the petition linked to -> the link

    @cached_property
    def kind(self) -> Kind | None:
        return Kind(self.classified.data["kind"]) if self.classified else None

    @cached_property
    def standing(self) -> Standing:
        """See the readings of 02/XLD in `columns.csv`."""
        is_competent = self.classified is not None and _is_ours(self.classified)
        match self.outcome:
            case None:
                return Standing.COMPETENT if is_competent else Standing.UNHANDLED
            case Told(type="PetitionerGuided"):
                return Standing.GUIDED
            case Told(type="PetitionForwarded", data=data):
                match data.get("purpose", ForwardPurpose.COMPETENCE):
                    case ForwardPurpose.INSPECTION:
                        return Standing.INELIGIBLE
                    case ForwardPurpose.MEDIATION if is_competent:
                        return Standing.COMPETENT
                return Standing.FORWARDED
            case Told(type="PetitionAccepted") | Told(type="AcceptanceRefused"):
                return Standing.COMPETENT if is_competent else Standing.INELIGIBLE
            case Told(type="PetitionFiledAway", data=data) if data["ground"] == _WITHDRAWN:
                return Standing.COMPETENT if is_competent else Standing.INELIGIBLE
        return Standing.INELIGIBLE

    @cached_property
    def handled(self) -> Told | None:
        """The event by which the petition was handled, which it is once, whatever comes later."""
        return self.reviewed or self.outcome

    @cached_property
    def stage(self) -> tuple[Stage, Told | None]:
        """The stage of a petition within competence, and the event that brought it there."""
        if self.terminated:
            return Stage.STOPPED, self.terminated
        match self.outcome:
            case Told(type="PetitionAccepted"):
                return Stage.ACCEPTED, self.outcome
            case Told(type="PetitionFiledAway"):
                return Stage.STOPPED, self.outcome
            case None:
                return Stage.CONSIDERED, self.classified
        return Stage.NOT_ACCEPTED, self.outcome

    @cached_property
    def orders(self) -> list["Order"]:
        """Every decision of the file with what came of it until the next one."""
        return [
            Order(
                decision=decision,
                after=[
                    told
                    for told in self.carried_out
                    if told.on >= decision.on and (follows is None or told.on < follows.on)
                ],
            )
            for decision, follows in zip_longest(self.decided, self.decided[1:])
        ]


def _is_ours(classified: Told) -> bool:
    """Within competence, and fit to be handled (thuộc thẩm quyền, đủ điều kiện xử lý)."""
    return bool(classified.data["is_competent"] and classified.data["meets_conditions"])


#: What ends the duty to carry a decision out; by a new settlement it ends without being done.
_ENDS = ("CaseClosed", "ResettlementAccepted")


@dataclass
class Order:
    """A decision or conclusion that is to be carried out (quyết định, kết luận phải thi hành)."""

    decision: Told
    after: list[Told]

    @cached_property
    def ended(self) -> Told | None:
        """The event from which nothing of it is left to carry out."""
        return next(
            (told for told in self.after if told.type in _ENDS or told.data.get("is_complete")),
            None,
        )

    @cached_property
    def finished(self) -> Told | None:
        """The event by which it was fully carried out."""
        return None if self.is_dropped else self.ended

    @property
    def is_dropped(self) -> bool:
        """Cancelled, and the complaint settled again: what it called for is due no more."""
        return self.ended is not None and self.ended.type == "ResettlementAccepted"

    def is_pending(self, day: date) -> bool:
        """Whether it was still to be carried out when the day began."""
        return self.ended is None or self.ended.on >= day

    @cached_property
    def calling(self) -> Told:
        """The event that says what is to be done: the decision, or an order that differs from it.

        (the second decision called for something else)
        """
        return next(
            (
                told
                for told in reversed(self.after)
                if told.type == "EnforcementOrdered" and told.data.get("calls_for")
            ),
            self.decision,
        )


@dataclass
class Session:
    """One session of citizen reception."""

    name: str
    scheduled: Told | None = None
    turns: list[Told] = field(default_factory=list)


@dataclass
class Task:
    """One directive task: documents, courses, inspections."""

    name: str
    set: Told | None = None
    done: Told | None = None

    @property
    def topic(self) -> str | None:
        return self.set.data["topic"] if self.set else None


@dataclass
class Facts:
    """What had happened at one authority by the last day of a window."""

    files: dict[str, File] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    balances: dict[tuple[str, int], dict[date, Told]] = field(default_factory=dict)

    def brought_along(self, form: str, column: int, first: date) -> Told | None:
        """The opening balance of a window that begins on this day: the last one from before it."""
        balances = self.balances.get((form, column), {})
        return balances[max(days)] if (days := [day for day in balances if day < first]) else None

    @cached_property
    def cases(self) -> dict[str, str]:
        """File number -> the earliest petition of the same case (vụ việc)."""
        roots: dict[str, str] = {}

        def root(number: str) -> str:
            while (parent := roots.get(number, number)) != number:
                number = parent
            return number

        for file in self.files.values():
            for to, link in file.links.items():
                if link.data["relation"] in _SAME_CASE and to in self.files:
                    first, later = sorted((root(file.number), root(to)), key=self._age)
                    roots[later] = first
        return {number: root(number) for number in self.files}

    def _age(self, number: str) -> tuple[date, str]:
        received = self.files[number].received
        return received.on if received else date.max, number


_OUTCOMES = frozenset(
    {
        "PetitionAccepted",
        "AcceptanceRefused",
        "PetitionerGuided",
        "PetitionForwarded",
        "PetitionFiledAway",
        "CheckOrdered",
    }
)
_CARRIED_OUT = frozenset(
    {
        "EnforcementOrdered",
        "DecisionEnforced",
        "ConclusionHandled",
        "ResultsReported",
        "ResettlementAccepted",
        "CaseClosed",
    }
)
#: Of the streams that are counted.
CATEGORIES = frozenset({"petition", "case", "reception", "task", "balance"})


def known(events: Iterable[Recorded], last: date) -> Facts:
    """The facts up to that legal date, from the events of one authority."""
    facts = Facts()
    for event in ordered(events):
        if event.category in CATEGORIES and (day := legal_day(event)) <= last:
            _note(facts, event, Told(day, event.id, event.type, event.data))
    for file in facts.files.values():  # by the law's dates, whenever they came to be recorded
        file.decided.sort(key=lambda told: told.on)
        file.carried_out.sort(key=lambda told: told.on)
    return facts


def ordered(events: Iterable[Recorded]) -> list[Recorded]:
    """Each event once, in the order of the ledger."""
    return sorted(
        {event.id: event for event in events}.values(),
        key=lambda event: (event.position, event.version),
    )


def _note(facts: Facts, event: Recorded, told: Told) -> None:
    match event.category:
        case "reception":
            session = facts.sessions.setdefault(event.file, Session(event.file))
            if told.type == "ReceptionScheduled":
                session.scheduled = told
            elif told.type == "CitizenReceived":
                session.turns.append(told)
        case "task":
            task = facts.tasks.setdefault(event.file, Task(event.file))
            if told.type == "TaskSet":
                task.set = told
            elif told.type == "TaskDone":
                task.done = told
        case "balance":
            if told.type == "OpeningBalanceRecorded":
                place = told.data["form"], told.data["column"]
                facts.balances.setdefault(place, {})[told.on] = told  # a correction comes later
        case _:
            _note_of_file(facts.files.setdefault(event.file, File(event.file)), told)


def _note_of_file(file: File, told: Told) -> None:
    if told.type in _OUTCOMES:
        file.outcome = told
    elif told.type in _CARRIED_OUT:
        file.carried_out.append(told)
    else:
        match told.type:
            case "PetitionReceived":
                file.received = told
            case "PetitionClassified":
                file.classified = told
                file.reviewed = (file.reviewed or told) if _is_ours(told) else None
            case "PetitionLinked":
                file.links[told.data["to"]] = told
            case "PetitionUnlinked":
                file.links.pop(told.data["to"], None)
            case "CaseTerminated":
                file.terminated = told
            case "DecisionIssued":
                file.decided.append(told)
