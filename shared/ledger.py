"""What a commit is, to the byte: the format of the ledger and its hash chain, as pure functions.

One authority (a ward, a province) has one log: commits at positions 1, 2, 3 … without a gap. One
commit is one append: the events of one decision on one stream. `docs/ledger.md` specifies the
canonical bytes for those who write a verifier of their own. Storing and reading is not here, but in
`mongo_log` and `memory_log`, which keep one contract, `Log`.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
import orjson

from shared.clock import instant_text
from shared.errors import HoleInLog

GENESIS = "0" * 64  # stands before the first commit of every authority
MAX_EVENTS = 500  # in one commit
MAX_COMMIT_BYTES = 1_000_000  # canonical; far below MongoDB's 16 MB, so that reading stays even
MAX_DEPTH = 50  # objects and lists within each other; MongoDB takes 100 levels in all
MAX_INTEGER = 2**53 - 1  # what every JSON reader keeps exactly


class NotStorable(ValueError):
    """A commit that the format does not admit; says where and why, never the value."""


# Structs, since a replay makes one of everything, and a frozen dataclass takes ten times as long.


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened, as it is stored: plain data and sealed personal parts."""

    id: str
    type: str
    schema: int
    data: dict[str, Any]
    sealed: Mapping[str, bytes] = msgspec.field(default_factory=dict)


class Proposal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An append that somebody asks for; the log gives it its position."""

    stream: str
    after: int  # version of the stream on which the decision was taken
    commit_id: str  # the same for a repeated request
    digest: str  # of the request: tells a repetition from another content under the same id
    actor: str
    correlation: str
    caused_by: str | None
    recorded_at: datetime
    events: tuple[Event, ...]


class Commit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A proposal that was stored, in its place."""

    authority: str
    position: int
    proposal: Proposal
    previous: str
    hash: str

    @property
    def version(self) -> int:
        """Number of events in the stream after this commit."""
        return self.proposal.after + len(self.proposal.events)

    def recorded(self) -> Iterator["Recorded"]:
        said, recorded_at = self.proposal, instant_text(self.proposal.recorded_at)
        for number, event in enumerate(said.events, start=said.after + 1):
            yield Recorded(
                authority=self.authority,
                position=self.position,
                stream=said.stream,
                version=number,
                id=event.id,
                type=event.type,
                schema=event.schema,
                data=event.data,
                sealed=event.sealed,
                actor=said.actor,
                correlation=said.correlation,
                caused_by=said.caused_by,
                recorded_at=recorded_at,
            )


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event with its place in the log: what readers, messages and projections see."""

    authority: str
    position: int  # of the commit, within the authority
    stream: str  # `<category>-<file number>`
    version: int  # of this event, within the stream
    id: str
    type: str
    schema: int
    data: dict[str, Any]
    sealed: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    actor: str
    correlation: str
    caused_by: str | None
    recorded_at: str  # RFC 3339, UTC, milliseconds

    @property
    def category(self) -> str:
        return self.stream.split("-", 1)[0]

    @property
    def file(self) -> str:
        """File number (mã hồ sơ), which petition, case and clocks share."""
        return self.stream.split("-", 1)[1]

    def message(self) -> dict[str, Any]:
        """What goes to the broker: everything but the sealed parts."""
        return {name: getattr(self, name) for name in MESSAGE_FIELDS}


MESSAGE_FIELDS = (
    "id",
    "type",
    "schema",
    "authority",
    "position",
    "stream",
    "version",
    "recorded_at",
    "actor",
    "correlation",
    "caused_by",
    "data",
)


class Log(Protocol):
    """Every commit of every authority, in order. Nothing is ever changed or taken out."""

    def append(self, authority: str, proposal: Proposal) -> Commit:
        """Store the proposal at the next position; a repeated one is answered with the first.

        Raises:
            Conflict: the stream is not at version `after`.
            CommandRepeated: the commit id is taken by another content.
            NotStorable: the events do not fit the format; nothing was written.
            LogUnavailable: no answer in time; the append may have landed.
        """

    def read(self, authority: str, *streams: str) -> list[Commit]:
        """The commits of these streams by position; empty if there are none."""

    def streams(self, authority: str, category: str, behind: str, limit: int) -> list[str]:
        """Names of at most `limit` streams of a category, sorted, those behind the name `behind`.

        With an empty `behind` from the first one on.
        """

    def after(self, authority: str, position: int, limit: int | None = None) -> Iterator[Commit]:
        """Commits behind `position`, in order, at most `limit`; none past the end.

        A position below 0 stands for 0, a limit below 0 for 0.

        Raises:
            HoleInLog: a position is missing.
        """

    def find(self, authority: str, commit_id: str) -> Commit | None:
        """The commit with this id, once it is safe from roll-back."""

    def head(self, authority: str) -> int:
        """Position of the last commit; 0 for an empty log."""

    def authorities(self) -> list[str]:
        """Every authority that has a commit, sorted."""

    def ahead(self, positions: Mapping[str, int]) -> list[str]:
        """Authorities that have a commit behind these positions, sorted; one not named is at 0."""


def canonical(authority: str, position: int, proposal: Proposal) -> bytes:
    """The bytes that are hashed: JSON as RFC 8785 has it, over the values this format admits."""
    return orjson.dumps(
        {
            "authority": authority,
            "position": position,
            "stream": proposal.stream,
            "after": proposal.after,
            "commit_id": proposal.commit_id,
            "digest": proposal.digest,
            "actor": proposal.actor,
            "correlation": proposal.correlation,
            "caused_by": proposal.caused_by,
            "recorded_at": instant_text(proposal.recorded_at),
            "events": [
                {
                    "id": event.id,
                    "type": event.type,
                    "schema": event.schema,
                    "data": event.data,
                    "sealed": {
                        part: base64.b64encode(box).decode() for part, box in event.sealed.items()
                    },
                }
                for event in proposal.events
            ],
        },
        option=orjson.OPT_SORT_KEYS,
    )


def link(authority: str, position: int, previous: str, proposal: Proposal) -> Commit:
    """The commit that this proposal becomes behind the commit whose hash is `previous`."""
    content = canonical(authority, position, proposal)
    digest = hashlib.sha256(bytes.fromhex(previous) + content).hexdigest()
    return Commit(
        authority=authority, position=position, proposal=proposal, previous=previous, hash=digest
    )


def check_storable(proposal: Proposal) -> int:
    """Refuse what could come back from a store or a JSON reader otherwise than it went in.

    Answers about how many bytes its canonical form has.
    """
    if not proposal.events:
        raise NotStorable("a commit has at least one event")
    if len(proposal.events) > MAX_EVENTS:
        raise NotStorable(f"{len(proposal.events)} events in one commit; at most {MAX_EVENTS}")
    if len({event.id for event in proposal.events}) != len(proposal.events):
        raise NotStorable("two events of one commit have the same id")
    if proposal.after < 0:
        raise NotStorable("a version is not negative")
    if proposal.recorded_at.tzinfo is None or proposal.recorded_at.microsecond % 1000:
        raise NotStorable("`recorded_at` has a time zone and whole milliseconds")
    for event in proposal.events:
        _check_plain(event.data, event.type)
    size = len(canonical("", 0, proposal))
    if size > MAX_COMMIT_BYTES:
        raise NotStorable(f"commit of {size} bytes; at most {MAX_COMMIT_BYTES}")
    return size


def _check_plain(value: object, where: str, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise NotStorable(f"nested more than {MAX_DEPTH} deep")
    match value:
        case None | bool():
            pass
        case str():
            if not value.isascii():
                try:
                    value.encode()
                except UnicodeEncodeError:
                    raise NotStorable(f"{where}: text with half a surrogate pair") from None
        case int():
            if abs(value) > MAX_INTEGER:
                raise NotStorable(f"{where}: integer beyond 2^53")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str) or not key or "." in key or key.startswith("$"):
                    raise NotStorable(f"{where}: field names are text without '.' or leading '$'")
                if not key.isascii() or not key.isprintable():
                    raise NotStorable(f"{where}: field names are printable ASCII")
                _check_plain(item, f"{where}.{key}", depth + 1)
        case list() | tuple():
            for number, item in enumerate(value):
                _check_plain(item, f"{where}.{number}", depth + 1)
        case _:
            raise NotStorable(
                f"{where}: {type(value).__name__} is not plain JSON; store it as text"
            )


def in_order(commits: Iterable[Commit], position: int) -> Iterator[Commit]:
    """The same commits, stopping with an alarm where a position is missing.

    Raises:
        HoleInLog: a commit is not at the position after its predecessor's.
    """
    for commit in commits:
        if commit.position != position + 1:
            raise HoleInLog(
                f"authority {commit.authority}: position {position + 1} is missing, found"
                f" {commit.position}; run `donthu verify --authority {commit.authority}`"
            )
        position = commit.position
        yield commit


def first_fault(commits: Iterable[Commit]) -> str | None:
    """What is wrong at the first bad commit of one authority's whole log; None if all is well."""
    previous = GENESIS
    for position, commit in enumerate(commits, start=1):
        place = f"authority {commit.authority} position {position}"
        if commit.position != position:
            return f"{place}: missing (found {commit.position})"
        if commit.previous != previous:
            return f"{place}: does not follow the commit before it"
        if link(commit.authority, position, previous, commit.proposal).hash != commit.hash:
            return f"{place}: content does not match its hash"
        previous = commit.hash
    return None


def flatten(commits: Sequence[Commit]) -> list[Recorded]:
    """The events of these commits, in order."""
    return [event for commit in commits for event in commit.recorded()]
