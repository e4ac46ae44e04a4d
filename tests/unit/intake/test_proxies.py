"""Who acts for a petitioner, by what paper, and heirs who go on."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake import registration_schemas
from services.intake.domain import evolve
from services.intake.outcomes import AcceptPetition, accept_petition
from services.intake.proxies import (
    RecordAuthorisation,
    RecordSuccession,
    record_authorisation,
    record_succession,
)
from shared.contracts.petitions import (
    Attestation,
    AuthorisationRecorded,
    Capacity,
    Channel,
    ComplainantSucceeded,
    Party,
    PetitionAccepted,
    PetitionFiledAway,
    Proxy,
    Role,
)
from shared.errors import Malformed
from shared.personal import Personal
from tests.unit.intake.given import (
    FILE,
    FRIDAY,
    MONDAY,
    TUESDAY,
    complaint,
    denunciation,
    petition,
    received,
)

certified = Proxy(
    ref="a1",
    acts_for="p1",
    capacity=Capacity.AUTHORISED,
    document_on=MONDAY,
    attestation=Attestation.CERTIFIED,
)
second = replace(certified, ref="a2")
accept = AcceptPetition(file=FILE, accepted_on=FRIDAY)
accepted = PetitionAccepted(
    accepted_on=FRIDAY, kind=complaint.kind, field=complaint.field, received_on=MONDAY
)
who = Personal({"a1": {"name": "Lê Thị Thay"}})
record = RecordAuthorisation(file=FILE, recorded_on=FRIDAY, proxies=(certified,), personal=who)
recorded = AuthorisationRecorded(recorded_on=FRIDAY, proxies=(certified,), personal=who)
heir = Proxy(ref="a1", acts_for="p1", capacity=Capacity.HEIR, document_on=TUESDAY)
succeed = RecordSuccession(
    file=FILE, succeeded_on=FRIDAY, of="p1", died_on=MONDAY, heirs=(heir,), personal=who
)
succeeded = ComplainantSucceeded(
    succeeded_on=FRIDAY, of="p1", died_on=MONDAY, heirs=(heir,), personal=who
)


def through(*proxies):
    """A petition that came in through these."""
    return replace(received, proxies=proxies)


# Accepting


@pytest.mark.parametrize(
    "proxy",
    [
        pytest.param(certified, id="certified"),
        pytest.param(replace(certified, attestation=Attestation.NOTARISED), id="notarised"),
        pytest.param(replace(certified, capacity=Capacity.LAWYER), id="a lawyer"),
        pytest.param(
            replace(certified, attestation=Attestation.NONE, document_on=date(2026, 6, 30)),
            id="a paper of before NĐ 155",
        ),
        pytest.param(
            replace(certified, capacity=Capacity.LAWFUL, attestation=Attestation.NONE),
            id="lawful representative",
        ),
        pytest.param(heir, id="heir"),
    ],
)
def test_a_complaint_through_somebody_with_a_paper_is_accepted(proxy) -> None:
    petition.given(through(proxy), complaint).when(accept_petition, accept).then(accepted)


@pytest.mark.parametrize(
    ("proxies", "code"),
    [
        pytest.param((replace(certified, document_on=None),), "authorisation_missing", id="none"),
        pytest.param(
            (replace(certified, capacity=Capacity.LAWFUL, document_on=None),),
            "authorisation_missing",
            id="no proof of representation",
        ),
        pytest.param(
            (replace(certified, attestation=Attestation.NONE),),
            "authorisation_not_certified",
            id="private paper",
        ),
        pytest.param(
            (replace(certified, attestation=Attestation.NOTARISED, document_on=date(2027, 1, 1)),),
            "authorisation_not_certified",
            id="notarised since 2027",
        ),
        pytest.param((certified, second), "several_authorised", id="all to two"),
        pytest.param(
            (certified, replace(second, content=2)), "several_authorised", id="all, and a part"
        ),
        pytest.param(
            (replace(certified, content=2), replace(second, content=2)),
            "several_authorised",
            id="one part to two",
        ),
    ],
)
def test_what_stands_against_a_complaint_through_somebody(proxies, code) -> None:
    petition.given(through(*proxies), complaint).when(accept_petition, accept).then_refused(code)
    asked = replace(
        record, proxies=proxies, personal=Personal({each.ref: {"name": "Lê"} for each in proxies})
    )
    petition.given(received, complaint).when(record_authorisation, asked).then_refused(code)


def test_notarisation_counts_until_the_end_of_2026() -> None:
    last = replace(certified, attestation=Attestation.NOTARISED, document_on=date(2026, 12, 31))
    petition.given(through(last), complaint).when(accept_petition, accept).then(accepted)


def test_each_content_may_be_given_to_another_and_each_complainant_has_somebody() -> None:
    parts = through(replace(certified, content=1), replace(second, content=2))
    petition.given(parts, complaint).when(accept_petition, accept).then(accepted)
    both = (*received.parties, Party(ref="p2", role=Role.PETITIONER))
    two = replace(through(certified, replace(second, acts_for="p2")), parties=both, people=2)
    petition.given(two, complaint).when(accept_petition, accept).then(replace(accepted, people=2))


def test_an_organisations_paper_is_its_own_and_needs_no_certificate() -> None:
    company = Party(ref="p1", role=Role.PETITIONER, is_organisation=True)
    plain = replace(certified, attestation=Attestation.NONE)
    past = replace(through(plain), parties=(company,))
    petition.given(past, complaint).when(accept_petition, accept).then(accepted)


def test_the_law_asks_no_paper_for_a_denunciation() -> None:
    nothing = replace(certified, document_on=None)
    petition.given(through(nothing), denunciation).when(accept_petition, accept).then(
        replace(accepted, kind=denunciation.kind, field=denunciation.field)
    )
    petition.given(received, denunciation).when(
        record_authorisation, replace(record, proxies=(nothing,))
    ).then(replace(recorded, proxies=(nothing,)))


# Naming somebody later


def test_a_missing_paper_is_made_good_by_naming_somebody_anew() -> None:
    past = (through(replace(certified, document_on=None)), complaint)
    again = replace(recorded, proxies=(second,), personal=Personal({"a2": who["a1"]}))
    petition.given(*past).when(record_authorisation, record).then(again)
    petition.given(*past, again).when(accept_petition, accept).then(accepted)


def test_somebody_is_named_after_acceptance_too() -> None:
    petition.given(received, complaint, accepted).when(record_authorisation, record).then(recorded)


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_file", id="never came in"),
        pytest.param(
            (replace(received, received_on=FRIDAY),),
            {"recorded_on": MONDAY},
            "date_before_receipt",
            id="too early",
        ),
        pytest.param(
            (received,),
            {"proxies": (replace(certified, acts_for="p2"),)},
            "unknown_party",
            id="for nobody",
        ),
        pytest.param(
            (received,),
            {"proxies": (replace(certified, capacity=Capacity.HEIR),)},
            "heir_by_succession",
            id="an heir",
        ),
        pytest.param(
            (received, complaint, PetitionFiledAway(filed_on=FRIDAY, ground="gui_nhieu_noi")),
            {},
            "already_handled",
            id="filed away",
        ),
    ],
)
def test_what_stands_against_naming_somebody(past, changes, code) -> None:
    petition.given(*past).when(record_authorisation, replace(record, **changes)).then_refused(code)


# Heirs


def test_heirs_go_on_before_acceptance_and_after() -> None:
    petition.given(received, complaint).when(record_succession, succeed).then(succeeded)
    petition.given(received, complaint, accepted).when(record_succession, succeed).then(succeeded)


def test_whom_the_dead_had_authorised_acts_no_more_and_heirs_may_name_another() -> None:
    past = (through(certified), complaint)
    numbered = replace(
        succeeded,
        heirs=(replace(heir, ref="a2"),),
        personal=Personal({"a2": who["a1"]}),
    )
    petition.given(*past).when(record_succession, succeed).then(numbered)
    state = petition.initial
    for event in (*past, numbered, replace(recorded, proxies=(replace(certified, ref="a3"),))):
        state = evolve(state, event)
    assert [proxy.ref for proxy in state.proxies] == ["a2", "a3"]


@pytest.mark.parametrize(
    ("past", "changes", "code"),
    [
        pytest.param((), {}, "unknown_file", id="never came in"),
        pytest.param(
            (replace(received, received_on=FRIDAY), complaint),
            {"succeeded_on": MONDAY},
            "date_before_receipt",
            id="too early",
        ),
        pytest.param((received, complaint), {"of": "p2"}, "unknown_party", id="nobody"),
        pytest.param((received,), {}, "succession_only_complaint", id="kind unknown"),
        pytest.param((received, denunciation), {}, "succession_only_complaint", id="denounced"),
        pytest.param(
            (received, complaint, PetitionFiledAway(filed_on=FRIDAY, ground="gui_nhieu_noi")),
            {},
            "already_handled",
            id="filed away",
        ),
        pytest.param((received, complaint, succeeded), {}, "already_succeeded", id="twice"),
        pytest.param(
            (received, complaint), {"died_on": date(2026, 10, 10)}, "date_before_death", id="alive"
        ),
        pytest.param(
            (received, complaint),
            {"heirs": (replace(heir, document_on=None),)},
            "inheritance_not_proven",
            id="no proof",
        ),
    ],
)
def test_what_stands_against_heirs(past, changes, code) -> None:
    petition.given(*past).when(record_succession, replace(succeed, **changes)).then_refused(code)


# What is sent


def test_who_acts_for_somebody_is_sealed_under_a_ref_of_their_own() -> None:
    proxy = registration_schemas.NamedProxy(
        name="Lê Thị Thay", id_number="027099112233", **_told(certified)
    )
    said = registration_schemas.Registration(
        petitioners=(registration_schemas.Petitioner(name="Đỗ Thị Thử"),),
        proxies=(proxy,),
        subject="Khiếu nại",
        content="Nội dung",
    )
    command = registration_schemas.registration(
        said, file=FILE, channel=Channel.POST, received_on=MONDAY
    )
    assert command.proxies == (certified,)
    assert command.personal["a1"] == {"name": "Lê Thị Thay", "id_number": "027099112233"}
    nobody = replace(said, proxies=(replace(proxy, acts_for="p2"),))
    with pytest.raises(Malformed) as malformed:
        registration_schemas.registration(
            nobody, file=FILE, channel=Channel.POST, received_on=MONDAY
        )
    assert list(malformed.value.errors) == ["proxies"]


def _told(proxy):
    names = ("acts_for", "capacity", "document_on", "attestation", "content")
    return {name: getattr(proxy, name) for name in names}
