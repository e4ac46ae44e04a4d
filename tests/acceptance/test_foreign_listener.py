"""Services that are not ours listen to our events with nameko's own means."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pika
import pytest
from nameko.events import event_handler

from shared.ledger import MESSAGE_FIELDS
from tests.acceptance.world import ago, competent, complaint

QUEUE = "evt-assignment-DecisionIssued--stranger.when_decided"


class Stranger:
    """Knows nothing of this project but the name of a service and of an event."""

    name = "stranger"
    heard: ClassVar[list[dict[str, Any]]] = []

    @event_handler("assignment", "DecisionIssued")
    def when_decided(self, payload: dict[str, Any]) -> None:
        self.heard.append(payload)


@pytest.fixture
def stranger(run_service: Any, amqp_uri: str) -> Iterator[list[dict[str, Any]]]:
    """What a stranger's running service has heard; its queue is gone after the test."""
    Stranger.heard.clear()
    container = run_service(Stranger)
    yield Stranger.heard
    container.stop()
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    connection.channel().queue_delete(QUEUE)
    connection.close()


def test_a_strangers_nameko_service_hears_of_a_decision_as_it_is_documented(
    system: Any,
    stranger: list[dict[str, Any]],
    rpc: Any,
    authority: str,
    wait_for: Any,
    eventually: Any,
) -> None:
    file = rpc.intake.register_petition(complaint())["file"]
    rpc.intake.classify(competent(file))
    rpc.intake.accept({"file": file, "accepted_on": ago(7)})
    wait_for(file, "CaseOpened")
    suggested = rpc.assignment.suggest_assignee({"file": file})
    chosen = {"unit": suggested["unit"], "officer": suggested["officer"]}
    rpc.assignment.assign({"file": file, "assigned_on": ago(6), **chosen})
    decided = rpc.assignment.issue_decision(
        {
            "file": file,
            "decided_on": ago(2),
            "number": "16/QĐ-UBND",
            "outcome": "dung",
            "conclusion": "Khiếu nại đúng; hủy quyết định thu hồi đất số 12.",
        }
    )
    (message,) = eventually(
        lambda: [heard for heard in stranger if heard["authority"] == authority]
    )
    assert set(message) == set(MESSAGE_FIELDS)
    assert message["type"] == "DecisionIssued"
    assert message["stream"] == f"case-{file}"
    assert (message["position"], message["version"]) == (decided["position"], decided["version"])
    assert (message["schema"], message["actor"]) == (1, "officer:vera")
    assert message["data"] == {
        "decided_on": ago(2),
        "number": "16/QĐ-UBND",
        "outcome": "dung",
        "decided_by": "officer:vera",
    }
