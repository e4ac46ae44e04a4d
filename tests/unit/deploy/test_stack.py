"""What a stack decides before any of its servers runs."""

import json
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.processes import StackError
from deploy.run_folder import RunFolder
from deploy.stack import Stack
from deploy.supervisor import Supervisor

A_BROKER = {"AMQP_URI": "amqp://somebody:else@127.0.0.1:1/donthu"}


def test_a_stack_that_moved_to_another_port_remembers_to_run_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def launch(self: Supervisor, programs: object) -> None:
        raise StackError("not in this test")

    monkeypatch.setattr(Supervisor, "launch", launch)

    def started() -> dict[str, object]:
        with pytest.raises(StackError, match="not in this test"):
            Stack(tmp_path, given=A_BROKER).up(lambda line: None)
        state: dict[str, object] = json.loads((tmp_path / "stack.json").read_text("utf-8"))
        return state

    port = started()["ports"]["mongod"]
    with socket.socket() as somebody_else:
        somebody_else.bind(("127.0.0.1", port))
        moved = started()
    assert moved["ports"]["mongod"] != port
    assert urlsplit(moved["running"]["MONGO_URI"]).port == moved["ports"]["mongod"]


@pytest.mark.parametrize(
    ("given", "why"),
    [({}, "run `donthu up`"), (A_BROKER, "its operator knows the agencies' users")],
)
def test_an_agency_is_let_in_at_our_own_broker_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], why: str
) -> None:
    monkeypatch.setenv("DONTHU_RUN", str(tmp_path))
    monkeypatch.delenv("AMQP_URI", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(main, ["agency", "tinh"])
    assert done.exit_code == 3
    assert why in done.stderr


def test_what_is_given_is_told_though_nothing_was_ever_started(tmp_path: Path) -> None:
    given = A_BROKER | {"MONGO_URI": "mongodb://somebody.else", "DONTHU_KEYS": "/their/keys"}
    told = Stack(tmp_path, given=given).environment("intake")
    assert {name: told[name] for name in given} == given
    assert told["DONTHU_CHECKPOINTS"] == str(tmp_path / "checkpoints")
    with pytest.raises(StackError, match="run `donthu up`"):
        Stack(tmp_path, given=A_BROKER).environment()


def test_a_broker_of_somebody_elses_keeps_its_data_and_the_database_takes_its_keys_along(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("data/mongod", "data/rabbitmq", "keys", "tls")]
    for folder in folders:
        folder.mkdir(parents=True)
    Stack(tmp_path, given=A_BROKER).down(lambda line: None, wipe=True)
    assert [folder.name for folder in folders if folder.exists()] == ["rabbitmq"]
    Stack(tmp_path, given={"MONGO_URI": "mongodb://somebody.else"}).down(print, wipe=True)
    assert not folders[1].exists()


def test_what_a_stack_remembers_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, {})
    folder.save({"ports": {}})
    login = folder.keep_login("tinh", "an address with a password")
    for file in (tmp_path / "stack.json", login):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert folder.state() == {"ports": {}}
