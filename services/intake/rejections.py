"""Messages that could not be taken: kept sealed for as long as it takes to clear them up.

`donthu_intake.rejected` has one document for each, found under the reference that its sender was
told; the message itself, with its headers, is ciphertext. The same message sent again is counted.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from services.intake import agencies
from shared.event_sourcing import derived_id
from shared.vault import Vault

DATABASE: Final = "donthu_intake"
PIECE: Final = 8_000_000  # bytes of a message in one document, whose limit is 16 MB
UNKNOWN: Final = "unknown"  # in place of an agency that the routing key does not name

_KNOWN_CONTENT_TYPES = ("application/cloudevents+json", "application/json")


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


def body_of(client: Any, vault: Vault, reference: str) -> bytes:
    """The message as it came, for who has to clear it up.

    Raises:
        LookupError: nothing is kept under this reference, or it was erased.
    """
    kept = client[DATABASE]["rejected"].find_one({"_id": reference})
    if kept is None:
        raise LookupError(f"nothing is kept under {reference}")
    more = client[DATABASE]["rejected.more"]
    others = [f"{reference}.{number}" for number in range(2, kept["pieces"] + 1)]
    boxes = [kept["body"], *(more.find_one({"_id": other})["body"] for other in others)]
    subject = f"agencies/{kept['agency']}/{reference}"
    pieces = [vault.open_bytes(subject, box) for box in boxes]
    if not all(isinstance(piece, bytes) for piece in pieces):
        raise LookupError(f"what was kept under {reference} was erased")
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


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
