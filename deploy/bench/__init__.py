"""Benchmarks: each measures our code beside a reference, in the same run, in alternating rounds.

`measuring` is what they share and is pure; `material` makes the events. Then one module for each
benchmark: `appending`, `relaying`, `replaying`, `calling`, `guarding`, `following`, `peers`.
docs/benchmarks.md tells what is compared and why. Nothing here is needed to run the system.
"""

from typing import Final

#: Name of each benchmark, and what it measures.
MEASURED: Final = {
    "append": "durable appends",
    "relay": "the way from the ledger to the broker, confirmed",
    "replay": "reading and folding the whole ledger",
    "rpc": "a command from its caller to the ledger and back",
    "access": "what proving the caller and sealing add to a command",
    "e2e": "the time from a petition's acceptance to its card",
    "peers": "other event stores beside ours",
}
