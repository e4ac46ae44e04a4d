"""An export that proves itself, and everything that can be done to one."""

import base64
import copy
import json
import shutil
import subprocess
import sys
from dataclasses import replace

import orjson
import pytest
from hypothesis import given as every
from hypothesis import strategies as some

from deploy.cli.proofs import _law_tables
from services.deadlines.rules import RuleTable
from services.reporting.proofs import _rows
from shared.ledger import MAX_INTEGER
from shared.proof import verifier
from shared.proof.signing import SigningKey, witness_key
from shared.proof.verifier import Fault, canonical, read_key, told, verify
from shared.working_days import Calendar
from tests.support import stories
from tests.unit.proof import given
from tests.unit.proof.given import FILE, ORIGIN, PRIVATE, WARD

_LAW = {"law": RuleTable.load().version, "calendar": Calendar.load().version}


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    ward = given.ward(tmp_path_factory.mktemp("checkpoints"))
    ward.tell("f1")
    settled = [
        (category, replace(event, **_LAW) if hasattr(event, "calendar") else event)
        for category, event in stories.SETTLED
    ]
    ward.tell(told=settled)
    ward.tell("f3")
    ward.sign()
    return ward


@pytest.fixture(scope="module")
def export(ward):
    export = ward.export()
    export["law"]["tables"] = list(_law_tables(export["law"]["used"]))
    national = Calendar.load()
    export["calendar"]["tables"] = [{"version": national.version, "rows": list(_rows(national))}]
    return export


def checked(export, known=None, witnesses=()):
    return verify(json.dumps(export, ensure_ascii=False).encode(), known, witnesses)


def test_an_export_proves_every_commit_of_its_file_and_no_other(ward, export):
    report = checked(export, ward.key)
    assert [said["position"] for said in report.commits] == [
        commit.position for commit in ward.commits() if commit.proposal.stream.endswith(FILE)
    ]
    assert (report.authority, report.file, report.is_key_known) == (WARD, FILE, True)
    assert report.checkpoint.size == ward.log.head(WARD)
    assert report.tables == (_LAW["law"], _LAW["calendar"])
    assert "KN.ACCEPT.2026" in report.law[_LAW["law"]]
    assert checked(export, ward.key.fingerprint).is_key_known
    assert not checked(export).is_key_known


def test_it_is_told_what_was_checked_and_what_was_not(ward, export):
    text = told(checked(export, ward.key))
    assert f"file {FILE} of authority {WARD}" in text
    assert "sealed: p1" in text
    assert "What this cannot show" in text
    assert "TAKEN FROM THE FILE ITSELF" in told(checked(export))


def places(value, path=()):
    """Every value in an export that is neither an object nor a list."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in pairs:
            yield from places(item, (*path, name))
    else:
        yield path, value


def another(value):
    match value:
        case bool() | None:
            return "x"
        case int():
            return value + 1
        case str() if value:
            middle = len(value) // 2
            return value[:middle] + ("1" if value[middle] != "1" else "2") + value[middle + 1 :]
        case _:
            return "x"


def test_there_is_no_value_that_can_be_changed(ward, export):
    small = copy.deepcopy(export)
    for name in ("law", "calendar"):
        small[name]["tables"] = []
    checked(small, ward.key)
    paths = list(places(small))
    assert len(paths) > 300
    for path, value in paths:
        changed = copy.deepcopy(small)
        place = changed
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = another(value)
        with pytest.raises(Fault):
            checked(changed, ward.key)


@pytest.mark.parametrize("name", ["law", "calendar"])
def test_a_table_is_the_one_that_its_version_says(ward, export, name):
    for change in ("version", "rows"):
        changed = copy.deepcopy(export)
        (table,) = changed[name]["tables"]
        if change == "version":
            table["version"] = "0" * 12
        else:
            table["rows"][3][1] += " "
        with pytest.raises(Fault, match="does not match its version"):
            checked(changed, ward.key)


def test_only_the_last_commit_of_a_stream_can_be_left_out_unseen(ward, export):
    """What happened later cannot be in a file; told() says so."""
    streams = [entry["commit"]["stream"] for entry in export["commits"]]
    last = {stream: at for at, stream in enumerate(streams)}
    for at in range(len(streams)):
        less = copy.deepcopy(export)
        del less["commits"][at]
        less["law"]["used"], less["calendar"]["used"] = verifier.used(
            [entry["commit"] for entry in less["commits"]]
        )
        less["law"]["tables"] = less["calendar"]["tables"] = []
        if at in last.values():
            checked(less, ward.key)
        else:
            with pytest.raises(Fault, match=r"an earlier commit of .* is missing"):
                checked(less, ward.key)


def test_commits_in_another_order_or_twice_are_refused(ward, export):
    for entries in (export["commits"][::-1], [export["commits"][0], *export["commits"]]):
        with pytest.raises(Fault, match=r"not in order|an earlier commit of .* is missing"):
            checked(export | {"commits": entries}, ward.key)
    with pytest.raises(Fault, match="holds no commit"):
        checked(export | {"commits": []}, ward.key)


def test_another_key_is_refused_however_well_it_signed(ward, export):
    other = SigningKey(f"{ORIGIN}/{WARD}", PRIVATE[::-1])
    forged = copy.deepcopy(export)
    text, _ = verifier.split_note(export["checkpoint"])
    forged["checkpoint"] = other.sign(verifier.Checkpoint.parse(text))
    forged["key"] = str(other.public)
    assert not checked(forged).is_key_known
    for known in (ward.key, ward.key.fingerprint):
        with pytest.raises(Fault, match="which is another key"):
            checked(forged, known)


def test_a_file_of_another_authority_under_this_name_is_refused(ward, export):
    with pytest.raises(Fault, match="not of authority"):
        checked(export | {"authority": "09254"}, ward.key)
    with pytest.raises(Fault, match=r"it is for donthu\.example/09254"):
        checked(export, replace(ward.key, name=f"{ORIGIN}/09254"))


def test_a_witness_who_did_not_cosign_is_missed(ward, export):
    witness = witness_key("witness.example/w1", bytes(32))
    with pytest.raises(Fault, match=r"not signed by witness\.example/w1"):
        checked(export, ward.key, [witness.public])
    text, _ = verifier.split_note(export["checkpoint"])
    cosigned = export["checkpoint"] + witness.cosign(text, 1_795_000_000)
    report = checked(export | {"checkpoint": cosigned}, ward.key, [witness.public])
    assert report.witnesses == ("witness.example/w1",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"format":"donthu-export/2"}',
        b'{"format":"donthu-export/1"}',
        b'{"format":"donthu-export/1","format":"donthu-export/1"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_export_is_refused(content):
    with pytest.raises(Fault, match="the file"):
        verify(content, None)


def test_members_that_stand_twice_are_refused(ward, export):
    content = json.dumps(export).replace('"actor":', '"actor": "officer:mai", "actor":', 1)
    with pytest.raises(Fault, match="no JSON"):
        verify(content.encode(), ward.key)


def test_a_part_of_the_tree_is_refused_as_a_leaf(ward, export):
    """Leaves and inner nodes are hashed differently, so that none passes for the other."""
    entry = copy.deepcopy(export["commits"][0])
    entry["proof"] = entry["proof"][1:]
    with pytest.raises(Fault, match="not what the checkpoint was signed over"):
        checked(export | {"commits": [entry, *export["commits"][1:]]}, ward.key)


PLAIN = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-MAX_INTEGER, MAX_INTEGER)
    | some.text(some.characters(exclude_categories=["Cs"])),
    lambda inner: (
        some.lists(inner)
        | some.dictionaries(some.text(some.characters(min_codepoint=32, max_codepoint=126)), inner)
    ),
    max_leaves=20,
)


@every(PLAIN)
def test_the_standard_library_writes_the_bytes_that_the_ledger_hashes(value):
    assert canonical({"data": value}) == orjson.dumps({"data": value}, option=orjson.OPT_SORT_KEYS)


def test_a_key_is_read_from_paper_or_from_a_file(ward, tmp_path):
    assert read_key(f" {ward.key.fingerprint.upper()}\n".strip()) == ward.key.fingerprint.upper()
    path = tmp_path / "key"
    path.write_text(f"{ward.key}\n", "utf-8")
    assert read_key(str(path)) == ward.key
    with pytest.raises(Fault, match="neither 64"):
        read_key("abc")
    with pytest.raises(Fault, match="not a fingerprint"):
        verifier.read_witness(ward.key.fingerprint)


def test_what_a_file_says_does_not_steer_a_terminal(ward, export):
    report = checked(export, ward.key)
    said = dict(report.commits[0]) | {"actor": "\x1b[2Jofficer"}
    assert "\x1b" not in told(replace(report, commits=(said,)))


def test_the_module_runs_alone(ward, export, tmp_path):
    """Copied out of the repository, without any other module of it."""
    shutil.copy(verifier.__file__, tmp_path / "verifier.py")
    file = tmp_path / "case.json"
    run = [sys.executable, "-I", "verifier.py", "case.json", "--key"]

    def verdict(*words):
        done = subprocess.run(
            [*run, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    file.write_text(json.dumps(export, ensure_ascii=False), "utf-8")
    code, text = verdict(ward.key.fingerprint)
    assert (code, "No fault found" in text) == (0, True)
    assert verdict("0" * 64)[0] == 1
    sealed = export["commits"][0]["commit"]["events"][0]["sealed"]
    box = bytearray(base64.b64decode(sealed["p1"]))
    box[5] ^= 1
    file.write_text(
        json.dumps(export).replace(sealed["p1"], base64.b64encode(box).decode()), "utf-8"
    )
    code, text = verdict(ward.key.fingerprint)
    position = export["commits"][0]["commit"]["position"]
    assert (code, text) == (
        1,
        f"FAULT: position {position}: not what the checkpoint was signed over\n",
    )
    file.unlink()
    assert verdict(ward.key.fingerprint)[0] == 2
