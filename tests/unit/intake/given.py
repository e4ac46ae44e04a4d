"""What happened before, in the words of these tests: petitions of invented people."""

from dataclasses import replace
from datetime import date

from services.intake.domain import Petition, evolve
from shared.contracts.petitions import (
    Channel,
    Field,
    Kind,
    Party,
    PetitionClassified,
    PetitionReceived,
    Role,
)
from tests.support.given_when_then import Specification

FILE = "7f3k9q2mxw4t"
MONDAY, TUESDAY, FRIDAY = date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 9)

petition = Specification(initial=Petition(), evolve=evolve)

citizen = Party(ref="p1", role=Role.PETITIONER)
received = PetitionReceived(received_on=MONDAY, channel=Channel.POST, parties=(citizen,))
at_the_desk = replace(received, channel=Channel.RECEPTION)
anonymous = replace(received, parties=())
unsigned = replace(received, is_signed=False)

complaint = PetitionClassified(
    classified_on=TUESDAY,
    kind=Kind.COMPLAINT,
    field=Field.LAND,
    is_competent=True,
    meets_conditions=True,
)
denunciation = replace(complaint, kind=Kind.DENUNCIATION, field=Field.PUBLIC_DUTY)
#: Names the violator, has evidence, can be checked; whether it is regular the petition says.
verifiable = replace(denunciation, is_verifiable=True)
recommendation = replace(complaint, kind=Kind.RECOMMENDATION, field=Field.ENVIRONMENT)
feedback = replace(recommendation, kind=Kind.FEEDBACK)


def elsewhere(classified: PetitionClassified) -> PetitionClassified:
    """The same, but another authority is competent."""
    return replace(classified, is_competent=False)


def lacking(classified: PetitionClassified) -> PetitionClassified:
    """The same, but the conditions are not met."""
    return replace(classified, meets_conditions=False)


def group(people: int, representatives: int) -> PetitionReceived:
    """A petition of several people, some of whom represent the others."""
    parties = tuple(
        Party(ref=f"p{number}", role=Role.REPRESENTATIVE)
        for number in range(1, representatives + 1)
    )
    return replace(received, people=people, parties=parties or (citizen,))
