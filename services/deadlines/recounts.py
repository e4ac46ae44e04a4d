"""By which national calendar and rule table the clocks of each ward were last counted.

`donthu_deadlines.recounts` has one document for a ward. Both tables come with a release; what the
ward itself changes of its calendar is an event and counts its clocks again at once.
"""

from collections.abc import Iterable
from typing import Any, Final

from pymongo import MongoClient

from shared.mongo_log import answering

DATABASE: Final = "donthu_deadlines"


class Recounts:
    """Nothing is lost with it: a ward that is not in it is counted once more."""

    def __init__(self, client: "MongoClient[dict[str, Any]]", tables: str) -> None:
        """`tables` names the versions of both that this process counts by."""
        self._marks, self._tables = client[DATABASE]["recounts"], tables

    def due(self, authorities: Iterable[str]) -> list[str]:
        """Those whose clocks other tables counted."""
        with answering():
            done = {mark["_id"] for mark in self._marks.find({"tables": self._tables})}
        return [authority for authority in authorities if authority not in done]

    def done(self, authority: str) -> None:
        """Every clock of the ward is as these tables count it."""
        with answering():
            self._marks.update_one(
                {"_id": authority}, {"$set": {"tables": self._tables}}, upsert=True
            )
