"""Erasing a person's data: when it may be done, and the event that says so; pure functions.

The key is destroyed after the event is kept. What that leaves unreadable, and for how long copies
of the key may still lie in backups, is in SECURITY.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.intake.domain import Petition, received_of
from services.intake.mediations import Mediation
from services.intake.receptions import Reception
from services.intake.refusals import refuse
from shared.contracts.petitions import (
    ErasureGround,
    PersonErased,
    PetitionAccepted,
    PetitionEvent,
    Role,
)
from shared.ledger import Recorded


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasePerson:
    """Make one sealed part of a file unreadable for ever."""

    file: str
    erased_on: date
    part: str
    ground: ErasureGround
    document: str
    closed_on: date | None = None  # when the case was closed, if it was
    has_reasons: bool = False  # somebody asked who denounced
    sealed_since: frozenset[str] = frozenset()  # erased parts of which there is more now


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedPart:
    """What a session of reception, a refusal to receive, a mediation or a task holds: its key."""

    turn: int | None  # None: of the whole
    part: str
    key: bytes  # its id


@dataclass(frozen=True, kw_only=True, slots=True)
class EraseReceived:
    """Make one part of turns of a session, of its own words, or of a refusal unreadable for ever.

    Turns that were sealed before each had keys of its own share theirs, and with the session's own
    words: they can be erased together only, so each must be named.
    """

    reception: str
    erased_on: date
    part: str
    ground: ErasureGround
    document: str
    turns: tuple[int, ...] = ()  # none: what is said of the whole
    sealed: tuple[SealedPart, ...]  # that the caller may know of
    has_open_file: bool = False  # what came of these turns is not settled yet


@dataclass(frozen=True, kw_only=True, slots=True)
class EraseMediated:
    """Make one part of the record of a mediation unreadable for ever."""

    mediation: str
    erased_on: date
    part: str
    ground: ErasureGround
    document: str
    sealed: tuple[SealedPart, ...]
    has_open_file: bool = False  # the file that it is about is not settled yet


@dataclass(frozen=True, kw_only=True, slots=True)
class EraseTask:
    """Make what a task says and what it came to, which share a key, unreadable for ever."""

    task: str
    erased_on: date
    part: str
    ground: ErasureGround
    document: str
    sealed: tuple[SealedPart, ...]
    done_on: date | None  # what is done says nothing more, so one erasure is enough


def erase_person(command: ErasePerson, petition: Petition) -> list[PetitionEvent]:
    """Raises: Refused: unknown_file, unknown_part, file_still_open, date_before_receipt."""
    received = received_of(petition)
    if command.part not in _parts(petition):
        refuse("unknown_part")
    gone = petition.erased - command.sealed_since
    going = [part for part in parts_of(command, petition) if part not in gone]
    if not going:
        return []
    if is_open(petition, command.closed_on):
        refuse("file_still_open")
    if command.erased_on < received.received_on:
        refuse("date_before_receipt")
    return [_erased(command, part) for part in going]


def erase_received(command: EraseReceived, reception: Reception) -> list[PersonErased]:
    """Raises: Refused: unknown_reception, unknown_turn, unknown_part, turns_share_keys,
    file_still_open, erased_before_event.
    """
    if reception == Reception():
        refuse("unknown_reception")
    asked: set[int | None] = set(command.turns) or {None}
    if not asked <= {None, *(each.turn for each in command.sealed)}:
        refuse("unknown_turn")
    those = [each for each in command.sealed if each.part == command.part]
    if not asked <= {each.turn for each in those}:
        refuse("unknown_part")
    keys = {each.key for each in those if each.turn in asked}
    reached = {each.turn for each in those if each.key in keys}
    going = {turn for turn in reached if (turn, command.part) not in reception.erased}
    turns = sorted(turn for turn in going if turn is not None)
    if not asked.issuperset(turns):
        refuse("turns_share_keys", turns=", ".join(map(str, turns)))
    if not going:
        return []
    if command.has_open_file:
        refuse("file_still_open")
    day = reception.refused.refused_on if reception.refused else reception.held_on
    if day is not None and command.erased_on < day:
        refuse("erased_before_event")
    of_the_whole = [_erased(command, command.part)] if None in going else []
    return of_the_whole + [_erased(command, command.part, turn) for turn in turns]


def erase_mediated(command: EraseMediated, mediation: Mediation) -> list[PersonErased]:
    """Raises: Refused: unknown_mediation, unknown_part, file_still_open, erased_before_event."""
    if mediation.recorded is None:
        refuse("unknown_mediation")
    if command.part not in {each.part for each in command.sealed}:
        refuse("unknown_part")
    if command.part in mediation.erased:
        return []
    if command.has_open_file:
        refuse("file_still_open")
    if command.erased_on < mediation.recorded.held_on:
        refuse("erased_before_event")
    return [_erased(command, command.part)]


def erase_task(command: EraseTask, erased: frozenset[str]) -> list[PersonErased]:
    """`erased`: parts that were erased before.

    Raises: Refused: unknown_part, task_still_open, erased_before_event.
    """
    if command.part not in {each.part for each in command.sealed}:
        refuse("unknown_part")
    if command.part in erased:
        return []
    if command.done_on is None:
        refuse("task_still_open")
    if command.erased_on < command.done_on:
        refuse("erased_before_event")
    return [_erased(command, command.part)]


def evolve_of_task(erased: frozenset[str], event: PersonErased) -> frozenset[str]:
    return erased | {event.part}


def parts_of(command: ErasePerson, petition: Petition) -> list[str]:
    """What is erased: with a sender also the reasons why somebody asked who denounced, which may
    name them."""
    parties = received_of(petition).parties
    others = {party.ref for party in parties if party.role is Role.RESPONDENT} | {"text"}
    is_sender = command.part not in others
    return [command.part, *(["reason"] if is_sender and command.has_reasons else [])]


def is_open(petition: Petition, closed_on: date | None) -> bool:
    """Whether it is still being handled, or settled in a case that was not closed."""
    is_accepted = isinstance(petition.outcome, PetitionAccepted)
    return petition.outcome is None or (is_accepted and closed_on is None)


def boxes_of(event: Recorded) -> Iterator[tuple[int | None, str, bytes]]:
    """Each ciphertext of the event with its turn (None: no turn) and part."""
    for part, box in event.sealed.items():
        yield event.data.get("turn"), part, box


def doomed(events: Iterable[Recorded]) -> list[bytes]:
    """The ciphertexts that are said to be erased, not those that were recorded later; the events
    are all of a file, a session, a mediation or a task, in the order of the ledger.
    """
    waiting: dict[tuple[int | None, str], list[bytes]] = {}
    gone: list[bytes] = []
    for event in events:
        if event.type == PersonErased.__name__:
            gone += waiting.pop((event.data.get("turn"), event.data["part"]), [])
        for turn, part, box in boxes_of(event):
            waiting.setdefault((turn, part), []).append(box)
    return gone


def sealed_since(events: Iterable[Recorded]) -> frozenset[str]:
    """Parts of a file of which something was sealed after they were erased."""
    erased, since = set[str](), set[str]()
    for event in events:
        since |= erased & set(event.sealed)
        if event.type == PersonErased.__name__:
            erased.add(event.data["part"])
            since.discard(event.data["part"])
    return frozenset(since)


def _erased(
    command: ErasePerson | EraseReceived | EraseMediated | EraseTask,
    part: str,
    turn: int | None = None,
) -> PersonErased:
    return PersonErased(
        erased_on=command.erased_on,
        part=part,
        ground=command.ground,
        document=command.document,
        turn=turn,
    )


def _parts(petition: Petition) -> set[str]:
    parties = {party.ref for party in received_of(petition).parties}
    # Who no longer acts for anybody stands in the ledger all the same.
    proxies = {f"a{number}" for number in range(1, petition.proxies_named + 1)}
    return parties | proxies | {"text"}
