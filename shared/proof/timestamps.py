"""Outside time stamps (RFC 3161) of checkpoints, by an authority under contract with the ward.

What is stamped are the bytes of the note as `checkpoints/<size>` keeps it. Optional: a stamp proves
when at the latest a checkpoint existed, to those who do not trust the signer's clock.
"""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from shared.clock import instant_text

_TIMEOUT_S = 20.0
_MAX_BYTES = 100_000


class FalseStamp(Exception):
    """No time stamp was had, or one is false; the message says why."""


def ask(url: str, note: bytes) -> bytes:
    """A time-stamp response for these bytes, as DER. Raises: FalseStamp."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise FalseStamp("a time-stamping authority has an address with http or https")
    builder = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    query = urllib.request.Request(
        url, request.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(query, timeout=_TIMEOUT_S) as answer:
            response: bytes = answer.read(_MAX_BYTES)
    except (OSError, urllib.error.HTTPError) as error:
        raise FalseStamp(f"the time-stamping authority does not answer: {error}") from None
    stamp = _decoded(response)
    if stamp.tst_info.nonce != request.nonce:
        raise FalseStamp("the time-stamping authority answered another request")
    return response


def check(note: bytes, response: bytes, roots: bytes) -> str:
    """When the note was stamped, RFC 3339; `roots` are trusted certificates, PEM.

    Raises: FalseStamp.
    """
    stamp, builder = _decoded(response), VerifierBuilder()
    try:
        for certificate in load_pem_x509_certificates(roots):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(stamp, note)
    except (VerificationError, ValueError) as error:
        raise FalseStamp(f"the time stamp is false: {error}") from None
    return instant_text(stamp.tst_info.gen_time)


def _decoded(response: bytes) -> TimeStampResponse:
    try:
        stamp = decode_timestamp_response(response)
        granted = stamp.status in (0, 1)
    except ValueError:
        granted = False
    if not granted:
        raise FalseStamp("the time-stamping authority gave no time stamp")
    return stamp
