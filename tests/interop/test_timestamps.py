"""Time stamps of checkpoints by OpenSSL as a time-stamping authority, over HTTP."""

import subprocess
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.cli.frame import Caller
from deploy.cli.proofs import _stamp, _stamps
from shared.proof.timestamps import FalseStamp, ask, check
from tests.unit.proof import given

NOTE = "donthu.example/09253\n5\n…\n".encode()
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
EXTENSIONS = "basicConstraints=CA:FALSE\nextendedKeyUsage=critical,timeStamping\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A certification authority, and the authority that stamps under it."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "extensions").write_text(EXTENSIONS)
    (folder / "serial").write_text("01")
    new = ("req", "-newkey", "rsa:2048", "-nodes", "-subj")
    sign = ("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30")
    for words in (
        (*new, "/CN=Root", "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30"),
        (*new, "/CN=TSA", "-keyout", "tsa.key", "-out", "tsa.csr"),
        (*new, "/CN=Other", "-x509", "-keyout", "other.key", "-out", "other.pem", "-days", "30"),
        (*sign, "-set_serial", "2", "-extfile", "extensions", "-out", "tsa.pem"),
    ):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def url(folder):
    answers = {}

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self):
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/again" and "first" in answers:
                response = answers["first"]
            elif self.path == "/nonsense":
                response = b"no"
            else:
                (folder / "query").write_bytes(query)
                subprocess.run(
                    [
                        *("openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query"),
                        *("-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "response"),
                    ],
                    cwd=folder,
                    check=True,
                    capture_output=True,
                )
                response = (folder / "response").read_bytes()
                answers.setdefault("first", response)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(response)

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def stamp(url):
    return ask(url, NOTE)


def test_a_stamp_says_when_a_note_existed(stamp, folder):
    at = datetime.fromisoformat(check(NOTE, stamp, (folder / "ca.pem").read_bytes()))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60


def test_openssl_alone_finds_it_right_too(stamp, folder):
    (folder / "note").write_bytes(NOTE)
    (folder / "note.tsr").write_bytes(stamp)
    words = ("-data", "note", "-in", "note.tsr", "-CAfile", "ca.pem")
    done = subprocess.run(
        ["openssl", "ts", "-verify", *words], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0


def test_a_stamp_of_another_note_or_under_another_root_is_false(stamp, folder):
    roots = (folder / "ca.pem").read_bytes()
    with pytest.raises(FalseStamp, match="false"):
        check(NOTE + b"x", stamp, roots)
    with pytest.raises(FalseStamp, match="false"):
        check(NOTE, stamp, (folder / "other.pem").read_bytes())
    with pytest.raises(FalseStamp, match="false"):
        check(NOTE, stamp, b"no certificate")
    with pytest.raises(FalseStamp, match="gave no time stamp"):
        check(NOTE, b"no", roots)


def test_a_stamp_is_kept_beside_its_checkpoint_and_checked_with_the_ledger(
    url, folder, tmp_path, monkeypatch
):
    ward = given.ward(tmp_path)
    ward.tell()
    monkeypatch.setenv("DONTHU_CHECKPOINTS", str(tmp_path))
    for name in ("MONGO_URI", "AMQP_URI"):
        monkeypatch.setenv(name, "somewhere")
    caller = Caller(authority=given.WARD, actor="officer:vera", roles=("auditor",), as_json=False)
    kept = Path(_stamp(ward.sign(), url, caller))
    size = ward.log.head(given.WARD)
    assert kept == tmp_path / given.WARD / "timestamps" / f"{size:010}"
    roots, own = (folder / "ca.pem").read_bytes(), tmp_path / given.WARD
    assert _stamps(own, roots, None) == {"stamps": 1, "fault": None}
    note = own / "checkpoints" / f"{size:010}"
    note.write_text(note.read_text("utf-8").replace("time 2026", "time 2025"), "utf-8")
    assert f"checkpoint over {size} of authority 09253" in _stamps(own, roots, None)["fault"]


def test_what_an_authority_answers_is_believed_only_if_it_answers_the_question(stamp, url):
    with pytest.raises(FalseStamp, match="another request"):
        ask(f"{url}/again", NOTE)
    with pytest.raises(FalseStamp, match="gave no time stamp"):
        ask(f"{url}/nonsense", NOTE)
    with pytest.raises(FalseStamp, match="does not answer"):
        ask("http://127.0.0.1:9", NOTE)
    with pytest.raises(FalseStamp, match="http or https"):
        ask("file:///etc/hosts", NOTE)
