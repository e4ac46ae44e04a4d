"""Plays the plans on the running services: agencies publish, clerks and officers call.

Every request carries a key made of seed, size and day, so that playing again changes nothing.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from rich.progress import Progress

from deploy.client import Agency, Answer, Services
from deploy.demo.petitions import (
    YEAR,
    Plan,
    Way,
    before_new_year,
    broken_petition,
    calendar_change,
    generate,
)
from deploy.demo.settling import Step
from deploy.demo.year import Session, Task, sessions, tasks
from deploy.errors import ServiceFailed, Unreachable
from deploy.issuer import Issuer
from shared.access.permissions import policies
from shared.access.tokens import Caller
from shared.contracts import CATEGORIES
from shared.contracts.clocks import MoveReason
from shared.contracts.identities import IdentityPurpose
from shared.contracts.petitions import Kind
from shared.errors import Conflict, Refused
from shared.event_sourcing import file_number
from shared.ledger import Event, Log
from shared.working_days import Calendar

#: The units of the ward, with officers' names made up for the demo.
DIRECTORY = Path(__file__).with_name("directory.csv")
PORTAL = "portal"
CLERKS = 4  # that call at the same time
WAIT_S = 30.0  # for what the services do among themselves; it takes well under a second
QUIET_S = 1.5  # without a new event: nothing is on its way any more


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """A set of plans and the name under which it is played."""

    name: str  # the same seed, size and day give the same
    today: date
    plans: tuple[Plan, ...]
    change: Mapping[str, Any]  # of the ward's calendar: payload of change_calendar
    before_new_year: date  # a day from which limits run over the holidays
    sessions: tuple[Session, ...]
    tasks: tuple[Task, ...]

    @property
    def story(self) -> Plan:
        return next(plan for plan in self.plans if plan.is_story)

    @property
    def over_tet(self) -> Plan | None:
        return next((plan for plan in self.plans if plan.over_tet), None)

    @property
    def suspended(self) -> Plan | None:
        return next((plan for plan in self.plans if plan.is_suspended), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """An open clock that the change of the calendar moved."""

    file: str
    clock: str
    was_due_on: date
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """What came of it."""

    files: Mapping[int, str]  # number of the plan -> file number
    broken: Answer  # to the broken message
    moved: tuple[Moved, ...]
    denounced: str  # file of a denunciation whose sender somebody asked for
    position_before: int
    position_after: int
    seconds: float

    @property
    def appended(self) -> int:
        return self.position_after - self.position_before


def prepare(
    log: Log, *, authority: str, today: date, seed: int, cases: int, calendar: Calendar
) -> Demo:
    """The demo as it was first played here, on whatever day that was, else that of `today`.

    Raises: LogUnavailable: the database does not answer.
    """
    days = [today - timedelta(days=ago) for ago in range(YEAR)]
    stories = {_story_stream(authority, _name(seed, cases, day)): day for day in days}
    known = [stories[commit.proposal.stream] for commit in log.read(authority, *stories)]
    day = min(known, default=today)
    plans = generate(day, calendar=calendar, seed=seed, cases=cases, authority=authority)
    return Demo(
        name=_name(seed, cases, day),
        today=day,
        plans=tuple(plans),
        change=calendar_change(day, calendar),
        before_new_year=before_new_year(day, calendar),
        sessions=tuple(sessions(day, calendar, seed, min(YEAR, 3 * cases))),
        tasks=tuple(tasks(day, calendar)),
    )


def _name(seed: int, cases: int, day: date) -> str:
    return f"demo-{seed}-{cases}-{day}"


def _story_stream(authority: str, name: str) -> str:
    """The stream of the story's petition, whose number follows from its message."""
    message_id = f"{Agency.source(PORTAL)}#{_story_id(name)}"
    return f"petition-{file_number('petition', authority, PORTAL, message_id)}"


#: Who works at the ward of the demo, and in what role; whoever has a file is its verifier.
CAST: Final = (
    ("tiep-dan", "reception_clerk"),
    ("van-thu", "petition_officer"),
    ("nguoi-xac-minh", "verifier"),
    ("chu-tich", "chair"),
    ("quan-tri", "administrator"),
)


def _story_id(name: str) -> str:
    return f"{name}/story"


def play(
    demo: Demo,
    *,
    amqp_uri: str,
    issuer: Issuer,
    log: Log,
    authority: str,
    progress: Progress,
) -> Played:
    """Play every plan and wait until the services are done with it.

    Raises:
        Unreachable: something gives no answer.
        ServiceFailed, Refused, Malformed: a service does not take what the demo sends, which is
            a bug in one of the two.
    """
    started = time.monotonic()
    before = log.head(authority)
    with _Stage(demo, amqp_uri, issuer, log, authority, progress) as stage:
        broken = stage.publish()
        stage.import_backlog()
        stage.work()
        stage.receive_and_direct()
        denounced = stage.ask_who_denounced()
        moved = stage.settle_down()
    return Played(
        files=dict(stage.files),
        broken=broken,
        moved=moved,
        denounced=denounced,
        position_before=before,
        position_after=log.head(authority),
        seconds=time.monotonic() - started,
    )


@dataclass
class _Stage:
    """Where the plans are played; `files` fills with the file numbers as petitions come in."""

    demo: Demo
    amqp_uri: str
    issuer: Issuer
    log: Log
    authority: str
    progress: Progress
    files: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._registered = {plan.number: threading.Event() for plan in self.demo.plans}
        self._failed = threading.Event()
        self._mine = threading.local()
        self._open: list[Services] = []
        self._tokens: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        for services in self._open:
            services.close()

    # -- ways in

    def publish(self) -> Answer:
        """Everything that comes through the portal, and a broken message; answers its rejection."""
        plans = [plan for plan in self.demo.plans if plan.way is Way.PORTAL]
        numbers = {self._message_id(plan): plan.number for plan in plans}
        broken_id = f"{self.demo.name}/broken"
        task = self.progress.add_task("portal publishes, intake answers", total=len(plans) + 1)
        with Agency(PORTAL) as portal:
            for plan in plans:
                portal.publish(portal.event(self._message_id(plan), plan.payload))
            portal.publish(portal.event(broken_id, broken_petition(self.authority)))
            answers = portal.answers(
                [*numbers, broken_id], WAIT_S, lambda answer: self.progress.advance(task)
            )
        if len(answers) <= len(plans):
            raise Unreachable("intake did not answer the portal: see `donthu status`")
        broken = answers.pop(broken_id)
        for message_id, answer in answers.items():
            if answer.file is None:
                raise ServiceFailed(f"intake rejected message {message_id}: {answer.reasons}")
            self._register(numbers[message_id], answer.file)
        return broken

    def _message_id(self, plan: Plan) -> str:
        return _story_id(self.demo.name) if plan.is_story else f"{self.demo.name}/{plan.number}"

    def import_backlog(self) -> None:
        plans = [plan for plan in self.demo.plans if plan.way is Way.BACKLOG]
        task = self.progress.add_task("backlog imported", total=len(plans))
        payload = {
            "batch": self.demo.name,
            "petitions": [dict(plan.payload) for plan in plans],
            "idempotency_key": f"{self.demo.name}/backlog",
        }
        answer = self._call("intake", "import_backlog", payload)
        for plan, file in zip(plans, answer["files"], strict=True):
            self._register(plan.number, file)
        self.progress.advance(task, len(plans))

    # -- what staff do

    def work(self) -> None:
        """Register what came to the desk, then take every petition as far as its plan goes."""
        task = self.progress.add_task("staff at work", total=len(self.demo.plans))
        with ThreadPoolExecutor(CLERKS, thread_name_prefix="clerk") as clerks:
            handled = [clerks.submit(self._handle, plan) for plan in self.demo.plans]
            try:
                for each in as_completed(handled):
                    each.result()
                    self.progress.advance(task)
            except BaseException:
                self._failed.set()
                clerks.shutdown(cancel_futures=True)
                raise

    def receive_and_direct(self) -> None:
        """Hold the year's sessions of citizen reception, and set and finish the tasks."""
        total = len(self.demo.sessions) + len(self.demo.tasks)
        bar = self.progress.add_task("citizens received, tasks directed", total=total)
        with ThreadPoolExecutor(CLERKS, thread_name_prefix="clerk") as clerks:
            waiting = [clerks.submit(self._hold, each) for each in self.demo.sessions]
            waiting += [clerks.submit(self._direct, *each) for each in enumerate(self.demo.tasks)]
            for done in as_completed(waiting):
                done.result()
                self.progress.advance(bar)

    def _hold(self, session: Session) -> None:
        name = f"{self.demo.name}/session/{session.held_on}"
        of_it: dict[str, Any] = {}
        if session.schedule:
            asked = {**session.schedule, "idempotency_key": f"{name}/schedule"}
            of_it = {"reception": self._call("intake", "schedule_reception", asked)["reception"]}
        for number, turn in enumerate(session.turns, start=1):
            asked = {**turn.payload, **of_it, "idempotency_key": f"{name}/{number}"}
            had = self._call("intake", "record_reception", asked)
            if turn.notified_on:
                told = {
                    "reception": had["reception"],
                    "turn": had["turn"],
                    "notified_on": turn.notified_on.isoformat(),
                    "idempotency_key": f"{name}/{number}/result",
                }
                self._call("intake", "notify_result", told)
        if session.conclude:
            asked = {**session.conclude, **of_it, "idempotency_key": f"{name}/conclusion"}
            self._call("intake", "conclude_reception", asked)

    def _direct(self, number: int, task: Task) -> None:
        name = f"{self.demo.name}/task/{number}"
        asked = {**task.set, "idempotency_key": f"{name}/set"}
        of_it = {"task": self._call("assignment", "set_task", asked)["task"]}
        if task.finish:
            done = {**task.finish, **of_it, "idempotency_key": f"{name}/done"}
            self._call("assignment", "finish_task", done)

    def _handle(self, plan: Plan) -> None:
        if plan.number not in self.files:
            self._register_at_desk(plan)
        file = self.files[plan.number]
        has_case = False
        for number, step in enumerate(plan.steps):
            if step.service == "assignment" and not has_case:
                self._await_case(file)
                has_case = True
            payload = dict(step.payload) | {
                "file": file,
                "idempotency_key": f"{self.demo.name}/{plan.number}/{number}",
            }
            if step.method == "assign":
                self._assign(step, payload)
            elif step.method == "report_verification":
                verifier = {"officer": self._officer(file)}
                self._call(step.service, step.method, payload | verifier)
            else:
                self._call(step.service, step.method, payload)

    def _register_at_desk(self, plan: Plan) -> None:
        payload = dict(plan.payload) | self._repeated(plan)
        payload["idempotency_key"] = f"{self.demo.name}/{plan.number}/register"
        answer = self._call("intake", "register_petition", payload)
        self._register(plan.number, answer["file"])

    def _repeated(self, plan: Plan) -> dict[str, str]:
        """The earlier petition's file number; waits for the clerk who is at it."""
        if plan.repeats is None:
            return {}
        while not self._registered[plan.repeats].wait(0.1):
            if self._failed.is_set():
                raise Unreachable("stopped, since another petition failed")
        return {"repeats": self.files[plan.repeats]}

    def _register(self, number: int, file: str) -> None:
        self.files[number] = file
        self._registered[number].set()

    def _assign(self, step: Step, payload: dict[str, Any]) -> None:
        """To whom the system suggests."""
        if self._events(f"case-{payload['file']}", "CaseAssigned"):
            return  # played before; a suggestion of today would be another
        suggested = self._call("assignment", "suggest_assignee", {"file": payload["file"]})
        chosen = {name: suggested[name] for name in ("unit", "officer")}
        chosen["reasons"] = [reason["code"] for reason in suggested["reasons"]]
        self._call(step.service, step.method, payload | chosen)

    def ask_who_denounced(self) -> str:
        """One asks, looks too early, another allows it, the first looks; all of it is on record."""
        file = next(
            self.files[plan.number]
            for plan in self.demo.plans
            if plan.way is not Way.BACKLOG
            and plan.payload.get("claimed_kind") == Kind.DENUNCIATION
            and plan.payload["petitioners"]
        )
        if self._events(f"identity-{file}"):
            return file  # played before
        asked = {"file": file, "purpose": IdentityPurpose.CHECK_IDENTITY.value}
        asked["reason"] = "Kiểm tra điều kiện thụ lý, hẹn người tố cáo đến làm việc."
        request = self._call("intake", "request_identity", asked)["request"]
        of_it = {"file": file, "request": request}
        with suppress(Refused):
            self._call("intake", "view_identity", of_it)
        self._call("intake", "approve_identity_release", of_it)
        self._call("intake", "view_identity", of_it)
        return file

    def _await_case(self, file: str) -> None:
        self._await(lambda: self._events(f"case-{file}"), "assignment to open the case")

    def _officer(self, file: str) -> str:
        return str(self._events(f"case-{file}", "CaseAssigned")[-1].data["officer"])

    def _events(self, stream: str, type: str | None = None) -> list[Event]:
        events = [event for commit in self._read([stream]) for event in commit.proposal.events]
        return [event for event in events if type in (None, event.type)]

    # -- until all is quiet

    def settle_down(self) -> tuple[Moved, ...]:
        """Wait for the clocks, change the calendar, have missed limits looked for; what moved."""
        task = self.progress.add_task("clocks and reports catch up", total=4)
        # A file from before the rule table has no clock.
        recent = [plan for plan in self.demo.plans if plan.way is not Way.BACKLOG]
        streams = [f"clock-{self.files[plan.number]}" for plan in recent]
        self._await(
            lambda: len({c.proposal.stream for c in self._read(streams)}) == len(streams),
            "deadlines to set the clocks",
        )
        self._await_quiet()
        self.progress.advance(task)
        change = {**self.demo.change, "idempotency_key": f"{self.demo.name}/calendar"}
        self._call("deadlines", "change_calendar", change)
        self._await_quiet()
        self.progress.advance(task)
        self._call("deadlines", "sweep", {})
        self._await_quiet()
        self.progress.advance(task)
        story = self.files[self.demo.story.number]
        latest = max(
            commit.position
            for commit in self._read([f"{category}-{story}" for category in CATEGORIES])
        )
        self._await(
            lambda: self._call("reporting", "case", {"file": story})["position"] >= latest,
            "reporting to catch up",
        )
        self.progress.advance(task)
        return tuple(self._moved())

    def _moved(self) -> Iterator[Moved]:
        for file in self.files.values():
            for event in self._events(f"clock-{file}", "DeadlineMoved"):
                if event.data["reason"] == MoveReason.CALENDAR:
                    yield Moved(
                        file=file,
                        clock=event.data["clock"],
                        was_due_on=date.fromisoformat(event.data["was_due_on"]),
                        due_on=date.fromisoformat(event.data["due_on"]),
                    )

    def _read(self, streams: Sequence[str]) -> list[Any]:
        return self.log.read(self.authority, *streams)

    def _await_quiet(self) -> None:
        head, since = self.log.head(self.authority), time.monotonic()
        deadline = since + WAIT_S
        while (now := time.monotonic()) - since < QUIET_S:
            if now > deadline:
                raise Unreachable(f"events keep coming for {WAIT_S:.0f} s: see `donthu status`")
            time.sleep(0.1)
            if (latest := self.log.head(self.authority)) != head:
                head, since = latest, time.monotonic()

    def _await(self, ask: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + WAIT_S
        while not (answer := ask()):
            if time.monotonic() > deadline:
                raise Unreachable(f"waited {WAIT_S:.0f} s for {what}: see `donthu status`")
            if self._failed.is_set():
                raise Unreachable("stopped, since another petition failed")
            time.sleep(0.02)
        return answer

    def _call(self, service: str, method: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        token = self._token(f"{service}.{method}", payload.get("file"))
        if not hasattr(self._mine, "services"):
            self._mine.services = Services(self.amqp_uri, authority=self.authority, token=token)
            self._open.append(self._mine.services)
        attempts = 3  # others may be at the same file
        for attempt in range(1, attempts + 1):
            try:
                answer: dict[str, Any] = self._mine.services.call(service, method, payload, token)
                return answer
            except Conflict:
                if attempt == attempts:
                    raise
        raise AssertionError("unreachable")

    def _token(self, action: str, file: str | None) -> str:
        """Of the first of the ward's people whose work this is."""
        for officer, role in CAST:
            if _is_work_of(role, action):
                if role == "verifier" and file:
                    officer = self._officer(file)
                return self._issued(officer, role)
        raise AssertionError(f"nobody does {action}")

    def _issued(self, officer: str, role: str) -> str:
        known = (officer, role)
        if known not in self._tokens:
            self._tokens[known] = self.issuer.token(f"officer:{officer}", self.authority, [role])
        return self._tokens[known]


@cache
def _is_work_of(role: str, action: str) -> bool:
    caller = Caller(actor="officer:any", authority="any", roles=frozenset({role}))
    return policies().ever(caller, action)
