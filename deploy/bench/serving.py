"""Services as processes of their own for a benchmark, and the files that they are asked about."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy import rabbitmq
from deploy.bench import material
from deploy.issuer import Issuer
from deploy.processes import ROOT, Program, StackError, start_child, stop_child, until
from shared import contracts
from shared.event_sourcing import file_number
from shared.ledger import Event, Log, Proposal

BARE = "deploy.bench.bare"
WARD = material.authority(0)
ACTOR, ROLES = "officer:vera", ("reception_clerk", "petition_officer", "chair")


@contextmanager
def services(
    run_dir: Path, environment: Mapping[str, str], modules: Mapping[str, tuple[str, ...]]
) -> Iterator[None]:
    """Run these modules under nameko until the block ends; `modules` names the services in each.

    Raises: StackError: one does not answer within a minute.
    """
    nameko = str(Path(sys.executable).with_name("nameko"))
    settings = str(ROOT / "deploy" / "service.yaml")
    children = [
        start_child(
            Program(
                name=module,
                command=(nameko, "run", "--config", settings, module),
                environment={"PYTHONWARNINGS": "ignore"},
                stop_within_s=8,
            ),
            run_dir,
            environment,
        )
        for module in modules
    ]
    names = [name for told in modules.values() for name in told]
    try:
        if not until(lambda: _are_well(environment["AMQP_URI"], names), 60, every_s=0.3):
            raise StackError(f"the services do not answer: see {run_dir / 'log'}")
        yield
    finally:
        for child in children:
            stop_child(child, 8)


def token(run_dir: Path) -> str:
    """Of the caller, who may do in `WARD` what is measured."""
    return Issuer(run_dir / "keys").token(ACTOR, WARD, ROLES)


def _are_well(amqp_uri: str, names: Iterable[str]) -> bool:
    return set(rabbitmq.health(amqp_uri, names).values()) == {"ok"}


def classified_files(log: Log, count: int) -> list[str]:
    """The numbers of so many new files of `WARD` that can be accepted as they are."""
    files = [file_number(uuid4().hex) for _ in range(count)]
    with ThreadPoolExecutor(32) as side_by_side:
        list(side_by_side.map(lambda file: _append(log, file), files))
    return files


def _append(log: Log, file: str) -> None:
    happened = (material.received(), material.classified())
    log.append(
        WARD,
        Proposal(
            stream=f"petition-{file}",
            after=0,
            commit_id=file,
            digest="",
            actor=ACTOR,
            correlation=file,
            caused_by=None,
            recorded_at=datetime.now(UTC).replace(microsecond=0),
            events=tuple(
                Event(
                    id=f"{file}-{number}",
                    type=type(event).__name__,
                    schema=1,
                    data=contracts.dump(event)[0],
                )
                for number, event in enumerate(happened, start=1)
            ),
        ),
    )


def acceptance(file: str) -> dict[str, Any]:
    """The payload of `intake.accept` for a file of `classified_files`."""
    return {"file": file, "accepted_on": "2026-03-05"}


def registration() -> dict[str, Any]:
    """The payload of `intake.register_petition`: one invented petitioner, about 900 bytes."""
    return {
        "channel": "buu_chinh",
        "received_on": "2026-03-02",
        "petitioners": [
            {
                "name": "Nguyễn Thị Thử Nghiệm",
                "address": "Tổ dân phố số 4, phường Nhân Hòa",
                "id_number": f"001{uuid4().int % 10**9:09d}",
            }
        ],
        "subject": "Khiếu nại quyết định thu hồi đất",
        "content": material.TEXT,
        "claimed_kind": "khieu_nai",
    }
