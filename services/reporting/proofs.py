"""What reporting proves of the ledger: checkpoints at a set rhythm and on demand, exports."""

import os
from collections.abc import Callable, Iterator
from typing import Any

from services.reporting import queries
from shared import logs
from shared.access.permissions import unknown
from shared.clock import Clock
from shared.contracts import streams_of
from shared.errors import LogUnavailable, Refused
from shared.key_files import KeyUnusable
from shared.ledger import Log
from shared.proof import audit
from shared.proof.folder import Busy
from shared.proof.publishing import NotSigned, Publisher
from shared.proof.signing import read_private
from shared.proof.verifier import Checkpoint, Fault
from shared.settings import Settings
from shared.working_days import Calendar

CHECKPOINT_S = float(os.environ.get("DONTHU_CHECKPOINT_S") or 300)

_NOTHING_SIGNS = (
    "Hệ thống chưa được cấu hình để ký chứng thực sổ; hãy báo người vận hành"
    " (DONTHU_CHECKPOINTS, checkpoint.key)."
)
_CONTRADICTED = (
    "Sổ không khớp với chứng thực đã ký trước đây; hãy báo ngay cho người vận hành và"
    " kiểm tra bằng `donthu verify`."
)
_BUSY = "Đang có một chứng thực khác được ký; hãy thử lại sau ít giây."

log = logs.get(__name__)


def publisher_of(ledger: Log, clock: Clock) -> Publisher:
    """The signer that the settings describe. Raises: KeyUnusable: they describe none."""
    settings = Settings.from_environment()
    if settings.checkpoints is None:
        raise KeyUnusable("DONTHU_CHECKPOINTS is not set: nothing is signed")
    private = read_private(settings.checkpoint_key)
    return Publisher(ledger, settings.checkpoints, private, clock, settings.origin)


def checkpoint(ledger: Log, clock: Clock, authority: str) -> dict[str, Any]:
    """Raises: Refused."""
    try:
        publisher = publisher_of(ledger, clock)
        note = publisher.checkpoint(authority)
    except (KeyUnusable, NotSigned, Busy) as error:
        raise _refused(authority, error) from None
    key = publisher.key(authority).public
    return {
        "authority": authority,
        "checkpoint": note,
        "key": str(key),
        "fingerprint": key.fingerprint,
    }


def checkpoint_all(
    ledger: Log, clock: Clock, is_mine: Callable[[str], bool] = lambda authority: True
) -> None:
    """Sign what is new of every ward of mine, and raise the alarm where a log is not what it was.

    A restored older backup is thereby found when the service starts.
    """
    try:
        publisher = publisher_of(ledger, clock)
    except KeyUnusable as error:
        log.warning("nothing_is_signed", reason=str(error))
        return
    for authority in sorted(filter(is_mine, {*ledger.authorities(), *publisher.known()})):
        try:
            publisher.checkpoint(authority)
        except NotSigned as error:
            log.error("ledger_contradicts_checkpoint", authority=authority, reason=str(error))
        except (Busy, LogUnavailable) as error:
            log.warning("checkpoint_put_off", authority=authority, reason=str(error))


def export(ledger: Log, clock: Clock, authority: str, file: str) -> dict[str, Any]:
    """Every commit of the file, and of the ward's calendar, with what proves them.

    Raises: Refused.
    """
    if not ledger.read(authority, *streams_of(file)):
        raise unknown()
    streams = (*streams_of(file), f"calendar-{authority}")
    try:
        exported = publisher_of(ledger, clock).export(authority, file, streams)
    except (KeyUnusable, NotSigned, Busy) as error:
        raise _refused(authority, error) from None
    national = Calendar.load()
    if national.version in exported["calendar"]["used"]:
        exported["calendar"]["tables"] = [
            {"version": national.version, "rows": list(_rows(national))}
        ]
    return exported


def verified(ledger: Log, clock: Clock, authority: str) -> dict[str, Any]:
    """Whether the ward's log is whole, unaltered and what its checkpoints were signed over.

    An auditor who does not trust this service runs `donthu verify`, or a verifier of their own.
    """
    checkpoints, leaves = list[Checkpoint](), list[bytes]()
    try:
        publisher = publisher_of(ledger, clock)
        key = publisher.key(authority).public
        checkpoints, leaves = audit.known(publisher.folder(authority), key)
    except (KeyUnusable, NotSigned):
        pass  # nothing is signed here: the chain alone is checked
    except Fault as fault:
        told = f"authority {authority}: {fault}"
        return {"authority": authority, "commits": 0, "ok": False, "fault": told}
    return queries.verified(ledger, authority, checkpoints, leaves)


def _rows(calendar: Calendar) -> Iterator[list[str]]:
    for day in calendar.special_days:
        yield [day.day.isoformat(), day.kind, day.name, day.source, day.confidence]


def _refused(authority: str, error: Exception) -> Refused:
    match error:
        case NotSigned():
            log.error("ledger_contradicts_checkpoint", authority=authority, reason=str(error))
            return Refused("ledger_contradicts_checkpoint", _CONTRADICTED)
        case Busy():
            return Refused("checkpoint_busy", _BUSY)
        case _:
            log.warning("nothing_is_signed", reason=str(error))
            return Refused("nothing_signs", _NOTHING_SIGNS)
