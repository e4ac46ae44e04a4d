"""Sealed words opened for showing, those of a denunciation without who sent it.

Whatever shows what is sealed reads it here. Who may ask is decided before (`reading_desk`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.intake.domain import Petition
from services.intake.identities import stripped
from shared.contracts.petitions import Kind
from shared.ledger import Recorded
from shared.personal import Erased
from shared.vault import Vault

#: Stands for words that tell of somebody who was erased, and so can be stripped no more.
WITHHELD: Final = "[đã niêm phong: dữ liệu của người gửi đã xóa nên không thể lược]"

_SENDER: Final = re.compile(r"[pa][0-9]+")  # petitioners, and who acted for them at any time
_PERSON: Final = re.compile(r"[par][0-9]+")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Part:
    """One sealed part of an event, opened."""

    event: Recorded
    name: str
    content: Any  # as it was sealed, or ERASED

    @property
    def is_of_sender(self) -> bool:
        return _SENDER.fullmatch(self.name) is not None

    @property
    def is_of_person(self) -> bool:
        return _PERSON.fullmatch(self.name) is not None


def opened(vault: Vault, events: Iterable[Recorded]) -> list[Part]:
    """Every sealed part of these events, in their order.

    Raises: VaultUnavailable: repeat.
    """
    return [
        Part(event=event, name=name, content=content)
        for event in events
        for name, content in vault.open(event.authority, event.stream, event.sealed).items()
    ]


def conceals_senders(petition: Petition) -> bool:
    """Whether who sent it stays apart: it was ever called a denunciation, or nothing at all yet."""
    return petition.was_denunciation or _kind(petition) is None


def senders(parts: Iterable[Part]) -> list[Any]:
    """What was sealed of those who sent it, also of proxies who were replaced since."""
    return [part.content for part in parts if part.is_of_sender]


def shown(parts: Iterable[Part], concealed: Sequence[Any] | None) -> list[tuple[Part, Any]]:
    """These parts with what may be read of each.

    `concealed` are people whom nothing that is shown may tell (None: nobody is to be concealed).
    Senders are then left out, and all words stripped of these people; withheld, if one was erased.
    """
    if concealed is None:
        return [(part, _readable(part.content, ())) for part in parts]
    return [(part, _readable(part.content, concealed)) for part in parts if not part.is_of_sender]


def _readable(content: Any, concealed: Sequence[Any]) -> Any:
    if isinstance(content, Erased):
        return str(content)
    if any(isinstance(person, Erased) for person in concealed):
        return WITHHELD
    return _without(concealed, content)


def _without(people: Sequence[Any], content: Any) -> Any:
    match content:
        case str():
            return stripped(content, people) if people else content
        case list():
            return [_without(people, each) for each in content]
        case dict():
            return {name: _without(people, each) for name, each in content.items()}
        case _:
            return content


def _kind(petition: Petition) -> Kind | None:
    if petition.classified is not None:
        return petition.classified.kind
    return petition.received.claimed_kind if petition.received else None
