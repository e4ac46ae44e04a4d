"""The reporting service as RabbitMQ sees it: one short method for each way in."""

from typing import Any

from nameko.timer import timer

from services.reporting import queries, rebuild, replay, schemas, timeline
from services.reporting.projections import CASES, RECEPTIONS, TASKS
from shared.access.gate import Gate
from shared.clock import instant_text
from shared.errors import Refused
from shared.event_sourcing import Call
from shared.ledger import Recorded, flatten
from shared.listening import listen
from shared.projecting import Projector
from shared.providers import CallProvider, GateProvider, Kernel, KernelProvider, View, command, rpc
from shared.wire import read

CATCH_UP_S = 2.0  # seconds between two looks at the ledger, should a message have been lost


class ReportingService:
    """Answers what is known of every file of the ward, now or as of any day; records nothing."""

    name = "reporting"

    kernel: Kernel = KernelProvider()
    call: Call = CallProvider()
    gate: Gate = GateProvider()
    table: Projector = View(CASES)
    reception_table: Projector = View(RECEPTIONS)
    task_table: Projector = View(TASKS)

    @command
    def cases(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Cards of the cases that fit all filters, those received last first.

        Payload: filters, `limit` (1 to 200), `after` (`next` of the page before). Answer: `as_of`,
        `cases`, `next` (null on the last page).
        """
        asked = read(schemas.CASES, payload)
        return queries.cases(self.table.rows(), self.gate.filter(), asked, self._today())

    @command
    def case(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The card of one file, folded from every event up to `position` of the ledger.

        Payload: `file`. Answer: the card. Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        row = queries.case(self.table.rows(), self.call.authority, file)
        if row is None:  # so new that no message has woken us yet
            self.table.catch_up(self.call.authority)
            row = queries.case(self.table.rows(), self.call.authority, file)
        if row is None:
            raise Refused("unknown_file", queries.UNKNOWN_FILE)
        return queries.card(row, self._today())

    @command
    def history(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Every event of one file as the ledger has it, for auditors; sealed parts by name only.

        Payload: `file`. Answer: `file`, `events` (as published, with `legal_date`, `sealed` and
        `sentence`). Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        events = queries.events_of(self.kernel.log, self.call.authority, file)
        return {"file": file, "events": timeline.history(events)}

    @command
    def timeline(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What happened to one file in Vietnamese sentences, by the day that the law counts.

        Payload: `file`. Answer: `file`, `entries` (`on`, `sentence`, `type`, `id`, `position`).
        Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        events = queries.events_of(self.kernel.log, self.call.authority, file)
        return {"file": file, "entries": timeline.timeline(events)}

    @command
    def identity_trail(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Who asked for a denouncer's identity, who decided, who looked, who was turned away.

        Payload: `file`. Answer: `file`, `entries` (`on`, `sentence`, `type`, `id`, `position`);
        no entry holds an identity. Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        queries.events_of(self.kernel.log, self.call.authority, file)
        trail = flatten(self.kernel.log.read(self.call.authority, f"identity-{file}"))
        return {"file": file, "entries": timeline.timeline(trail)}

    @command
    def replay(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The card of one file as it stood, from the ledger alone.

        Payload: `file`, `as_of` (what had happened by that day, as the law counts), `known_at`
        (what was on record at that instant). Answer: `file`, `as_of`, `known_at`, `case` (null if
        the file was not there yet). Refused: `unknown_file`.
        """
        asked = read(schemas.REPLAY, payload)
        events = queries.events_of(self.kernel.log, self.call.authority, asked.file)
        row = replay.replay(events, as_of=asked.as_of, known_at=asked.known_at)
        known_at = asked.known_at
        day = asked.as_of or (replay.vietnamese_day(known_at) if known_at else self._today())
        return {
            "file": asked.file,
            "as_of": day.isoformat(),
            "known_at": instant_text(known_at) if known_at else None,
            "case": queries.card(row, day) if row else None,
        }

    @command
    def workload(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Open and overdue files by unit and officer, and how many nobody has yet.

        Answer: `as_of`, `open`, `overdue`, `unassigned`, `transfers` (how often open files changed
        hands), `days_lost` (with officers who then gave them away), `units` (`unit`, the same
        figures, `officers`).
        """
        read(schemas.NOTHING, payload)
        return queries.workload(self.table.rows(), self.gate.filter(), self._today())

    @command
    def overdue(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Cards of open files with an overdue clock as of today, those that wait longest first.

        Payload: `limit` (1 to 200), `after`. Answer: `as_of`, `cases`, `next`.
        """
        asked = read(schemas.PAGE, payload)
        return queries.overdue(self.table.rows(), self.gate.filter(), asked, self._today())

    @command
    def backlog(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Open files that linger: overdue, or here for `min_days` and more; the oldest first.

        Payload: `min_days` (45 if left out: after so many days unprocessed, NĐ 154/2026 Đ.41.3.b
        threatens discipline), `limit` (1 to 200), `after`. Answer: `as_of`, `cases` (cards with
        `age_days` and `missed`: `clock`, `name`, `rule`, `due_on`, `days_overdue`), `next`.
        """
        asked = read(schemas.BACKLOG, payload)
        return queries.backlog(self.table.rows(), self.gate.filter(), asked, self._today())

    @command
    def receptions(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Sessions of citizen reception that fit all filters, the latest first.

        Payload: `kind`, `mode`, `host`, `held_from`, `held_to`, `limit` (1 to 200), `after`.
        Answer: `as_of`, `receptions` (with `turns`, `refusals`, `clocks`), `next`.
        """
        asked = read(schemas.RECEPTIONS, payload)
        rows = self.reception_table.rows()
        return queries.receptions(rows, self.call.authority, asked, self._today())

    @command
    def reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What happened in one session of citizen reception, in Vietnamese sentences.

        Payload: `reception`. Answer: `reception`, `entries` (`on`, `sentence`, `type`, `id`,
        `position`). Refused: `unknown_reception`.
        """
        reception = read(schemas.OF_RECEPTION, payload).reception
        log, authority = self.kernel.log, self.call.authority
        events = queries.events_of_reception(log, authority, reception)
        return {"reception": reception, "entries": timeline.timeline(events)}

    @command
    def tasks(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Directive tasks that fit all filters, those due first.

        Payload: `unit`, `officer`, `topic`, `is_open`, `overdue`, `limit` (1 to 200), `after`.
        Answer: `as_of`, `tasks`, `next`.
        """
        asked = read(schemas.TASKS, payload)
        return queries.tasks(self.task_table.rows(), self.call.authority, asked, self._today())

    @command
    def verify(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Check the hash chain of the ward's whole ledger.

        Answer: `authority`, `commits`, `ok`, `fault` (null, or what is wrong at the first bad one).
        """
        read(schemas.NOTHING, payload)
        return queries.verified(self.kernel.log, self.call.authority)

    @command
    def rebuild(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Fold the tables anew from the ledger of every ward; the old ones answer meanwhile.

        Payload: `table` (all if left out). Answer: `tables`, commits folded by table. Refused:
        `unknown_table`.
        """
        asked = read(schemas.REBUILD, payload)
        return {"tables": rebuild.rebuild(self.kernel.client, self.kernel.log, asked.table)}

    @rpc
    def health(self) -> dict[str, Any]:
        """Whether ledger and tables answer."""
        return {"service": self.name, "authorities": len(self.kernel.log.authorities())}

    @listen(intake="#", assignment="#", deadlines="#")
    def wake(self, event: Recorded) -> None:
        """There is news: read it from the ledger, whatever the message says."""
        for table in self._tables():
            if table.projection.key(event) is not None:
                table.catch_up(event.authority, until=event.position)

    @timer(interval=CATCH_UP_S)
    def catch_up_all(self) -> None:
        """Catch up with what no message told of."""
        for table in self._tables():
            table.catch_up_all()

    def _tables(self) -> tuple[Projector, ...]:
        return self.table, self.reception_table, self.task_table

    def _today(self) -> Any:
        return self.kernel.clock.today()
