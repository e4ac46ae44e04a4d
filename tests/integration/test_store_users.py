"""What the database refuses, whatever a program asks: each user may do its own work and no more."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymongo import InsertOne, MongoClient
from pymongo.errors import OperationFailure

from deploy.users import AUDITOR, OF_DATABASE, OPERATOR, RELAY, SERVICES
from shared import contracts, mongo_log

UNAUTHORIZED, WRONG_LOGIN = 13, 18
USERS = [user for user in OF_DATABASE if user != OPERATOR]

Client = MongoClient[dict[str, Any]]


@pytest.fixture(scope="module")
def as_user(stack: Any, amqp_uri: str) -> Iterator[Callable[[str], Client]]:
    """A client with the logins of one user, on a ledger that has one commit."""
    known: dict[str, Client] = {}

    def client(user: str) -> Client:
        if user not in known:
            known[user] = mongo_log.connect(stack.environment(user)["MONGO_URI"])
        return known[user]

    client(OPERATOR)["donthu_ledger"]["commits"].replace_one(
        {"_id": "store-users"}, COMMIT, upsert=True
    )
    yield client
    client(OPERATOR)["donthu_ledger"]["commits"].delete_one({"_id": "store-users"})
    for each in known.values():
        each.close()


COMMIT = {"stream": "store-users", "after": 0, "commit_id": "store-users", "events": []}
ONE = {"_id": "store-users"}

#: What would change, remove or go around what was recorded.
FORBIDDEN: dict[str, Callable[[Client, Any], Any]] = {
    "update": lambda _, commits: commits.update_one(ONE, {"$set": {"after": 1}}),
    "replace": lambda _, commits: commits.replace_one(ONE, COMMIT),
    "upsert": lambda _, commits: commits.replace_one({"_id": "new"}, COMMIT, upsert=True),
    "delete": lambda _, commits: commits.delete_one(ONE),
    "find and modify": lambda _, commits: commits.find_one_and_delete(ONE),
    "drop": lambda _, commits: commits.database.command("drop", "commits"),
    "$out": lambda _, commits: list(commits.aggregate([{"$out": "commits"}])),
    "$merge": lambda _, commits: list(commits.aggregate([{"$merge": "commits"}])),
    "collMod": lambda _, commits: commits.database.command("collMod", "commits", validator={}),
    "rename": lambda client, _: client.admin.command(
        "renameCollection", "donthu_ledger.commits", to="donthu_ledger.gone"
    ),
    "no validation": lambda _, commits: commits.bulk_write(
        [InsertOne({"_id": "x"})], bypass_document_validation=True
    ),
    "other collections": lambda client, _: client["donthu_ledger"]["other"].find_one(),
    "new collection": lambda client, _: client["donthu_ledger"].create_collection("other"),
    "index": lambda _, commits: commits.create_index("after"),
    "drop index": lambda _, commits: commits.drop_index("stream"),
    "drop database": lambda client, _: client.drop_database("donthu_ledger"),
    "make a user": lambda client, _: client.admin.command("createUser", "x", pwd="x", roles=[]),
    "become another": lambda client, _: client.admin.command(
        "grantRolesToUser", "intake", roles=["root"]
    ),
    "read users": lambda client, _: client["admin"]["system.users"].find_one(),
    "read the oplog": lambda client, _: client["local"]["oplog.rs"].find_one(),
}


@pytest.mark.parametrize("what", FORBIDDEN)
@pytest.mark.parametrize("user", USERS)
def test_nobody_changes_what_was_recorded(as_user: Any, user: str, what: str) -> None:
    client = as_user(user)
    with pytest.raises(OperationFailure) as refused:
        FORBIDDEN[what](client, client["donthu_ledger"]["commits"])
    assert refused.value.code == UNAUTHORIZED


@pytest.mark.parametrize("user", USERS)
def test_everybody_reads_the_ledger(as_user: Any, user: str) -> None:
    commits = as_user(user)["donthu_ledger"]["commits"]
    assert commits.find_one(ONE)["commit_id"] == "store-users"
    assert list(commits.aggregate([{"$match": ONE}, {"$count": "n"}])) == [{"n": 1}]


@pytest.mark.parametrize("user", USERS)
def test_only_services_that_own_events_add_to_the_ledger(
    as_user: Any, user: str, authority: str
) -> None:
    commits = as_user(user)["donthu_ledger"]["commits"]
    new = {"_id": {"authority": authority, "position": 1}} | COMMIT
    if user in contracts.OWNED:
        assert commits.insert_one(new).acknowledged
        as_user(OPERATOR)["donthu_ledger"]["commits"].delete_one({"_id": new["_id"]})
    else:
        refuses(lambda: commits.insert_one(new))


@pytest.mark.parametrize("user", USERS)
def test_only_who_follows_the_ledger_is_told_of_new_commits(as_user: Any, user: str) -> None:
    commits = as_user(user)["donthu_ledger"]["commits"]
    if user in (RELAY, "intake", "reporting"):
        with commits.watch() as changes:
            assert changes.try_next() is None
    else:
        refuses(lambda: commits.watch().try_next())


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("collection", ["keys", "people"])
def test_only_who_seals_reaches_the_vault(as_user: Any, user: str, collection: str) -> None:
    safe = as_user(user)["donthu_vault"][collection]
    sealing = {"intake": {"keys", "people"}, "assignment": {"keys"}, "reporting": {"keys"}}
    is_open = collection in sealing.get(user, ())
    if is_open or (user, collection) == (AUDITOR, "keys"):
        safe.find_one()
    else:
        refuses(safe.find_one)
    if not is_open:
        refuses(lambda: safe.insert_one({"_id": "stranger"}))


@pytest.mark.parametrize("user", [user for user in USERS if user != "intake"])
def test_only_intake_erases_a_key(as_user: Any, user: str) -> None:
    keys = as_user(user)["donthu_vault"]["keys"]
    refuses(lambda: keys.delete_one({"_id": "nobody"}))
    refuses(lambda: keys.update_one({"_id": "nobody"}, {"$set": {"keyAltNames": []}}))


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("owner", [*SERVICES, RELAY])
def test_a_services_tables_are_its_own(as_user: Any, user: str, owner: str) -> None:
    table = as_user(user)[f"donthu_{owner}"]["test_own"]
    if user == owner:
        table.insert_one({"_id": 1})
        table.create_index("a")
        table.drop()
    else:
        refuses(table.find_one)
        refuses(lambda: table.insert_one({"_id": 1}))


def test_an_auditor_who_verifies_can_do_nothing_else(as_user: Any) -> None:
    assert mongo_log.MongoLog(as_user(AUDITOR)).head("nowhere") == 0
    refuses(lambda: as_user(AUDITOR)["donthu_auditor"]["notes"].insert_one({}))


def test_who_does_not_log_in_learns_nothing(mongo_uri: str) -> None:
    address = mongo_uri.split("@")[1].split("?")[0]
    with MongoClient[Any](f"mongodb://{address}?replicaSet=donthu") as nobody:
        refuses(nobody["donthu_ledger"]["commits"].find_one)
        refuses(nobody.list_database_names)


def test_a_wrong_password_opens_nothing(mongo_uri: str) -> None:
    with MongoClient[Any](mongo_uri.replace("@", "x@")) as stranger:
        refuses(stranger["donthu_ledger"]["commits"].find_one, WRONG_LOGIN)


def refuses(ask: Callable[[], Any], code: int = UNAUTHORIZED) -> None:
    with pytest.raises(OperationFailure) as refused:
        ask()
    assert refused.value.code == code
