"""The documents say what the code does: variables, commands, links, codes, generated pages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.cli import main as donthu
from shared import contracts

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("**/*.md")),
    *sorted((ROOT / "services").glob("*/README.md")),
    ROOT / "shared" / "README.md",
    ROOT / "deploy" / "README.md",
]


def product_code():
    for folder in ("shared", "services", "deploy"):
        yield from (path.read_text("utf-8") for path in (ROOT / folder).glob("**/*.py"))


def test_every_variable_that_the_code_reads_is_told_in_env_example():
    told = (ROOT / "deploy" / "env.example").read_text("utf-8")
    read = {
        name
        for code in product_code()
        for name in re.findall(r"\b(?:DONTHU_[A-Z_]+|MONGO_URI|AMQP_URI)\b", code)
    }
    assert read - {name for name in read if name in told} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page):
    named = re.findall(r"`(?:\.venv/bin/)?donthu ([a-z]+)", page.read_text("utf-8"))
    assert set(named) - set(donthu.commands) == set()


def test_every_make_verb_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for verb in re.findall(r"\bmake ([a-z]+)", page.read_text("utf-8")):
            assert re.search(rf"^{verb}:", makefile, re.MULTILINE), f"make {verb} in {page.name}"


def test_every_refusal_code_in_the_code_is_documented():
    page = (ROOT / "docs" / "refusals.md").read_text("utf-8")
    used = {
        code for text in product_code() for code in re.findall(r"""Refused\(\s*"([a-z_]+)""", text)
    }
    proofs = {"ledger_contradicts_checkpoint", "checkpoint_busy", "nothing_signs"}
    # told where they are raised, in docs/rpc.md
    reporting = {"unknown_file", "unknown_table", *proofs}
    assert used - set(re.findall(r"`([a-z_]+)`", page)) - reporting == set()


def test_every_event_stands_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert [name for name in contracts.EVENT_CLASSES if name not in glossary] == []


def test_the_generated_pages_are_what_the_code_says():
    checked = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "deploy.docs", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_test_that_shows_a_claim_about_security_is_there():
    named = re.findall(
        r"`(tests/[a-z_/]+\.py)::(test_\w+)`", (ROOT / "SECURITY.md").read_text("utf-8")
    )
    assert len(named) > 20
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists()
        or not re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.M)
    ]
    assert missing == []
