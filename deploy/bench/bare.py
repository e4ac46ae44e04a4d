"""What the services are compared with: the least that nameko and pymongo need for the same trip.

A command is one durable insert. An event is published before the answer and folded by one durable
update. Nothing here checks, orders, chains, seals or survives anything.
"""

import itertools
from typing import Any

from nameko.events import EventDispatcher, event_handler
from nameko.extensions import DependencyProvider
from nameko.rpc import rpc

from shared.mongo_log import connect
from shared.settings import Settings

DATABASE = "donthu_bench_plain"


class Database(DependencyProvider):
    """Injects a database to which writes are as durable as the ledger's."""

    def setup(self) -> None:
        self.database = connect(Settings.from_environment().mongo_uri)[DATABASE]

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.database


class BareService:
    """Takes commands."""

    name = "bench_bare"

    database = Database()
    publish = EventDispatcher()
    numbers = itertools.count(1)

    @rpc
    def insert(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Store it and answer."""
        self.database["events"].insert_one({"data": payload})
        return {"position": next(self.numbers)}

    @rpc
    def insert_and_publish(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Store it, tell the listener and answer."""
        self.database["events"].insert_one({"data": payload})
        self.publish("inserted", payload)
        return {"position": next(self.numbers)}

    @rpc
    def health(self) -> dict[str, Any]:
        return {"service": self.name}


class BareView:
    """Keeps a table."""

    name = "bench_bare_view"

    database = Database()

    @event_handler("bench_bare", "inserted")
    def fold(self, payload: dict[str, Any]) -> None:
        self.database["view"].replace_one({"_id": payload["file"]}, payload, upsert=True)

    @rpc
    def health(self) -> dict[str, Any]:
        return {"service": self.name}
