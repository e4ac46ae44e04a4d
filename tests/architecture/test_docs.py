"""The documents say what the code does: variables, commands, links, codes, generated pages."""

import re
import subprocess
import sys
from pathlib import Path

import click
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


def commands(page):
    """What a page lets `donthu` do, in text and examples, each as its words; `a | b` are two."""
    fenced = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    text = page.read_text("utf-8")
    examples = [line.split("#")[0] for each in fenced.findall(text) for line in each.splitlines()]
    for code in [*examples, *re.findall(r"`([^`]+)`", fenced.sub("", text))]:
        if told := re.match(r"(?:\.venv/bin/)?donthu\s+(\w.*)", code.strip(), re.DOTALL):
            first, *others = (each.split() for each in re.split(r"\s\|\s", told[1]))
            group = first[:1] if isinstance(donthu.commands.get(first[0]), click.Group) else []
            yield from (first, *(group + other for other in others))


def asked(said):
    """The command that is meant; None: there is none."""
    command = donthu.commands.get(said[0])
    if isinstance(command, click.Group) and re.fullmatch(r"[a-z][a-z-]*", "".join(said[1:2])):
        return command.commands.get(said[1])
    return command


def options(command):
    """Of a command, and of those within it."""
    own = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    return own.union({"--help"}, *map(options, getattr(command, "commands", {}).values()))


def test_every_variable_that_the_code_reads_is_told_in_env_example():
    told = (ROOT / "deploy" / "env.example").read_text("utf-8")
    variable = re.compile(r"\b(?:DONTHU_[A-Z_]+|MONGO_URI|AMQP_URI)\b")
    read = {name for code in product_code() for name in variable.findall(code)}
    assert read - set(variable.findall(told)) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page):
    unknown = [" ".join(said) for said in commands(page) if asked(said) is None]
    assert unknown == []


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.name != "CHANGELOG.md"],  # which tells of what is gone, too
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_every_option_that_a_page_gives_to_a_command_exists(page):
    unknown = [
        " ".join(said)
        for said in commands(page)
        for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", " ".join(said))
        if (command := asked(said)) and option not in options(command)
    ]
    assert unknown == []


def test_the_rules_on_commands_see_what_is_wrong(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "`donthu up | dwon`, `donthu up\n--nodes 3`, `donthu vault spin`\n"
        "```\n.venv/bin/donthu up --tsl --help # --no-option\n```\n",
        "utf-8",
    )
    said = list(commands(page))
    assert [" ".join(each) for each in said if asked(each) is None] == ["dwon", "vault spin"]
    assert options(donthu.commands["up"]) >= {"--nodes", "--tls", "--no-tls", "--help"}
    assert "--tsl" not in options(donthu.commands["up"])
    assert ["up", "--nodes", "3"] in said
    assert ["up", "--tsl", "--help"] in said


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


def test_everything_in_the_kernel_is_told_in_its_readme():
    told = set(re.findall(r"`([a-z_./]+)`", (ROOT / "shared" / "README.md").read_text("utf-8")))
    files = {path.name for path in (ROOT / "shared").glob("*.py") if path.name != "__init__.py"}
    folders = {f"{path.parent.name}/" for path in (ROOT / "shared").glob("*/*.py")}
    assert (files | folders) - told == set()


@pytest.mark.parametrize("service", ["intake", "assignment", "deadlines", "reporting"])
def test_every_file_of_a_service_is_told_in_its_readme(service):
    told = names_told(service)
    files = [
        file.relative_to(ROOT / "services" / service)
        for file in (ROOT / "services" / service).glob("**/*.*")
        if file.suffix in (".py", ".csv", ".toml")
        and file.name not in ("__init__.py", "pyproject.toml")
    ]
    assert files
    assert [str(file) for file in files if not any(file.match(name) for name in told)] == []


@pytest.mark.parametrize("service", ["assignment", "reporting"])
def test_every_method_is_told_where_a_readme_lists_them(service):
    code = (ROOT / "services" / service / "service.py").read_text("utf-8")
    methods = set(re.findall(r"@command\n    def (\w+)", code))
    assert methods
    assert methods - names_told(service) == set()


def names_told(service):
    page = (ROOT / "services" / service / "README.md").read_text("utf-8")
    return set(re.findall(r"`([\w*./]+)`", page))


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
