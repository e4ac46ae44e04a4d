"""How the instances of one service divide the wards among themselves.

Each tells the database every few seconds that it lives. A ward is of that living instance whose
hash together with the ward's code is the highest (rendezvous hashing): each finds that out alone,
all find the same, and when one comes or goes only its own share moves. For some seconds after that
two may take a ward for theirs, or none does. So what is divided in this way must bear being done
twice, and whoever hears of a change looks at everything once.
"""

from hashlib import blake2b
from typing import Any

from pymongo import MongoClient

Document = dict[str, Any]

BEAT_S = 2.0  # between two signs of life
LOST_MS = 10_000  # an instance that gave none for so long is dead
_FORGOTTEN_MS = 3_600_000


class Crew:
    """One instance of a service among its like."""

    def __init__(self, client: "MongoClient[Document]", database: str, name: str) -> None:
        """`name` stays the same when the instance is started again, and so takes its wards up."""
        self._signs, self.name = client[database]["crew"], name
        self._living = (self.name,)
        self._is_changed = False

    def beat(self) -> None:
        """Give a sign of life and look who else does, by the database's clock."""
        self._signs.update_one({"_id": self.name}, [{"$set": {"seen": "$$NOW"}}], upsert=True)
        age = {"$subtract": ["$$NOW", "$seen"]}
        found = self._signs.find({"$expr": {"$lt": [age, LOST_MS]}}, {"_id": 1})
        living = tuple(sorted({self.name, *(sign["_id"] for sign in found)}))
        if living != self._living:
            self._living, self._is_changed = living, True
            self._signs.delete_many({"$expr": {"$gt": [age, _FORGOTTEN_MS]}})

    def leave(self) -> None:
        """Let the others have our wards at once."""
        self._signs.delete_one({"_id": self.name})

    def has(self, authority: str) -> bool:
        """Is this ward ours?"""
        return max(self._living, key=lambda name: _rank(name, authority)) == self.name

    def take_change(self) -> bool:
        """Whether somebody came or went since this was last asked."""
        changed, self._is_changed = self._is_changed, False
        return changed

    def __len__(self) -> int:
        return len(self._living)


def _rank(name: str, authority: str) -> bytes:
    return blake2b(f"{name}/{authority}".encode(), digest_size=8).digest()
