"""Signed notes as others write them, and checkpoints as we do."""

import base64

import pytest

from shared.key_files import KeyUnusable
from shared.proof.signing import SigningKey, make_private, read_private, witness_key
from shared.proof.verifier import Checkpoint, Fault, Key, _check_signature, open_note, split_note
from tests.unit.proof.given import PRIVATE

#: The example of the Go module golang.org/x/mod/sumdb/note, where the format comes from.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM=\n"
)
CHECKPOINT = Checkpoint(
    origin="donthu.example/09253",
    size=7,
    root=bytes(range(32)),
    time="2026-11-23T05:12:03.123Z",
    head="ab" * 32,
    previous="0" * 64,
)
SIGNER = SigningKey("donthu.example/09253", PRIVATE)


def test_a_note_that_another_implementation_signed_is_read():
    key = Key.parse(PETER)
    assert str(key) == PETER
    text, (line,) = split_note(NOTE)
    assert line.startswith(f"— {key.name} ")
    with pytest.raises(Fault, match="six lines"):  # the signature is right; it is no checkpoint
        open_note(NOTE, key)
    with pytest.raises(Fault, match="signature of PeterNeumann is false"):
        open_note(NOTE.replace("don't", "do"), key)
    assert text.endswith("problem is.\n")


def test_a_checkpoint_is_six_lines_and_comes_back_as_it_was():
    assert CHECKPOINT.text.split("\n") == [
        "donthu.example/09253",
        "7",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "time 2026-11-23T05:12:03.123Z",
        f"head {'ab' * 32}",
        f"previous {'0' * 64}",
        "",
    ]
    assert open_note(SIGNER.sign(CHECKPOINT), SIGNER.public) == CHECKPOINT


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("\n7\n", "\n8\n"),
        ("\n7\n", "\n07\n"),
        ("AAEC", "AAED"),
        ("05:12", "05:13"),
        ("head ab", "head cd"),
        ("previous 0", "previous 1"),
        ("09253\n7", "09254\n7"),
    ],
)
def test_whatever_is_changed_in_a_checkpoint_breaks_its_signature(said, instead):
    note = SIGNER.sign(CHECKPOINT)
    assert said in note
    with pytest.raises(Fault):
        open_note(note.replace(said, instead, 1), SIGNER.public)


def test_a_signature_of_another_key_or_under_another_name_does_not_count():
    note = SIGNER.sign(CHECKPOINT)
    for other in (
        SigningKey("donthu.example/09253", PRIVATE[::-1]),
        SigningKey("donthu.example/09254", PRIVATE),
        witness_key("donthu.example/09253", PRIVATE),
    ):
        with pytest.raises(Fault, match="not signed by"):
            open_note(note, other.public)


def test_a_cosignature_counts_for_its_witness_and_covers_its_time():
    witness = witness_key("witness.example/w1", PRIVATE[::-1])
    line = witness.cosign(CHECKPOINT.text, 1_795_000_000)
    note = SIGNER.sign(CHECKPOINT) + line
    assert open_note(note, SIGNER.public) == open_note(note, witness.public) == CHECKPOINT
    later = witness.cosign(CHECKPOINT.text, 1_795_000_001)
    mixed = bytearray(_signature(line))
    mixed[:8] = _signature(later)[:8]
    with pytest.raises(Fault, match=r"signature of witness\.example/w1 is false"):
        _check_signature(witness.public, CHECKPOINT.text, bytes(mixed))
    assert Key.parse(str(witness.public)) == witness.public


def _signature(line):
    return base64.b64decode(line.split()[2])[4:]


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "\n\n",
        "no signature",
        SIGNER.sign(CHECKPOINT).replace("\n\n", "\n"),
        SIGNER.sign(CHECKPOINT).rstrip("\n"),
        SIGNER.sign(CHECKPOINT).replace("— ", "- "),
        "x\n" * 60_000 + "\n— a b\n",
    ],
)
def test_what_is_no_signed_note_is_refused(broken):
    with pytest.raises(Fault):
        open_note(broken, SIGNER.public)


@pytest.mark.parametrize(
    "broken",
    ["", "a+b", "a+00000000+AA==", PETER.replace("c74f20a3", "c74f20a4"), PETER[:-4] + "!!!!"],
)
def test_what_is_no_key_is_refused(broken):
    with pytest.raises(Fault, match="the key"):
        Key.parse(broken)


def test_a_private_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "checkpoint.key"
    make_private(path)
    made = read_private(path)
    make_private(path)
    assert (read_private(path), len(made), path.stat().st_mode & 0o777) == (made, 32, 0o600)
    path.write_bytes(b"short")
    with pytest.raises(KeyUnusable, match="5 bytes instead of 32"):
        read_private(path)
    with pytest.raises(KeyUnusable, match="cannot be read"):
        read_private(tmp_path / "none")
    with pytest.raises(KeyUnusable, match="one word"):
        SigningKey("two words", PRIVATE)
