"""The deadlines service as RabbitMQ sees it: one short method for each way in."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from nameko.timer import timer

from services.deadlines import calendars, domain, schemas
from services.deadlines.alarms import Alarms
from services.deadlines.facts import Facts, Unanswerable
from services.deadlines.following import Follower
from services.deadlines.projections import CLOCKS, FILES
from services.deadlines.recounts import Recounts
from services.deadlines.refusals import refuse
from services.deadlines.rules import RuleTable, UnknownRule
from services.deadlines.terms import Term, compute
from shared import logs
from shared.calendars import WardCalendar, evolve
from shared.calling import command, rpc
from shared.clock import instant_text
from shared.contracts.receptions import turn_of_clock
from shared.errors import Refused
from shared.ledger import Recorded, flatten
from shared.listening import listen
from shared.projection import Row
from shared.providers import (
    CallProvider,
    CrewProvider,
    GateProvider,
    KernelProvider,
    Stream,
    StreamMaker,
    View,
)
from shared.wire import read
from shared.working_days import Calendar, Confidence, OutsideCalendar

RULES = RuleTable.load()
ALARMS = Alarms.from_environment()

SWEEP_S = 60  # seconds between two looks at all running clocks
RECOUNT_LIMIT_S = 600.0  # for following every open clock of a ward after a change of its calendar

#: State of a clock that has no due day -> why.
WITHOUT_DAY = {
    "paused": (
        "Đang tạm đình chỉ: thời hạn dừng lại, ngày hết hạn được tính lại khi có quyết định"
        " tiếp tục."
    ),
    "uncounted": (
        "Chưa tính được: thời hạn kết thúc trong năm mà lịch làm việc chưa có; ngày hết hạn được"
        " tính khi lịch của năm đó được nhập, theo thông báo nghỉ lễ."
    ),
}

log = logs.get(__name__)


class DeadlinesService:
    """Sets, moves and closes the clocks of every file, and tells what is due."""

    name = "deadlines"

    kernel = KernelProvider()
    call = CallProvider()
    gate = GateProvider()
    crew = CrewProvider()
    clocks = Stream("clock", initial=domain.Clocks(), evolve=domain.evolve)
    reception_clocks = Stream("reception_clock", initial=domain.Clocks(), evolve=domain.evolve)
    task_clocks = Stream("task_clock", initial=domain.Clocks(), evolve=domain.evolve)
    clocks_for = StreamMaker("clock", initial=domain.Clocks(), evolve=domain.evolve)
    calendar = Stream("calendar", initial=WardCalendar.of(Calendar.load()), evolve=evolve)
    table = View(CLOCKS)
    files = View(FILES)

    @command
    def compute(self, payload: dict[str, Any]) -> dict[str, Any]:
        """When a limit ends and why, without any file, by the calendar of the caller's ward.

        Payload: `kind`, `stage` (of the rule table), `trigger_on`, `facts` (`{"complex": "true",
        "pause": ["2026-09-21..2026-10-12"]}`), `as_of` (by the law in force on that day, and the
        calendar as the ward had changed it by then; today unless given). Answer: `due`, `rule`,
        `explanation` and more. Refused: `unknown_kind`, `unknown_stage`, `unknown_fact`,
        `malformed_fact`, `no_rule_in_force`, `extension_not_allowed`, `not_a_limit`,
        `outside_calendar`.
        """
        asked = read(schemas.COMPUTE, payload)
        return self._term(asked).as_data()

    @command
    def of_case(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The clocks of one file, one session of reception or one task, each with why it ends when.

        Payload: `file` (or the number of the session, of the task). Answer: `clocks`, each with
        `state` (`running`, `uncounted`, `paused`, `missed`, `met`, `cancelled`), `due_on` (none
        while uncounted or paused), `explanation`, `internal` (the ward's own target, SLA nội bộ),
        `confidence`; `notes` on limits that must be seen together.
        Refused: `unknown_file`.
        """
        file = read(schemas.OF_CASE, payload).file
        streams = (self.clocks, self.reception_clocks, self.task_clocks)
        found = next((told for each in streams if (told := each.state(file).by_name)), None)
        gone = self._turns_kept_back(file)
        clocks = {
            name: clock for name, clock in (found or {}).items() if turn_of_clock(name) not in gone
        }
        if not clocks:
            refuse("unknown_file")
        told = list(self._explained(file, clocks))
        return {"file": file, "clocks": told, "notes": list(_seen_together(told))}

    @command
    def upcoming(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Running clocks that end within `days`, soonest first; pages by `next`.

        `subject` tells what each is of: `file`, `reception` or `task`, whose number is in `file`.
        `uncounted` are clocks whose day nobody can say until the calendar has the year that they
        end in (`change_calendar`), `limit` of them at most.
        """
        page, today = read(schemas.PAGE, payload), self.kernel.clock.today()
        until = today + timedelta(days=page.days)
        told = self._page(page, {"$gte": today.isoformat(), "$lte": until.isoformat()})
        uncounted = {"authority": self.call.authority, "state": "uncounted"}
        found = filter(self._is_visible, self.table.rows().find(uncounted).sort("_id", 1))
        return told | {"uncounted": [_public(row) for row in islice(found, page.limit)]}

    @command
    def overdue(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Running clocks whose limit is over, longest first; pages by `next`, as in `upcoming`."""
        page = read(schemas.PAGE, payload)
        return self._page(page, {"$lt": self.kernel.clock.today().isoformat()})

    @command
    def change_calendar(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Change the working calendar of the caller's ward; every open clock is counted again.

        Payload: `days` (`{"day", "kind": "holiday" | "made_up" | "swapped_off" | "worked" |
        "normal", "name"}`; `normal` takes an entry back), `document` (number and date of the
        document that says so), `reason`. Refused: `calendar_no_days`, `calendar_day_twice`,
        `calendar_day_unnamed`, `calendar_day_not_special`, `calendar_year_incomplete`,
        `calendar_day_impossible`.
        """
        asked = read(schemas.CHANGE_CALENDAR, payload)
        change = schemas.change_of(asked, self.kernel.clock.today())
        done = self.calendar.transact(self.call.authority, calendars.change_calendar, change)
        return {
            "authority": self.call.authority,
            "version": done["version"],
            "position": done["position"],
        }

    @command
    def sweep(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Look at the ward's running clocks now rather than at the next round.

        Answer: `looked_at`, clocks whose day was near or over; `followed`, the files, sessions and
        tasks among them of which something was to be recorded.
        """
        read(schemas.NOTHING, payload)
        swept = self._follower().sweep(self.clocks_for, self.call.authority)
        return {"looked_at": swept.looked_at, "followed": swept.followed}

    @rpc
    def health(self) -> dict[str, Any]:
        """Whether ledger and tables answer, and how each table stands to the code.

        Answer: `service`, `authorities`, `tables` (see reporting), `calendar_until` (the last day
        of the national calendar; what ends later cannot be counted).
        """
        return {
            "service": self.name,
            "authorities": len(self.kernel.log.authorities()),
            "tables": [table.standing() for table in (self.table, self.files)],
            "calendar_until": f"{max(self.kernel.calendars.national.years)}-12-31",
        }

    @listen(intake=("#",), assignment=("#",))
    def when_file_moves_then_follow(self, event: Recorded) -> None:
        """Set, move and close the clocks of what the event belongs to."""
        clocks = {
            **dict.fromkeys(("petition", "case", "mediation"), self.clocks),
            "reception": self.reception_clocks,
            "task": self.task_clocks,
        }
        # A mediation has no clock of its own, and need not be about a file.
        file = event.data.get("file") if event.category == "mediation" else event.file
        streams = clocks.get(event.category)
        if file and streams:  # what stands elsewhere moves no limit
            self._follower().follow(streams, file, records_misses=False)

    @listen(deadlines="CalendarChanged", time_limit_s=RECOUNT_LIMIT_S)
    def when_calendar_changes_then_count_again(self, event: Recorded) -> None:
        """Move every open clock of the ward that ends on another day by the new calendar."""
        followed = self._follower().follow_open(self.clocks)
        log.info("calendar_changed", authority=event.authority, followed=followed)

    @timer(interval=SWEEP_S)
    def sweep_all(self) -> None:
        """Record what is missed, near or to be escalated, of every authority of this instance's.

        After a release with another calendar or rule table, count some wards again by them.
        """
        follower = self._follower()
        follower.sweep(self.clocks_for, is_mine=self.crew.has)
        tables = f"{self.kernel.calendars.national.version}/{RULES.version}"
        follower.recount(self.clocks_for, Recounts(self.kernel.client, tables), self.crew.has)

    def _follower(self) -> Follower:
        return Follower(
            log=self.kernel.log,
            clock=self.kernel.clock,
            table=self.table,
            files=self.files,
            rules=RULES,
            calendars=self.kernel.calendars,
            alarms=ALARMS,
        )

    def _term(self, asked: schemas.Compute) -> Term:
        stated = [
            (name, str(text))
            for name, told in asked.facts.items()
            for text in (told if isinstance(told, list) else [told])
        ]
        calendar = self.kernel.calendars.of(self.call.authority, asked.as_of).now
        try:
            facts = Facts.parse(stated)
            return compute(
                *(asked.kind, asked.stage, asked.trigger_on, facts, calendar, RULES),
                as_of=asked.as_of,
            )
        except (Unanswerable, OutsideCalendar) as error:
            raise Refused(error.code, str(error)) from None

    def _explained(self, file: str, clocks: Mapping[str, domain.Clock]) -> Iterable[dict[str, Any]]:
        follower, authority = self._follower(), self.call.authority
        history, ward = follower.history(authority, file), self.kernel.calendars.of(authority)
        terms: dict[tuple[str, str], Term] = {}  # a closed clock keeps the calendar it ended by
        for version in {clock.calendar for clock in clocks.values()} | {ward.now.version}:
            if (calendar := ward.by_version.get(version)) is not None:
                for limit in follower.called_for(history, calendar).limits:
                    terms[limit.name, version] = limit.term
        for name, clock in clocks.items():
            row = _told(name, clock)
            for version in (ward.now.version, clock.calendar):
                term = terms.get((name, version))
                if term is not None and (term.due, term.rule.id) == (clock.due_on, clock.rule):
                    row["explanation"] = list(term.sentences())
                    row["effective_on"] = term.effective_on and term.effective_on.isoformat()
                    break
            if row["state"] in WITHOUT_DAY:
                row["explanation"] = [WITHOUT_DAY[row["state"]]]
            yield row

    def _page(self, page: schemas.Page, due: dict[str, str]) -> dict[str, Any]:
        self.table.catch_up(self.call.authority)
        wanted: dict[str, Any] = {
            "authority": self.call.authority,
            "state": "running",
            "due_on": due,
        }
        if page.after:
            day, _, key = page.after.partition("/")
            wanted["$or"] = [{"due_on": {"$gt": day}}, {"due_on": day, "_id": {"$gt": key}}]
        found = self.table.rows().find(wanted).sort([("due_on", 1), ("_id", 1)])
        rows = list(islice(filter(self._is_visible, found), page.limit))
        last = rows[-1] if len(rows) == page.limit else None
        return {
            "clocks": [_public(row) for row in rows],
            "next": f"{last['due_on']}/{last['_id']}" if last else None,
            "as_of": instant_text(self.kernel.clock.now()),
        }

    def _is_visible(self, row: Row) -> bool:
        """Of files and tasks, what the caller may read; of sessions of reception all but turns
        about a file that they are kept from.
        """
        if row["subject"] != "reception":
            return bool(self.gate.may("deadlines.of_case", row["file"]))
        turn = turn_of_clock(row["clock"])
        return turn is None or turn not in self._turns_kept_back(row["file"])

    def _turns_kept_back(self, session: str) -> frozenset[int]:
        """Turns about a file that the caller is kept from: as far as they know, there was none."""
        events = flatten(self.kernel.log.read(self.call.authority, f"reception-{session}"))
        return frozenset(
            event.data["turn"]
            for event in events
            if event.data.get("file") and self.gate.is_kept_from(event.data["file"])
        )


def _public(row: Row) -> Row:
    unsaid = ("_id", "authority", "position", "counted_at", "calendar", "approached")
    told = {name: value for name, value in row.items() if name not in unsaid}
    return told | _mark(row["rule"])


def _mark(rule_id: str) -> dict[str, Any]:
    """What must be said of a rule wherever it is shown: its name, and what it is worth."""
    try:
        rule = RULES.rule(rule_id)
    except UnknownRule:  # of an older table
        return {"name": None, "internal": False, "confidence": None, "mark": None}
    mark = "SLA nội bộ" if rule.is_internal else None
    if mark is None and rule.confidence is Confidence.C:
        mark = "mức C, phường cần xác nhận"
    return {
        "name": rule.name,
        "internal": rule.is_internal,
        "confidence": str(rule.confidence),
        "mark": mark,
    }


def _told(name: str, clock: domain.Clock) -> dict[str, Any]:
    due = clock.due_on and clock.due_on.isoformat()
    return {
        "clock": name,
        "rule": clock.rule,
        "triggered_on": clock.triggered_on.isoformat(),
        "state": _state(clock),
        "due_on": None if clock.is_paused else due,
        "was_due_on": due if clock.is_paused else None,
        "is_running": clock.is_running,
        "is_missed": clock.is_missed,
        "only_informs": clock.only_informs,
        "escalated": sorted({level for day, level in clock.escalated if day == clock.due_on}),
        **_mark(clock.rule),
    }


def _state(clock: domain.Clock) -> str:
    if clock.ended:
        return clock.ended
    if clock.due_on is None:
        return "uncounted"
    if clock.is_paused:
        return "paused"
    return "missed" if clock.is_missed else "running"


def _seen_together(clocks: Iterable[dict[str, Any]]) -> Iterable[str]:
    """A decision can take effect while a window is open: nothing may be closed on one alone."""
    told = list(clocks)
    effects = [clock["effective_on"] for clock in told if clock.get("effective_on")]
    windows = [
        clock["due_on"] for clock in told if clock["clock"].startswith(("appeal_", "limitation_2"))
    ]
    for effect in effects:
        if any(window >= effect for window in windows):
            yield (
                f"Quyết định có hiệu lực pháp luật từ {effect} (tính từ ngày ban hành) trong khi"
                f" thời hạn khiếu nại lần hai còn đến {max(windows)} (tính từ ngày nhận được);"
                " không kết thúc hồ sơ khi mới xét một trong hai mốc."
            )
