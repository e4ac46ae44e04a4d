"""`donthu rejected` on real servers, with intake's own login: letters that could not be taken are
listed without a word of them, read into a file on record, and erased for good.
"""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deploy.cli import main
from deploy.cli.rejections import REASON
from services.intake import agencies, rejections
from shared.clock import SystemClock
from shared.listening import RawMessage
from shared.vault import Vault

SECRET = "Hoàng Thị Bạch Trinh Nguyên"
NOW = datetime(2026, 11, 23, 5, 12, tzinfo=UTC)
NUMBERS = count(1)
LOOKING = ("--reason", "lam_ro_voi_noi_gui", "--actor", "officer:van-hanh")


@pytest.fixture
def keep(mongo_client: Any, vault: Vault) -> Callable[..., str]:
    """Something comes that cannot be taken; tells its reference."""

    def put(body: bytes, at: datetime = NOW, codes: tuple[str, ...] = ("not_json",)) -> str:
        message = RawMessage(
            body=body,
            headers={"name": SECRET},
            content_type="application/json",
            content_encoding=None,
            message_id=None,
            correlation_id=None,
            user_id=None,
            routing_key="portal.PetitionReceived",
            reply_to=None,
        )
        reasons = [agencies.Reason(field="data", code=code, message="…") for code in codes]
        reference = rejections.reference_of(message, vault)
        rejections.keep(mongo_client, vault, message, agencies.Unfit(reasons), reference, at)
        return reference

    return put


@pytest.fixture
def body() -> bytes:
    """Another one for each test, since the same one is only counted."""
    return f'\xff{{"số": {next(NUMBERS)}, "content": "{SECRET}"'.encode()


@pytest.fixture
def donthu(stack: Any, mongo_client: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("MONGO_URI", stack.environment("intake")["MONGO_URI"])
    monkeypatch.setenv("DONTHU_KEYS", stack.environment()["DONTHU_KEYS"])

    def run(*words: object) -> Result:
        done = CliRunner().invoke(main, ["rejected", *map(str, words)])
        assert SECRET not in done.output
        return done

    return run


def told(donthu: Any, reference: str) -> dict[str, Any]:
    every = json.loads(donthu("--json").stdout)["rejected"]
    [found] = [each for each in every if each["reference"] == reference]
    return dict(found)


def test_letters_are_listed_without_a_word_of_them(donthu: Any, keep: Any, body: bytes) -> None:
    reference = keep(body, codes=("missing", "wrong_type"))
    assert keep(body, at=NOW + timedelta(hours=1)) == reference
    assert told(donthu, reference) == {
        "reference": reference,
        "agency": "portal",
        "codes": ["missing", "wrong_type"],
        "times": 2,
        "first_received_at": "2026-11-23T05:12:00.000Z",
        "last_received_at": "2026-11-23T06:12:00.000Z",
        "bytes": len(body),
        "looks": [],
        "erased_at": None,
    }
    shown = donthu().stdout
    assert reference in shown
    assert "23/11/2026" in shown


def test_a_letter_is_read_into_a_file_for_its_owner_and_that_is_on_record(
    donthu: Any, keep: Any, body: bytes, tmp_path: Path
) -> None:
    reference, into = keep(body), tmp_path / "letter.json"
    done = donthu(reference, "--into", into, *LOOKING)
    assert done.exit_code == 0, done.output
    assert into.read_bytes() == body
    assert stat.S_IMODE(into.stat().st_mode) == 0o600
    [look] = told(donthu, reference)["looks"]
    assert (look["by"], look["reason"]) == ("officer:van-hanh", "lam_ro_voi_noi_gui")
    # What is there is not overwritten, and nobody is said to have read what they did not.
    into.write_bytes(b"mine")
    assert donthu(reference, "--into", into, *LOOKING).exit_code == 2
    assert into.read_bytes() == b"mine"
    assert donthu(reference, "--into", tmp_path / "no" / "folder", *LOOKING).exit_code == 2
    assert len(told(donthu, reference)["looks"]) == 1


def test_a_large_letter_is_read_and_erased_in_all_its_pieces(
    donthu: Any,
    keep: Any,
    body: bytes,
    tmp_path: Path,
    mongo_client: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rejections, "PIECE", 10)
    reference, into = keep(body), tmp_path / "letter.json"
    donthu(reference, "--into", into, *LOOKING)
    assert into.read_bytes() == body
    donthu(reference, "--erase")
    more = mongo_client[rejections.DATABASE]["rejected.more"]
    assert more.count_documents({"_id": {"$regex": f"^{reference}"}}) == 0


def test_what_was_erased_is_opened_by_nobody_and_stays_so_when_it_comes_again(
    donthu: Any, keep: Any, body: bytes, tmp_path: Path, mongo_client: Any, vault: Vault
) -> None:
    reference = keep(body)
    kept = mongo_client[rejections.DATABASE]["rejected"].find_one({"_id": reference})
    for _ in range(2):  # the second time changes nothing
        done = donthu(reference, "--erase", "--json")
        assert json.loads(done.stdout) == {"erased": [reference]}
    erased_at = told(donthu, reference)["erased_at"]
    assert erased_at is not None
    # Also not whoever has a copy of the document.
    assert not isinstance(vault.open_bytes(f"agencies/portal/{reference}", kept["body"]), bytes)
    into = tmp_path / "letter.json"
    done = donthu(reference, "--into", into, *LOOKING)
    assert (done.exit_code, into.exists()) == (1, False)
    assert "was erased" in done.stderr
    keep(body)
    again = told(donthu, reference)
    assert (again["times"], again["erased_at"], again["looks"]) == (2, erased_at, [])
    assert donthu(reference, "--into", into, *LOOKING).exit_code == 1


def test_what_came_long_ago_is_erased_and_what_came_again_of_late_is_not(
    donthu: Any, keep: Any, body: bytes
) -> None:
    now = SystemClock().now()
    old = keep(body + b" old", at=now - timedelta(days=400))
    again = keep(body + b" again", at=now - timedelta(days=400))
    keep(body + b" again", at=now - timedelta(days=20))
    done = donthu("--erase-older-than", 365, "--json")
    assert old in json.loads(done.stdout)["erased"]
    assert told(donthu, old)["erased_at"]
    assert told(donthu, again)["erased_at"] is None
    assert old not in json.loads(donthu("--erase-older-than", 365, "--json").stdout)["erased"]


def test_what_was_never_kept_or_was_altered_is_said_in_one_line(
    donthu: Any, keep: Any, body: bytes, tmp_path: Path, mongo_client: Any
) -> None:
    into = tmp_path / "letter.json"
    for words in (("--into", into, *LOOKING), ("--erase",)):
        done = donthu("no-such-reference", *words, "--json")
        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"]["code"] == "unknown_reference"
    reference, other = keep(body), keep(body + b" other")
    rejected = mongo_client[rejections.DATABASE]["rejected"]
    moved = rejected.find_one({"_id": other})["body"]
    rejected.update_one({"_id": reference}, {"$set": {"body": moved}})
    done = donthu(reference, "--into", into, *LOOKING, "--json")
    assert json.loads(done.stdout)["error"]["code"] == "seal_broken"
    assert not into.exists()


def test_without_the_key_files_nothing_is_opened(
    donthu: Any, keep: Any, body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = keep(body)
    monkeypatch.setenv("DONTHU_KEYS", str(tmp_path))
    done = donthu(reference, "--into", tmp_path / "letter.json", *LOOKING)
    assert done.exit_code == 3
    assert "master.key" in done.stderr
    assert told(donthu, reference)["looks"] == []


@pytest.mark.parametrize(
    "words",
    [
        ("ref",),
        ("--erase",),
        ("ref", "--into", "x"),
        ("ref", "--reason", "lam_ro_voi_noi_gui"),
        ("ref", "--erase", "--into", "x", *LOOKING),
        ("ref", "--erase-older-than", 9),
        ("--erase-older-than", 0),
        ("ref", "--into", "x", "--reason", "tò mò"),
        ("ref", "--into", "x", "--reason", "theo_yeu_cau", "--actor", f"officer:{SECRET}"),
        ("ref", "--erase", "--actor", SECRET),
    ],
    ids=str,
)
def test_what_is_not_meant_is_wrong_usage(donthu: Any, words: tuple[object, ...]) -> None:
    assert donthu(*words).exit_code == 2


def test_the_reasons_are_those_of_the_service() -> None:
    assert list(REASON.choices) == [each.value for each in rejections.ReadingReason]
