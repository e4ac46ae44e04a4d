"""Sealed words as they are shown: whole, stripped of who denounced, withheld, erased."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.domain import Petition, evolve
from services.intake.unsealing import WITHHELD, Part, conceals_senders, senders, shown
from shared.contracts.petitions import Kind
from shared.ledger import Recorded
from shared.personal import ERASED
from tests.unit.intake.given import complaint, denunciation, received

SENDER = {"name": "Đặng Thị Thử Lộ", "phone": "0907 461 358"}
LAWYER = {"name": "Lương Văn Kiểm Tra"}
ACCUSED = {"name": "Phạm Bị Tố", "position": "hàng xóm của Đặng Thị Thử Lộ"}
WORDS = {"content": "Tôi là Đặng Thị Thử Lộ, có luật sư Lương Văn Kiểm Tra."}


def part(name: str, content: Any) -> Part:
    event = Recorded(
        authority="09253",
        position=1,
        stream="petition-7f3k9q2mxw4t",
        version=1,
        id="e-1",
        type="PetitionReceived",
        schema=1,
        data={},
        actor="officer:hoa",
        correlation="",
        caused_by=None,
        recorded_at="2026-10-05T01:00:00.000Z",
    )
    return Part(event=event, name=name, content=content)


PARTS = [part("p1", SENDER), part("r1", ACCUSED), part("a1", LAWYER), part("text", WORDS)]


def told(parts: list[Part], concealed: list[Any] | None) -> dict[str, Any]:
    return {each.name: words for each, words in shown(parts, concealed)}


def test_where_nobody_is_concealed_everything_is_shown_as_it_was_sealed() -> None:
    assert told(PARTS, None) == {each.name: each.content for each in PARTS}


def test_an_erased_part_says_so() -> None:
    assert told([part("p1", ERASED)], None) == {"p1": "[đã xóa]"}
    assert told([part("text", ERASED)], [SENDER]) == {"text": "[đã xóa]"}


def test_concealed_senders_are_left_out_and_stripped_from_all_that_is_shown() -> None:
    assert told(PARTS, senders(PARTS)) == {
        "r1": {"name": "Phạm Bị Tố", "position": "hàng xóm của [đã lược]"},
        "text": {"content": "Tôi là [đã lược], có luật sư [đã lược]."},
    }


def test_a_proxy_who_was_replaced_is_a_sender_still() -> None:
    replaced = [*PARTS, part("a2", {"name": "Hồ Thị Khác"})]
    assert LAWYER in senders(replaced)
    assert "Kiểm Tra" not in str(told(replaced, senders(replaced)))


@pytest.mark.parametrize("gone", ["p1", "a1"])
def test_words_are_withheld_once_any_sender_was_erased(gone: str) -> None:
    parts = [replace(each, content=ERASED) if each.name == gone else each for each in PARTS]
    assert told(parts, senders(parts)) == {"r1": WITHHELD, "text": WITHHELD}


def test_an_anonymous_denunciation_has_nothing_to_strip() -> None:
    assert told([part("text", WORDS)], []) == {"text": WORDS}


def test_what_lists_hold_is_stripped_too_and_numbers_stay() -> None:
    words = {"pages": 3, "names": ["bà Thử Lộ", None]}
    assert told([part("text", words)], [SENDER]) == {
        "text": {"pages": 3, "names": ["bà [đã lược]", None]}
    }


def test_senders_of_denunciations_and_of_what_nobody_called_anything_are_concealed() -> None:
    unknown = evolve(Petition(), received)
    assert conceals_senders(unknown)
    assert not conceals_senders(evolve(unknown, complaint))
    # Calling it something else afterwards opens nothing.
    assert conceals_senders(evolve(evolve(unknown, denunciation), complaint))
    claimed = evolve(Petition(), replace(received, claimed_kind=Kind.FEEDBACK))
    assert not conceals_senders(claimed)
