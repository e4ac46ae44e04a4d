"""Who logs in at database and broker, and the least that each needs there.

One user for each service, for the relay, the auditors, the front-ends of staff and each agency, and
the operator, who prepares both servers and may do everything. A service whose password is stolen
can add events to the ledger, but neither change one nor read another service's queues.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from deploy.errors import BadInput
from shared import contracts, lease, mongo_log, vault
from shared.queues import AGENCIES, ANSWERS, PARKING, REJECTED, events_exchange, replies_queue

OPERATOR, RELAY, AUDITOR, STAFF = "operator", "relay", "auditor", "staff"
SERVICES = ("intake", "assignment", "deadlines", "reporting")
OF_DATABASE = (OPERATOR, RELAY, *SERVICES, AUDITOR)
OF_BROKER = (OPERATOR, RELAY, *SERVICES, STAFF)  # and every agency

RPC: Final = "nameko-rpc"
_REPLY: Final = "[0-9a-f-]{32,36}"  # routing key of a caller's reply queue: nameko's is a UUID
_AGENCY = re.compile(r"[a-z][a-z0-9]{0,30}(-[a-z0-9]+)*")
_NOTHING = "^$"

Privilege = dict[str, Any]


# -- the database

#: What a service may do in its own database; no change streams.
_OWN = (
    *("find", "insert", "update", "remove"),
    *("createCollection", "createIndex", "dropCollection", "listCollections"),
)
#: Who is told of new commits by the database.
_TOLD = (RELAY, "intake", "reporting")
_LEDGER: dict[str, tuple[str, ...]] = {
    RELAY: ("find",),
    AUDITOR: ("find",),
    **{name: ("find", "insert") if name in contracts.OWNED else ("find",) for name in SERVICES},
}
#: Keys and notes are only ever added, except by intake, which erases people.
_VAULT: dict[str, dict[str, tuple[str, ...]]] = {
    "intake": {
        "keys": ("find", "insert", "remove"),
        "people": ("find", "insert", "remove"),
    },
    "assignment": {"keys": ("find", "insert")},
    "reporting": {"keys": ("find", "insert")},
    AUDITOR: {"keys": ("find",)},  # whether each is still there; what they hold is encrypted
}


def role(user: str) -> str:
    """The role of a user of the database: one of its own, except the operator's."""
    return "root" if user == OPERATOR else f"donthu_{user}"


def privileges(user: str) -> list[Privilege]:
    """What a user of the database may do, in MongoDB's own words; not for the operator."""
    told = ("changeStream",) if user in _TOLD else ()
    may = [_on(mongo_log.DATABASE, "commits", (*_LEDGER[user], *told))]
    may += [_on(vault.DATABASE, name, what) for name, what in _VAULT.get(user, {}).items()]
    own = {RELAY: lease.DATABASE} | {name: f"donthu_{name}" for name in SERVICES}
    if user in own:
        may.append(_on(own[user], "", _OWN))
    return may


def _on(database: str, collection: str, actions: Iterable[str]) -> Privilege:
    resource = {"db": database, "collection": collection}
    return {"resource": resource, "actions": list(actions)}


# -- the broker


def on_broker(user: str) -> bool:
    return user in OF_BROKER or user.startswith("agency_")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """Names of exchanges and queues as regular expressions; `topics`: routing keys likewise.

    An exchange that is not among the topics lets every routing key pass to those who may use it.
    """

    configure: str = _NOTHING
    write: str = _NOTHING
    read: str = _NOTHING
    topics: tuple[tuple[str, str, str], ...] = ()  # exchange, write, read


def rights(user: str) -> Rights:
    """What a user of the broker may do in the virtual host."""
    if user == OPERATOR:
        return Rights(configure=".*", write=".*", read=".*")
    if user == RELAY:
        return Rights(write=_one_of(*map(events_exchange, contracts.OWNED)))
    if user == STAFF:
        return _rights_of_staff()
    if user in SERVICES:
        return _rights_of_service(user)
    agency = user.removeprefix("agency_")
    return Rights(
        write=_one_of(AGENCIES),
        read=_one_of(replies_queue(agency)),
        topics=((AGENCIES, rf"^{agency}\.[A-Za-z]+$", _NOTHING),),
    )


def _rights_of_staff() -> Rights:
    """A front-end that calls services, as nameko's own client does it.

    That declares the exchange of calls each time, for which the broker wants `configure`. A reply
    queue is as secret as its name, which holds chance; nobody may bind one to others' calls.
    """
    calls = rf"^({'|'.join(SERVICES)})\.[a-z_]+$"
    replies = r"rpc\.reply-.+"
    return Rights(
        configure=f"^({RPC}|{replies})$",
        write=f"^({RPC}|{replies})$",
        read=f"^({RPC}|{replies})$",
        topics=((RPC, calls, f"^{_REPLY}$"),),
    )


def _rights_of_service(name: str) -> Rights:
    """A service declares and reads its own queues, answers calls, and parks what fails.

    It may ask itself how it is, which is how its container's health is checked. To publish to the
    default exchange, and so into any queue, is nobody's right but the operator's.
    """
    own = rf"rpc-{name}|rpc\.reply-{name}-.+|{name}\.(?!events$).+"
    heard = "|".join(re.escape(events_exchange(service)) for service in contracts.OWNED)
    told = "".join(f"|{re.escape(each)}" for each in (ANSWERS, REJECTED) if name == "intake")
    from_outside = f"|{AGENCIES}" if name == "intake" else ""
    parked = rf"^{name}\..+\.parked$"
    return Rights(
        configure=f"^({own})$",
        write=f"^({own}|{RPC}|{PARKING}{told})$",
        read=f"^({own}|{RPC}|{PARKING}|{heard}{from_outside})$",
        topics=(
            (RPC, rf"^({name}\.health|{_REPLY})$", rf"^({name}\.\*|{_REPLY})$"),
            (PARKING, parked, parked),
        ),
    )


def _one_of(*names: str) -> str:
    return f"^({'|'.join(map(re.escape, names))})$"


def agency_user(agency: str) -> str:
    """The broker's name of an agency (`portal` → `agency_portal`).

    Raises: BadInput: the name could not stand in a routing key.
    """
    if not _AGENCY.fullmatch(agency):
        raise BadInput(
            f"{agency!r} is no name for an agency: lower-case letters, digits and hyphens"
        )
    return f"agency_{agency}"
