"""Checkpoints and exports by the reporting service, checked where nothing of ours is installed."""

import json
import shutil
import subprocess
import venv
from pathlib import Path

import pytest
from click.testing import CliRunner
from nameko.standalone.rpc import ClusterRpcProxy

from deploy.cli import main
from services.reporting import proofs
from services.reporting.service import ReportingService
from shared.clock import SystemClock
from shared.errors import Refused
from shared.mongo_log import DATABASE, MongoLog
from shared.proof import verifier
from shared.proof.folder import Folder
from tests.support import stories
from tests.support.recording import record

FILE = "7f3k9q2mxw4t"


@pytest.fixture
def position(log, authority):
    """Of the last commit of a settled case."""
    for category, event in stories.SETTLED:
        record(log, authority, f"{category}-{FILE}", event)
    return log.head(authority)


@pytest.fixture
def folder(stack, authority):
    return Folder(Path(stack.environment()["DONTHU_CHECKPOINTS"]) / authority)


@pytest.fixture(scope="module")
def service(run_once):
    class WithoutTimers(ReportingService):
        catch_up_all = checkpoint_all = None

    run_once(WithoutTimers)


@pytest.fixture
def reporting(service, rpc):
    return rpc.reporting


@pytest.fixture
def donthu(authority, by_token):
    def donthu(*words):
        return CliRunner().invoke(main, [*words, "--authority", authority])

    return donthu


def test_a_checkpoint_is_signed_on_demand(reporting, position, folder, authority):
    answer = reporting.checkpoint({})
    key = verifier.Key.parse(answer["key"])
    assert verifier.open_note(answer["checkpoint"], key).size == position
    assert (folder.newest(), folder.key()) == (answer["checkpoint"], key)
    assert answer["fingerprint"] == key.fingerprint
    assert reporting.verify({}) == {
        "authority": authority,
        "commits": position,
        "ok": True,
        "fault": None,
    }


def test_an_export_takes_a_checkpoint_along_that_covers_the_file(reporting, position):
    report = verifier.verify(json.dumps(reporting.export({"file": FILE})).encode(), None)
    assert (len(report.commits), report.checkpoint.size) == (position, position)


def test_another_ward_gets_no_export(reporting, position, amqp_uri, token):
    other = {"token": token("99999")}
    with (
        ClusterRpcProxy({"AMQP_URI": amqp_uri}, context_data=other) as cluster,
        pytest.raises(Refused, match="unknown_file"),
    ):
        cluster.reporting.export({"file": FILE})


def test_a_ledger_that_contradicts_its_checkpoint_is_neither_signed_nor_exported(
    reporting, position, authority, mongo_client
):
    reporting.checkpoint({})
    mongo_client[DATABASE]["commits"].delete_one(
        {"_id": {"authority": authority, "position": position}}
    )
    with pytest.raises(Refused, match="ledger_contradicts_checkpoint"):
        reporting.checkpoint({})
    assert f"position {position}: missing" in reporting.verify({})["fault"]
    mongo_client[DATABASE]["commits"].update_one(
        {"_id": {"authority": authority, "position": 1}}, {"$set": {"hash": "00" * 32}}
    )
    with pytest.raises(Refused, match="ledger_contradicts_checkpoint"):
        reporting.export({"file": FILE})


def test_without_a_place_for_checkpoints_nothing_is_signed_and_it_is_said_so(
    reporting, position, monkeypatch
):
    monkeypatch.delenv("DONTHU_CHECKPOINTS")
    for method, payload in (("checkpoint", {}), ("export", {"file": FILE})):
        with pytest.raises(Refused, match="nothing_signs"):
            getattr(reporting, method)(payload)
    assert reporting.verify({})["ok"] is True


def test_at_its_start_the_service_signs_what_is_new(run_service, position, folder, eventually):
    run_service(ReportingService)
    note = eventually(folder.newest)
    assert verifier.open_note(note, folder.key()).size == position


def test_a_restored_older_ledger_raises_the_alarm_at_the_start(
    position, authority, mongo_client, monkeypatch, folder
):
    class OneWard(MongoLog):
        def authorities(self):
            return [authority]

    monkeypatch.setenv("DONTHU_CHECKPOINTS", str(folder.path.parent / f"of-{authority}"))
    proofs.checkpoint_all(OneWard(mongo_client), SystemClock())
    mongo_client[DATABASE]["commits"].delete_many({"_id.authority": authority})
    alarms = []
    monkeypatch.setattr(proofs.log, "error", lambda event, **told: alarms.append((event, told)))
    proofs.checkpoint_all(OneWard(mongo_client), SystemClock())
    ((event, told),) = alarms
    assert (event, told["authority"]) == ("ledger_contradicts_checkpoint", authority)
    assert f"position {position}: missing" in told["reason"]


def test_export_and_verify_on_the_command_line(reporting, position, donthu, tmp_path, folder):
    file = tmp_path / "case.json"
    exported = donthu("export", FILE, "--out", str(file))
    assert exported.exit_code == 0, exported.output
    assert f"{position} commits" in exported.stdout
    done = donthu("verify", str(file), "--key", str(folder.path / "key"))
    assert (done.exit_code, "the one that you named" in done.stdout) == (0, True)
    file.write_text(file.read_text("utf-8").replace("officer:vera", "officer:mai", 1), "utf-8")
    done = donthu("verify", str(file), "--key", str(folder.path / "key"))
    assert (done.exit_code, done.stdout) == (
        1,
        "FAULT: position 1: not what the checkpoint was signed over\n",
    )
    done = donthu("verify", str(file), "--json")
    assert (done.exit_code, json.loads(done.stdout)["file"]) == (1, None)


def test_the_ledger_and_its_checkpoints_on_the_command_line(
    reporting, position, donthu, folder, tmp_path, authority, mongo_client
):
    signed = donthu("checkpoint")
    assert (signed.exit_code, str(position) in signed.stdout) == (0, True)
    kept = tmp_path / "kept"
    kept.write_text(folder.newest(), "utf-8")
    key = folder.key().fingerprint
    done = donthu("verify", "--key", key, "--checkpoint", str(kept), "--keys")
    assert (done.exit_code, "1 signed checkpoints as they say" in done.stdout) == (0, True)
    assert donthu("verify", "--key", "0" * 64).exit_code == 1

    published = tmp_path / "published"
    shutil.copytree(folder.path, published / authority)
    words = ("witness", str(published), "--memory", str(tmp_path / "memory"))
    seen = CliRunner().invoke(main, words)
    assert (seen.exit_code, f"{position} commits, cosigned" in seen.stdout) == (0, True)
    shutil.rmtree(published / authority)
    seen = CliRunner().invoke(main, words)
    assert (seen.exit_code, "REFUSED" in seen.stdout) == (1, True)

    mongo_client[DATABASE]["commits"].delete_one(
        {"_id": {"authority": authority, "position": position}}
    )
    done = donthu("verify")
    assert (done.exit_code, f"position {position}: missing" in done.stdout) == (1, True)


def test_it_is_checked_where_nothing_of_ours_is_installed(reporting, position, tmp_path, folder):
    """An empty environment with `cryptography` alone, from the package registry."""
    (tmp_path / "case.json").write_text(json.dumps(reporting.export({"file": FILE})), "utf-8")
    shutil.copy(verifier.__file__, tmp_path / "verifier.py")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "cryptography"],
        check=True,
    )
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        capture_output=True,
        check=True,
    )
    names = {each["name"] for each in json.loads(listed.stdout)}
    assert names <= {"pip", "setuptools", "cryptography", "cffi", "pycparser"}
    done = subprocess.run(
        [python, "-I", "verifier.py", "case.json", "--key", folder.key().fingerprint],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "No fault found" in done.stdout
