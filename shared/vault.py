"""The vault: encrypts personal data before it is stored, opens it for those entitled, erases it.

Each part of a file (one person, or the petition's own words) has a data key of its own, wrapped by
the master key and kept in a database apart from the ledger. Erasing a person is deleting that key:
the ledger, its hashes and its backups keep only bytes that nobody can read. The wrapped key itself
leaves oplog and backups as these grow old, or at once if the master key is replaced and destroyed.

Whoever holds master.key and the key database reads everything; whoever holds the ledger alone
learns which parts there are and about how long each is. No exception raised here carries a value,
a database error or a chain to one: those repeat what was refused.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar

from bson import decode, encode
from bson.binary import Binary
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, MongoClient, ReadPreference
from pymongo.collection import Collection
from pymongo.encryption import Algorithm, ClientEncryption
from pymongo.errors import AutoReconnect, BulkWriteError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from pymongocrypt.errors import MongoCryptError
from pymongocrypt.mongocrypt import MongoCryptOptions
from pymongocrypt.synchronous.explicit_encrypter import ExplicitEncrypter
from pymongocrypt.synchronous.state_machine import MongoCryptCallback

from shared import key_files, mongo_commands
from shared.key_files import INDEX_BYTES, MASTER_BYTES, KeyUnusable
from shared.personal import ERASED, PART_PATTERN, Erased, Personal, canonical

Given = TypeVar("Given")

#: What the ledger's validator demands of `events[].sealed`: every value looks like a ciphertext of
#: this vault. Clear text, plain binary and ciphertext of anything but a string are refused.
SEALED_SCHEMA: Final[Mapping[str, Any]] = {
    "bsonType": "object",
    "patternProperties": {PART_PATTERN: {"encrypt": {"bsonType": "string"}}},
    "additionalProperties": False,
}

DATABASE: Final = "donthu_vault"
NOBODY: Final[Mapping[str, str]] = MappingProxyType({})

_NEXT = "local:next"  # the name of a new master key while keys are wrapped anew

_CIPHERTEXT = 6  # BSON binary subtype of everything that is encrypted
_KEY_ID = 4  # BSON binary subtype of a UUID
_RANDOM = 2  # first byte of a ciphertext: the algorithm; then 16 bytes of key id, 1 of BSON type
_HEADER = 18  # bytes
_DUPLICATE = 11000
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)

_MASTER_CHECK = (
    "/master-check"  # name of the key that tells a wrong master.key; no subject begins so
)
#: Seconds before another look for a key that somebody else is making.
_PAUSES = (0.01, 0.05, 0.25)
#: How long the cipher itself keeps a key, which it is given anew each time: its default of a minute
#: would let an erased key live on in memory, and it looks through all that it keeps, one by one.
_KEPT_MS = 1
_SEALERS = 4  # threads that encrypt while others wait for new keys to be durable


class VaultUnavailable(Exception):
    """The key database did not answer or refused. Repeating is safe: a key is made only once."""


class SealBroken(Exception):
    """A ciphertext was altered, or stands where it was not sealed for. Never show it as erased."""


def create_indexes(client: MongoClient[dict[str, Any]], database: str = DATABASE) -> None:
    """Make the indexes that the vault cannot work without, as the operator; harmless if there."""
    client[database]["keys"].create_index(
        [("keyAltNames", ASCENDING)],
        unique=True,
        partialFilterExpression={"keyAltNames": {"$exists": True}},
    )
    client[database]["people"].create_index([("authority", ASCENDING), ("id_index", ASCENDING)])


def rotate_master_key(
    client: MongoClient[dict[str, Any]], keys_dir: Path, database: str = DATABASE
) -> int:
    """Wrap every key anew under a new master.key, so that the old one can be destroyed: with it
    whatever was erased becomes unreadable in oplog and backups too. Tells how many keys there are.

    As the operator, while no service runs. What was broken off goes on when it is called again:
    a key says which master key it needs, and the old file goes only when no key needs it any more.

    Raises:
        KeyUnusable: master.key is not there, or not of this vault.
        pymongo.errors.PyMongoError: the database does not answer or refuses; call again.
    """
    keys, now, to_be = client[database]["keys"], keys_dir / "master.key", keys_dir / "master.new"
    old_ones, new_ones = {"masterKey.provider": "local"}, {"masterKey.provider": _NEXT}
    if to_be.exists() or not keys.count_documents(new_ones):
        key_files.make(to_be, MASTER_BYTES)
        providers = {
            "local": {"key": _key(now, MASTER_BYTES)},
            _NEXT: {"key": _key(to_be, MASTER_BYTES)},
        }
        cipher: ClientEncryption[dict[str, Any]] = ClientEncryption(
            providers, f"{database}.keys", client, CodecOptions()
        )
        with cipher:
            cipher.rewrap_many_data_key(old_ones, provider=_NEXT)
        os.replace(to_be, now)
    safe = keys.with_options(write_concern=WriteConcern("majority", j=True))
    safe.update_many(new_ones, {"$set": {"masterKey.provider": "local"}})
    return keys.count_documents({})


class Vault:
    """One for a process; safe between threads and between green threads."""

    def __init__(
        self,
        client: MongoClient[dict[str, Any]],
        keys_dir: Path,
        database: str = DATABASE,
    ) -> None:
        """Read the key files; the database is first spoken to when it is needed.

        Raises:
            KeyUnusable: a key file is missing or has the wrong size.
        """
        master = _key(keys_dir / "master.key", MASTER_BYTES)
        index = _key(keys_dir / "index.key", INDEX_BYTES)
        self._keys_dir = keys_dir
        self._index_key = _derived(index, b"donthu blind index")
        self._digest_key = _derived(index, b"donthu command digest")
        safe = client.get_database(
            database,
            codec_options=CodecOptions(),  # key ids as Binary, whatever the client prefers
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", j=True),
        )
        self._keys: Collection[Any] = safe.get_collection("keys", _RAW)
        self._people = safe["people"]
        self._ring = _Ring(self._keys)
        self._cipher = ExplicitEncrypter(
            self._ring,
            MongoCryptOptions(
                {"local": {"key": master}},
                bypass_encryption=True,
                key_expiration_ms=_KEPT_MS,
            ),
        )
        self._meanwhile = ThreadPoolExecutor(_SEALERS, "vault")
        self._prepared = False

    def prepare(self) -> None:
        """See that master.key is the right one; done once, on first use.

        Raises:
            KeyUnusable: the keys in the database were wrapped by another master.key.
            VaultUnavailable: the database does not answer.
        """
        if self._prepared:
            return
        if not _from_database("preparing the vault", self._master_fits):
            raise KeyUnusable(
                f"{self._keys_dir / 'master.key'} does not open the keys in {self._keys.full_name}:"
                " put back the master.key this vault was made with"
            )
        self._prepared = True

    def close(self) -> None:
        self._meanwhile.shutdown()
        self._cipher.close()

    def seal(
        self,
        authority: str,
        file: str,
        personal: Personal,
        *,
        stream: str,
        is_first: bool = False,
        id_numbers: Mapping[str, str] = NOBODY,
    ) -> dict[str, Binary]:
        """Encrypt every part under the key of its subject, made on first use and then durable.

        A ciphertext is bound to its stream and part and opens only there. A part that was erased
        and is sealed again gets a new key; what was sealed before stays erased. `is_first`:
        there will hardly be a key yet, so one is made without looking; if there is, that one holds.

        `id_numbers`: of each part that is a person who shall be found again, by `files_of`, the
        number (số định danh); noted by blind index only, before what was sealed can be appended.

        Raises:
            ValueError: an ID number has no digit.
            VaultUnavailable: nothing was sealed; repeat.
        """
        noted = self._noted(authority, file, id_numbers)
        parts = list(personal)
        names = {part: _subject(authority, file, part) for part in parts}
        boxes = self._encrypt(
            [
                (names[part], {"for": _subject(authority, stream, part), "value": personal[part]})
                for part in parts
            ],
            are_new=is_first,
        )
        noted()
        return dict(zip(parts, boxes, strict=True))

    def open(
        self, authority: str, stream: str, sealed: Mapping[str, bytes]
    ) -> dict[str, Any | Erased]:
        """The parts in clear, `ERASED` for those whose key was destroyed: from that moment on, in
        every process, since each call asks the database whether the key still lives.

        Raises:
            SealBroken: a ciphertext was altered or belongs to another stream or part.
            VaultUnavailable: repeat.
        """
        opened: dict[str, Any | Erased] = {}
        for part, content in zip(sealed, self._decrypt(list(sealed.values())), strict=True):
            place = _subject(authority, stream, part)
            opened[part] = _bound(content, "value", place)
        return opened

    def seal_bytes(self, subject: str, raw: bytes) -> Binary:
        """Encrypt a whole message, such as one that was rejected; `subject` names its key.

        Give a subject of three parts, `authority/file/part`, to one that `erase` shall reach.

        Raises:
            VaultUnavailable: nothing was sealed; repeat.
        """
        _check_names(subject.split("/"))
        content = {"for": subject, "base64": base64.b64encode(raw).decode()}
        [box] = self._encrypt([(subject, content)])
        return box

    def open_bytes(self, subject: str, sealed: bytes) -> bytes | Erased:
        """The message as it was, or `ERASED`.

        Raises:
            SealBroken: the ciphertext was altered or belongs to another subject.
            VaultUnavailable: repeat.
        """
        [content] = self._decrypt([sealed])
        raw = _bound(content, "base64", subject)
        return raw if isinstance(raw, Erased) else base64.b64decode(raw)

    def erase(
        self, authority: str, file: str, part: str, *, of: Iterable[bytes] | None = None
    ) -> None:
        """Destroy the part's key and forget whose it was; harmless when repeated.

        `of`: only if one of these ciphertexts is under it, not what was sealed under a later key.

        Raises:
            VaultUnavailable: it may not be erased; repeat.
        """
        subject = _subject(authority, file, part)
        keys: dict[str, Any] = {"keyAltNames": subject}
        if of is not None:
            keys["_id"] = {"$in": list({key_of(box) for box in of})}
        _from_database("erasing", partial(self._keys.delete_many, keys))
        notes = {"_id": {"$in": [subject, re.compile(f"^{re.escape(subject)}/")]}}
        _from_database("erasing", partial(self._people.delete_many, notes))

    def erase_sealed(self, sealed: Iterable[bytes]) -> None:
        """Destroy the keys of these ciphertexts, and with them whatever else was sealed under the
        same keys (`key_of`); harmless when repeated.

        Unlike `erase`, never reaches what was sealed under a later key of the same name.

        Raises:
            VaultUnavailable: it may not be erased; repeat.
        """
        keys = {"_id": {"$in": list({key_of(box) for box in sealed})}}
        _from_database("erasing", partial(self._keys.delete_many, keys))

    def index(self, kind: str, value: str) -> str:
        """A blind index, hex: equal for equal values, worthless without index.key.

        `id_number` (số định danh cá nhân, CCCD, CMND) is compared by its digits alone; everything
        else without regard to case, outer or repeated spaces and Unicode form.

        Raises:
            ValueError: nothing is left to compare; all who have nothing would look like one person.
        """
        if kind == "id_number":
            digits = (unicodedata.decimal(character, None) for character in value)
            plain = "".join(str(digit) for digit in digits if digit is not None)
        else:
            folded = unicodedata.normalize("NFC", value).casefold()
            plain = unicodedata.normalize("NFC", " ".join(folded.split()))
        if not plain:
            raise ValueError(f"no content to index in this {kind}")
        return _hmac(self._index_key, canonical([kind, plain]))

    def digest(self, payload: object) -> str:
        """Tells a repeated command from another one, hex, without giving its content away.

        Raises:
            NotPlain: the payload is neither plain JSON nor `Personal` all the way down.
        """
        return _hmac(self._digest_key, canonical(payload))

    def files_of(self, authority: str, id_number: str) -> list[str]:
        """File numbers (mã hồ sơ) in which the person with this number may stand, sorted.

        What is sealed decides: a note is made before its petition is appended, which may then not
        happen, or happen with other people.

        Raises:
            ValueError: the number has no digit.
            VaultUnavailable: repeat.
        """
        wanted = {"authority": authority, "id_index": self.index("id_number", id_number)}
        find = partial(self._people.distinct, "file", wanted)
        return sorted(_from_database("looking for a person's files", find))

    def _noted(self, authority: str, file: str, id_numbers: Mapping[str, str]) -> Callable[[], Any]:
        """Begin to note who stands in the file; what is given back waits until it is durable.

        Notes are only ever added: who comes later with other people takes away nobody's.
        """
        if not id_numbers:
            return lambda: None
        self.prepare()
        notes = []
        for part, id_number in id_numbers.items():
            subject, index = _subject(authority, file, part), self.index("id_number", id_number)
            where = {"authority": authority, "file": file}
            notes.append({"_id": f"{subject}/{index}", "id_index": index} | where)
        note = partial(_inserted, self._people, notes)
        return self._meanwhile.submit(_from_database, "noting people", note).result

    def _encrypt(
        self, contents: Sequence[tuple[str, Mapping[str, Any]]], *, are_new: bool = False
    ) -> list[Binary]:
        """Each content under the key of its subject, in the order given."""
        if not contents:
            return []
        self.prepare()
        subjects = list(dict.fromkeys(name for name, _ in contents))
        # Asked each time, since another process may have erased a key.
        look = partial(self._known, subjects)
        known = {} if are_new else _from_database("looking for keys", look)
        if new := self._new_keys(subject for subject in subjects if subject not in known):
            # Encrypted while the server makes the new keys durable. It is this thread that waits
            # for the server: where threads are green, the other one runs only then.
            boxes = self._meanwhile.submit(self._boxes, contents, known | new)
            if not _from_database("making keys", partial(_inserted, self._keys, new.values())):
                return boxes.result()
            known = _from_database("making keys", partial(self._keys_of, subjects))
        return self._boxes(contents, known)

    def _boxes(
        self,
        contents: Sequence[tuple[str, Mapping[str, Any]]],
        keys: Mapping[str, RawBSONDocument],
    ) -> list[Binary]:
        def encrypted() -> list[Binary]:
            with self._ring.holding(keys.values()):
                return [
                    self._encrypted(canonical(plain).decode(), keys[name]["_id"])
                    for name, plain in contents
                ]

        return _from_database("sealing", encrypted)

    def _decrypt(self, sealed: Sequence[bytes]) -> list[str | Erased]:
        """The text in each ciphertext, in the order given."""
        if not sealed:
            return []
        if any(len(box) <= _HEADER or box[0] != _RANDOM for box in sealed):
            raise SealBroken("this is not a ciphertext of the vault")
        self.prepare()
        living = _from_database("looking for keys", partial(self._living, sealed))

        def decrypted(box: bytes) -> str | Erased | None:
            if key_of(box) not in living:
                return ERASED
            try:
                asked = {"v": Binary(bytes(box), _CIPHERTEXT)}
                plain = decode(self._cipher.decrypt(encode(asked)))["v"]
            except MongoCryptError:
                # Not readable though it had a key: erased in between, or altered.
                return None if self._living([box]) else ERASED
            return plain if isinstance(plain, str) else None

        with self._ring.holding(living.values()):
            opened = _from_database("opening", lambda: [decrypted(box) for box in sealed])
        texts = [text for text in opened if text is not None]
        if len(texts) < len(opened):
            raise SealBroken("a ciphertext was altered")
        return texts

    def _encrypted(self, text: str, key: Binary) -> Binary:
        box: Binary = decode(
            self._cipher.encrypt(
                encode({"v": text}), Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random, key_id=key
            )
        )["v"]
        return box

    def _keys_of(self, subjects: Sequence[str]) -> dict[str, RawBSONDocument]:
        """The key of each subject, durable; the winner's, where several processes make one."""
        for pause in (*_PAUSES, 0):
            # Only a majority-committed key may be used: any other could be rolled back.
            keys = self._known(subjects)
            if new := self._new_keys(subject for subject in subjects if subject not in keys):
                taken = _inserted(self._keys, new.values())
                keys |= {name: key for name, key in new.items() if key["_id"] not in taken}
            if len(keys) == len(subjects):
                return keys
            time.sleep(pause)
        raise VaultUnavailable("another process is making the same key and does not finish: repeat")

    def _known(self, subjects: Sequence[str]) -> dict[str, RawBSONDocument]:
        found = mongo_commands.find(self._keys, {"keyAltNames": {"$in": subjects}})
        return {name: key for key in found for name in key["keyAltNames"]}

    def _new_keys(self, subjects: Iterable[str]) -> dict[str, RawBSONDocument]:
        """One for each, in memory only: nothing sealed under it may leave before it is durable."""
        make = self._cipher.create_data_key
        return {
            subject: RawBSONDocument(make("local", key_alt_names=[subject]), _RAW)
            for subject in subjects
        }

    def _living(self, sealed: Sequence[bytes]) -> dict[Binary, RawBSONDocument]:
        wanted = list({key_of(box) for box in sealed})
        found = mongo_commands.find(self._keys, {"_id": {"$in": wanted}})
        return {key["_id"]: key for key in found}

    def _master_fits(self) -> bool:
        key = self._keys_of([_MASTER_CHECK])[_MASTER_CHECK]
        try:
            with self._ring.holding([key]):
                self._encrypted("", key["_id"])
        except MongoCryptError:
            return False
        return True


def _inserted(collection: Collection[Any], documents: Iterable[Mapping[str, Any]]) -> set[Any]:
    """Insert these in one durable write; the ids of those that somebody else has put there.

    What fails in passing is sent again in the driver's way; what landed the first time is then
    there already.
    """
    documents = list(documents)
    told: Mapping[str, Any] = {"writeConcernError": "not known"}
    with suppress(AutoReconnect):
        told = mongo_commands.insert(collection, documents, ordered=False)
    if "writeConcernError" in told:
        try:
            collection.insert_many(documents, ordered=False)
            return set()
        except BulkWriteError as error:
            told = error.details or {}
            if told.get("writeConcernErrors"):
                raise
    faults = told.get("writeErrors", [])
    if any(each["code"] != _DUPLICATE for each in faults):
        raise OperationFailure("insert refused")
    return {documents[each["index"]]["_id"] for each in faults}


class _Ring(MongoCryptCallback):  # type: ignore[misc]  # it has no types
    """What libmongocrypt asks for: keys that are at hand, else from the database.

    The driver's own asks the database for each key apart, also for one that it has just made.
    """

    def __init__(self, keys: Collection[Any]) -> None:
        self._keys = keys
        self._at_hand: dict[Binary, RawBSONDocument] = {}

    @contextmanager
    def holding(self, keys: Iterable[RawBSONDocument]) -> Iterator[None]:
        """Keys that the database has just told of; only while the block runs, as one may be erased.

        Who uses the same one at the same time may find it gone, and asks the database.
        """
        held = {key["_id"]: key for key in keys}
        self._at_hand |= held
        try:
            yield
        finally:
            for id in held:
                self._at_hand.pop(id, None)

    def fetch_keys(self, filter: bytes) -> Iterator[bytes]:
        wanted = decode(filter)
        ids = wanted["$or"][0]["_id"]["$in"]
        held = [self._at_hand.get(id) for id in ids]
        for key in self._keys.find(wanted) if None in held else held:
            assert key is not None
            yield bytes(key.raw)

    def insert_data_key(self, data_key: bytes) -> bytes:
        """Hand it over: the vault stores all that it makes at one go."""
        return bytes(data_key)

    def bson_encode(self, doc: Mapping[str, Any]) -> bytes:
        return encode(doc)

    def close(self) -> None:
        self._at_hand.clear()

    def kms_request(self, kms_context: object) -> NoReturn:
        raise NotImplementedError("the master key is in a file")

    def collection_info(self, database: str, filter: bytes) -> NoReturn:
        raise NotImplementedError("nothing is encrypted but what we say")

    def mark_command(self, database: str, cmd: bytes) -> NoReturn:
        raise NotImplementedError("nothing is encrypted but what we say")


def have_keys(client: MongoClient[dict[str, Any]], sealed: Sequence[bytes]) -> list[bool]:
    """Of each ciphertext whether its key still lives; needs no key file, since nothing is opened.

    Raises:
        VaultUnavailable: repeat.
    """
    ids = [key_of(box) for box in sealed]
    keys = client.get_database(
        DATABASE, codec_options=CodecOptions(), read_concern=ReadConcern("majority")
    )["keys"]
    find = partial(keys.distinct, "_id", {"_id": {"$in": list(set(ids))}})
    living = set(_from_database("looking for keys", find))
    return [id in living for id in ids]


def _from_database(doing: str, ask: Callable[[], Given]) -> Given:
    """What the database answers; its errors, which repeat what they refused, end here."""
    try:
        return ask()
    except (PyMongoError, BSONError, MongoCryptError) as error:
        kind = type(error).__name__
    # Raised outside the handler, so that the new error does not hold the old one even as context.
    raise VaultUnavailable(f"the key vault failed while {doing} ({kind})")


def _bound(text: str | Erased, name: str, place: str) -> Any:
    """The content of a text that was sealed for this place."""
    if isinstance(text, Erased):
        return text
    match _json(text):
        case {"for": sealed_for, **content} if sealed_for == place and name in content:
            return content[name]
    raise SealBroken("a ciphertext stands where it was not sealed for")


def _json(text: str) -> object:
    try:
        content: object = json.loads(text)
    except json.JSONDecodeError:  # it holds the whole text, so it may not travel
        return None
    return content


def key_of(box: bytes) -> Binary:
    """The id of the key that a ciphertext is under; it stands in it in clear."""
    return Binary(bytes(box)[1:17], _KEY_ID)


def _subject(*names: str) -> str:
    _check_names(names)
    return "/".join(names)


def _check_names(names: Iterable[str]) -> None:
    if not all(name and "/" not in name for name in names):
        raise ValueError("authority, file, stream and part are neither empty nor contain '/'")


def _key(path: Path, size: int) -> bytes:
    mend = "put back its backup copy, without which nothing opens; only for a new vault"
    return key_files.read(path, size, mend=mend)


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, hashlib.sha256)


def _hmac(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()
