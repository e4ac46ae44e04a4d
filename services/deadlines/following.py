"""Bringing clocks up to date: of one file, of all that need it (the sweep), of a whole ward.

The pure part is in `domain`, `policies`, `alarms` and `calendars`; here the ledger is read before
they are asked, and the table tells which files are worth asking for. Memory does not grow with the
number of clocks: they are gone through by key, a page at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Protocol

from services.deadlines import domain, policies
from services.deadlines.alarms import Alarms
from services.deadlines.calling import Called, Law
from services.deadlines.projections import SUBJECTS
from services.deadlines.rules import RuleTable
from shared import contracts, logs
from shared.calendars import Calendars
from shared.clock import Clock
from shared.errors import Conflict
from shared.event_sourcing import Call, Streams, derived_id
from shared.ledger import Log, Recorded, flatten
from shared.projection import Row
from shared.working_days import Calendar

PAGE = 500  # rows of the table looked at together
_CATEGORIES = {subject: category for category, subject in SUBJECTS.items()}

log = logs.get(__name__)


class Table(Protocol):
    """What `shared.projecting.Projector` does for us here."""

    def rows(self) -> Any: ...
    def catch_up(self, authority: str) -> int: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What one sweep did."""

    looked_at: int  # clocks whose day was near or over
    followed: int  # files and sessions that had something to be recorded


@dataclass(frozen=True, kw_only=True)
class Follower:
    """Follows files by the ledger; knows no framework."""

    log: Log
    clock: Clock
    table: Table
    files: Table
    rules: RuleTable
    calendars: Calendars
    alarms: Alarms

    def history(self, authority: str, file: str) -> list[Recorded]:
        """The events of a file, or of a session of reception, with the mediations about it."""
        streams = [f"{category}-{file}" for category in ("petition", "case", "reception")]
        events = flatten(self.log.read(authority, *streams))
        if any(
            event.type == "PetitionForwarded" and event.data.get("purpose") == "hoa_giai"
            for event in events
        ):
            self.files.catch_up(authority)
            row = self.files.rows().find_one({"_id": f"{authority}/{file}"}) or {}
            if mediations := row.get("mediations"):
                events = [*events, *flatten(self.log.read(authority, *mediations))]
        return list(events)

    def called_for(self, history: Iterable[Recorded], calendar: Calendar) -> Called:
        """The limits that a history calls for today, counted by this calendar."""
        events = [contracts.load(event.type, event.data) for event in history]
        law = Law(calendar=calendar, rules=self.rules, today=self.clock.today())
        return policies.limits_called_for(events, law)

    def follow(self, streams: Streams[Any], file: str, *, records_misses: bool) -> None:
        """Record what the history of a file, or of a session of reception, calls for.

        Raises:
            Conflict: others were at the same clocks again and again.
        """
        authority = streams.call.authority

        def decide(_file: str, clocks: domain.Clocks) -> list[Any]:
            # The history is read after the clocks: it is never older than what they were set by.
            command = self._news(authority, file, records_misses)
            return domain.follow_file(command, clocks) if command else []

        streams.reconcile(file, decide, file)

    def sweep(
        self, authorities: Iterable[str], streams_for: Callable[[Call], Streams[Any]]
    ) -> Swept:
        """Record what is missed, near, to be escalated, or ended by time, of these authorities.

        Exactly once in effect, however many instances sweep at once: each event is appended to the
        version of the stream that does not have it yet.
        """
        looked_at, followed = 0, 0
        for authority in authorities:
            self.table.catch_up(authority)
            self.files.catch_up(authority)
            look = self._look(authority)
            for page in self._pages(authority, look.horizon):
                looked_at += len(page)
                assigned = self._assigned(page)
                for (subject, file), rows in groupby(page, key=_whose):
                    if look.finds(rows, is_assigned=file in assigned):
                        followed += self._follow_for(authority, subject, file, streams_for)
        return Swept(looked_at=looked_at, followed=followed)

    def follow_open(self, streams: Streams[Any]) -> int:
        """Follow everything of the caller's ward that has an open clock; tells how many.

        For a new calendar: open clocks move, closed ones stay.
        """
        authority, followed = streams.call.authority, 0
        self.table.catch_up(authority)
        for page in self._pages(authority, None):
            for (subject, file), _ in groupby(page, key=_whose):
                call = replace(
                    streams.call, commit_id=derived_id(streams.call.commit_id, subject, file)
                )
                own = replace(streams, call=call, category=_CATEGORIES[subject])
                self.follow(own, file, records_misses=False)
                followed += 1
        return followed

    def _news(self, authority: str, file: str, records_misses: bool) -> domain.FollowFile | None:
        history = self.history(authority, file)
        if not history:
            return None
        today, calendar = self.clock.today(), self.calendars.of(authority).now
        called = self.called_for(history, calendar)
        for clock, code in called.uncounted.items():
            # An old file from before the table: it has no clock, and the log says so.
            log.warning("no_limit", file=file, clock=clock, code=code)
        events = [contracts.load(event.type, event.data) for event in history]
        return domain.FollowFile(
            limits=tuple(called.limits),
            latest_on=contracts.legal_date(history[-1].type, history[-1].data),
            today=today,
            near=self.alarms.near(today, calendar),
            steps=self.alarms.steps(policies.assignee(events), today, calendar),
            uncounted=frozenset(called.uncounted),
            records_misses=records_misses,
        )

    def _follow_for(
        self,
        authority: str,
        subject: str,
        file: str,
        streams_for: Callable[[Call], Streams[Any]],
    ) -> int:
        name = derived_id("sweep", authority, subject, file, self.clock.today().isoformat())
        call = Call(
            authority=authority,
            actor="service:deadlines",
            correlation=name,
            commit_id=name,
            digest="",
        )
        streams = replace(streams_for(call), category=_CATEGORIES[subject])
        try:
            self.follow(streams, file, records_misses=True)
        except Conflict:
            # The other instance is at the same file; what it leaves comes with the next round.
            log.info("sweep_conflict", authority=authority, file=file)
        return 1

    def _pages(self, authority: str, horizon: date | None) -> Iterator[list[Row]]:
        """The open clocks of an authority by key, those of one file always on one page."""
        wanted: Row = {"authority": authority, "state": {"$in": ["running", "paused"]}}
        if horizon is not None:
            wanted |= {"state": "running", "due_on": {"$lte": horizon.isoformat()}}
        after = f"{authority}/"
        while True:
            rows = self.table.rows().find(wanted | {"_id": {"$gt": after, "$lt": f"{authority}0"}})
            page = list(rows.sort("_id", 1).limit(PAGE))
            is_last = len(page) < PAGE
            if not is_last:
                # The last file may go on beyond the page, unless it is all there is.
                whole = [row for row in page if row["file"] != page[-1]["file"]]
                page = whole or page
            if page:
                yield page
                after = page[-1]["_id"]
            if is_last:
                return

    def _assigned(self, page: Iterable[Row]) -> set[str]:
        keys = sorted({f"{row['authority']}/{row['file']}" for row in page})
        rows = self.files.rows().find({"_id": {"$in": keys}, "officer": {"$gt": ""}})
        return {row["_id"].split("/", 1)[1] for row in rows}

    def _look(self, authority: str) -> "Look":
        today, ward = self.clock.today(), self.calendars.of(authority)
        near = self.alarms.near(today, ward.now)
        somebody = policies.Assignee(unit="", officer="")
        return Look(
            today=today,
            near=near,
            steps={
                True: self.alarms.steps(somebody, today, ward.now),
                False: self.alarms.steps(None, today, ward.now),
            },
            calendar=ward.now.version,
            changed_at=ward.changed_at,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a sweep looks for in the rows of one authority on one day; decides without I/O."""

    today: date
    near: Mapping[int, date]
    steps: Mapping[bool, tuple[domain.EscalationStep, ...]]  # by: has the file an officer
    calendar: str
    changed_at: int | None  # position of the last change of the calendar

    @property
    def horizon(self) -> date:
        """Clocks that end after this day have nothing to be told today."""
        return max(self.near.values(), default=self.today - timedelta(days=1))

    def finds(self, rows: Iterable[Row], *, is_assigned: bool) -> bool:
        """Whether anything is to be recorded of one of these clocks, all of one file."""
        return any(self._finds(row, is_assigned) for row in rows)

    def _finds(self, row: Row, is_assigned: bool) -> bool:
        due = date.fromisoformat(row["due_on"])
        if due < self.today:
            told = row["escalated"].get(row["due_on"], ())
            return (
                row["only_informs"]
                or not row["is_missed"]
                or any(
                    due < step.before and step.level not in told for step in self.steps[is_assigned]
                )
            )
        reached = [distance for distance, day in self.near.items() if day >= due]
        is_near = bool(reached) and (row["approached"] is None or min(reached) < row["approached"])
        return (is_near and not row["only_informs"]) or self._was_overtaken(row)

    def _was_overtaken(self, row: Row) -> bool:
        """Whether the clock was set by the old calendar while the new one was being recorded."""
        return (
            self.changed_at is not None
            and row["calendar"] != self.calendar
            and row["counted_at"] > self.changed_at
        )


def _whose(row: Row) -> tuple[str, str]:
    return row["subject"], row["file"]
