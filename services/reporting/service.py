"""The reporting service as RabbitMQ sees it: one short method for each way in."""

from datetime import datetime
from functools import cached_property
from typing import Any

from nameko.timer import timer

from services.reporting import (
    comparing,
    papers,
    proofs,
    queries,
    rebuild,
    replay,
    schemas,
    statutory,
    timeline,
)
from services.reporting.forms import freezing, taking_over
from services.reporting.projections import CASES, RECEPTIONS, TASKS
from shared.access.gate import Gate, check_wards
from shared.access.permissions import unknown
from shared.calling import command, rpc
from shared.clock import instant_text
from shared.crew import Crew
from shared.directory import Directories, Directory
from shared.event_sourcing import Call, Streams
from shared.ledger import Recorded, flatten
from shared.listening import listen
from shared.personal import Personal
from shared.projecting import Projector
from shared.projection import Row
from shared.providers import (
    CallProvider,
    CrewProvider,
    GateProvider,
    Kernel,
    KernelProvider,
    Stream,
    View,
)
from shared.wire import read

CATCH_UP_S = 0.2  # seconds between two looks at the news, of which no message may have told us


class ReportingService:
    """Answers what is known of every file of the ward, now or as of any day, and reports on it.

    Records nothing but its own reports, and what a ward brings along from those of before.
    """

    name = "reporting"

    kernel: Kernel = KernelProvider()
    call: Call = CallProvider()
    gate: Gate = GateProvider()
    crew: Crew = CrewProvider()
    table: Projector = View(CASES)
    reception_table: Projector = View(RECEPTIONS)
    task_table: Projector = View(TASKS)
    frozen: Streams[freezing.Report] = Stream(
        "report", initial=freezing.Report(), evolve=freezing.evolve
    )
    taken_over: Streams[taking_over.Balances] = Stream(
        "balance", initial={}, evolve=taking_over.evolve
    )

    @command
    def cases(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Cards of the cases that fit all filters, those received last first.

        Payload: filters (`flags`: all of them; `unassigned`: open and nobody's; `escalated_to`: an
        officer, a unit, `don_vi_tham_muu`, `chu_tich`), `limit` (1 to 200), `after` (`next` of the
        page before). Answer: `as_of`, `cases`, `next` (null on the last page). A unit or an officer
        whom neither the ward's directory nor a case knows is malformed, and told with all codes.
        """
        asked = read(schemas.CASES, payload)
        rows, visible = self._readable()
        queries.check_codes(rows, visible, asked, self._directory)
        return self._known(queries.cases(rows, visible, asked, self._today()))

    @command
    def case(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The card of one file, folded from every event up to `position` of the ledger.

        Payload: `file`. Answer: the card, here and elsewhere with `unit_name`, `officer_name` and
        the like as the ward's directory has them today. Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        row = queries.case(self.table.rows(), self.call.authority, file)
        if row is None:  # so new that no message has woken us yet
            self.table.catch_up(self.call.authority)
            row = queries.case(self.table.rows(), self.call.authority, file)
        if row is None:
            raise unknown()
        return self._shown(queries.card(row, self._today()))

    @command
    def history(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Every event of one file as the ledger has it, for auditors; sealed parts by name only.

        Payload: `file`. Answer: `file`, `events` (as published, with `legal_date`, `sealed` and
        `sentence`). Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        events = self._events_of(file)
        return {"file": file, "events": timeline.history(events, self._directory)}

    @command
    def timeline(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What happened to one file in Vietnamese sentences, by the day that the law counts.

        Payload: `file`. Answer: `file`, `entries` (`on`, `sentence`, `type`, `id`, `position`).
        Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        events = self._events_of(file)
        return {"file": file, "entries": timeline.timeline(events, self._directory)}

    @command
    def identity_trail(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Who asked for a denouncer's identity, who decided, who looked, who was turned away.

        Payload: `file`. Answer: `file`, `entries` (`on`, `sentence`, `type`, `id`, `position`);
        no entry holds an identity. Refused: `unknown_file`.
        """
        file = read(schemas.OF_FILE, payload).file
        queries.events_of(self.kernel.log, self.call.authority, file)
        trail = flatten(self.kernel.log.read(self.call.authority, f"identity-{file}"))
        return {"file": file, "entries": timeline.timeline(trail, self._directory)}

    @command
    def replay(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The card of one file as it stood, from the ledger alone.

        Payload: `file`, `as_of` (what had happened by that day, as the law counts), `known_at`
        (what was on record at that instant). Answer: `file`, `as_of`, `known_at`, `case` (null if
        the file was not there yet). Refused: `unknown_file`.
        """
        asked = read(schemas.REPLAY, payload)
        events = self._events_of(asked.file)
        row = replay.replay(events, as_of=asked.as_of, known_at=asked.known_at)
        moment, today = replay.Moment(as_of=asked.as_of, known_at=asked.known_at), self._today()
        told = self._shown(queries.card(row, moment.day(today))) if row else None
        return {"file": asked.file} | moment.as_data(today) | {"case": told}

    @command
    def compare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What is different on the card of one file at two moments, from the ledger alone.

        Payload: `file`, `first`, `second` (moments: `as_of`, `known_at` as in `replay`; now, if
        left out). Answer: `file`, `first`, `second`, `changes` (`field`, `before`, `after`, of
        units and officers also `before_name`, `after_name`; `cause`: `on`, `sentence`, `type`,
        `id`, `position` of the event; null where only days have passed). Refused: `unknown_file`.
        """
        asked, today = read(schemas.COMPARE, payload), self._today()
        events, directory = self._events_of(asked.file), self._directory
        changes = comparing.differences(
            events, asked.first, asked.second, today, queries.card, directory
        )
        return {
            "file": asked.file,
            "first": asked.first.as_data(today),
            "second": asked.second.as_data(today),
            "changes": [queries.named_change(change, directory) for change in changes],
        }

    @command
    def cases_as_of(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Cards as they were at a moment, by file number, folded from the ledger alone.

        Payload: `as_of`, `known_at` as in `replay`; filters, `limit` and `after` as in `cases`.
        Answer: `as_of`, `known_at`, `cases`, `next` (null on the last page; a page before it may be
        short or empty). Who may read a file is judged as of now.
        """
        asked = read(schemas.CASES_AS_OF, payload)
        return self._known(
            queries.cases_as_of(
                self.kernel.log, self.call.authority, asked, self._today(), self.gate.reads
            )
        )

    @command
    def workload(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Open and overdue files by unit and officer, and how many nobody has yet.

        Answer: `as_of`, `open`, `overdue`, `unassigned`, `transfers` (how often open files changed
        hands), `days_lost` (with officers who then gave them away), `units` (`unit`, `unit_name`,
        the same figures, `officers` with `officer_name`).
        """
        read(schemas.NOTHING, payload)
        return queries.workload(*self._readable(), self._today(), self._directory)

    @command
    def overdue(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Cards of open files with an overdue clock as of today, those that wait longest first.

        Payload: `limit` (1 to 200), `after`. Answer: `as_of`, `cases`, `next`.
        """
        asked = read(schemas.PAGE, payload)
        return self._known(queries.overdue(*self._readable(), asked, self._today()))

    @command
    def backlog(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Open files that linger: overdue, or here for `min_days` and more; the oldest first.

        Payload: `min_days` (45 if left out: after so many days unprocessed, NĐ 154/2026 Đ.41.3.b
        threatens discipline), `unplanned` (without a plan to finish it, or with one), `limit` (1 to
        200), `after`. Answer: `as_of`, `cases` (cards, of which `plan` is what `plan_settlement` of
        assignment laid down last: `planned_on`, `finish_by`, `planned_by`, `unit`, `officer`, or
        null; and `is_plan_overdue`; with `age_days`, `causes`, `next_step` (who has it and what
        ends next) and `missed`: `clock`, `name`, `rule`, `due_on`, `days_overdue`), `next`. A file
        that is not accepted yet has no case, so nobody can plan it: its next step is to be handled.
        """
        asked = read(schemas.BACKLOG, payload)
        return self._known(queries.backlog(*self._readable(), asked, self._today()))

    @command
    def receptions(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Sessions of citizen reception that fit all filters, the latest first.

        Payload: `kind`, `mode`, `host`, `held_from`, `held_to`, `limit` (1 to 200), `after`.
        Answer: `as_of`, `receptions` (with `turns`, their `file` null where the caller may not read
        it, `refusals`, `clocks`), `next`.
        """
        asked = read(schemas.RECEPTIONS, payload)
        rows = self.reception_table.rows()
        answer = queries.receptions(rows, self.call.authority, asked, self._today())
        sessions = answer["receptions"]
        named = {turn["file"] for session in sessions for turn in session["turns"]} - {None}
        known = queries.known_among(*self._readable(), named)
        told = [
            queries.turns_without_others(
                session,
                lambda file: file in known or self._may_know(file),
                self.gate.is_kept_from,
            )
            for session in sessions
        ]
        return answer | {"receptions": told}

    @command
    def reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What happened in one session of citizen reception, in Vietnamese sentences.

        Payload: `reception`. Answer: `reception`, `entries` (`on`, `sentence`, `type`, `id`,
        `position`). Refused: `unknown_reception`.
        """
        reception = read(schemas.OF_RECEPTION, payload).reception
        log, authority = self.kernel.log, self.call.authority
        events = queries.events_of_reception(log, authority, reception)
        entries = timeline.timeline(self._of_session(events), self._directory)
        return {"reception": reception, "entries": entries}

    @command
    def tasks(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Directive tasks that fit all filters, those due first.

        Payload: `unit`, `officer`, `topic`, `is_open`, `overdue`, `limit` (1 to 200), `after`.
        Answer: `as_of`, `tasks` (with `unit_name`, `officer_name`, `clocks`, and `escalations`: to
        whom a late one was brought), `next`. Unknown units and officers as in `cases`.
        """
        asked = read(schemas.TASKS, payload)
        rows, authority, directory = self.task_table.rows(), self.call.authority, self._directory
        queries.check_codes(rows, {"authority": authority}, asked, directory)
        page = queries.tasks(rows, authority, asked, self._today())
        return page | {"tasks": [task | queries.names(task, directory) for task in page["tasks"]]}

    @command
    def statutory_report(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The six statutory forms (Thông tư 06/2025/TT-TTCP) of any window, as they stand.

        Payload: `period` (`2026-Q1` to `2026-Q4`, `2026-6T`, `2026-9T`, `2026`, `QH-2026`,
        `2026-01-01..2026-03-31`), `form` (all six if left out), `authorities` (a province asks for
        its wards, one row each; the caller's own if left out), `known_at` (as it was on record
        then). Answer: `period`, `declaration` (version of columns and readings), `authorities`
        (each with `position` and `hash` of the ledger), `tables` (`form`, `title`, `rows`, `sum`;
        `before` and `year_before`, the windows to compare with; `reported`, the sum of the frozen
        reports, who has none, and where the ledger says otherwise now), `broken` (relations that do
        not hold, with the `cases` that the caller may read, and `not_shown`, how many others).
        Figures count every file, whoever asks. Money in đồng, land in m². Refused:
        `unknown_period`, `unknown_form`.
        """
        asked = read(schemas.STATUTORY_REPORT, payload)
        check_wards(self.gate, "reporting.statutory_report", asked.authorities)
        return statutory.statutory_report(
            self.kernel.log,
            asked.authorities or (self.call.authority,),
            asked.period,
            asked.form,
            _instant(asked.known_at),
            self.gate.hidden,
        )

    @command
    def explain_figure(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The cases and events behind one figure of a form, and how its column is read.

        Payload: `form`, `column`, `period`, `known_at`. Answer: `figure`, `heading`, `meaning`,
        `counts` (which events), `reading`, `balance` (what the column carries over from the old
        forms), `formula`, `parts` (of a formula), `entries` (`case`, `amount`, `events`; of an
        opening balance no case but `balance`: `as_of`, `period`, `amount`, `entered` (of it as
        files), `source_number`, `source_dated`), `not_shown` (how many more there are, that the
        caller may not read; the figure counts them). Refused: `unknown_period`, `unknown_form`,
        `unknown_column`.
        """
        asked = read(schemas.EXPLAIN_FIGURE, payload)
        return statutory.explain_figure(
            self.kernel.log,
            self.call.authority,
            asked.form,
            asked.column,
            asked.period,
            _instant(asked.known_at),
            self.gate.hidden,
            self._directory,
        )

    @command
    def freeze_report(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Fix the figures of a window for signing (chốt số liệu), or of a correction.

        Payload: `period`; of a correction also `corrects` (the report it takes the place of),
        `reason` and `explanation` (sealed). Answer: `report`, `version`, `position`. Refused:
        `unknown_period`, `window_not_over`, `already_frozen`, `not_the_last_report`,
        `reason_missing`, `reason_without_correction`, `nothing_to_correct`.
        """
        asked = read(schemas.FREEZE_REPORT, payload)
        freeze = statutory.freezing_of(
            self.kernel.log,
            self.call.authority,
            asked.period,
            self._today(),
            corrects=asked.corrects,
            reason=asked.reason,
            personal=Personal({"text": asked.explanation})
            if asked.explanation
            else Personal.nothing(),
        )
        return _of_report(self.frozen.transact(freeze.report, freezing.freeze_report, freeze))

    @command
    def submit_report(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the signed report went to the level above (gửi báo cáo).

        Payload: `report`, `submitted_on`, `to` (code of the authority), `number` (số, ký hiệu).
        Answer: `report`, `version`, `position`. Refused: `unknown_report`, `already_submitted`,
        `date_before_freezing`.
        """
        asked = read(schemas.SUBMIT_REPORT, payload)
        submit = freezing.SubmitReport(
            report=asked.report,
            submitted_on=asked.submitted_on,
            to=asked.to,
            number=asked.number,
        )
        return _of_report(self.frozen.transact(submit.report, freezing.submit_report, submit))

    @command
    def record_opening_balances(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take over what the last reports of before leave to carry over (số dư đầu kỳ).

        Payload: `balances`, each with `period` of the old report, on whose last day it was left;
        `form`, `column` of today; `amount` (money in đồng), all of it, also what is or will be
        entered as files; `source_number`, `source_dated` of the old report; of a correction
        `reason` and `explanation` (sealed). All are recorded or none; the same again change
        nothing. Answer: `version`, `position`. Refused: `unknown_period`, `balance_not_carried`,
        `balance_twice`, `balance_differs`, `reason_without_balance`, `window_not_over`.
        """
        asked = read(schemas.OPENING_BALANCES, payload)
        take = statutory.taking_over(asked, self._today())
        answer = self.taken_over.transact(
            self.call.authority, taking_over.record_opening_balances, take
        )
        return {"version": answer["version"], "position": answer["position"]}

    @command
    def opening_balances(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What was taken over from the reports of before; of each day and column the latest.

        Answer: `balances` (`as_of`, `period`, `form`, `column`, `amount`, `source_number`,
        `source_dated`, `event`, `recorded_at`; of a correction `was` and `reason`).
        """
        read(schemas.NOTHING, payload)
        return statutory.opening_balances(self.kernel.log, self.call.authority)

    @command
    def reports(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Which reports were due in the last year and which are missing, late, frozen or sent.

        Payload: `period` (any one window, also one that the law does not name), `authorities` (a
        province asks for its wards; the caller's own if left out). Answer: `as_of`, `windows`
        (`due_on`, `is_frozen`, `is_submitted`, `is_missing`, `days_late`, `reports`: the report and
        its corrections, the last one counts), `wards` (of each one named: `authority`, `windows`).
        Refused: `unknown_period`.
        """
        asked = read(schemas.REPORTS, payload)
        check_wards(self.gate, "reporting.reports", asked.authorities)
        return statutory.reports(
            self.kernel.log, self.call.authority, asked.authorities, asked.period, self._today()
        )

    @command
    def recount_report(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Count a frozen report again from the state of the ledger that it names.

        Payload: `report`. Answer: `same_ledger` (the hash is still there), `same_declaration`
        (columns are counted as they were), `differences` (none if both are true). Refused:
        `unknown_report`.
        """
        asked = read(schemas.OF_REPORT, payload)
        return statutory.recount(self.kernel.log, self.call.authority, asked.report)

    @command
    def letters(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The model letters: form and confidence, for which kinds, and each field's event.

        Answer: `letters` (`letter`, `title`, `form` (null: the law has none), `confidence`, `of`
        (`file` or `reception`), `kinds` (empty: any), `about`, `signed_by`, `fields`).
        """
        read(schemas.NOTHING, payload)
        return papers.all_letters()

    @command
    def letter(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A model letter about one file, as DOCX in base64, filled in as far as is on record.

        Payload: `file` (of a letter about a reception, the session), `letter`; optional `event`
        (where there are several of its kind; the last if left out), `issuer` and `place` as
        printed. Answer: as in `letters`, `docx`, `values` (`field`, `label`, `status`, `text`,
        `event`; `known`; `sealed`: `part` and `name` to open, by who is entitled, from intake or
        assignment; `code`: of the ward's directory; `missing`), `missing` (labels),
        `cautions` (who else stands in for or beside the first petitioner). Refused:
        `unknown_letter`, `unknown_file`, `unknown_reception`, `letter_of_another_kind`,
        `unknown_letter_event`.
        """
        asked = read(schemas.DRAFT_LETTER, payload)
        return papers.letter(
            self.kernel.log, self.call.authority, asked, self._directory, self._of_session
        )

    @command
    def register(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A register as it is printed (sổ tiếp công dân, Mẫu 03/TCD; sổ theo dõi đơn), by pages.

        Payload: `register` (`tiep_cong_dan` or `don`), `period` (as in `statutory_report`), `page`
        (from 1), `limit` (1 to 200). Answer: `title`, `form`, `confidence`, `period`, `columns`
        (`sealed_part`: which part of the personal data belongs there), `total`, `rows` (`cells`;
        `sealed`: column → part of `event` in `stream`, which intake opens for who is entitled),
        `next` (page, or null). Refused: `unknown_register`, `unknown_period`.
        """
        asked = read(schemas.REGISTER, payload)
        return papers.register(
            self.kernel.log,
            *self._readable(),
            self.reception_table.rows(),
            asked,
            self._directory,
            self._may_know,
        )

    @command
    def performance(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What leaders look at, of one window: limits kept, ageing, officers, time lost, trends.

        Of the files that the caller may read. Payload: `period` (as in `statutory_report`). Answer:
        `rules`, `fields`, `units` (`limits`, `in_time`, `late`, `rate` in percent, `late_files`),
        `ageing` (open files by unit, officer and field), `officers` (`assigned`, `held`, `settled`,
        `ended`, `limits`, `late`, with `lineage` for the yearly ranking, no score; see
        `evaluation`), `unit_results` (the same of units, with `tasks_set`, `tasks_done` in the
        window and `tasks_late` of those due in it), `tasks` (directive ones that were due),
        `transfers` (`days_lost`), `chair_days` (`required` and `days`), `trend` by month. Beside
        codes stand `unit_name`, `officer_name` of the ward's directory. Refused: `unknown_period`.
        """
        asked = read(schemas.OF_WINDOW, payload)
        return papers.measured(
            self.kernel.log,
            self.call.authority,
            asked.period,
            self._today(),
            self._directory,
            self.gate.hidden,
        )

    @command
    def written_report(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The narrative report (Mẫu số 02, Thông tư 06/2025), as DOCX in base64, for people to end.

        With one picture: the trend, the backlog by age, limits kept by unit. Payload: `period` (as
        in `statutory_report`), optional `issuer` and `place` as printed. Answer: `period`,
        `compared_with` (the window before, the same of the year before), `docx`. Refused:
        `unknown_period`.
        """
        asked = read(schemas.DRAFT_REPORT, payload)
        return papers.written_report(
            self.kernel.log, self.call.authority, asked, self._today(), self._directory
        )

    @command
    def verify(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Check the hash chain of the ward's whole ledger, and the checkpoints signed over it.

        Answer: `authority`, `commits`, `ok`, `fault` (null, or what is wrong at the first bad one).
        """
        read(schemas.NOTHING, payload)
        return proofs.verified(self.kernel.log, self.kernel.clock, self.call.authority)

    @command
    def checkpoint(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Sign the ward's ledger as it is now; the last checkpoint where nothing is new.

        Answer: `authority`, `checkpoint` (signed note, see docs/verify.md), `key`, `fingerprint`.
        Refused: `ledger_contradicts_checkpoint`, `checkpoint_busy`, `nothing_signs`.
        """
        read(schemas.NOTHING, payload)
        return proofs.checkpoint(self.kernel.log, self.kernel.clock, self.call.authority)

    @command
    def export(self, payload: dict[str, Any]) -> dict[str, Any]:
        """All that the ledger has of one file, with what proves it to who has no access to us.

        Payload: `file`. Answer: the export (docs/verify.md); sealed parts stay sealed. Refused:
        `unknown_file`, and as `checkpoint`.
        """
        file = read(schemas.OF_FILE, payload).file
        return proofs.export(self.kernel.log, self.kernel.clock, self.call.authority, file)

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
        """Whether ledger and tables answer, and how each table stands to the code.

        Answer: `service`, `authorities`, `tables` (`table`, `version` of its rows, `code` version,
        `is_outdated`, `is_rebuilding`).
        """
        return {
            "service": self.name,
            "authorities": len(self.kernel.log.authorities()),
            "tables": [table.standing() for table in self._tables()],
        }

    @listen(intake="#", assignment="#", deadlines="#")
    def wake(self, event: Recorded) -> None:
        """There is news: read it from the ledger, whatever the message says.

        Of a ward that is another instance's there is nothing to do: that one hears of it by itself.
        """
        if not self.crew.has(event.authority):
            return
        for table in self._tables():
            if table.projection.key(event) is not None:
                table.catch_up(event.authority, until=event.position)

    @timer(interval=CATCH_UP_S)
    def catch_up_all(self) -> None:
        """Catch up with what no message told us of, since another instance got it, or nobody."""
        news = self.kernel.news.take()
        if self.crew.take_change():
            news = None  # what was new of a ward that is ours now, nobody may have taken up
        if news == {}:
            return
        for table in self._tables():
            table.catch_up_all(news, self.crew.has)

    @timer(interval=proofs.CHECKPOINT_S, eager=True)
    def checkpoint_all(self) -> None:
        """Sign what is new of every ward; at the start too, to find a restored older ledger."""
        proofs.checkpoint_all(self.kernel.log, self.kernel.clock, self.crew.has)

    def _tables(self) -> tuple[Projector, ...]:
        return self.table, self.reception_table, self.task_table

    def _readable(self) -> tuple[queries.Rows, Row]:
        """The table of cases, and the query that only those pass which the caller may read now."""
        visible = self.gate.filter(self.table.reached(self.call.authority))
        return self.table.rows(), visible  # in this order: the table may have moved on, never back

    @cached_property
    def _directory(self) -> Directory:
        """Read anew for each call, so that who entered a name sees it in the next letter."""
        return Directories.from_environment().of(self.call.authority)

    def _may_know(self, file: str) -> bool:
        return self.gate.may("reporting.case", file)

    def _of_session(self, events: list[Recorded]) -> list[Recorded]:
        return queries.session_without_others(events, self._may_know, self.gate.is_kept_from)

    def _known(self, page: dict[str, Any]) -> dict[str, Any]:
        return page | {"cases": [self._shown(card) for card in page["cases"]]}

    def _shown(self, card: dict[str, Any]) -> dict[str, Any]:
        """The card as the caller may see it, with the names of today's directory."""
        named = card | queries.names(card, self._directory)
        return queries.without_others(named, self._may_know)

    def _events_of(self, file: str) -> list[Recorded]:
        """Raises: Refused: unknown_file."""
        events = queries.events_of(self.kernel.log, self.call.authority, file)
        return timeline.without_others(events, self._may_know)

    def _today(self) -> Any:
        return self.kernel.clock.today()


def _instant(known_at: datetime | None) -> str | None:
    return instant_text(known_at) if known_at else None


def _of_report(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a transaction, with the report's id under its own name."""
    return {"report": answer["file"], "version": answer["version"], "position": answer["position"]}
