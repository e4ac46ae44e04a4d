"""Which relay may publish, and how far each authority is published, as kept in MongoDB."""

import os
import secrets
import socket
from typing import Any

from pymongo import MongoClient, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

Document = dict[str, Any]

DATABASE = "donthu_relay"
LEASE_MS = 10_000
_DUPLICATE = 11000


class LeaseLost(Exception):
    """Another relay works now."""


class Lease:
    """The right to publish, with a number that rises at each change of holder."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._leases = client[DATABASE]["lease"]
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    def take(self) -> int | None:
        """Take or prolong it, by the database's clock; the fence number, None if another has it."""
        mine = {"$eq": ["$holder", self._holder]}
        free = {"$lte": [{"$ifNull": ["$expires", "$$NOW"]}, "$$NOW"]}
        to_have = {"$or": [mine, free]}
        fence = {"$ifNull": ["$fence", 0]}
        change = {
            "fence": {"$cond": [{"$and": [free, {"$not": [mine]}]}, {"$add": [fence, 1]}, fence]},
            "expires": {"$cond": [to_have, {"$add": ["$$NOW", LEASE_MS]}, "$expires"]},
            "holder": {"$cond": [to_have, self._holder, "$holder"]},
        }
        try:
            held = self._leases.find_one_and_update(
                {"_id": "relay"}, [{"$set": change}], upsert=True, return_document=True
            )
        except DuplicateKeyError:  # two made the first one at once
            return None
        return int(held["fence"]) if held["holder"] == self._holder else None

    def release(self) -> None:
        """Let the next one in at once; the fence number stays."""
        self._leases.update_one(
            {"_id": "relay", "holder": self._holder}, {"$set": {"holder": None, "expires": None}}
        )


class Positions:
    """How far each authority is published, as far as one holder of the lease may say so."""

    def __init__(self, client: "MongoClient[Document]", fence: int) -> None:
        self._positions = client[DATABASE]["positions"]
        self._fence = fence

    def load(self) -> dict[str, int]:
        """All of them; from now on no earlier holder can write one."""
        self._positions.update_many({}, {"$max": {"fence": self._fence}})
        return {found["_id"]: found["position"] for found in self._positions.find()}

    def store(self, reached: dict[str, int]) -> None:
        """Write them, never backwards; raises LeaseLost where a later holder was here."""
        writes = [
            UpdateOne(
                {"_id": authority, "fence": {"$lte": self._fence}},
                {"$max": {"position": position}, "$set": {"fence": self._fence}},
                upsert=True,
            )
            for authority, position in reached.items()
        ]
        try:
            self._positions.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if any(e["code"] == _DUPLICATE for e in (error.details or {})["writeErrors"]):
                raise LeaseLost from None
            raise
