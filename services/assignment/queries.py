"""What is asked of the table of loads."""

from pymongo.collection import Collection

from shared.projection import Row


def open_loads(rows: "Collection[Row]", authority: str, without: str) -> dict[str, int]:
    """Officer -> number of open cases, the file `without` left out; none where one is missing.

    Leaving the file itself out gives the same suggestion before and after it was assigned.
    """
    wanted = {
        "authority": authority,
        "open": True,
        "officer": {"$ne": None},
        "file": {"$ne": without},
    }
    counted = {"_id": "$officer", "open": {"$sum": 1}}
    found = rows.aggregate([{"$match": wanted}, {"$group": counted}])
    return {group["_id"]: group["open"] for group in found}
