"""Who may know a denouncer, for how long, and how their protection stands; pure functions.

A denouncer's identity is sealed apart from the petition's words. To see it somebody asks, with a
purpose and a reason; somebody else allows it; then it is shown to whoever asked, and to nobody
else, until the time is over. Every attempt is recorded.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from services.intake.refusals import refuse
from shared.clock import instant_text
from shared.contracts.identities import (
    IdentityAccessDenied,
    IdentityEvent,
    IdentityPurpose,
    IdentityReasonsRead,
    IdentityRefusal,
    IdentityReleaseApproved,
    IdentityReleaseRefused,
    IdentityRequested,
    IdentityViewed,
    ProtectionMeasure,
    ProtectionRecorded,
    ProtectionStatus,
)
from shared.personal import Personal

VALID: Final = timedelta(hours=24)  # own rule: how long an approval lasts
MASK: Final = "[đã lược]"  # stands where something of the denouncer was
SHORTEST: Final = 4  # letters: a shorter word hides half of every text and tells nobody


class RequestState(StrEnum):
    """How a request stands."""

    OPEN = "cho_quyet_dinh"
    APPROVED = "dong_y"
    OVER = "het_han"  # approved, and the time is over
    REFUSED = "khong_dong_y"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Who asked for what, and what became of it."""

    by: str
    requested_on: date
    purpose: IdentityPurpose
    until: datetime | None = None
    is_refused: bool = False

    def state(self, at: datetime) -> RequestState:
        if self.is_refused:
            return RequestState.REFUSED
        if self.until is None:
            return RequestState.OPEN
        return RequestState.APPROVED if at < self.until else RequestState.OVER


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """The state of `identity-<file>`."""

    requests: Mapping[str, Request] = field(default_factory=dict)
    protections: Mapping[ProtectionMeasure, ProtectionStatus] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestIdentity:
    """Ask to learn who denounced."""

    file: str
    request: str
    by: str
    requested_on: date
    purpose: IdentityPurpose
    is_denunciation: bool
    personal: Personal  # reason


@dataclass(frozen=True, kw_only=True, slots=True)
class ApproveIdentityRelease:
    """Allow it, from `at` on."""

    file: str
    request: str
    by: str
    at: datetime
    approved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class RefuseIdentityRelease:
    """Turn it down."""

    file: str
    request: str
    by: str
    refused_on: date
    ground: IdentityRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewIdentity:
    """Look, at the instant `at`."""

    file: str
    request: str
    by: str
    at: datetime
    viewed_on: date
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadReasons:
    """Read why it is asked for."""

    file: str
    by: str
    read_on: date
    requests: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DenyAccess:
    """Keep that somebody tried and was refused."""

    file: str
    by: str
    denied_on: date
    attempt: str
    code: str
    request: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordProtection:
    """Keep how a protection stands."""

    file: str
    recorded_on: date
    measure: ProtectionMeasure
    status: ProtectionStatus
    people: int = 1
    is_denunciation: bool
    personal: Personal


def evolve(identity: Identity, event: IdentityEvent) -> Identity:
    match event:
        case IdentityRequested():
            request = Request(
                by=event.requested_by, requested_on=event.requested_on, purpose=event.purpose
            )
            asked = {event.request: request}
            return replace(identity, requests={**identity.requests, **asked})
        case IdentityReleaseApproved():
            request = identity.requests[event.request]
            until = datetime.fromisoformat(event.until)
            allowed = {event.request: replace(request, until=until)}
            return replace(identity, requests={**identity.requests, **allowed})
        case IdentityReleaseRefused():
            request = identity.requests[event.request]
            refused = {event.request: replace(request, is_refused=True)}
            return replace(identity, requests={**identity.requests, **refused})
        case ProtectionRecorded():
            status = {event.measure: event.status}
            return replace(identity, protections={**identity.protections, **status})
        case IdentityViewed() | IdentityReasonsRead() | IdentityAccessDenied():
            return identity


def request_identity(command: RequestIdentity, identity: Identity) -> list[IdentityEvent]:
    """Raises: Refused: identity_not_sealed."""
    if not command.is_denunciation:
        refuse("identity_not_sealed")
    if command.request in identity.requests:
        return []
    event = IdentityRequested(
        requested_on=command.requested_on,
        requested_by=command.by,
        request=command.request,
        purpose=command.purpose,
        personal=command.personal,
    )
    return [event]


def approve_identity_release(
    command: ApproveIdentityRelease, identity: Identity
) -> list[IdentityEvent]:
    """Raises: Refused: unknown_request, own_request, request_decided."""
    _undecided(identity, command.request, command.by)
    event = IdentityReleaseApproved(
        approved_on=command.approved_on,
        approved_by=command.by,
        request=command.request,
        until=instant_text(command.at + VALID),
    )
    return [event]


def refuse_identity_release(
    command: RefuseIdentityRelease, identity: Identity
) -> list[IdentityEvent]:
    """Raises: Refused: unknown_request, own_request, request_decided."""
    _undecided(identity, command.request, command.by)
    event = IdentityReleaseRefused(
        refused_on=command.refused_on,
        refused_by=command.by,
        request=command.request,
        ground=command.ground,
    )
    return [event]


def view_identity(command: ViewIdentity, identity: Identity) -> list[IdentityEvent]:
    """Raises: Refused: unknown_request, not_your_request, release_not_approved, release_over."""
    request = identity.requests.get(command.request) or refuse("unknown_request")
    if request.by != command.by:
        refuse("not_your_request")
    if request.until is None:
        refuse("release_not_approved")
    if command.at >= request.until:
        refuse("release_over")
    event = IdentityViewed(
        viewed_on=command.viewed_on,
        viewed_by=command.by,
        request=command.request,
        parts=command.parts,
    )
    return [event]


def readable(identity: Identity, by: str, *, decides: bool) -> dict[str, Request]:
    """The requests whose reasons somebody may read: all or their own, the first one first."""
    requests = identity.requests.items()
    return {number: request for number, request in requests if decides or request.by == by}


def read_reasons(command: ReadReasons, identity: Identity) -> list[IdentityEvent]:
    if not command.requests:
        return []
    event = IdentityReasonsRead(
        read_on=command.read_on, read_by=command.by, requests=command.requests
    )
    return [event]


def deny_access(command: DenyAccess, identity: Identity) -> list[IdentityEvent]:
    event = IdentityAccessDenied(
        denied_on=command.denied_on,
        denied_to=command.by,
        attempt=command.attempt,
        code=command.code,
        request=command.request,
    )
    return [event]


def record_protection(command: RecordProtection, identity: Identity) -> list[IdentityEvent]:
    """Raises: Refused: protection_only_denunciation, protection_not_requested."""
    if not command.is_denunciation:
        refuse("protection_only_denunciation")
    begins = command.status is ProtectionStatus.REQUESTED
    # Secrecy needs no request: it holds from the first day (Đ.47.2).
    is_known = command.measure in identity.protections
    if not begins and not is_known and command.measure is not ProtectionMeasure.SECRECY:
        refuse("protection_not_requested")
    event = ProtectionRecorded(
        recorded_on=command.recorded_on,
        measure=command.measure,
        status=command.status,
        people=command.people,
        personal=command.personal,
    )
    return [event]


def _undecided(identity: Identity, number: str, by: str) -> None:
    request = identity.requests.get(number) or refuse("unknown_request")
    if request.by == by:
        refuse("own_request")
    if request.until is not None or request.is_refused:
        refuse("request_decided")


# -- a denunciation without the denouncer


def stripped(words: str, people: Iterable[Mapping[str, Any]]) -> str:
    """These words without what tells who these people are: names, numbers, addresses, telephones.

    Only letters and digits are compared, without accents and case, so that another spelling is
    found too: with dots between the digits, with hyphens, or with signs that nobody sees. What
    describes somebody in other words cannot be found like this: who hands the text on reads it.
    """
    plain, places = _plain(words)
    hidden = [False] * len(words)
    for person in people:
        for value in person.values():
            for told in _tellings(value):
                for first, last in _found(told, plain, places, words):
                    hidden[first : last + 1] = [True] * (last + 1 - first)
    pieces = (
        MASK if is_hidden else "".join(words[place] for place in run)
        for is_hidden, run in groupby(range(len(words)), key=hidden.__getitem__)
    )
    return "".join(pieces)


def _tellings(value: object) -> Iterator[str]:
    """What to look for: the value, and of a name also its last two words, by which people go."""
    if not isinstance(value, str):
        return
    told, _ = _plain(value)
    if len(told) < SHORTEST and not (told.isalpha() and len(value.split()) > 1):
        return
    yield told
    if told.isdecimal() and told[0] == "0":
        yield "84" + told[1:]  # as a telephone is dialled from abroad
    words = value.split()
    if len(words) > 2:
        last_two, _ = _plain(" ".join(words[-2:]))
        if len(last_two) > SHORTEST:  # `bay`, of two words, is one that stands in every text
            yield last_two


def _found(told: str, plain: str, places: list[int], words: str) -> Iterator[tuple[int, int]]:
    """First and last place of each telling, unless it is a piece of a longer word or number."""
    at = plain.find(told) if told else -1
    while at >= 0:
        first, last = places[at], places[at + len(told) - 1]
        while last + 1 < len(words) and unicodedata.combining(words[last + 1]):
            last += 1
        is_piece = words[first - 1 : first].isalnum() or words[last + 1 : last + 2].isalnum()
        # A short name, such as `Bá Ý`, is also a word in every text, unless written as two.
        if not is_piece and (len(told) >= SHORTEST or _is_several(words[first : last + 1])):
            yield first, last
        at = plain.find(told, at + 1)


def _is_several(words: str) -> bool:
    return len(re.findall(r"\w+", unicodedata.normalize("NFC", words))) > 1


def _plain(text: str) -> tuple[str, list[int]]:
    """Base letters in lower case, and digits, nothing else; and the place in the text of each."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKD", character.casefold()):
            number = unicodedata.decimal(letter, None)
            if letter.isalnum():
                letters.append(_D.get(letter, letter) if number is None else str(number))
                places.append(place)
    return "".join(letters), places


_D: Final = {"đ": "d", "ð": "d"}  # the second is Icelandic; as a capital it looks the same
