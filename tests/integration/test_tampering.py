"""A real database, and somebody who may do anything in it: each alteration is found and named."""

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from deploy.cli.proofs import _erasures, verified
from shared.clock import SystemClock, instant_text
from shared.ledger import GENESIS, Event, Proposal
from shared.mongo_log import DATABASE, MongoLog
from shared.personal import Personal
from shared.proof.folder import Folder
from shared.proof.publishing import NotSigned, Publisher
from shared.proof.signing import witness_key
from shared.proof.verifier import commit_hash, open_note
from shared.proof.witness import Witness
from tests.support import stories
from tests.support.recording import AT, record

COMMITS = 9


class Administrator:
    """Reads and rewrites the stored documents of a ward, past every service."""

    def __init__(self, client):
        self.commits = client[DATABASE]["commits"]

    def read(self, ward):
        return list(self.commits.find({"_id.authority": ward}).sort("_id", 1))

    def replace(self, ward, documents):
        self.commits.delete_many({"_id.authority": ward})
        if documents:
            self.commits.insert_many(documents)


class Ward:
    """One ward's ledger and its proofs."""

    def __init__(self, log, authority, folder):
        self.log, self.authority, self.folder = log, authority, folder
        self.publisher = Publisher(log, folder, bytes(range(32)), SystemClock(), "donthu.example")

    @property
    def own(self):
        return self.folder / self.authority

    def tell(self, file):
        for number, (category, event) in enumerate(stories.SETTLED[:COMMITS]):
            at = AT + timedelta(minutes=number)
            record(self.log, self.authority, f"{category}-{file}", event, at=at)

    def sign(self):
        return self.publisher.checkpoint(self.authority)

    def fault(self, held=()):
        return verified(self.log, self.authority, self.own, held=held)["fault"]


@pytest.fixture
def administrator(mongo_client):
    return Administrator(mongo_client)


@pytest.fixture
def ward(mongo_client, authority, tmp_path):
    ward = Ward(MongoLog(mongo_client), authority, tmp_path / "checkpoints")
    ward.tell("f1")
    ward.sign()
    assert ward.fault() is None
    return ward


def chained(documents):
    """Positions, links and hashes made again from the first on: the whole chain forged."""
    previous = GENESIS
    for position, document in enumerate(documents, start=1):
        document["_id"]["position"] = position
        document["previous"], document["hash"] = previous, commit_hash(previous, said(document))
        previous = document["hash"]
    return documents


def said(document):
    """The commit in a document, as docs/ledger.md has it; nothing is sealed here."""
    names = ("after", "stream", "commit_id", "digest", "actor", "correlation", "caused_by")
    return {
        **document["_id"],
        **{name: document[name] for name in names},
        "recorded_at": instant_text(document["recorded_at"]),
        "events": [{"sealed": {}} | event for event in document["events"]],
    }


def edited(documents):
    documents[3]["events"][0]["data"] |= {"accepted_on": "2026-10-09", "note": "khác"}
    return documents


def deleted(documents):
    return [*documents[:3], *documents[4:]]


def inserted(documents):
    more = documents[0] | {
        **{"stream": "petition-more", "commit_id": "more"},
        "_id": documents[0]["_id"] | {"position": 99},
    }
    for number, document in enumerate(documents[3:], start=5):
        document["_id"]["position"] = number
    more["_id"]["position"] = 4
    return [*documents[:3], more, *documents[3:]]


def reordered(documents):
    one, other = documents[3], documents[4]
    one["_id"], other["_id"] = other["_id"], one["_id"]
    documents[3:5] = [other, one]
    return documents


def backdated(documents):
    documents[3]["recorded_at"] -= timedelta(days=30)
    return documents


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (edited, "position 4: content does not match its hash"),
        (deleted, "position 4 is missing, found 5"),
        (inserted, "position 4: does not follow the commit before it"),
        (reordered, "position 4: does not follow the commit before it"),
        (backdated, "position 4: content does not match its hash"),
    ],
)
def test_it_is_found_by_the_chain_alone(ward, administrator, tamper, told):
    administrator.replace(ward.authority, tamper(administrator.read(ward.authority)))
    shutil.rmtree(ward.folder)
    assert told in ward.fault()


@pytest.mark.parametrize("tamper", [edited, deleted, inserted, reordered, backdated])
def test_it_is_found_by_the_checkpoint_where_the_whole_chain_was_forged(
    ward, administrator, tamper
):
    forged = chained(tamper(administrator.read(ward.authority)))
    administrator.replace(ward.authority, forged)
    told = f"authority {ward.authority} position 4: not the commit that was signed"
    assert ward.fault() == told
    with pytest.raises(NotSigned, match=f"position {COMMITS}: missing or not what was signed"):
        ward.sign()
    shutil.rmtree(ward.folder)
    assert ward.fault() is None  # by itself a forged chain is as good as any


def test_a_tail_that_was_cut_off_is_missed(ward, administrator):
    administrator.replace(ward.authority, administrator.read(ward.authority)[:-2])
    told = rf"position {COMMITS - 1}: missing; at \S+ {COMMITS} commits were signed"
    assert re.search(told, ward.fault())
    with pytest.raises(NotSigned, match="missing or not what was signed"):
        ward.sign()


def test_a_ledger_that_was_emptied_is_missed(ward, administrator):
    administrator.replace(ward.authority, [])
    assert "position 1: missing" in ward.fault()
    with pytest.raises(NotSigned):
        ward.sign()


@pytest.mark.parametrize("is_forged", [False, True])
def test_two_wards_whose_ledgers_were_swapped_are_both_found(
    ward, administrator, mongo_client, is_forged
):
    other = Ward(ward.log, f"{ward.authority}-2", ward.folder)
    other.tell("f2")
    other.sign()
    mine, theirs = administrator.read(ward.authority), administrator.read(other.authority)
    for documents, name in ((mine, other.authority), (theirs, ward.authority)):
        for document in documents:
            document["_id"]["authority"] = name
    for each, documents in ((ward, theirs), (other, mine)):
        administrator.replace(each.authority, chained(documents) if is_forged else documents)
    told = "not the commit that was signed" if is_forged else "content does not match its hash"
    for each in (ward, other):
        assert each.fault() == f"authority {each.authority} position 1: {told}"


def test_an_old_checkpoint_that_was_put_back_is_found(ward, administrator):
    old = Folder(ward.own).newest()
    ward.tell("f2")
    ward.sign()
    administrator.replace(ward.authority, administrator.read(ward.authority)[:COMMITS])
    (ward.own / "checkpoint").write_text(old, "utf-8")
    assert "the newest checkpoint is an old one" in ward.fault()


def test_an_older_backup_is_found_when_the_service_starts(ward, administrator, mongo_client):
    """The database went back; the folder, which is not in it, did not."""
    backup = administrator.read(ward.authority)
    ward.tell("f2")
    ward.sign()
    administrator.replace(ward.authority, backup)
    with pytest.raises(NotSigned, match=f"position {2 * COMMITS}: missing"):
        ward.sign()
    assert f"position {COMMITS + 1}: missing" in ward.fault()
    later = Ward(MongoLog(mongo_client), ward.authority, ward.folder)
    later.tell("f3")  # life went on, past the signed size
    later.tell("f4")
    assert f"position {COMMITS + 1}: not the commit that was signed" in later.fault()
    with pytest.raises(NotSigned, match=f"position {2 * COMMITS}: missing or not what was"):
        later.sign()


def test_database_and_folder_of_an_older_backup_are_found_by_whoever_kept_a_checkpoint(
    ward, administrator, tmp_path
):
    backup = administrator.read(ward.authority)
    shutil.copytree(ward.folder, tmp_path / "backup")
    ward.tell("f2")
    held = ward.sign()
    witness = Witness(tmp_path / "witness", witness_key("w1", bytes(32)), {})
    assert [seen.fault for seen in witness.look(ward.folder, now=1_795_000_000)] == [None]

    administrator.replace(ward.authority, backup)
    shutil.rmtree(ward.folder)
    shutil.copytree(tmp_path / "backup", ward.folder)
    assert ward.fault() is None
    assert f"{2 * COMMITS} commits were signed" in ward.fault(held=(held,))
    (seen,) = witness.look(ward.folder, now=1_795_000_060)
    assert f"shrunken: {COMMITS} commits, {2 * COMMITS} were seen" in seen.fault


def test_a_person_erased_without_a_record_of_it_is_reported(ward, mongo_client, vault):
    people = Personal({"p1": {"name": "Đặng Thị Mẫu"}, "p2": {"name": "Hồ Văn Thử"}})
    sealed = vault.seal(ward.authority, "f5", people, stream="petition-f5")
    record(ward.log, ward.authority, "petition-f5", stories.RECEIVED, sealed=sealed)

    def told():
        return _erasures(mongo_client, ward.log, ward.authority)["erased_unrecorded"]

    assert told() == []
    vault.erase(ward.authority, "f5", "p1")
    vault.erase(ward.authority, "f5", "p2")
    assert told() == ["f5/p1", "f5/p2"]
    ward.log.append(
        ward.authority,
        Proposal(
            stream="petition-f5",
            after=1,
            commit_id="erased",
            digest="d",
            actor="officer:vera",
            correlation="r",
            caused_by=None,
            recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
            events=(Event(id="e", type="PersonErased", schema=1, data={"part": "p1"}),),
        ),
    )
    assert told() == ["f5/p2"]
    assert ward.fault() is None  # every hash and every checkpoint still holds
    ward.sign()


def test_the_signed_checkpoint_says_what_the_database_holds(ward, administrator):
    checkpoint = open_note(Folder(ward.own).newest(), ward.publisher.key(ward.authority).public)
    last = administrator.read(ward.authority)[-1]
    assert (checkpoint.size, checkpoint.head) == (last["_id"]["position"], last["hash"])
