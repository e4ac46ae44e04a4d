"""The ledger's bytes as docs/ledger.md specifies them, checked with the standard library alone."""

import base64
import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest

from shared.ledger import GENESIS, Event, Proposal, canonical, link

VECTORS = json.loads((Path(__file__).parent / "vectors" / "commit.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=["first", "second", "awkward"])
def test_a_stranger_gets_our_bytes_and_hash_with_nothing_but_json_and_sha256(vector):
    content = vector["canonical"]
    said = json.loads(content)
    theirs = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert theirs == content
    previous = bytes.fromhex(vector["previous"])
    assert hashlib.sha256(previous + content.encode()).hexdigest() == vector["hash"]


@pytest.mark.parametrize("vector", VECTORS, ids=["first", "second", "awkward"])
def test_our_writer_makes_these_bytes(vector):
    said = json.loads(vector["canonical"])
    proposal = Proposal(
        **{
            name: said[name]
            for name in (
                "stream",
                "after",
                "commit_id",
                "digest",
                "actor",
                "correlation",
                "caused_by",
            )
        },
        recorded_at=datetime.fromisoformat(said["recorded_at"]),
        events=tuple(
            Event(
                **event | {"sealed": {k: base64.b64decode(v) for k, v in event["sealed"].items()}}
            )
            for event in said["events"]
        ),
    )
    made = canonical(said["authority"], said["position"], proposal)
    assert made.decode() == vector["canonical"]
    commit = link(said["authority"], said["position"], vector["previous"], proposal)
    assert commit.hash == vector["hash"]


def test_the_chain_begins_at_thirty_two_zero_bytes_and_goes_on_from_hash_to_hash():
    assert VECTORS[0]["previous"] == GENESIS == "00" * 32
    assert VECTORS[1]["previous"] == VECTORS[0]["hash"]
    assert VECTORS[2]["previous"] == VECTORS[1]["hash"]
