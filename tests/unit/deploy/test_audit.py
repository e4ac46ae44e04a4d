"""The scan for secrets finds what a hurried commit would hold, and nothing in what is here."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy import audit

SECRETS = {
    "private key": "-----BEGIN EC " + "PRIVATE KEY-----",
    "password in an address": "amqp://intake:" + "Zk3hd81jd9@10.0.0.7/donthu",
    "signed token": ".".join(("eyJ" + "a" * 30, "eyJ" + "b" * 30, "c" * 30)),
    "key of a cloud": "AKIA" + "Q" * 16,
    "long secret": "password" + ' = "' + "k" * 30 + '"',
}


@pytest.mark.parametrize("kind", audit.SIGNS)
def test_every_kind_is_found_and_told_without_what_it_says(kind: str) -> None:
    assert (2, kind) in list(audit.secrets_in(f"first\nx {SECRETS[kind]} y"))


@pytest.mark.parametrize(
    "harmless",
    [
        "mongodb://intake:PASSWORD@127.0.0.1:27017/",
        "amqp://intake:${INTAKE}@rabbitmq:5672/donthu",
        'f"amqp://{login}@127.0.0.1"',
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_is_no_secret_is_not(harmless: str) -> None:
    assert list(audit.secrets_in(harmless)) == []


def test_a_file_with_a_key_fails_the_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    assert audit.scan_secrets() == audit.CLEAN
    (tmp_path / "left.pem").write_text(SECRETS["private key"])
    assert audit.scan_secrets() == audit.FOUND
    assert capsys.readouterr().out == "left.pem:1: looks like a private key\n"


def test_what_could_not_be_checked_is_not_told_as_clean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "shutil", SimpleNamespace(which=lambda *_, **__: None))
    assert audit.audit_dependencies() == audit.NOT_CHECKED
    assert "not checked" in capsys.readouterr().out
