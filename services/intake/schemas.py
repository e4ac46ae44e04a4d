"""What may be sent about a petition that is there: shapes, limits, and the commands made of it.

Where names or free text come in, the payload has a record of its own, which prints nothing of what
is in it, and a pure function turns it into the command, with everything personal in `Personal`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.intake import domain, links, outcomes, proxies, withdrawals
from services.intake.registration_schemas import (
    AUTHORITY_NAME,
    MAX_PARTIES,
    Heir,
    NamedProxy,
    code_field,
    file_field,
    identity_fields,
    list_of,
    numbered,
    proxies_field,
)
from services.intake.similarity import Reason
from shared.contracts.petitions import (
    Capacity,
    CheckResult,
    Proxy,
    Relation,
    WithdrawalForm,
)
from shared.personal import Personal
from shared.wire import LONG, Count, Text, read, schema


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Authorisation:
    """`record_authorisation`: the command before the people are put away."""

    file: str
    recorded_on: date
    proxies: tuple[NamedProxy, ...]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Succession:
    """`record_succession`: the command before the heirs are put away."""

    file: str
    succeeded_on: date
    of: str
    died_on: date
    heirs: tuple[Heir, ...]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Refusal:
    """`refuse`: the command before its reasons are put away."""

    file: str
    refused_on: date
    ground: outcomes.RefusalGround
    reasons: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Guidance:
    """`guide`: the command before its guidance is put away."""

    file: str
    guided_on: date
    competent_authority: str
    guidance: str
    to_split: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Findings:
    """`record_check_result`: the command before its findings are put away."""

    file: str
    reported_on: date
    result: CheckResult
    findings: str
    referred_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """`file_away`, without what became of the files it is linked to."""

    file: str
    filed_on: date
    ground: outcomes.FilingGround


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Withdrawal:
    """`withdraw`: the command before what was withdrawn is put away."""

    file: str
    withdrawn_on: date
    is_whole: bool
    form: WithdrawalForm
    by: tuple[str, ...]
    is_signed: bool = True
    signs_of_violation: bool = False
    under_pressure: bool = False
    content: str | None = None  # what is withdrawn, if it is a part


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """`suggest_duplicates`."""

    file: str
    limit: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """`link`, without the other petition."""

    file: str
    to: str
    relation: Relation
    linked_on: date | None = None  # today
    score: int = 100
    reasons: tuple[Reason, ...] = (Reason.CHOSEN,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlink:
    """`unlink`."""

    file: str
    to: str
    unlinked_on: date | None = None  # today


CLASSIFY: Final = schema(domain.ClassifyPetition)
RECORD_AUTHORISATION: Final = schema(Authorisation, proxies=proxies_field(1))
RECORD_SUCCESSION: Final = schema(
    Succession, of=Text(max=3), heirs=list_of(Heir, MAX_PARTIES, 1, **identity_fields())
)
ACCEPT: Final = schema(outcomes.AcceptPetition)
REFUSE: Final = schema(Refusal, reasons=Text(max=LONG))
GUIDE: Final = schema(
    Guidance, competent_authority=Text(max=AUTHORITY_NAME), guidance=Text(max=LONG)
)
FORWARD: Final = schema(outcomes.ForwardPetition, competent_authority=Text(max=AUTHORITY_NAME))
ORDER_CHECK: Final = schema(outcomes.OrderCheck, unit=code_field())
RECORD_CHECK_RESULT: Final = schema(
    Findings, findings=Text(max=LONG), referred_to=Text(max=AUTHORITY_NAME)
)
FILE_AWAY: Final = schema(Filing)
WITHDRAW: Final = schema(Withdrawal, content=Text(max=LONG))
RETURN_ORIGINALS: Final = schema(withdrawals.ReturnOriginals, count=Count(min=1, max=1_000))
SUGGEST: Final = schema(Question, limit=Count(min=1, max=50))
LINK: Final = schema(Link, to=file_field(), score=Count(max=100))
UNLINK: Final = schema(Unlink, to=file_field())


def refusal(payload: object) -> outcomes.RefuseAcceptance:
    """Raises: Malformed."""
    said: Refusal = read(REFUSE, payload)
    return outcomes.RefuseAcceptance(
        file=said.file,
        refused_on=said.refused_on,
        ground=said.ground,
        personal=Personal({"text": {"reasons": said.reasons}}),
    )


def guidance(payload: object) -> outcomes.GuidePetitioner:
    """Raises: Malformed."""
    said: Guidance = read(GUIDE, payload)
    return outcomes.GuidePetitioner(
        file=said.file,
        guided_on=said.guided_on,
        competent_authority=said.competent_authority,
        to_split=said.to_split,
        personal=Personal({"text": {"guidance": said.guidance}}),
    )


def authorisation(payload: object) -> proxies.RecordAuthorisation:
    """Raises: Malformed."""
    said: Authorisation = read(RECORD_AUTHORISATION, payload)
    acting, who = numbered(said.proxies)
    return proxies.RecordAuthorisation(
        file=said.file,
        recorded_on=said.recorded_on,
        proxies=acting,
        personal=Personal(who),
    )


def succession(payload: object) -> proxies.RecordSuccession:
    """Raises: Malformed."""
    said: Succession = read(RECORD_SUCCESSION, payload)
    heirs = tuple(
        Proxy(
            ref=f"a{number}",
            acts_for=said.of,
            capacity=Capacity.HEIR,
            document_on=heir.document_on,
        )
        for number, heir in enumerate(said.heirs, start=1)
    )
    who = {heir.ref: person.identity() for heir, person in zip(heirs, said.heirs, strict=True)}
    return proxies.RecordSuccession(
        file=said.file,
        succeeded_on=said.succeeded_on,
        of=said.of,
        died_on=said.died_on,
        heirs=heirs,
        personal=Personal(who),
    )


def check_result(payload: object) -> outcomes.RecordCheckResult:
    """Raises: Malformed."""
    said: Findings = read(RECORD_CHECK_RESULT, payload)
    return outcomes.RecordCheckResult(
        file=said.file,
        reported_on=said.reported_on,
        result=said.result,
        referred_to=said.referred_to,
        personal=Personal({"text": {"findings": said.findings}}),
    )


def filing(said: Filing, answered: Mapping[str, date]) -> outcomes.FileAwayPetition:
    """`answered`: linked files -> when they were guided or answered, if they were."""
    return outcomes.FileAwayPetition(
        file=said.file, filed_on=said.filed_on, ground=said.ground, answered=answered
    )


def withdrawal(said: Withdrawal, concluded_on: date | None) -> withdrawals.WithdrawPetition:
    """`concluded_on`: when the case was decided, if it was."""
    content = {} if said.content is None else {"text": {"withdrawn": said.content}}
    return withdrawals.WithdrawPetition(
        file=said.file,
        withdrawn_on=said.withdrawn_on,
        is_whole=said.is_whole,
        form=said.form,
        by=said.by,
        is_signed=said.is_signed,
        signs_of_violation=said.signs_of_violation,
        under_pressure=said.under_pressure,
        concluded_on=concluded_on,
        personal=Personal(content),
    )


def link(said: Link, other: domain.Petition, today: date) -> links.LinkPetition:
    return links.LinkPetition(
        file=said.file,
        linked_on=said.linked_on or today,
        to=said.to,
        relation=said.relation,
        score=said.score,
        reasons=said.reasons,
        other=other,
    )


def unlink(payload: object, today: date) -> links.UnlinkPetition:
    """Raises: Malformed."""
    said: Unlink = read(UNLINK, payload)
    return links.UnlinkPetition(file=said.file, unlinked_on=said.unlinked_on or today, to=said.to)
