"""Personal data in a real key database: sealed, opened by those entitled, erased for good."""

import json
import os
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bson.binary import Binary
from pymongo import MongoClient
from pymongo.encryption import Algorithm, ClientEncryption
from pymongo.errors import WriteError
from pymongo.monitoring import CommandListener

from shared.key_files import KeyUnusable
from shared.personal import ERASED, Personal
from shared.vault import (
    SEALED_SCHEMA,
    SealBroken,
    Vault,
    VaultUnavailable,
    create_indexes,
    rotate_master_key,
)

ROOT = Path(__file__).parents[2]
WARD, FILE, STREAM = "09253", "7f3k9q2mxw4t", "petition-7f3k9q2mxw4t"
NAME, NUMBER = "Nguyễn Thị Hạnh", "001185012345"
PERSONAL = Personal(
    {
        "p1": {"name": NAME, "address": "Thôn Đông, Nhân Hòa", "id_number": NUMBER},
        "text": {"subject": "Về đất đai", "content": "Kính gửi Ủy ban nhân dân phường\n…"},
    }
)


@pytest.fixture
def keys_dir(tmp_path):
    (tmp_path / "master.key").write_bytes(os.urandom(96))
    (tmp_path / "index.key").write_bytes(os.urandom(32))
    return tmp_path


@pytest.fixture
def client(mongo_uri):
    with MongoClient(mongo_uri) as client:
        create_indexes(client, "vault_test")
        yield client
        client.drop_database("vault_test")


@pytest.fixture
def vault(client, keys_dir):
    vault = Vault(client, keys_dir, "vault_test")
    yield vault
    vault.close()


@pytest.fixture
def another_process(mongo_uri, keys_dir):
    """What another process would have: its own client, its own caches."""
    with MongoClient(mongo_uri) as client:
        vault = Vault(client, keys_dir, "vault_test")
        yield vault
        vault.close()


@pytest.fixture
def sealed(vault):
    return vault.seal(WARD, FILE, PERSONAL, stream=STREAM)


def test_what_was_sealed_opens_in_its_own_stream(vault, another_process, sealed):
    assert vault.open(WARD, STREAM, sealed) == dict(PERSONAL)
    assert another_process.open(WARD, STREAM, sealed) == dict(PERSONAL)


def test_ciphertext_read_back_as_plain_bytes_opens_as_well(vault, sealed):
    plain_bytes = {part: bytes(box) for part, box in sealed.items()}
    assert vault.open(WARD, STREAM, plain_bytes) == dict(PERSONAL)


def test_ciphertext_shows_nothing_and_is_never_the_same_twice(vault, sealed):
    again = vault.seal(WARD, FILE, PERSONAL, stream=STREAM)
    for part, box in sealed.items():
        assert box.subtype == 6
        assert box != again[part]
        assert not any(word.encode() in box for word in ("Hạnh", NUMBER, "name", "đất"))


def test_nothing_to_seal_asks_nothing_of_the_database(keys_dir):
    with MongoClient("mongodb://127.0.0.1:1", serverSelectionTimeoutMS=50) as nowhere:
        vault = Vault(nowhere, keys_dir)
        assert vault.seal(WARD, FILE, Personal.nothing(), stream=STREAM) == {}
        assert vault.open(WARD, STREAM, {}) == {}


def test_a_ciphertext_moved_to_another_stream_authority_or_part_is_noticed(vault, sealed):
    with pytest.raises(SealBroken):
        vault.open(WARD, "petition-aaaaaaaaaaaa", sealed)
    with pytest.raises(SealBroken):
        vault.open("00001", STREAM, sealed)
    with pytest.raises(SealBroken):
        vault.open(WARD, STREAM, {"p2": sealed["p1"]})
    with pytest.raises(SealBroken):
        vault.open_bytes(f"{WARD}/{STREAM}/p1", sealed["p1"])


@pytest.mark.parametrize("place", [0, 17, 18, 40, -1])
def test_a_ciphertext_with_one_changed_bit_is_noticed(vault, sealed, place):
    box = bytearray(sealed["p1"])
    box[place] ^= 1
    with pytest.raises(SealBroken) as broken:
        vault.open(WARD, STREAM, {"p1": bytes(box)})
    assert_nothing_leaks(broken.value)


@pytest.mark.parametrize("box", [b"", b"\x02", b"\x02" + b"x" * 17, b"Nguyen Thi Hanh, Thon Dong"])
def test_what_is_no_ciphertext_is_not_taken_for_an_erased_part(vault, box):
    with pytest.raises(SealBroken):
        vault.open(WARD, STREAM, {"p1": box})


def test_text_that_somebody_else_encrypted_with_the_key_is_not_shown(
    vault, client, keys_dir, sealed
):
    master = (keys_dir / "master.key").read_bytes()
    cipher = ClientEncryption(
        {"local": {"key": master}}, "vault_test.keys", client, client.codec_options
    )
    forged = cipher.encrypt(
        NAME,
        Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random,
        key_alt_name=f"{WARD}/{FILE}/p1",
    )
    with pytest.raises(SealBroken) as broken:
        vault.open(WARD, STREAM, {"p1": forged})
    assert_nothing_leaks(broken.value)


def test_an_erased_part_is_unreadable_at_once_in_every_process(vault, another_process, sealed):
    assert (
        another_process.open(WARD, STREAM, sealed)["p1"] == PERSONAL["p1"]
    )  # key now in its cache
    vault.erase(WARD, FILE, "p1")
    for reader in (vault, another_process):
        assert reader.open(WARD, STREAM, sealed) == {"p1": ERASED, "text": PERSONAL["text"]}


def test_erasing_twice_or_what_never_was_is_harmless(vault, sealed):
    vault.erase(WARD, FILE, "p1")
    vault.erase(WARD, FILE, "p1")
    vault.erase(WARD, "aaaaaaaaaaaa", "p1")
    assert vault.open(WARD, STREAM, sealed)["text"] == PERSONAL["text"]


def test_sealing_after_an_erasure_elsewhere_takes_a_new_key(vault, another_process, sealed):
    another_process.erase(WARD, FILE, "p1")
    later = vault.seal(WARD, FILE, Personal({"p1": "mới"}), stream=STREAM)
    assert another_process.open(WARD, STREAM, later) == {"p1": "mới"}
    assert vault.open(WARD, STREAM, {"p1": sealed["p1"]}) == {"p1": ERASED}


def test_erasing_by_ciphertext_reaches_its_own_key_and_no_later_one(vault, another_process, sealed):
    another_process.erase(WARD, FILE, "p1")
    later = vault.seal(WARD, FILE, Personal({"p1": "mới"}), stream=STREAM)
    vault.erase_sealed([sealed["p1"]])
    assert another_process.open(WARD, STREAM, later) == {"p1": "mới"}
    shared = vault.seal(WARD, FILE, Personal({"p1": "nữa"}), stream="case-7f3k9q2mxw4t")
    for _ in range(2):
        vault.erase_sealed([bytes(shared["p1"])])
    assert another_process.open(WARD, STREAM, later) == {"p1": ERASED}
    assert another_process.open(WARD, STREAM, {"text": sealed["text"]})["text"] == PERSONAL["text"]
    vault.erase_sealed([])


def test_what_was_erased_before_is_lost_with_the_old_master_key_in_backups_too(
    vault, client, keys_dir, sealed
):
    keys = client["vault_test"]["keys"]
    backup = keys.find_one({"keyAltNames": f"{WARD}/{FILE}/p1"})
    vault.erase(WARD, FILE, "p1")
    keys.insert_one(backup)  # as whoever has a backup and the master key could
    assert vault.open(WARD, STREAM, sealed)["p1"] == PERSONAL["p1"]
    keys.delete_one({"_id": backup["_id"]})
    old = (keys_dir / "master.key").read_bytes()
    assert rotate_master_key(client, keys_dir, "vault_test") == keys.count_documents({})
    assert (keys_dir / "master.key").read_bytes() != old
    assert (keys_dir / "master.key").stat().st_mode & 0o077 == 0
    assert not (keys_dir / "master.new").exists()
    anew = Vault(client, keys_dir, "vault_test")
    assert anew.open(WARD, STREAM, sealed) == {"p1": ERASED, "text": PERSONAL["text"]}
    keys.insert_one(backup)
    with pytest.raises(SealBroken):
        anew.open(WARD, STREAM, sealed)
    anew.close()


def test_a_rotation_that_was_broken_off_goes_on_where_it_stopped(
    vault, client, keys_dir, sealed, monkeypatch
):
    real = os.replace

    def lost_power(*paths):
        raise KeyboardInterrupt

    def too_late(*paths):
        real(*paths)
        raise KeyboardInterrupt

    for crash in (lost_power, too_late):
        monkeypatch.setattr(os, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            rotate_master_key(client, keys_dir, "vault_test")
    monkeypatch.setattr(os, "replace", real)
    rotate_master_key(client, keys_dir, "vault_test")
    after = Vault(client, keys_dir, "vault_test")
    assert after.open(WARD, STREAM, sealed) == dict(PERSONAL)
    after.close()


def test_a_rejected_message_is_kept_and_erased_like_any_part(vault, another_process):
    raw = b'\xff\xfe{"name": "Nguy\xe1\xbb\x85n"\x00'
    box = vault.seal_bytes(f"{WARD}/agencies/m-1", raw)
    assert another_process.open_bytes(f"{WARD}/agencies/m-1", box) == raw
    with pytest.raises(SealBroken):
        vault.open_bytes(f"{WARD}/agencies/m-2", box)
    vault.erase(WARD, "agencies", "m-1")
    assert another_process.open_bytes(f"{WARD}/agencies/m-1", box) is ERASED


@pytest.mark.parametrize("names", [("", FILE), (WARD, ""), ("09/253", FILE), (WARD, "a/b")])
def test_a_subject_cannot_be_mistaken_for_another(vault, names):
    with pytest.raises(ValueError, match="neither empty nor contain"):
        vault.seal(*names, PERSONAL, stream=STREAM)


# One key for one subject, whoever comes first


def test_threads_that_seal_for_the_same_person_first_share_one_key(vault, client):
    with ThreadPoolExecutor(16) as threads:
        boxes = list(
            threads.map(lambda _: vault.seal(WARD, FILE, PERSONAL, stream=STREAM), range(64))
        )
    assert all(vault.open(WARD, STREAM, box) == dict(PERSONAL) for box in boxes)
    assert keys_by_subject(client) == {f"{WARD}/{FILE}/p1": 1, f"{WARD}/{FILE}/text": 1}


class Asked(CommandListener):
    """What a client asked of the database."""

    def __init__(self):
        self.commands = []

    def started(self, event):
        self.commands.append(event.command_name)

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def watched(client, mongo_uri, keys_dir):
    asked = Asked()
    with MongoClient(mongo_uri, event_listeners=[asked]) as listened_to:
        vault = Vault(listened_to, keys_dir, "vault_test")
        vault.prepare()
        asked.commands.clear()
        yield vault, asked.commands
        vault.close()


def test_many_new_keys_are_one_write_and_known_ones_one_question(watched):
    vault, asked = watched
    many = Personal({f"p{number}": number for number in range(20)})
    sealed = vault.seal(WARD, FILE, many, stream=STREAM, is_first=True)
    assert asked == ["insert"]
    vault.seal(WARD, FILE, many, stream=STREAM)
    assert asked == ["insert", "find"]
    assert vault.open(WARD, STREAM, sealed) == dict(many)
    assert asked == ["insert", "find", "find"]


def test_no_key_stays_open_in_memory(vault, sealed, monkeypatch):
    """Kept ones are looked through one by one: each sealing would cost more than the one before."""
    asked = []
    fetch = vault._ring.fetch_keys
    monkeypatch.setattr(vault._ring, "fetch_keys", lambda which: asked.append(1) or fetch(which))
    time.sleep(0.01)
    assert vault.open(WARD, STREAM, sealed) == dict(PERSONAL)
    assert len(asked) == len(sealed)


def test_who_is_wrongly_said_to_be_new_keeps_the_key(vault, another_process, client, sealed):
    again = another_process.seal(
        WARD, FILE, Personal({**dict(PERSONAL), "p2": "mới"}), stream=STREAM, is_first=True
    )
    assert vault.open(WARD, STREAM, again) == {**dict(PERSONAL), "p2": "mới"}
    assert set(keys_by_subject(client).values()) == {1}
    vault.erase(WARD, FILE, "p1")
    for boxes in (sealed, again):
        assert another_process.open(WARD, STREAM, boxes)["p1"] is ERASED


RACE = """
import sys, time
from pathlib import Path
from pymongo import MongoClient
from shared.personal import Personal
from shared.vault import Vault

uri, keys, begin = sys.argv[1:]
vault = Vault(MongoClient(uri), Path(keys), "vault_test")
time.sleep(max(0, float(begin) - time.time()))
for number in range(40):
    box = vault.seal("09253", f"race{number}", Personal({"p1": number}), stream=f"s-{number}")
    print(number, box["p1"].hex())
"""


def test_processes_that_seal_for_the_same_person_first_share_one_key(
    vault, client, mongo_uri, keys_dir
):
    begin = str(time.time() + 2)  # all have started by then, so that they collide
    racers = [run_apart(RACE, mongo_uri, str(keys_dir), begin) for _ in range(4)]
    boxes = [line.split() for racer in racers for line in said_by(racer).splitlines()]
    assert len(boxes) == 160
    for number, box in boxes:
        opened = vault.open(WARD, f"s-{number}", {"p1": bytes.fromhex(box)})
        assert opened == {"p1": int(number)}
    assert keys_by_subject(client) == {f"{WARD}/race{number}/p1": 1 for number in range(40)}


GREEN = """
import eventlet
eventlet.monkey_patch()
import json, sys, time
from pathlib import Path
from pymongo import MongoClient
from shared.personal import ERASED, Personal
from shared.vault import Vault

uri, keys = sys.argv[1:]
vault = Vault(MongoClient(uri), Path(keys), "vault_test")
beats = []

def beat():
    while True:
        beats.append(time.monotonic())
        time.sleep(0.005)

def work(number):
    # every file is shared by two green threads, which race for its keys
    file = f"green{number // 2}"
    personal = Personal({"p1": {"name": f"n{number}"}, "p2": number, "text": "x" * 5000})
    sealed = vault.seal("09253", file, personal, stream=f"petition-{file}")
    return vault.open("09253", f"petition-{file}", sealed) == dict(personal)

heart = eventlet.spawn(beat)
right = list(eventlet.GreenPool(20).imap(work, range(100)))
heart.kill()
sealed = vault.seal("09253", "green0", Personal({"p1": 1}), stream="petition-green0")
vault.erase("09253", "green0", "p1")
stall = max(after - before for before, after in zip(beats, beats[1:]))
erased = vault.open("09253", "petition-green0", sealed)["p1"] is ERASED
print(json.dumps({"right": right, "stall": stall, "erased": erased}))
"""


def test_under_eventlet_it_works_and_lets_other_green_threads_run(client, mongo_uri, keys_dir):
    outcome = json.loads(said_by(run_apart(GREEN, mongo_uri, str(keys_dir))))
    assert outcome["right"] == [True] * 100
    assert outcome["erased"]
    assert outcome["stall"] < 1  # seconds; a blocked hub would stand still for the whole run
    counts = keys_by_subject(client)
    assert len(counts) == 149  # 50 files of 3 parts, one of them erased
    assert set(counts.values()) == {1}


# Finding a person again


def note(vault, authority, file, id_numbers):
    people = Personal({part: {"name": NAME} for part in id_numbers})
    vault.seal(authority, file, people, stream=f"petition-{file}", id_numbers=id_numbers)


def test_a_persons_files_are_found_by_number_within_one_authority(vault, another_process):
    note(vault, WARD, "f2", {"p1": NUMBER})
    note(vault, WARD, "f1", {"p2": "001 185 012 345"})
    note(vault, WARD, "f1", {"p2": "001.185.012345"})  # again: no second entry
    note(vault, WARD, "f3", {"p1": "001185099999"})
    note(vault, "00001", "f4", {"p1": NUMBER})
    assert another_process.files_of(WARD, NUMBER) == ["f1", "f2"]
    assert another_process.files_of(WARD, "999999999999") == []


def test_an_erased_person_is_not_found_any_more(vault):
    note(vault, WARD, FILE, {"p1": NUMBER, "p2": "001185099999"})
    vault.erase(WARD, FILE, "p1")
    assert vault.files_of(WARD, NUMBER) == []
    assert vault.files_of(WARD, "001185099999") == [FILE]


def test_who_comes_with_other_people_takes_away_nobodys_note(vault, another_process):
    note(vault, WARD, FILE, {"p1": NUMBER})
    note(another_process, WARD, FILE, {"p1": "001185099999"})
    assert vault.files_of(WARD, NUMBER) == vault.files_of(WARD, "001185099999") == [FILE]


def test_nothing_is_sealed_for_whom_nobody_could_find_again(vault, client):
    vault.prepare()
    client["vault_test"].command("collMod", "people", validator={"file": {"$type": "int"}})
    with pytest.raises(VaultUnavailable, match="noting people"):
        note(vault, WARD, FILE, {"p1": NUMBER})


def test_the_database_learns_neither_names_nor_numbers(vault, client, sealed):
    note(vault, WARD, FILE, {"p1": NUMBER})
    everything = repr([list(client["vault_test"][name].find()) for name in ("keys", "people")])
    assert FILE in everything
    assert not any(word in everything for word in ("Hạnh", NUMBER, "Nhân Hòa"))


def test_the_blind_index_sees_through_spelling(vault, another_process):
    composed, decomposed = "Hạnh", "Ha\u0323nh"
    assert vault.index("name", composed) == another_process.index("name", f" {decomposed.upper()} ")
    assert vault.index("name", "Lê  Hạnh") == vault.index("name", "lê hạnh")
    assert vault.index("id_number", "001-185") == vault.index("id_number", "001185")
    assert vault.index("name", "001-185") != vault.index("name", "001185")
    assert vault.index("name", "001185") != vault.index("id_number", "001185")
    assert len(vault.index("name", composed)) == 64


def test_the_blind_index_of_nothing_is_refused(vault):
    with pytest.raises(ValueError, match="no content to index"):
        vault.index("id_number", "không có")
    with pytest.raises(ValueError, match="no content to index"):
        note(vault, WARD, FILE, {"p1": " "})


def test_the_digest_tells_contents_apart_and_depends_on_the_key_file(vault, client, keys_dir):
    command = {"kind": "to_cao", "personal": PERSONAL, "pages": [1, 2]}
    same = {"pages": [1, 2], "personal": Personal(dict(PERSONAL)), "kind": "to_cao"}
    other = {**command, "personal": Personal({**dict(PERSONAL), "text": "khác"})}
    assert vault.digest(command) == vault.digest(same)
    assert vault.digest(command) != vault.digest(other)
    (keys_dir / "index.key").write_bytes(b"k" * 32)
    elsewhere = Vault(client, keys_dir, "vault_test")
    assert elsewhere.digest(command) != vault.digest(command)
    assert elsewhere.index("name", NAME) != vault.index("name", NAME)


# What goes wrong


@pytest.mark.parametrize(("name", "size"), [("master.key", 96), ("index.key", 32)])
def test_a_key_file_that_is_missing_or_cut_is_told_in_one_line_with_the_mend(
    client, keys_dir, name, size
):
    (keys_dir / name).write_bytes(b"x" * (size - 1))
    with pytest.raises(KeyUnusable, match=f"has {size - 1} bytes instead of {size}") as cut:
        Vault(client, keys_dir)
    (keys_dir / name).unlink()
    with pytest.raises(KeyUnusable, match="No such file") as missing:
        Vault(client, keys_dir)
    for told in (str(cut.value), str(missing.value)):
        assert "\n" not in told
        assert f"{keys_dir / name}" in told
        assert f"head -c {size} /dev/urandom" in told


def test_another_master_key_is_told_from_damage_and_from_erasure(client, keys_dir, vault, sealed):
    (keys_dir / "master.key").write_bytes(os.urandom(96))
    stranger = Vault(client, keys_dir, "vault_test")
    with pytest.raises(KeyUnusable, match="does not open the keys in"):
        stranger.open(WARD, STREAM, sealed)
    with pytest.raises(KeyUnusable):
        stranger.seal(WARD, FILE, PERSONAL, stream=STREAM)


def test_a_database_that_is_away_is_told_without_a_value_or_a_chain(keys_dir):
    with MongoClient("mongodb://127.0.0.1:1", serverSelectionTimeoutMS=50) as nowhere:
        vault = Vault(nowhere, keys_dir)
        attempts = [
            lambda: vault.seal(WARD, FILE, PERSONAL, stream=STREAM),
            lambda: vault.seal_bytes("a/b/c", NAME.encode()),
            lambda: vault.erase(WARD, FILE, "p1"),
            lambda: note(vault, WARD, FILE, {"p1": NUMBER}),
            lambda: vault.files_of(WARD, NUMBER),
        ]
        for attempt in attempts:
            with pytest.raises(VaultUnavailable, match="ServerSelectionTimeoutError") as away:
                attempt()
            assert_nothing_leaks(away.value)


def test_a_database_that_refuses_is_told_without_the_refused_value(vault, client):
    vault.prepare()
    client["vault_test"].command("collMod", "people", validator={"file": {"$type": "int"}})
    with pytest.raises(VaultUnavailable, match="OperationFailure") as refused:
        note(vault, WARD, FILE, {"p1": NUMBER})
    assert_nothing_leaks(refused.value)
    assert FILE not in str(refused.value)


# The ledger's own guard


@pytest.fixture(params=["create", "collMod"])
def commits(client, request):
    items = {"bsonType": "object", "properties": {"sealed": SEALED_SCHEMA}}
    events = {"bsonType": "array", "items": items}
    validator = {"$jsonSchema": {"bsonType": "object", "properties": {"events": events}}}
    database = client["vault_test"]
    if request.param == "create":
        return database.create_collection("commits", validator=validator)
    commits = database.create_collection("commits")
    database.command("collMod", "commits", validator=validator)
    return commits


def test_the_database_takes_sealed_parts_and_events_without_any(commits, vault, sealed):
    commits.insert_one({"_id": 1, "events": [{"type": "A"}, {"type": "B", "sealed": sealed}]})
    commits.insert_one({"_id": 2, "events": [{"type": "A", "sealed": {}}]})
    stored = commits.find_one({"_id": 1})["events"][1]["sealed"]
    assert vault.open(WARD, STREAM, stored) == dict(PERSONAL)


def clear_things(box):
    return {
        "text": NAME,
        "object": {"name": NAME},
        "array": [box],
        "null": None,
        "plain binary": Binary(NAME.encode(), 0),
        "ciphertext as plain binary": Binary(bytes(box), 0),
        "text marked as ciphertext": Binary(NAME.encode() * 4, 6),
    }


@pytest.mark.parametrize("what", clear_things(b"").keys())
def test_the_database_refuses_what_is_not_sealed(commits, sealed, what):
    clear = clear_things(sealed["p1"])[what]
    mixed = {"p1": sealed["p1"], "text": clear}
    with pytest.raises(WriteError, match="failed validation"):
        commits.insert_one({"events": [{"type": "A", "sealed": sealed}, {"sealed": mixed}]})


def test_the_database_refuses_a_part_whose_name_is_free_text(commits, sealed):
    with pytest.raises(WriteError, match="failed validation"):
        commits.insert_one({"events": [{"sealed": {NAME: sealed["p1"]}}]})
    with pytest.raises(WriteError, match="failed validation"):
        commits.insert_one({"events": [{"sealed": NAME}]})


def assert_nothing_leaks(error):
    """Neither text nor attributes nor any error that it holds tells a value."""
    assert error.__cause__ is None
    assert error.__context__ is None
    told = "".join(traceback.format_exception(error)) + repr(vars(error)) + repr(error.args)
    assert not any(word in told for word in ("Hạnh", NUMBER, "mongodb://"))


def keys_by_subject(client):
    """How many keys each subject has."""
    names = [name for key in client["vault_test"]["keys"].find() for name in key["keyAltNames"]]
    return {name: names.count(name) for name in names if not name.startswith("/")}


def run_apart(program, *arguments):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    return process


def said_by(process):
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said
