"""Load, decide, append: the one path by which anything changes."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Generic, Protocol, TypeVar

from shared import contracts
from shared.clock import Clock
from shared.errors import CommandRepeated, Conflict, Refused
from shared.ledger import Commit, Event, Log, Proposal, Recorded
from shared.personal import Personal
from shared.wire import tolerant_schema

State = TypeVar("State")
Command = TypeVar("Command")

ATTEMPTS = 5  # who loses as many races in a row is told so rather than kept waiting


class Sealer(Protocol):
    """What `shared.vault.Vault` does for us here."""

    def seal(
        self,
        authority: str,
        file: str,
        personal: Personal,
        *,
        stream: str,
        is_first: bool,
        id_numbers: Mapping[str, str],
    ) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Call:
    """On whose behalf and why something is asked; never part of the payload."""

    authority: str
    actor: str
    correlation: str
    commit_id: str  # the same when the same request comes again
    digest: str  # of the request's content
    caused_by: str | None = None  # id of the event that was heard


def derived_id(*parts: str) -> str:
    """An id of 32 hexadecimal signs that the same parts always give."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: nothing that is misread


def file_number(*parts: str) -> str:
    """A file number (mã hồ sơ) of 12 signs that the same parts always give: 60 bits."""
    number = int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:8], "big") >> 4
    return "".join(_LETTERS[number >> shift & 31] for shift in range(55, -1, -5))


@dataclass(frozen=True)
class Streams(Generic[State]):
    """All streams of one category of one authority, such as every case of a ward.

    `seen` has commits of streams that this request has read already, by its gate; each is used
    once. Had a stream moved on since, the append would clash and the stream be read.
    """

    category: str
    initial: State
    evolve: Callable[[State, Any], State]
    log: Log
    vault: Sealer
    clock: Clock
    call: Call
    seen: MutableMapping[str, list[Commit]] = field(default_factory=dict)

    def transact(
        self,
        file: str,
        decide: Callable[[Command, State], Iterable[Any]],
        command: Command,
    ) -> dict[str, Any]:
        """Load the stream, let `decide` answer `command`, append; tells file, version, position.

        A request that was carried out before is answered as it was then, whatever came since.

        Raises:
            Refused: whatever `decide` refuses, or `command_repeated`: the idempotency key of
                another command.
            Conflict: others won the race `ATTEMPTS` times in a row.
        """
        stream = f"{self.category}-{file}"
        for attempt in range(1, ATTEMPTS + 1):
            commits, version, state = self._load(stream)
            try:
                events = list(decide(command, state))
            except Refused:
                if done := self._done_before():
                    return done
                raise
            if not events:
                place = commits[-1].position if commits else 0
                return self._done_before() or _answer(file, version, place)
            # Sealing it again would bring back the key, and the note, of who was erased since.
            is_to_seal = any(getattr(event, "personal", None) for event in events)
            if is_to_seal and (done := self._done_before()):
                return done
            try:
                commit = self._append(stream, file, version, events)
            except Conflict:
                if attempt == ATTEMPTS:
                    raise
            except CommandRepeated:
                raise _repeated() from None
            else:
                return _answer(file, commit.version, commit.position)
        raise AssertionError("unreachable")

    def begin(
        self,
        file: str,
        decide: Callable[[Command, State], Iterable[Any]],
        command: Command,
    ) -> dict[str, Any]:
        """`transact` for a file that comes to be by this command, as its number tells.

        Its stream is not read: the append itself sees whether there is something already.
        """
        self.seen[f"{self.category}-{file}"] = []
        return self.transact(file, decide, command)

    def reconcile(
        self,
        file: str,
        decide: Callable[[Command, State], Iterable[Any]],
        command: Command,
    ) -> None:
        """`transact` for a decision that compares what is with what ought to be.

        Such a decision is idempotent by itself and may be asked for many times for one cause, so
        its commits are told apart by the version they were decided on, not by the request.
        """
        stream = f"{self.category}-{file}"
        for attempt in range(1, ATTEMPTS + 1):
            _, version, state = self._load(stream)
            events = list(decide(command, state))
            if not events:
                return
            call = replace(self.call, commit_id=derived_id(self.call.commit_id, f"{version}"))
            try:
                replace(self, call=call)._append(stream, file, version, events)
            except Conflict:
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    def state(self, file: str) -> State:
        """What the stream has come to; the initial state where there is none."""
        return self._load(f"{self.category}-{file}")[2]

    def _load(self, stream: str) -> tuple[list[Commit], int, State]:
        commits = self.seen.pop(stream, None)
        if commits is None:
            commits = self.log.read(self.call.authority, stream)
        version = commits[-1].version if commits else 0
        return commits, version, reduce(self.evolve, map(_event, _recorded(commits)), self.initial)

    def _done_before(self) -> dict[str, Any] | None:
        done = self.log.find(self.call.authority, self.call.commit_id)
        if done is None:
            return None
        if done.proposal.digest != self.call.digest:
            raise _repeated()
        return _answer(done.proposal.stream.split("-", 1)[1], done.version, done.position)

    def _append(self, stream: str, file: str, version: int, events: list[Any]) -> Commit:
        return self.log.append(
            self.call.authority,
            Proposal(
                stream=stream,
                after=version,
                commit_id=self.call.commit_id,
                digest=self.call.digest,
                actor=self.call.actor,
                correlation=self.call.correlation,
                caused_by=self.call.caused_by,
                recorded_at=self.clock.now(),
                events=tuple(
                    self._stored(stream, file, number, event, is_first=version == 0)
                    for number, event in enumerate(events, start=1)
                ),
            ),
        )

    def _stored(self, stream: str, file: str, number: int, event: Any, *, is_first: bool) -> Event:
        data, personal = contracts.dump(event)
        name = type(event).__name__
        # What goes into the log for ever must be readable by the schema that the world was given.
        if faults := tolerant_schema(contracts.EVENT_CLASSES[name]).validate(data):
            raise TypeError(f"{name} does not fit its own schema: {sorted(faults)}")
        return Event(
            id=f"{self.call.commit_id}-{number}",
            type=name,
            schema=contracts.schema_version(type(event)),
            data=data,
            sealed=self.vault.seal(
                self.call.authority,
                contracts.keys_of(file, event),
                personal,
                stream=stream,
                is_first=is_first,
                id_numbers=contracts.id_numbers(event),
            )
            if personal
            else {},
        )


def _recorded(commits: Iterable[Commit]) -> Iterable[Recorded]:
    return (event for commit in commits for event in commit.recorded())


def _event(recorded: Recorded) -> Any:
    return contracts.load(recorded.type, recorded.data)


def _answer(file: str, version: int, position: int) -> dict[str, Any]:
    return {"file": file, "version": version, "position": position}


def _repeated() -> Refused:
    return Refused(
        "command_repeated",
        "Khóa idempotency_key này đã dùng cho một yêu cầu có nội dung khác; hãy dùng khóa mới.",
    )
