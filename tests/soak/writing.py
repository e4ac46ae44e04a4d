"""A process that only appends: `python -m tests.soak.writing URI FIRST COUNT AUTHORITY…`.

Its commits are numbered from FIRST on and dealt to the authorities in turn.
"""

import sys
import threading

from shared.mongo_log import MongoLog, connect
from tests.support.proposals import proposal

CALLERS = 32


def main() -> None:
    uri, first, count, authorities = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    log, failed = MongoLog(connect(uri)), threading.Event()

    def run(caller: int) -> None:
        try:
            for number in range(first + caller, first + count, CALLERS):
                said = proposal(stream=f"case-{number}", commit_id=f"{number}")
                log.append(authorities[number % len(authorities)], said)
        except BaseException:
            failed.set()
            raise

    callers = [threading.Thread(target=run, args=(caller,)) for caller in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    sys.exit(failed.is_set())


if __name__ == "__main__":
    main()
