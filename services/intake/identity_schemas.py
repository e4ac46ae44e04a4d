"""What may be sent about who is behind a file: shapes, and the commands made of them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.intake.registration_schemas import file_field
from shared.contracts.identities import (
    IdentityPurpose,
    IdentityRefusal,
    ProtectionMeasure,
    ProtectionStatus,
)
from shared.wire import LONG, Count, Text, schema


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Asking:
    """`request_identity`."""

    file: str
    purpose: IdentityPurpose
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfFile:
    """`identity_requests`."""

    file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfRequest:
    """`approve_identity_release`, `view_identity`."""

    file: str
    request: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TurningDown:
    """`refuse_identity_release`."""

    file: str
    request: str
    ground: IdentityRefusal


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Protecting:
    """`record_protection`."""

    file: str
    recorded_on: date
    measure: ProtectionMeasure
    status: ProtectionStatus
    people: int = 1
    text: str | None = None


ASK: Final = schema(Asking, reason=Text(max=LONG))
OF_FILE: Final = schema(OfFile)
OF_REQUEST: Final = schema(OfRequest, request=file_field())
TURN_DOWN: Final = schema(TurningDown, request=file_field())
PROTECT: Final = schema(Protecting, people=Count(min=1, max=100), text=Text(max=LONG))
