"""Commands given to MongoDB bare, where the driver's own way costs more than what they do.

Without a session, without the driver's repeating, which costs the server a write of its own, and
without its time limit, for which client and server keep a clock: together a large part of an append
with one caller. How long an answer may take is the socket's to say.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ReadPreference
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError

Document = dict[str, Any]

PAGE = 1000  # documents fetched at once

#: Codes of refusals that pass: elections, restarts, lost links, time limits.
_PASSING = {6, 7, 64, 89, 91, 112, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436}


def answer(collection: Collection[Any], command: Document) -> Any:
    """What the primary says, decoded as the collection is; its write errors are part of it.

    Raises:
        pymongo.errors.PyMongoError: what was sent may have been done.
    """
    client = collection.database.client
    primary = client._conn_for_reads(ReadPreference.PRIMARY, None, next(iter(command)))
    with primary as (connection, _):
        return connection.command(
            collection.database.name,
            command,
            codec_options=collection.codec_options,
            client=client,
        )


def insert(
    collection: Collection[Any], documents: Sequence[Mapping[str, Any]], *, ordered: bool
) -> Any:
    """Insert in one write, as durable as the collection asks for; `answer`."""
    command = {
        "insert": collection.name,
        "documents": list(documents),
        "ordered": ordered,
        "writeConcern": collection.write_concern.document,
    }
    return answer(collection, command)


def find(collection: Collection[Any], which: Document, *, hint: str | None = None) -> list[Any]:
    """The documents, unordered and usually in one round trip.

    What fails in passing, or does not fit into one answer, the driver asks again in its way.

    Raises:
        pymongo.errors.PyMongoError: refused, or not answered in time.
    """
    command = {
        "find": collection.name,
        "filter": which,
        "batchSize": PAGE,
        "readConcern": collection.read_concern.document,
    }
    try:
        cursor = answer(collection, command | ({"hint": hint} if hint else {}))["cursor"]
    except PyMongoError as error:
        if error.timeout or not passes(error):
            raise
    else:
        if not cursor["id"]:
            return list(cursor["firstBatch"])
        answer(collection, {"killCursors": collection.name, "cursors": [cursor["id"]]})
    return list(collection.find(which))


def passes(error: PyMongoError) -> bool:
    """Whether it is worth trying again: anything but the server's plain refusal."""
    if not isinstance(error, OperationFailure):
        return True
    return error.code in _PASSING or error.has_error_label("RetryableWriteError")
