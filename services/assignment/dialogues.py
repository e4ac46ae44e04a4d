"""Dialogues with citizens (đối thoại): announced, held, minuted. Pure.

Only a complaint can make one compulsory, which `domain` looks at before it is decided, and only
there the law says how long before it is announced. The ward's plan (II.2) wants more of them than
that: in a denunciation it is with whom the ward chooses to hear, so who is told is theirs to say.
"""

from dataclasses import dataclass, field
from datetime import date

from services.assignment.case import Case, not_before, require_undecided
from services.assignment.law import DIALOGUE_NOTICE_DAYS, LAW_OF_2026
from services.assignment.refusals import refuse
from shared.contracts.cases import CaseEvent, DialogueAnnounced, DialogueHeld
from shared.contracts.petitions import Kind
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnounceDialogue:
    """Tell the parties when the dialogue is (thông báo đối thoại)."""

    file: str
    announced_on: date
    held_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldDialogue:
    """Hold the dialogue and minute it (tổ chức đối thoại, biên bản)."""

    file: str
    held_on: date
    complainant_attended: bool  # or who else sent the petition
    led_by_chair: bool
    personal: Personal = field(default_factory=Personal.nothing)  # text: minutes


def announce_dialogue(command: AnnounceDialogue, case: Case) -> list[CaseEvent]:
    """Announce the dialogue, or a new day for it.

    About a complaint since 2026-07-01 at least five days before (Nghị định 124 Đ.28.1); whether the
    last of them was a working day is for the clock of the deadlines service.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        date_before_opening, date_before_previous_step, dialogue_notice_too_short.
    """
    event = DialogueAnnounced(announced_on=command.announced_on, held_on=command.held_on)
    opened = require_undecided(case)
    if case.announced == event:
        return []
    not_before(command.announced_on, opened.opened_on, code="date_before_opening")
    not_before(command.held_on, command.announced_on)
    notice = (command.held_on - command.announced_on).days
    is_bound = opened.kind is Kind.COMPLAINT and command.announced_on >= LAW_OF_2026
    if is_bound and notice < DIALOGUE_NOTICE_DAYS:
        refuse("dialogue_notice_too_short")
    return [event]


def hold_dialogue(command: HoldDialogue, case: Case) -> list[CaseEvent]:
    """Record the dialogue; it counts also where the complainant stayed away (Đ.30.6).

    One that the chair did not lead is recorded and is not the compulsory one.

    Raises: Refused: unknown_file, case_not_open, case_terminated, already_decided,
        dialogue_not_announced.
    """
    require_undecided(case)
    if case.announced is None or case.announced.held_on != command.held_on:
        refuse("dialogue_not_announced")
    return [
        DialogueHeld(
            held_on=command.held_on,
            complainant_attended=command.complainant_attended,
            led_by_chair=command.led_by_chair,
            personal=command.personal,
        )
    ]
