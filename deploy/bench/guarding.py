"""What proving the caller, deciding whether they may, and sealing add to a command.

The reference carries out the same commands without token and policy and stores the same words in
clear, in a ledger whose database does not refuse that. No broker: what it costs is the same for
both.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.bench.driving import hammered
from deploy.bench.measuring import Added, Round, Row, Table, alternate, compare
from deploy.bench.serving import ACTOR, ROLES, WARD, acceptance, classified_files, registration
from deploy.issuer import Issuer
from services.intake import domain, outcomes, registration_schemas, schemas
from shared.access.gate import Gate
from shared.access.permissions import policies
from shared.access.tokens import LOCAL_ISSUER, Tokens
from shared.clock import SystemClock
from shared.event_sourcing import Call, Sealer, Streams, file_number
from shared.mongo_log import MongoLog, connect, create_indexes
from shared.personal import Personal, canonical
from shared.vault import Vault
from shared.vault import create_indexes as create_vault_indexes
from shared.wire import read

GUARDED, CLEAR, KEYS = "donthu_bench_guarded", "donthu_bench_clear", "donthu_bench_vault"
AT_MOST_A_SECOND = 2000  # commands that one caller may get done


class Unsealed:
    """In place of the vault: the words as they are."""

    def seal(self, authority: str, file: str, personal: Personal, **how: Any) -> dict[str, bytes]:
        return {part: canonical(personal[part]) for part in personal}


class Intake:
    """Commands as the service carries them out, for one caller."""

    def __init__(self, log: MongoLog, vault: Sealer, issuer: Issuer | None = None) -> None:
        """With an `issuer`, whose token the caller shows, each command is checked first."""
        self.log, self._vault = log, vault
        self._token = issuer.token(ACTOR, WARD, ROLES) if issuer else ""
        keys = partial(json.loads, issuer.public.read_bytes()) if issuer else None
        self._tokens = Tokens(LOCAL_ISSUER, keys) if keys else None

    def register(self, payload: dict[str, Any]) -> None:
        streams = self._streams("intake.register_petition", payload)
        said = read(registration_schemas.REGISTER, payload)
        file = file_number("petition", WARD, streams.call.commit_id)
        command = registration_schemas.own_registration(said, file=file)
        streams.begin(command.file, domain.register_petition, command)

    def accept(self, file: str) -> None:
        payload = acceptance(file)
        streams = self._streams("intake.accept", payload)
        streams.transact(file, outcomes.accept_petition, read(schemas.ACCEPT, payload))

    def _streams(self, action: str, payload: Mapping[str, Any]) -> Streams[domain.Petition]:
        """Of this command, once its caller is known and may give it."""
        id, seen = uuid4().hex, {}
        if self._tokens:
            caller = self._tokens.check(self._token)
            gate = Gate(caller=caller, authority=WARD, log=self.log, policies=policies())
            gate.check(action, payload)
            seen = gate.seen
        return Streams(
            category="petition",
            initial=domain.Petition(),
            evolve=domain.evolve,
            log=self.log,
            vault=self._vault,
            clock=SystemClock(),
            call=Call(authority=WARD, actor=ACTOR, correlation=id, commit_id=id, digest=""),
            seen=seen,
        )


def measure(mongo_uri: str, issuer: Issuer, keys: Path, rounds: int, seconds: float) -> Table:
    """Writes to databases of its own on this server, which are dropped at the end."""
    with connect(mongo_uri) as client:
        create_vault_indexes(client, KEYS)
        for ledger in (GUARDED, CLEAR):
            create_indexes(client, ledger)
        client[CLEAR].command("collMod", "commits", validator={})
        vault = Vault(client, keys, KEYS)
        try:
            clear = MongoLog(client, CLEAR)
            bare, checked = Intake(clear, Unsealed()), Intake(clear, Unsealed(), issuer)
            guarded = Intake(MongoLog(client, GUARDED), vault, issuer)
            rows = _rows(bare, checked, guarded, rounds, seconds)
        finally:
            vault.close()
            for database in (GUARDED, CLEAR, KEYS):
                client.drop_database(database)
    return Table(
        title="Access: who calls, may they, and sealing",
        unit="commands/s",
        ours="token checked, policies asked, personal data sealed",
        reference="the same commands without, their words stored in clear",
        rows=rows,
    )


def _rows(
    bare: Intake, checked: Intake, guarded: Intake, rounds: int, seconds: float
) -> tuple[Row, ...]:
    def turns(*works: Callable[[], Any]) -> list[list[Round]]:
        for work in works:  # connections, caches, keys
            work()
        return alternate(rounds, *(partial(hammered, work, 1, seconds) for work in works))

    enough = int((rounds + 1) * seconds * AT_MOST_A_SECOND)
    files, of_guarded = (iter(classified_files(each.log, enough)) for each in (checked, guarded))
    accepting = turns(
        lambda: bare.accept(next(files)),
        lambda: guarded.accept(next(of_guarded)),
    )
    registering = turns(
        lambda: bare.register(_nameless()),
        lambda: checked.register(_nameless()),
        lambda: guarded.register(_nameless()),
        lambda: guarded.register(registration()),
    )
    target = Added(p50_ms=2.0)
    without, checked_only, sealed, noted = registering
    command = "`register_petition`: token"
    return (
        compare("`accept`: token and policy", accepting[1], accepting[0], target),
        compare(f"{command} and policy", checked_only, without, target),
        compare(f"{command}, policy, two keys made, two parts sealed", sealed, without, target),
        # To be found again is a service of its own, which the target does not speak of.
        compare(
            f"{command}, policy, sealing, and a person noted by ID number",
            *(noted, without),
            by_latency=True,
        ),
    )


def _nameless() -> dict[str, Any]:
    """A petition of somebody who gave no ID number."""
    payload = registration()
    del payload["petitioners"][0]["id_number"]
    return payload
