"""The gate that every request passes: what is asked for, by whom, about which file."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shared.access.permissions import SEE_EVERY_FILE, Policies, unknown
from shared.access.relations import CATEGORIES, Matter, matter, matters
from shared.access.tokens import Caller
from shared.ledger import Commit, Log, Recorded, flatten

#: Fields of a payload that name a file; the second only beside the first, where files are linked.
NAMING: Final = ("file", "to")
#: Categories of streams that what is named can have.
STREAMS: Final = ("petition", "case", "reception", "task")
#: Methods that take a task in place of a file, which is then somebody's as a file is.
OF_TASKS: Final = frozenset(["intake.texts", "intake.erase_person"])
_FILE: Final = re.compile(r"[0-9a-z]{1,40}")  # what no file can be called is for the schema to say


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What one caller may do in one ward."""

    caller: Caller
    authority: str
    log: Log
    policies: Policies
    #: What was read of each stream, for the command itself to take (`event_sourcing.Streams`).
    seen: dict[str, list[Commit]] = field(default_factory=dict)
    _known: dict[str, Matter] = field(default_factory=dict)  # within one request
    _missing: set[str] = field(default_factory=set)

    def check(self, action: str, payload: object) -> None:
        """Raises: Refused: not_permitted; unknown_file: of another file it would be permitted.

        A file that is not there is told here too, so that whatever else is wrong with the payload,
        and the time that it takes, are the same for a file that is kept from the caller.
        """
        files = _named(payload)
        if not files and action in OF_TASKS:
            files = _named(payload, ("task",))
        if not files:
            about = Matter(authority=self.authority)
            self.policies.check(self.caller, action, about, of_file=False)
        for file in files:
            self.policies.check(self.caller, action, self.matter(file))
            if file in self._missing:
                raise unknown()

    def may(self, action: str, file: str) -> bool:
        return self.policies.permit(self.caller, action, self.matter(file))

    def is_kept_from(self, file: str) -> bool:
        """Whether the caller is complained about in the file, or was kept away from it."""
        return self.caller.officer in self.matter(file).conflicted

    def reads(self, about: Matter) -> bool:
        """Whether the caller may read a file that is this; also one of another ward."""
        return self.policies.permit(self.caller, "reporting.case", about)

    def hidden(self, authority: str, events: Iterable[Recorded]) -> frozenset[str]:
        """The files that the caller may not read, of those that these events tell of.

        Of each file they have to be all of its petition and its case.
        """
        told = matters(authority, events)
        return frozenset(file for file, about in told.items() if not self.reads(about))

    def matter(self, file: str) -> Matter:
        """What the file is to anybody; of a file that is not there, the ward's work as a whole."""
        if file not in self._known:
            # Some methods take a session of reception or a task where others take a file.
            streams = tuple(f"{category}-{file}" for category in STREAMS)
            commits = self.log.read(self.authority, *streams)
            for stream in streams:
                self.seen[stream] = [each for each in commits if each.proposal.stream == stream]
            self._known[file] = matter(self.authority, flatten(commits))
            if not commits:
                self._missing.add(file)
        return self._known[file]

    def filter(self, position: int) -> dict[str, Any]:
        """Of reporting's rows those that the caller may read, as a query of MongoDB.

        It says what the policies say of `reading_file`; a test holds the two against each other.
        What was recorded behind the position up to which the rows are folded, the ledger tells.

        Raises: HoleInLog.
        """
        may_see: list[dict[str, Any]] = []
        roles = self.caller.roles
        if roles & SEE_EVERY_FILE:
            may_see.append({})
        if "reception_clerk" in roles:
            may_see.append({"kind": {"$ne": "to_cao"}})
        if "verifier" in roles:
            may_see.append({"officer": self.caller.officer})
        if "unit_head" in roles and self.caller.unit:
            may_see.append({"unit": self.caller.unit})
        return {
            "authority": self.authority,
            "conflicted": {"$ne": self.caller.officer},
            "$or": may_see or [{"_id": None}],
            "file": {"$nin": sorted(self.hidden(self.authority, self._moved_since(position)))},
        }

    def _moved_since(self, position: int) -> list[Recorded]:
        """All events of each file whose petition or case has moved behind the position."""
        news = [
            event
            for commit in self.log.after(self.authority, position)
            if commit.proposal.stream.partition("-")[0] in CATEGORIES
            for event in commit.recorded()
        ]
        if position == 0 or not news:
            return news
        streams = {f"{category}-{event.file}" for event in news for category in CATEGORIES}
        return flatten(self.log.read(self.authority, *streams))


def check_wards(gate: Gate, action: str, authorities: Iterable[str]) -> None:
    """Raises: Refused: not_permitted: one of these wards is not the caller's to look at."""
    for authority in authorities:
        gate.policies.check(gate.caller, action, Matter(authority=authority), of_file=False)


def number_in(told: object) -> str | None:
    """The number of a file as a service's schema will read it: with a space it is the same one."""
    number = unicodedata.normalize("NFC", told).strip() if isinstance(told, str) else ""
    return number if _FILE.fullmatch(number) else None


def _named(payload: object, naming: Sequence[str] = NAMING) -> list[str]:
    if not isinstance(payload, Mapping) or naming[0] not in payload:
        return []
    numbers = (number_in(payload.get(name)) for name in naming)
    return [number for number in numbers if number]
