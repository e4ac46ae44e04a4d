"""What an event of another service makes this one do: pure functions from event to command."""

from services.assignment.domain import OpenCase
from shared.contracts.petitions import PetitionAccepted


def when_petition_accepted_then_open_case(file: str, event: PetitionAccepted) -> OpenCase:
    """The case is open from the day of acceptance (thụ lý), whenever we hear of it."""
    return OpenCase(
        file=file,
        opened_on=event.accepted_on,
        kind=event.kind,
        field=event.field,
        is_remote=event.is_remote,
        is_disciplinary=event.is_disciplinary,
        is_dismissal=event.is_dismissal,
        respondent_officers=event.respondent_officers,
    )
