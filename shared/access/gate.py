"""The gate that every request passes: what is asked for, by whom, about which file."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shared.access.permissions import REFUSALS, SEE_EVERY_FILE, UNKNOWN_FILE, Policies
from shared.access.relations import Matter, matter
from shared.access.tokens import Caller
from shared.errors import Refused
from shared.ledger import Commit, Log, flatten

#: Fields of a payload that name a file; the second only beside the first, where files are linked.
NAMING: Final = ("file", "to")
#: Categories of streams that what is named can have.
STREAMS: Final = ("petition", "case", "reception", "task")
#: Methods that take a task in place of a file, which is then somebody's as a file is.
OF_TASKS: Final = frozenset(["intake.texts"])
_FILE: Final = re.compile(r"[0-9a-z]{1,40}")  # what no file can be called is for the schema to say


@dataclass(frozen=True)
class Without:
    """A log as somebody reads it who may know nothing of these files."""

    log: Log
    files: frozenset[str]

    def after(self, authority: str, position: int, limit: int | None = None) -> Iterator[Commit]:
        for commit in self.log.after(authority, position, limit):
            if commit.proposal.stream.split("-", 1)[1] not in self.files:
                yield commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)


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
                raise Refused(UNKNOWN_FILE, REFUSALS[UNKNOWN_FILE])

    def may(self, action: str, file: str) -> bool:
        return self.policies.permit(self.caller, action, self.matter(file))

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

    def filter(self) -> dict[str, Any]:
        """Of reporting's rows those that the caller may read, as a query of MongoDB.

        It says what the policies say of `reading_file`; a test holds the two against each other.
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
        }

    def reads(self, row: Mapping[str, Any]) -> bool:
        """The same of one row that is folded already."""
        about = Matter(
            authority=self.authority,
            kind=row["kind"] or "unclassified",
            unit=row["unit"] or "",
            officer=row["officer"] or "",
            conflicted=frozenset(row["conflicted"]),
        )
        return self.policies.permit(self.caller, "reporting.case", about)


def check_wards(gate: Gate, action: str, authorities: Iterable[str]) -> None:
    """Raises: Refused: not_permitted: one of these wards is not the caller's to look at."""
    for authority in authorities:
        gate.policies.check(gate.caller, action, Matter(authority=authority), of_file=False)


def _named(payload: object, naming: Sequence[str] = NAMING) -> list[str]:
    if not isinstance(payload, Mapping) or naming[0] not in payload:
        return []
    told = (payload.get(name) for name in naming)
    # As the service's schema will read it: asked for with a space, it is the same file.
    files = [unicodedata.normalize("NFC", file).strip() for file in told if isinstance(file, str)]
    return [file for file in files if _FILE.fullmatch(file)]
