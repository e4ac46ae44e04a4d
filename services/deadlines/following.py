"""Bringing clocks up to date: of one file, of all that need it (the sweep), of whole wards.

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
from services.deadlines.projections import CALENDAR_ROW, SUBJECTS
from services.deadlines.rules import RuleTable
from shared import contracts, logs
from shared.calendars import Calendars
from shared.clock import Clock
from shared.errors import Conflict, LogUnavailable
from shared.event_sourcing import Call, Streams, derived_id
from shared.ledger import Log, Recorded, flatten
from shared.projection import Row
from shared.working_days import Calendar

PAGE = 500  # rows of the table looked at together
WARDS_A_ROUND = 20  # counted again after a release, so that nobody's sweep waits long for it
_CATEGORIES = {subject: category for category, subject in SUBJECTS.items()}
#: Subject of clocks -> category of the stream that its history begins with.
_HISTORIES = {"file": "petition", "reception": "reception", "task": "task"}

Whose = tuple[str, str, str]  # authority, subject, number

log = logs.get(__name__)


class Table(Protocol):
    """What `shared.projecting.Projector` does for us here."""

    def rows(self) -> Any: ...
    def catch_up(self, authority: str) -> int: ...
    def catch_up_all(
        self, news: Mapping[str, int] | None = None, is_mine: Callable[[str], bool] = ...
    ) -> int: ...


class Recounts(Protocol):
    """What `services.deadlines.recounts.Recounts` does for us here."""

    def due(self, authorities: Iterable[str]) -> list[str]: ...
    def done(self, authority: str) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What one sweep did."""

    looked_at: int  # clocks whose day was near or over
    followed: int  # files, sessions and tasks that had something to be recorded


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
        """The events of a file with the mediations about it, of a session or a task."""
        streams = [f"{category}-{file}" for category in (*_HISTORIES.values(), "case")]
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
        """Record what the history of a file, of a session of reception or of a task calls for.

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
        self,
        streams_for: Callable[[Call], Streams[Any]],
        authority: str | None = None,
        is_mine: Callable[[str], bool] = lambda authority: True,
    ) -> Swept:
        """Record what is missed, near, to be escalated, or ended by time; of one authority or all.

        Of all, those that are not mine are left to whoever has them. What it costs depends on how
        many clocks are near or over, not on how many authorities there are. Exactly once in effect,
        however many instances sweep at once: each event is appended to the version of the stream
        that does not have it yet.
        """
        looked_at, followed = 0, 0
        for table in (self.table, self.files):
            _ = table.catch_up(authority) if authority else table.catch_up_all(None, is_mine)
        look, own = (
            self._look(self.calendars.national, None),
            self._looks_of_own_calendars(authority),
        )
        horizon = max(each.horizon for each in (look, *own.values()))
        for rows_of_all in self._pages(authority, horizon):
            page = [row for row in rows_of_all if is_mine(row["authority"])]
            looked_at += len(page)
            assigned = self._assigned(page)
            for (ward, subject, file), rows in groupby(page, key=_whose):
                # Whoever sets a task says whose it is.
                is_assigned = subject == "task" or f"{ward}/{file}" in assigned
                if own.get(ward, look).finds(rows, is_assigned=is_assigned):
                    followed += self._follow_for(ward, subject, file, streams_for)
        return Swept(looked_at=looked_at, followed=followed)

    def follow_open(self, streams: Streams[Any]) -> int:
        """Follow everything of the caller's ward that is to be counted again; tells how many.

        For a new calendar: open clocks move, closed ones stay.
        """
        followed = 0
        for _, subject, file in self._to_count_again(streams.call.authority):
            call = replace(
                streams.call, commit_id=derived_id(streams.call.commit_id, subject, file)
            )
            own = replace(streams, call=call, category=_CATEGORIES[subject])
            self.follow(own, file, records_misses=False)
            followed += 1
        return followed

    def recount(
        self,
        streams_for: Callable[[Call], Streams[Any]],
        recounts: Recounts,
        is_mine: Callable[[str], bool] = lambda authority: True,
    ) -> int:
        """Count the clocks of wards again of which another release has counted them, some wards
        at a time; tells how many wards. One that was broken off is begun anew, which does no harm.
        """
        wards = recounts.due(filter(is_mine, self.log.authorities()))[:WARDS_A_ROUND]
        for authority in wards:
            followed = sum(
                self._follow_for(*whose, streams_for) for whose in self._to_count_again(authority)
            )
            recounts.done(authority)
            log.info("recounted", authority=authority, followed=followed)
        return len(wards)

    def _to_count_again(self, authority: str) -> Iterator[Whose]:
        """What has an open clock, and what has none at all: a new table may give it one."""
        self.table.catch_up(authority)
        for page in self._pages(authority, None):
            for whose, _ in groupby(page, key=_whose):
                yield whose
        for subject, category in _HISTORIES.items():
            behind = ""
            while streams := self.log.streams(authority, category, behind, PAGE):
                behind = streams[-1]
                files = [stream.partition("-")[2] for stream in streams]
                rows = {"authority": authority, "file": {"$in": files}, "subject": subject}
                known = set(self.table.rows().distinct("file", rows))
                yield from ((authority, subject, file) for file in files if file not in known)

    def _news(self, authority: str, file: str, records_misses: bool) -> domain.FollowFile | None:
        history = self.history(authority, file)
        if not history:
            return None
        today, calendar = self.clock.today(), self.calendars.of(authority).now
        called = self.called_for(history, calendar)
        for clock, code in called.unanswered.items():
            log.warning("no_limit", file=file, clock=clock, code=code)
        events = [contracts.load(event.type, event.data) for event in history]
        return domain.FollowFile(
            limits=tuple(called.limits),
            latest_on=contracts.legal_date(history[-1].type, history[-1].data),
            today=today,
            near=self.alarms.near(today, calendar),
            steps=self.alarms.steps(policies.assignee(events), today, calendar),
            uncounted=tuple(called.uncounted),
            unanswered=frozenset(called.unanswered),
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
        except LogUnavailable:  # nobody's: there is no use in asking for the next file
            raise
        except Exception as fault:  # a bulkhead: all other files of all wards are waiting
            log.error("file_not_swept", authority=authority, file=file, exc_info=fault)
            return 0
        return 1

    def _pages(self, authority: str | None, horizon: date | None) -> Iterator[list[Row]]:
        """Open clocks of an authority or of all, by key; those of one file always on one page."""
        wanted: Row = {"state": {"$in": ["running", "paused", "uncounted"]}}
        if horizon is not None:
            wanted = {"state": "running", "due_on": {"$lte": horizon.isoformat()}}
        after, end = (f"{authority}/", f"{authority}0") if authority else ("", "~")
        while True:
            rows = self.table.rows().find(wanted | {"_id": {"$gt": after, "$lt": end}})
            page = list(rows.sort("_id", 1).limit(PAGE))
            is_last = len(page) < PAGE
            if not is_last:
                # The last file may go on beyond the page, unless it is all there is.
                whole = [row for row in page if _whose(row) != _whose(page[-1])]
                page = whole or page
            if page:
                yield page
                after = page[-1]["_id"]
            if is_last:
                return

    def _assigned(self, page: Iterable[Row]) -> set[str]:
        keys = sorted({f"{row['authority']}/{row['file']}" for row in page})
        rows = self.files.rows().find({"_id": {"$in": keys}, "officer": {"$gt": ""}})
        return {row["_id"] for row in rows}

    def _looks_of_own_calendars(self, authority: str | None) -> dict[str, "Look"]:
        """What to look for in the wards that changed the national calendar."""
        key = {"_id": f"{authority}/{CALENDAR_ROW}"} if authority else {}
        changed = self.files.rows().find({"calendar_changed_at": {"$gt": 0}} | key)
        looks = {}
        for row in changed:
            ward = self.calendars.of(row["authority"])
            looks[row["authority"]] = self._look(ward.now, ward.changed_at)
        return looks

    def _look(self, calendar: Calendar, changed_at: int | None) -> "Look":
        today = self.clock.today()
        near = self.alarms.near(today, calendar)
        somebody = policies.Assignee(unit="", officer="")
        return Look(
            today=today,
            near=near,
            steps={
                True: self.alarms.steps(somebody, today, calendar),
                False: self.alarms.steps(None, today, calendar),
            },
            calendar=calendar.version,
            changed_at=changed_at,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a sweep looks for on one day, by one calendar; decides without I/O."""

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


def _whose(row: Row) -> Whose:
    return row["authority"], row["subject"], row["file"]
