"""Messages that could not be taken: kept sealed for as long as it takes to clear them up.

`donthu_intake.rejected` has one document for each, found under the reference that its sender was
told; the message itself, with its headers, is ciphertext. The same message sent again is counted,
also after it was erased. Nothing here erases by itself: how long they are kept the authority says.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from services.intake import agencies
from shared.event_sourcing import derived_id
from shared.vault import Vault

DATABASE: Final = "donthu_intake"
PIECE: Final = 8_000_000  # bytes of a message in one document, whose limit is 16 MB
UNKNOWN: Final = "unknown"  # in place of an agency that the routing key does not name

_KNOWN_CONTENT_TYPES = ("application/cloudevents+json", "application/json")


class ReadingReason(StrEnum):
    """Why an operator opens a letter that was not taken; kept beside it."""

    CLEARING_UP = "lam_ro_voi_noi_gui"  # with its sender
    FAULT = "tim_loi_he_thong"  # it looks as if the fault were ours
    ORDERED = "theo_yeu_cau"  # a competent body wants it


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Somebody opened it."""

    at: datetime
    by: str
    reason: ReadingReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """What is told of a letter that was not taken; nothing of what it says."""

    reference: str
    agency: str
    codes: tuple[str, ...]
    times: int
    first_received_at: datetime
    last_received_at: datetime
    bytes: int
    looks: tuple[Look, ...]
    erased_at: datetime | None


def reference_of(delivery: agencies.Delivery, vault: Vault) -> str:
    """The same for the same message, and nothing by which a short one could be guessed."""
    digest = vault.digest(
        [
            delivery.routing_key,
            msgspec.json.encode(dict(delivery.headers), enc_hook=str, order="sorted").decode(),
            delivery.content_type,
            base64.b64encode(delivery.body).decode(),
        ]
    )
    return derived_id("rejected", digest)


def keep(
    client: Any,
    vault: Vault,
    delivery: agencies.Delivery,
    unfit: agencies.Unfit,
    reference: str,
    received_at: datetime,
) -> None:
    """Store the message and why it was not taken; storing it again only counts.

    Raises:
        VaultUnavailable, PyMongoError: it may not be stored; repeat.
    """
    agency = agencies.agency_of(delivery) or UNKNOWN
    kept, more = client[DATABASE]["rejected"], client[DATABASE]["rejected.more"]
    again = kept.update_one(
        {"_id": reference}, {"$inc": {"times": 1}, "$set": {"last_received_at": received_at}}
    )
    if again.matched_count:
        return
    subject = f"agencies/{agency}/{reference}"
    envelope = msgspec.json.encode(
        {
            "routing_key": delivery.routing_key,
            "content_type": delivery.content_type,
            "content_encoding": delivery.content_encoding,
            "user_id": delivery.user_id,
            "headers": dict(delivery.headers),
        },
        enc_hook=str,
    )
    first, *others = _pieces(delivery.body)
    for number, piece in enumerate(others, start=2):
        more.replace_one(
            {"_id": f"{reference}.{number}"},
            {"body": vault.seal_bytes(subject, piece)},
            upsert=True,
        )
    # Last, so that where it stands the whole message stands.
    kept.update_one(
        {"_id": reference},
        {
            "$setOnInsert": {
                "agency": agency,
                "received_at": received_at,
                "reasons": agencies.told(unfit.reasons),
                "headers": _safe_headers(delivery, unfit),
                "envelope": vault.seal_bytes(subject, envelope),
                "body": vault.seal_bytes(subject, first),
                "pieces": 1 + len(others),
            },
            "$inc": {"times": 1},
            "$set": {"last_received_at": received_at},
        },
        upsert=True,
    )


def listed(client: Any) -> list[Rejected]:
    """All that is kept, erased ones too, who wrote last first."""
    found = client[DATABASE]["rejected"].find({}, {"body": 0, "envelope": 0})
    return [
        Rejected(
            reference=kept["_id"],
            agency=kept["agency"],
            codes=tuple(reason["code"] for reason in kept["reasons"]),
            times=kept["times"],
            first_received_at=kept["received_at"],
            last_received_at=kept["last_received_at"],
            bytes=kept["headers"]["bytes"],
            looks=tuple(
                Look(at=look["at"], by=look["by"], reason=ReadingReason(look["reason"]))
                for look in kept.get("looks", ())
            ),
            erased_at=kept.get("erased_at"),
        )
        for kept in found.sort([("last_received_at", -1), ("_id", 1)])
    ]


def note_look(client: Any, reference: str, look: Look) -> None:
    """Put on record that somebody opens it; before it is opened.

    Raises:
        LookupError: nothing is kept under this reference, or it was erased.
    """
    _kept(client, reference)
    noted = {"at": look.at, "by": look.by, "reason": look.reason.value}
    client[DATABASE]["rejected"].update_one({"_id": reference}, {"$push": {"looks": noted}})


def body_of(client: Any, vault: Vault, reference: str) -> bytes:
    """The message as it came, for who has to clear it up.

    Raises:
        LookupError: nothing is kept under this reference, or it was erased.
        SealBroken: somebody altered what is kept.
    """
    kept = _kept(client, reference)
    more = client[DATABASE]["rejected.more"]
    boxes = [kept["body"], *(more.find_one({"_id": each})["body"] for each in _others(kept))]
    subject = f"agencies/{kept['agency']}/{reference}"
    pieces = [vault.open_bytes(subject, box) for box in boxes]
    if not all(isinstance(piece, bytes) for piece in pieces):
        raise _erased(reference)
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


def erase(client: Any, vault: Vault, reference: str, at: datetime, by: str) -> None:
    """Destroy its key, then what was sealed under it; harmless when repeated.

    Raises:
        LookupError: nothing was ever kept under this reference.
        VaultUnavailable, PyMongoError: it may not be erased; repeat.
    """
    rejected, more = client[DATABASE]["rejected"], client[DATABASE]["rejected.more"]
    kept = rejected.find_one({"_id": reference})
    if kept is None:
        raise _unknown(reference)
    vault.erase("agencies", kept["agency"], reference)
    more.delete_many({"_id": {"$in": _others(kept)}})
    rejected.update_one(
        {"_id": reference, "erased_at": None},
        {"$set": {"erased_at": at, "erased_by": by}, "$unset": {"body": "", "envelope": ""}},
    )


def _kept(client: Any, reference: str) -> dict[str, Any]:
    """Raises: LookupError: it was never kept, or it was erased."""
    kept: dict[str, Any] | None = client[DATABASE]["rejected"].find_one({"_id": reference})
    if kept is None:
        raise _unknown(reference)
    if kept.get("erased_at") is not None:
        raise _erased(reference)
    return kept


def _others(kept: dict[str, Any]) -> list[str]:
    """The further pieces of a message that is too large for one document."""
    return [f"{kept['_id']}.{number}" for number in range(2, kept["pieces"] + 1)]


def _unknown(reference: str) -> LookupError:
    return LookupError(f"nothing is kept under {reference}")


def _erased(reference: str) -> LookupError:
    return LookupError(f"what was kept under {reference} was erased")


def _pieces(body: bytes) -> Iterator[bytes]:
    yield body[:PIECE]
    for start in range(PIECE, len(body), PIECE):
        yield body[start : start + PIECE]


def _safe_headers(delivery: agencies.Delivery, unfit: agencies.Unfit) -> dict[str, Any]:
    """What may stand in clear, since it cannot be a name."""
    content_type = (delivery.content_type or "").lower().split(";")[0].strip()
    return {
        "content_type": content_type if content_type in _KNOWN_CONTENT_TYPES else None,
        "source_id": unfit.source_id,
        "bytes": len(delivery.body),
    }
