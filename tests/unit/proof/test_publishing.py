"""The signer: goes on from what it signed, never signs what contradicts it; the audit of a log."""

import re
import threading

import pytest
from msgspec.structs import replace

from shared.ledger import GENESIS, link
from shared.proof import audit
from shared.proof.folder import Folder
from shared.proof.publishing import NotSigned
from shared.proof.verifier import Fault, open_note
from tests.support.recording import record
from tests.support.stories import RECEIVED
from tests.unit.proof import given
from tests.unit.proof.given import WARD


@pytest.fixture
def ward(tmp_path):
    ward = given.ward(tmp_path / "checkpoints")
    ward.tell()
    return ward


def audited(ward, held=()):
    checkpoints, leaves = audit.known(Folder(ward.folder / WARD), ward.key, held)
    return audit.first_fault(ward.log.after(WARD, 0), checkpoints, leaves)


def chained(commits):
    """The same contents with positions and hashes made again, as an administrator can."""
    previous, done = GENESIS, []
    for position, commit in enumerate(commits, start=1):
        done.append(link(commit.authority, position, previous, commit.proposal))
        previous = done[-1].hash
    commits[:] = done


def test_a_checkpoint_is_signed_over_all_commits_and_names_the_one_before(ward):
    first = open_note(ward.sign(), ward.key)
    assert (first.size, first.head) == (len(ward.commits()), ward.commits()[-1].hash)
    assert first.previous == GENESIS
    ward.tell("f2")
    second = open_note(ward.sign(), ward.key)
    assert (second.size, second.previous) == (2 * first.size, first.hash)
    assert audited(ward) is None


def test_nothing_new_nothing_signed(ward):
    assert ward.sign() == ward.sign()
    assert len(Folder(ward.folder / WARD).notes()) == 1


def test_an_empty_log_is_not_signed(tmp_path):
    with pytest.raises(NotSigned, match="no commit yet"):
        given.ward(tmp_path).sign()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["", "..", "../other", "a/b", "/etc", ".hidden", "a b", "a+b"])
def test_a_code_that_leads_out_of_the_folder_signs_nothing(ward, code):
    with pytest.raises(NotSigned, match="code consists of"):
        ward.publisher.checkpoint(code)
    assert [path.name for path in ward.folder.parent.iterdir()] == []


def test_many_at_once_sign_one_line_of_checkpoints(ward):
    """As several instances of the service do."""
    faults = []

    def work(number):
        try:
            for turn in range(10):
                record(ward.log, WARD, f"petition-f{number}-{turn}", RECEIVED)
                ward.sign()
        except Exception as error:  # told in the test's own thread
            faults.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    ward.sign()
    checkpoints, leaves = audit.known(Folder(ward.folder / WARD), ward.key)
    assert checkpoints[-1].size == len(leaves) == ward.log.head(WARD)
    assert audited(ward) is None


def test_only_new_commits_are_read_to_sign(ward):
    """An alteration of what was signed is the audit's to find; the signature stays true."""
    ward.sign()
    signed = ward.commits()[2]
    ward.commits()[2] = replace(signed, hash="00" * 32)
    ward.tell("f2")
    note = ward.sign()
    assert f"position {signed.position}" in audited(ward)
    ward.commits()[2] = signed
    assert (audited(ward), note) == (None, ward.sign())


def test_lost_or_damaged_hashes_are_made_again_from_the_log(ward):
    ward.sign()
    for damage in (lambda path: path.unlink(), lambda path: path.write_bytes(b"\x00" * 320)):
        damage(ward.folder / WARD / "hashes" / "0")
        ward.tell(f"f{ward.log.head(WARD)}")
        ward.sign()
        assert audited(ward) is None
        ward.export()


def cut(commits):
    del commits[-3:]


def emptied(commits):
    commits.clear()


def forked(commits):
    """Cut, and grown past the signed size with something else."""
    other = replace(commits[-1].proposal, actor="officer:mai")
    commits[-1] = replace(commits[-1], proposal=other)
    chained(commits)
    grown(commits)


def grown(commits):
    more = replace(commits[0].proposal, stream="petition-more", commit_id="more")
    commits.append(replace(commits[0], proposal=more))
    chained(commits)


def test_a_log_that_only_grew_is_signed_again(ward):
    ward.sign()
    grown(ward.commits())
    assert open_note(ward.sign(), ward.key).size == ward.log.head(WARD)


@pytest.mark.parametrize("tamper", [cut, emptied, forked])
def test_a_shrunken_or_forked_log_is_not_signed(ward, tamper):
    note = ward.sign()
    tamper(ward.commits())
    with pytest.raises(NotSigned, match="missing or not what was signed"):
        ward.sign()
    assert Folder(ward.folder / WARD).newest() == note


@pytest.mark.parametrize("at", [0, 3])
def test_a_new_commit_that_does_not_follow_is_not_signed(ward, at):
    ward.sign()
    before = ward.log.head(WARD)
    ward.tell("f2")
    commit = ward.commits()[before + at]
    ward.commits()[before + at] = replace(
        commit, proposal=replace(commit.proposal, actor="officer:mai")
    )
    with pytest.raises(NotSigned, match=f"position {before + at + 1}: does not follow"):
        ward.sign()


def test_what_was_signed_with_another_key_is_not_gone_on_from(ward):
    ward.sign()
    ward.tell("f2")
    other = ward.publisher
    other._private = given.PRIVATE[::-1]
    with pytest.raises(NotSigned, match="not signed by"):
        other.checkpoint(WARD)


def test_an_older_checkpoint_passed_off_as_the_newest_is_found(ward):
    old = ward.sign()
    ward.tell("f2")
    ward.sign()
    (ward.folder / WARD / "checkpoint").write_text(old, "utf-8")
    with pytest.raises(Fault, match="an old one"):
        audited(ward)


def test_the_signer_goes_on_from_the_largest_checkpoint_whatever_is_said_to_be_the_newest(ward):
    """As after a crash between the two writings, and after somebody put an old one back."""
    old = ward.sign()
    ward.tell("f2")
    new = ward.sign()
    for said in (old, None):
        newest = ward.folder / WARD / "checkpoint"
        newest.unlink() if said is None else newest.write_text(said, "utf-8")
        assert ward.sign() == newest.read_text("utf-8") == new
    newest.write_text(old, "utf-8")
    del ward.commits()[-3:]
    with pytest.raises(NotSigned, match="missing or not what was signed"):
        ward.sign()


def test_a_checkpoint_taken_out_of_the_line_is_found(ward):
    for file in ("f2", "f3"):
        ward.sign()
        ward.tell(file)
    ward.sign()
    notes = sorted((ward.folder / WARD / "checkpoints").iterdir())
    for gone in notes[:2]:
        text = gone.read_text("utf-8")
        gone.unlink()
        with pytest.raises(Fault, match="the one before it is missing"):
            audited(ward)
        gone.write_text(text, "utf-8")
    assert audited(ward) is None


def test_what_somebody_kept_shows_that_log_and_folder_went_back_together(ward, tmp_path):
    ward.sign()
    ward.tell("f2")
    held = ward.sign()
    size = ward.log.head(WARD)
    del ward.commits()[size // 2 :]
    folder = ward.folder / WARD
    (folder / "checkpoints" / f"{size:010}").unlink()
    (folder / "checkpoint").write_text(Folder(folder).notes()[-1], "utf-8")
    assert audited(ward) is None
    told = f"position {size // 2 + 1}: missing; at .* {size} commits were signed"
    assert re.search(told, audited(ward, held=(held,)))


def test_without_the_leaves_the_checkpoint_that_is_contradicted_is_named(ward):
    ward.sign()
    commit = ward.commits()[4]
    ward.commits()[4] = replace(commit, proposal=replace(commit.proposal, actor="officer:mai"))
    chained(ward.commits())
    assert audited(ward) == f"authority {WARD} position 5: not the commit that was signed"
    (ward.folder / WARD / "hashes" / "0").unlink()
    assert "this or an earlier commit is not the one that was signed" in audited(ward)


def test_a_commit_that_cannot_be_read_is_named(ward):
    commit = ward.commits()[2]
    ward.commits()[2] = replace(commit, proposal=replace(commit.proposal, recorded_at=None))
    assert audited(ward) == "position 3: cannot be read as a commit"
