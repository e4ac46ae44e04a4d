"""The witness: cosigns what only grew, refuses the rest, and remembers."""

import json
import shutil

import pytest
from msgspec.structs import replace

from shared.proof.folder import Folder
from shared.proof.signing import witness_key
from shared.proof.verifier import open_note, verify
from shared.proof.witness import Witness
from tests.unit.proof import given
from tests.unit.proof.given import WARD
from tests.unit.proof.test_publishing import chained

KEY = witness_key("witness.example/w1", bytes(32))


@pytest.fixture
def ward(tmp_path):
    ward = given.ward(tmp_path / "checkpoints")
    ward.tell()
    ward.sign()
    return ward


@pytest.fixture
def look(ward, tmp_path):
    def look(known=None):
        witness = Witness(tmp_path / "witness", KEY, known or {})
        (seen,) = witness.look(ward.folder, now=1_795_000_000)
        return seen

    return look


def test_what_only_grew_is_cosigned_once(ward, look, tmp_path):
    first = look()
    assert (first.size, first.is_new, first.fault) == (ward.log.head(WARD), True, None)
    assert look().is_new is False
    for file in ("f2", "f3"):  # it need not have seen every checkpoint
        ward.tell(file)
        ward.sign()
    grown = look()
    assert (grown.size, grown.is_new, grown.fault) == (ward.log.head(WARD), True, None)
    note = Folder(tmp_path / "witness" / WARD).newest()
    assert open_note(note, ward.key) == open_note(note, KEY.public)


def test_a_cosigned_checkpoint_put_back_proves_itself_in_exports(ward, look, tmp_path):
    look()
    cosigned = (tmp_path / "witness" / WARD / "checkpoint").read_text("utf-8")
    (ward.folder / WARD / "checkpoint").write_text(cosigned, "utf-8")
    content = json.dumps(ward.export()).encode()
    assert verify(content, ward.key, [KEY.public]).witnesses == (KEY.public.name,)


def again(ward, tamper):
    """The same ward with another history, signed with the same key as if for the first time."""
    tamper(ward.commits())
    chained(ward.commits())
    shutil.rmtree(ward.folder)
    ward.sign()


def changed(commits):
    commits[1] = replace(commits[1], proposal=replace(commits[1].proposal, actor="officer:mai"))


def test_a_fork_is_refused_for_ever(ward, look):
    seen = look()
    again(ward, changed)
    assert "forked" in look().fault
    ward.tell("f2")
    ward.sign()
    refused = look()
    assert f"does not begin with the {seen.size} commits" in refused.fault
    assert refused.size == seen.size


def test_a_shrunken_log_is_refused(ward, look):
    look()
    again(ward, lambda commits: commits.pop())
    assert "shrunken" in look().fault


def test_an_old_checkpoint_is_refused(ward, look):
    old = (ward.folder / WARD / "checkpoint").read_text("utf-8")
    ward.tell("f2")
    ward.sign()
    look()
    (ward.folder / WARD / "checkpoint").write_text(old, "utf-8")
    assert "shrunken" in look().fault


def test_a_log_that_is_gone_is_refused(ward, look):
    look()
    shutil.rmtree(ward.folder / WARD)
    assert look().fault == "the checkpoint is gone"


def test_another_key_is_refused_once_the_first_is_known(ward, look):
    look()
    other = ward.publisher
    other._private = given.PRIVATE[::-1]
    shutil.rmtree(ward.folder)
    other.checkpoint(WARD)
    assert "not signed by" in look().fault


def test_a_key_that_was_named_counts_more_than_the_folder(ward, look):
    other = ward.publisher
    other._private = given.PRIVATE[::-1]
    named = other.key(WARD).public
    assert "not signed by" in look({named.name: named}).fault


def test_growth_that_nothing_proves_is_refused(ward, look):
    look()
    ward.tell("f2")
    ward.sign()
    shutil.rmtree(ward.folder / WARD / "hashes")
    assert "hashes" in look().fault
