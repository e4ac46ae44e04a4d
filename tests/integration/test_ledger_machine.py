"""Whatever comes, in any order, the ledger in MongoDB is what its model says."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shared import mongo_log
from shared.mongo_log import MongoLog
from tests.support.ledger_machine import LedgerMachine, Process
from tests.support.wire import faulty


class InMongo(LedgerMachine):
    def __init__(self, client: Any) -> None:
        self.client = client
        super().__init__()

    def open(self) -> Process:
        log = MongoLog(self.client)
        return Process(log, faulty(log))


def test_whatever_comes_the_ledger_in_mongodb_is_what_its_model_says(
    mongo_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo_log, "GIVE_UP_S", 0)  # the callers, not the writer, ask again
    run_state_machine_as_test(
        lambda: InMongo(mongo_client),
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            phases=(Phase.reuse, Phase.generate),  # to shrink takes minutes on a real database
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
