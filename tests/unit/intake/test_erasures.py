"""When a person's data may be erased, and that a denunciation stays one for who may read it."""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce

import pytest

from services.intake import mediations, receptions
from services.intake.domain import Petition, evolve
from services.intake.erasing_schemas import erasing
from services.intake.erasures import (
    EraseMediated,
    ErasePerson,
    EraseReceived,
    EraseTask,
    SealedPart,
    doomed,
    erase_mediated,
    erase_person,
    erase_received,
    erase_task,
    evolve_of_task,
    sealed_since,
)
from shared.contracts.petitions import (
    AuthorisationRecorded,
    Capacity,
    ErasureGround,
    PersonErased,
    PetitionAccepted,
    PetitionerGuided,
    Proxy,
)
from shared.contracts.receptions import (
    CitizenReceived,
    Host,
    MediationOutcome,
    MediationRecorded,
    ReceptionConcluded,
    ReceptionKind,
    ReceptionMode,
    ReceptionRefused,
    ReceptionScheduled,
)
from shared.errors import Malformed
from shared.ledger import Recorded
from tests.support.given_when_then import Specification
from tests.unit.intake.given import (
    FILE,
    FRIDAY,
    MONDAY,
    complaint,
    denunciation,
    petition,
    received,
)

guided = PetitionerGuided(guided_on=FRIDAY, competent_authority="Tòa án", to_split=False)
accepted = PetitionAccepted(
    accepted_on=FRIDAY, kind=complaint.kind, field=complaint.field, received_on=MONDAY
)
erased = PersonErased(
    erased_on=date(2036, 11, 24),
    part="p1",
    ground=ErasureGround.RETENTION,
    document="12/QĐ-UBND ngày 20/11/2036",
)
erase_it = ErasePerson(
    file=FILE,
    erased_on=erased.erased_on,
    part="p1",
    ground=erased.ground,
    document=erased.document,
)


def test_a_handled_petitions_sender_is_erased_and_again_changes_nothing() -> None:
    handled = petition.given(received, complaint, guided)
    handled.when(erase_person, erase_it).then(erased)
    petition.given(received, complaint, guided, erased).when(erase_person, erase_it).then_nothing()


def test_the_reasons_of_requests_for_the_sender_go_with_the_sender() -> None:
    asked = replace(erase_it, has_reasons=True)
    reason = replace(erased, part="reason")
    handled = petition.given(received, complaint, guided)
    handled.when(erase_person, asked).then(erased, reason)
    petition.given(received, complaint, guided, erased).when(erase_person, asked).then(reason)
    words = replace(asked, part="text")
    handled.when(erase_person, words).then(replace(erased, part="text"))


def test_what_was_sealed_after_an_erasure_is_erased_anew() -> None:
    asked = replace(erase_it, has_reasons=True, sealed_since=frozenset({"reason", "text"}))
    reason = replace(erased, part="reason")
    past = petition.given(received, complaint, guided, erased, reason)
    past.when(erase_person, asked).then(reason)
    past.when(erase_person, replace(asked, sealed_since=frozenset())).then_nothing()


def test_the_words_are_a_part_of_their_own() -> None:
    words = replace(erase_it, part="text")
    expected = replace(erased, part="text")
    petition.given(received, complaint, guided, erased).when(erase_person, words).then(expected)


def test_who_no_longer_acts_for_somebody_is_erased_too() -> None:
    lawyer = Proxy(ref="a1", acts_for="p1", capacity=Capacity.LAWYER)
    named = replace(received, proxies=(lawyer,))
    another = AuthorisationRecorded(recorded_on=FRIDAY, proxies=(replace(lawyer, ref="a2"),))
    handled = petition.given(named, complaint, another, guided)
    for part in ("a1", "a2"):
        expected = replace(erased, part=part)
        handled.when(erase_person, replace(erase_it, part=part)).then(expected)
    handled.when(erase_person, replace(erase_it, part="a3")).then_refused("unknown_part")


def test_an_accepted_one_must_be_closed_first() -> None:
    open_case = petition.given(received, complaint, accepted)
    open_case.when(erase_person, erase_it).then_refused("file_still_open")
    closed = replace(erase_it, closed_on=FRIDAY)
    open_case.when(erase_person, closed).then(erased)
    petition.given(received).when(erase_person, erase_it).then_refused("file_still_open")


def test_only_what_is_there_is_erased_and_not_before_it_came() -> None:
    handled = petition.given(received, complaint, guided)
    handled.when(erase_person, replace(erase_it, part="p2")).then_refused("unknown_part")
    too_early = replace(erase_it, erased_on=MONDAY - timedelta(days=1))
    handled.when(erase_person, too_early).then_refused("date_before_receipt")
    petition.when(erase_person, erase_it).then_refused("unknown_file")


def test_what_was_ever_called_a_denunciation_stays_apart() -> None:
    history = (received, denunciation, replace(complaint, classified_on=FRIDAY))
    assert reduce(evolve, history, Petition()).was_denunciation
    assert not reduce(evolve, (received, complaint), Petition()).was_denunciation


# Citizen reception

session = Specification(initial=receptions.Reception(), evolve=receptions.evolve)
heard = tuple(
    CitizenReceived(
        received_on=FRIDAY,
        kind=ReceptionKind.REGULAR,
        mode=ReceptionMode.IN_PERSON,
        host=Host.OFFICER,
        turn=turn,
    )
    for turn in (1, 2, 3)
)
concluded = ReceptionConcluded(concluded_on=FRIDAY, number="5/TB-UBND")
APART = (
    *(SealedPart(turn=turn, part="p1", key=b"%d p1" % turn) for turn in (1, 2, 3)),
    *(SealedPart(turn=turn, part="text", key=b"%d text" % turn) for turn in (1, 2, 3)),
    SealedPart(turn=None, part="text", key=b"text"),
)
#: As all was sealed before each turn had keys of its own; the third one came after that.
SHARED = (
    SealedPart(turn=1, part="p1", key=b"p1"),
    SealedPart(turn=1, part="text", key=b"text"),
    SealedPart(turn=2, part="p1", key=b"p1"),
    SealedPart(turn=2, part="text", key=b"text"),
    SealedPart(turn=3, part="p1", key=b"3 p1"),
    SealedPart(turn=3, part="text", key=b"3 text"),
    SealedPart(turn=None, part="text", key=b"text"),
)
of_turn_2 = EraseReceived(
    reception="9m2k4x7q3p5t",
    erased_on=erased.erased_on,
    part="p1",
    ground=erased.ground,
    document=erased.document,
    turns=(2,),
    sealed=APART,
)


def gone(turn: int | None, part: str = "p1") -> PersonErased:
    return replace(erased, turn=turn, part=part)


def test_one_turn_is_erased_and_again_changes_nothing() -> None:
    session.given(*heard).when(erase_received, of_turn_2).then(gone(2))
    session.given(*heard, gone(2)).when(erase_received, of_turn_2).then_nothing()
    words = replace(of_turn_2, part="text")
    session.given(*heard, gone(2)).when(erase_received, words).then(gone(2, "text"))
    two = replace(of_turn_2, turns=(3, 2))
    session.given(*heard, gone(2)).when(erase_received, two).then(gone(3))


def test_the_words_of_a_session_are_erased_by_themselves_and_those_said_later_anew() -> None:
    words = replace(of_turn_2, part="text", turns=())
    after = session.given(*heard, concluded)
    after.when(erase_received, words).then(gone(None, "text"))
    session.given(*heard, concluded, gone(None, "text")).when(erase_received, words).then_nothing()
    again = session.given(*heard, gone(None, "text"), concluded)
    again.when(erase_received, words).then(gone(None, "text"))


def test_turns_that_share_keys_are_erased_together_or_not_at_all() -> None:
    shared = replace(of_turn_2, sealed=SHARED)
    past = session.given(*heard, concluded)
    past.when(erase_received, shared).then_refused("turns_share_keys")
    both = replace(shared, turns=(1, 2))
    past.when(erase_received, both).then(gone(1), gone(2))
    session.given(*heard, gone(1), gone(2)).when(erase_received, shared).then_nothing()
    of_the_whole = replace(shared, part="text", turns=())
    past.when(erase_received, of_the_whole).then_refused("turns_share_keys")
    with_them = replace(both, part="text")
    every = (gone(None, "text"), gone(1, "text"), gone(2, "text"))
    past.when(erase_received, with_them).then(*every)
    past.when(erase_received, replace(shared, turns=(3,))).then(gone(3))
    # What is said of the whole later has a key of its own.
    anew = SealedPart(turn=None, part="text", key=b"new")
    later = replace(of_the_whole, sealed=(*SHARED, anew))
    session.given(*heard, *every, concluded).when(erase_received, later).then(gone(None, "text"))


def test_who_was_not_received_is_erased_with_the_reasons_apart() -> None:
    refused = ReceptionRefused(
        refused_on=FRIDAY, ground="de_doa_xuc_pham", needs_written_notice=False
    )
    there = tuple(SealedPart(turn=None, part=part, key=part.encode()) for part in ("p1", "text"))
    who = replace(of_turn_2, turns=(), sealed=there)
    session.given(refused).when(erase_received, who).then(gone(None))
    session.given(refused, gone(None)).when(erase_received, who).then_nothing()
    unnamed = replace(who, sealed=there[1:])
    session.given(refused).when(erase_received, unnamed).then_refused("unknown_part")
    session.given(refused).when(erase_received, of_turn_2_on(MONDAY)).then_refused(
        "erased_before_event"
    )


def of_turn_2_on(day: date) -> EraseReceived:
    return replace(of_turn_2, erased_on=day)


def test_what_stands_against_erasing_at_the_desk() -> None:
    past = session.given(*heard)
    session.when(erase_received, of_turn_2).then_refused("unknown_reception")
    past.when(erase_received, replace(of_turn_2, turns=(2, 4))).then_refused("unknown_turn")
    past.when(erase_received, replace(of_turn_2, part="p2")).then_refused("unknown_part")
    past.when(erase_received, replace(of_turn_2, turns=())).then_refused("unknown_part")
    past.when(erase_received, of_turn_2_on(MONDAY)).then_refused("erased_before_event")
    still_open = replace(of_turn_2, has_open_file=True)
    past.when(erase_received, still_open).then_refused("file_still_open")
    posted = ReceptionScheduled(
        posted_on=MONDAY,
        held_on=FRIDAY,
        kind=ReceptionKind.PERIODIC,
        mode=ReceptionMode.IN_PERSON,
        host=Host.CHAIR,
    )
    nobody_came = replace(of_turn_2, turns=(), part="text", sealed=())
    session.given(posted).when(erase_received, nobody_came).then_refused("unknown_part")


# Mediation

mediation = Specification(initial=mediations.Mediation(), evolve=mediations.evolve)
mediated = MediationRecorded(
    held_on=FRIDAY, neighbourhood="tdp-1", outcome=MediationOutcome.AGREED, file=FILE
)
minutes = EraseMediated(
    mediation="3d5k9q2mxw4t",
    erased_on=erased.erased_on,
    part="text",
    ground=erased.ground,
    document=erased.document,
    sealed=(SealedPart(turn=None, part="text", key=b"text"),),
)


def test_the_minutes_of_a_mediation_are_erased_once() -> None:
    mediation.given(mediated).when(erase_mediated, minutes).then(gone(None, "text"))
    past = mediation.given(mediated, gone(None, "text"))
    past.when(erase_mediated, minutes).then_nothing()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"part": "p1"}, "unknown_part"),
        ({"erased_on": MONDAY}, "erased_before_event"),
        ({"has_open_file": True}, "file_still_open"),
    ],
)
def test_what_stands_against_erasing_minutes(changes, code) -> None:
    mediation.given(mediated).when(erase_mediated, replace(minutes, **changes)).then_refused(code)
    mediation.when(erase_mediated, replace(minutes, **changes)).then_refused("unknown_mediation")


# Directive tasks

task = Specification(initial=frozenset[str](), evolve=evolve_of_task)
words_of_task = EraseTask(
    task="4d5k9q2mxw4t",
    erased_on=erased.erased_on,
    part="text",
    ground=erased.ground,
    document=erased.document,
    sealed=(SealedPart(turn=None, part="text", key=b"text"),),
    done_on=FRIDAY,
)


def test_the_words_of_a_task_are_erased_once() -> None:
    task.when(erase_task, words_of_task).then(gone(None, "text"))
    task.given(gone(None, "text")).when(erase_task, words_of_task).then_nothing()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"part": "p1"}, "unknown_part"),
        ({"sealed": ()}, "unknown_part"),
        ({"erased_on": MONDAY}, "erased_before_event"),
        ({"done_on": None}, "task_still_open"),
    ],
)
def test_what_stands_against_erasing_a_task(changes, code) -> None:
    task.when(erase_task, replace(words_of_task, **changes)).then_refused(code)


# What the ledger says is erased


def recorded(type: str, data: dict[str, object], **sealed: bytes) -> Recorded:
    return Recorded(
        authority="09253",
        position=1,
        stream="reception-9m2k4x7q3p5t",
        version=1,
        id="c-1",
        type=type,
        schema=1,
        data=data,
        actor="officer:vera",
        correlation="r",
        caused_by=None,
        recorded_at="2026-11-23T05:12:03.123Z",
        sealed=sealed,
    )


def test_destroyed_is_what_was_there_when_it_was_erased() -> None:
    events = [
        recorded("CitizenReceived", {"turn": 1}, p1=b"1p", text=b"1t"),
        recorded("CitizenReceived", {"turn": 2}, p1=b"2p"),
        recorded("OnlineLineTested", {}, text=b"tested"),
        recorded("PersonErased", {"turn": 1, "part": "p1"}),
        recorded("PersonErased", {"part": "text"}),
        recorded("ReceptionConcluded", {}, text=b"concluded"),
    ]
    assert doomed(events) == [b"1p", b"tested"]
    assert doomed([*events, recorded("PersonErased", {"part": "text"})])[2:] == [b"concluded"]


def test_what_is_sealed_after_an_erasure_is_there_to_be_erased_again() -> None:
    events = [
        recorded("PetitionReceived", {}, p1=b"1", text=b"words"),
        recorded("IdentityRequested", {}, reason=b"first"),
        recorded("PersonErased", {"part": "reason"}),
        recorded("PersonErased", {"part": "p1"}),
    ]
    assert sealed_since(events) == set()
    events.append(recorded("IdentityRequested", {}, reason=b"second"))
    assert sealed_since(events) == {"reason"}
    assert doomed(events) == [b"first", b"1"]
    assert sealed_since([*events, recorded("PersonErased", {"part": "reason"})]) == set()


# What may be asked

ASKED = {"erased_on": "2026-11-20", "part": "p1", "ground": "theo_luat", "document": "12/QĐ-UBND"}


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"file": FILE, "reception": FILE},
        {"file": None},
        {"file": FILE, "turns": [1]},
        {"mediation": FILE, "turns": [1]},
        {"mediation": FILE, "task": FILE},
        {"task": FILE, "turns": [1]},
        {"reception": FILE, "turns": 1},
        {"reception": FILE, "turns": ["1"]},
    ],
)
def test_one_thing_is_erased_at_a_time_and_turns_are_of_a_session(named) -> None:
    with pytest.raises(Malformed):
        erasing(ASKED | named)
    assert erasing(ASKED | {"reception": FILE, "turns": [2, 1]}).turns == (2, 1)
