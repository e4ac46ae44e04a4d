"""The export as docs/verify.md specifies it, checked by another verifier than ours.

It follows the page step by step with the standard library, and `cryptography` for the signature.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.clock import FixedClock
from shared.ledger import Event, Proposal
from shared.memory_log import MemoryLog
from shared.proof.publishing import Publisher
from shared.proof.verifier import verify

CONTENT = (Path(__file__).parent / "vectors" / "export.json").read_bytes()
EXPORT = json.loads(CONTENT)
PAGE = (Path(__file__).parents[2] / "docs" / "verify.md").read_text("utf-8")
AT = datetime(2026, 11, 23, 5, 12, 3, 123000, UTC)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def test_a_stranger_who_follows_the_page_finds_the_export_right():
    name, id, encoded = EXPORT["key"].split("+", 2)
    kind, public = base64.b64decode(encoded)[:1], base64.b64decode(encoded)[1:]
    assert (kind, len(public)) == (b"\x01", 32)
    assert sha256(name.encode(), b"\n", kind, public)[:4].hex() == id

    text, _, signatures = EXPORT["checkpoint"].rpartition("\n\n")
    text += "\n"
    dash, signer, encoded = signatures.split("\n")[0].split(" ")
    signature = base64.b64decode(encoded)
    assert (dash, signer, signature[:4].hex()) == ("—", name, id)
    Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())

    origin, size, root = text.split("\n")[:3]
    assert origin == name == f"donthu.example/{EXPORT['authority']}"
    for entry in EXPORT["commits"]:
        content = json.dumps(
            entry["commit"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        hash = sha256(bytes.fromhex(entry["previous"]), content)
        found = sha256(b"\x00", hash)
        here, last = entry["commit"]["position"] - 1, int(size) - 1
        for step in map(bytes.fromhex, entry["proof"]):
            if here % 2 or here == last:
                found = sha256(b"\x01", step, found)
                while here and not here % 2:
                    here, last = here // 2, last // 2
            else:
                found = sha256(b"\x01", found, step)
            here, last = here // 2, last // 2
        assert (last, base64.b64encode(found).decode()) == (0, root)


def test_our_verifier_finds_it_right_too():
    report = verify(CONTENT, None)
    assert [said["position"] for said in report.commits] == [1, 2, 4, 5]
    assert report.file == "7f3k9q2mxw4t"


def test_the_page_shows_these_very_bytes():
    assert EXPORT["checkpoint"] in PAGE
    assert EXPORT["key"] in PAGE
    assert verify(CONTENT, None).key.fingerprint in PAGE
    assert EXPORT["commits"][0]["proof"][0] in PAGE


def made(folder):
    """The example, made again: five commits, one of them of another file."""
    log = MemoryLog()

    def tell(number, stream, after, type, data, sealed=None):
        event = Event(id=f"c-{number}-1", type=type, schema=1, data=data, sealed=sealed or {})
        log.append(
            "09253",
            Proposal(
                stream=stream,
                after=after,
                commit_id=f"c-{number}",
                digest="d" * 64,
                actor="officer:vera",
                correlation=f"r-{number}",
                caused_by=None,
                recorded_at=AT,
                events=(event,),
            ),
        )

    file, other = "7f3k9q2mxw4t", "3d5k9q2mxw4t"
    received = {"received_on": "2026-11-20", "channel": "buu_chinh", "people": 1}
    classified = {"classified_on": "2026-11-23", "kind": "khieu_nai", "note": "đủ điều kiện"}
    limit = {
        **{"triggered_on": "2026-11-20", "clock": "accept", "kind": "khieu_nai"},
        **{"rule": "KN.ACCEPT.2026", "due_on": "2026-12-01", "law": "0f0f0f0f0f0f"},
        **{"calendar": "1e1e1e1e1e1e"},
    }
    box = bytes([2, *range(40)])
    tell(1, f"petition-{file}", 0, "PetitionReceived", received, {"p1": box})
    tell(2, f"clock-{file}", 0, "DeadlineSet", limit)
    tell(3, f"petition-{other}", 0, "PetitionReceived", received)
    tell(4, f"petition-{file}", 1, "PetitionClassified", classified)
    tell(5, f"case-{file}", 0, "CaseOpened", {"opened_on": "2026-11-23", "kind": "khieu_nai"})
    signer = Publisher(log, folder, bytes(range(32)), FixedClock(AT), "donthu.example")
    streams = [f"{category}-{file}" for category in ("petition", "case", "clock")]
    return signer.export("09253", file, streams)


def test_today_s_code_makes_the_recorded_export(tmp_path):
    assert made(tmp_path) == EXPORT
