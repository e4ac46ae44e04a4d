"""What proving the caller, deciding and sealing add to a command: `python -m deploy.bench_access`.

The same commands with and without, in turn, on a private mongod that is gone afterwards; told are
medians in milliseconds. Without: no token, no policy, and a vault that seals nothing.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from deploy.issuer import Issuer
from deploy.stack import Stack
from services.intake import domain, registration_schemas, schemas
from shared.access.gate import Gate
from shared.access.permissions import policies
from shared.access.tokens import LOCAL_ISSUER, Caller, Tokens
from shared.clock import SystemClock
from shared.event_sourcing import Call, Sealer, Streams, file_number
from shared.ledger import Commit
from shared.mongo_log import MongoLog, connect, create_indexes
from shared.personal import Personal
from shared.vault import Vault
from shared.vault import create_indexes as create_vault_indexes
from shared.wire import read

ROUNDS = 150
TARGET_MS = 2.0
Seen = dict[str, list[Commit]]
WARD, ROLES = "00000", ("reception_clerk", "petition_officer")
LEDGER, KEYS = "donthu_bench_ledger", "donthu_bench_vault"


class Unsealed:
    """In place of the vault: what it costs to seal nothing."""

    def seal(
        self, authority: str, file: str, personal: Personal, *, stream: str, is_first: bool = False
    ) -> dict[str, Any]:
        return {}


class Ward:
    """A ward's intake without broker: commands as the service carries them out."""

    def __init__(self, client: Any, folder: Path, environment: dict[str, str]) -> None:
        self.log = MongoLog(client, LEDGER)
        self.vault = Vault(client, Path(environment["DONTHU_KEYS"]), KEYS)
        issuer = Issuer(folder)
        issuer.make_keys()
        self.token = issuer.token("officer:bench", WARD, ROLES)
        self.keys = lambda: json.loads(issuer.public.read_bytes())
        self.tokens = Tokens(LOCAL_ISSUER, self.keys)

    def caller(self) -> Caller:
        return self.tokens.check(self.token)

    def check(self, action: str, payload: dict[str, Any]) -> Seen:
        """What was read for the decision, and the command need not read again."""
        gate = Gate(caller=self.caller(), authority=WARD, log=self.log, policies=policies())
        gate.check(action, payload)
        return gate.seen

    def register(self, vault: Sealer, *, is_checked: bool) -> str:
        payload = _petition()
        seen = self.check("intake.register_petition", payload) if is_checked else {}
        streams = self._streams(vault, seen)
        said: registration_schemas.OwnRegistration = read(registration_schemas.REGISTER, payload)
        command = registration_schemas.registration(
            said,
            file=file_number("petition", WARD, streams.call.commit_id),
            channel=said.channel,
            received_on=said.received_on,
        )
        streams.begin(command.file, domain.register_petition, command)
        return command.file

    def classify(self, file: str, *, is_checked: bool) -> None:
        payload = {
            "file": file,
            "classified_on": "2026-11-03",
            "kind": "khieu_nai",
            "field": "dat_dai",
            "is_competent": True,
            "meets_conditions": True,
        }
        seen = self.check("intake.classify", payload) if is_checked else {}
        said = read(schemas.CLASSIFY, payload)
        self._streams(Unsealed(), seen).transact(file, domain.classify_petition, said)

    def _streams(self, vault: Sealer, seen: Seen) -> Streams[domain.Petition]:
        id = uuid4().hex
        call = Call(authority=WARD, actor="officer:bench", correlation=id, commit_id=id, digest="")
        return Streams(
            category="petition",
            initial=domain.Petition(),
            evolve=domain.evolve,
            log=self.log,
            vault=vault,
            clock=SystemClock(),
            call=call,
            seen=seen,
        )


def measure(ward: Ward, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """For a command that seals two new keys, for one that seals nothing, and for the parts."""
    files = [ward.register(Unsealed(), is_checked=False) for _ in range(2 * rounds)]
    numbers = iter(files)
    known = Personal({"p1": {"name": "Đỗ Thị Thử"}, "text": {"content": "Về đất đai." * 50}})
    ward.vault.seal(WARD, "000000000000", known, stream="petition-000000000000")
    ways: dict[str, Callable[[], object]] = {
        "register": lambda: ward.register(Unsealed(), is_checked=False),
        "register, checked": lambda: ward.register(Unsealed(), is_checked=True),
        "register, checked and sealed": lambda: ward.register(ward.vault, is_checked=True),
        "classify": lambda: ward.classify(next(numbers), is_checked=False),
        "classify, checked": lambda: ward.classify(next(numbers), is_checked=True),
        "token seen before": ward.caller,
        "token seen first": lambda: Tokens(LOCAL_ISSUER, ward.keys).check(ward.token),
        "seal two parts, keys known": lambda: ward.vault.seal(
            WARD, "000000000000", known, stream="petition-000000000000"
        ),
        "seal two parts, keys new": lambda: ward.vault.seal(
            WARD, uuid4().hex[:12], known, stream="petition-000000000000"
        ),
    }
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, work in ways.items():
            began = time.perf_counter()
            work()
            taken[way].append((time.perf_counter() - began) * 1000)
    return [
        {"way": way, "p50_ms": round(median(times), 3), "p95_ms": round(_p95(times), 3)}
        for way, times in taken.items()
    ]


def added(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Milliseconds that a command takes longer at the median."""
    p50 = {row["way"]: row["p50_ms"] for row in rows}
    return {
        "register": round(p50["register, checked and sealed"] - p50["register"], 3),
        "classify": round(p50["classify, checked"] - p50["classify"], 3),
    }


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _petition() -> dict[str, Any]:
    return {
        "channel": "tiep_cong_dan",
        "received_on": "2026-11-02",
        "claimed_kind": "khieu_nai",
        "petitioners": [{"name": "Đỗ Thị Thử", "address": "Tổ dân phố số 4"}],
        "subject": "Khiếu nại quyết định thu hồi đất",
        "content": "Tôi không đồng ý với quyết định thu hồi đất số 12. " * 20,
    }


def main() -> None:
    """Print the table, or JSON with `--json`."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        print("starting a private mongod", file=sys.stderr)
        try:
            environment = stack.start_servers()
            client = connect(environment["MONGO_URI"])
            create_indexes(client, LEDGER)
            create_vault_indexes(client, KEYS)
            rows = measure(Ward(client, Path(folder) / "issuer", environment))
        finally:
            stack.stop_servers()
    if "--json" in sys.argv:
        print(json.dumps({"rows": rows, "added_ms": added(rows), "target_ms": TARGET_MS}))
        return
    for row in rows:
        print(f"{row['way']:32} p50 {row['p50_ms']:8.3f} ms   p95 {row['p95_ms']:8.3f} ms")
    for command, ms in added(rows).items():
        print(f"access adds to {command}: {ms} ms (target {TARGET_MS})")


if __name__ == "__main__":
    main()
