"""The deadlines service as RabbitMQ sees it: one short method for each way in."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from nameko.timer import timer

from services.deadlines import domain, policies, schemas
from services.deadlines.facts import Facts, Unanswerable
from services.deadlines.projections import CLOCKS
from services.deadlines.rules import RuleTable
from services.deadlines.terms import Term, compute
from shared import contracts, logs
from shared.clock import instant_text
from shared.errors import Conflict, Refused
from shared.event_sourcing import Call, derived_id
from shared.ledger import Recorded, flatten
from shared.listening import listen
from shared.projection import Row
from shared.providers import CallProvider, KernelProvider, Stream, StreamMaker, View, command, rpc
from shared.wire import read
from shared.working_days import Calendar, OutsideCalendar

RULES = RuleTable.load()
CALENDAR = Calendar.load()

SWEEP_S = 60  # seconds between two looks at all running clocks

log = logs.get(__name__)


class DeadlinesService:
    """Sets, moves and closes the clocks of every file, and tells what is due."""

    name = "deadlines"

    kernel = KernelProvider()
    call = CallProvider()
    clocks = Stream("clock", initial=domain.Clocks(), evolve=domain.evolve)
    clocks_for = StreamMaker("clock", initial=domain.Clocks(), evolve=domain.evolve)
    table = View(CLOCKS)

    @command
    def compute(self, payload: dict[str, Any]) -> dict[str, Any]:
        """When a limit ends and why, without any file.

        Payload: `kind`, `stage` (of the rule table), `trigger_on`, `facts` (`{"complex": "true",
        "pause": ["2026-09-21..2026-10-12"]}`). Answer: `due`, `rule`, `explanation` and more.
        Refused: `unknown_kind`, `unknown_stage`, `unknown_fact`, `malformed_fact`,
        `no_rule_in_force`, `extension_not_allowed`, `not_a_limit`, `outside_calendar`.
        """
        asked = read(schemas.COMPUTE, payload)
        return _term(asked.kind, asked.stage, asked.trigger_on, asked.facts).as_data()

    @command
    def of_case(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The clocks of one file, each with the explanation of its due day.

        Payload: `file`. Answer: `clocks`. Refused: `unknown_file`.
        """
        file = read(schemas.OF_CASE, payload).file
        clocks = self.clocks.state(file).by_name
        if not clocks:
            raise Refused("unknown_file", "Không có hồ sơ này hoặc hồ sơ chưa có thời hạn nào.")
        return {"file": file, "clocks": list(self._explained(file, clocks))}

    @command
    def upcoming(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Running clocks that end within `days`, soonest first; pages by `next`."""
        page, today = read(schemas.PAGE, payload), self.kernel.clock.today()
        until = today + timedelta(days=page.days)
        return self._page(page, {"$gte": today.isoformat(), "$lte": until.isoformat()})

    @command
    def overdue(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Running clocks whose limit is over, longest first; pages by `next`."""
        page = read(schemas.PAGE, payload)
        return self._page(page, {"$lt": self.kernel.clock.today().isoformat()})

    @command
    def sweep(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Look at the ward's running clocks now rather than at the next round.

        Answer: `looked_at`, the number of files.
        """
        read(schemas.NOTHING, payload)
        return {"looked_at": self._sweep(self.call.authority)}

    @rpc
    def health(self) -> dict[str, Any]:
        """Whether ledger and tables answer."""
        return {"service": self.name, "authorities": len(self.kernel.log.authorities())}

    @listen(intake=("#",), assignment=("#",))
    def when_file_moves_then_follow(self, event: Recorded) -> None:
        """Set, move and close the clocks of the file that the event belongs to."""
        self._follow(self.clocks, event.file, records_misses=False)

    @timer(interval=SWEEP_S)
    def sweep_all(self) -> None:
        """Record what is missed or near; exactly once in effect, however many instances run.

        Each miss is appended to the version of the stream that does not have it yet.
        """
        for authority in self.kernel.log.authorities():
            self._sweep(authority)

    def _sweep(self, authority: str) -> int:
        self.table.catch_up(authority)
        today = self.kernel.clock.today()
        near = CALENDAR.add_working_days(today, max(domain.APPROACHING))
        due = {"authority": authority, "state": "running", "due_on": {"$lte": near.isoformat()}}
        files = {row["file"] for row in self.table.rows().find(due | {"is_missed": False})}
        for file in sorted(files):
            call = Call(
                authority=authority,
                actor=f"service:{self.name}",
                correlation=derived_id("sweep", authority, file, today.isoformat()),
                commit_id=derived_id("sweep", authority, file, today.isoformat()),
                digest="",
            )
            try:
                self._follow(self.clocks_for(call), file, records_misses=True)
            except Conflict:
                # The other instance is at the same file; what it leaves comes with the next round.
                log.info("sweep_conflict", authority=authority, file=file)
        return len(files)

    def _follow(self, streams: Any, file: str, *, records_misses: bool) -> None:
        def decide(_file: str, clocks: domain.Clocks) -> list[Any]:
            # The history is read after the clocks: it is never older than what they were set by.
            command = self._news(streams.call.authority, file, records_misses)
            return domain.follow_file(command, clocks) if command else []

        streams.reconcile(file, decide, file)

    def _news(self, authority: str, file: str, records_misses: bool) -> domain.FollowFile | None:
        history = flatten(self.kernel.log.read(authority, f"petition-{file}", f"case-{file}"))
        if not history:
            return None
        today = self.kernel.clock.today()
        events = [contracts.load(event.type, event.data) for event in history]
        return domain.FollowFile(
            limits=tuple(self._counted(file, policies.limits_called_for(events))),
            latest_on=contracts.legal_date(history[-1].type, history[-1].data),
            today=today,
            near={n: CALENDAR.add_working_days(today, n) for n in domain.APPROACHING},
            records_misses=records_misses,
        )

    def _counted(self, file: str, called: Iterable[policies.Called]) -> Iterable[domain.Limit]:
        for limit in called:
            try:
                term = compute(limit.kind, limit.stage, limit.trigger, limit.facts, CALENDAR, RULES)
            except (Unanswerable, OutsideCalendar) as error:
                # An old file from before the table: it has no clock, and the log says so.
                log.warning("no_limit", file=file, stage=limit.stage, code=error.code)
            else:
                yield domain.Limit(name=limit.stage, term=term, done_on=limit.done_on)

    def _explained(self, file: str, clocks: Any) -> Iterable[dict[str, Any]]:
        news = self._news(self.call.authority, file, records_misses=False)
        terms = {limit.name: limit.term for limit in news.limits} if news else {}
        for name, clock in clocks.items():
            row = {
                "clock": name,
                "rule": clock.rule,
                "triggered_on": clock.triggered_on.isoformat(),
                "due_on": clock.due_on.isoformat(),
                "is_running": clock.is_running,
                "is_missed": clock.is_missed,
            }
            if name in terms and terms[name].due == clock.due_on:
                row["explanation"] = list(terms[name].sentences())
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
        rows = list(
            self.table.rows().find(wanted).sort([("due_on", 1), ("_id", 1)]).limit(page.limit)
        )
        last = rows[-1] if len(rows) == page.limit else None
        return {
            "clocks": [_public(row) for row in rows],
            "next": f"{last['due_on']}/{last['_id']}" if last else None,
            "as_of": instant_text(self.kernel.clock.now()),
        }


def _public(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("_id", "authority")}


def _term(kind: str, stage: str, trigger: Any, facts: dict[str, Any]) -> Term:
    stated = [
        (name, str(text))
        for name, told in facts.items()
        for text in (told if isinstance(told, list) else [told])
    ]
    try:
        return compute(kind, stage, trigger, Facts.parse(stated), CALENDAR, RULES)
    except (Unanswerable, OutsideCalendar) as error:
        raise Refused(error.code, str(error)) from None
