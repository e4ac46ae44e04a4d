"""What `make audit` checks: secrets in the repository, known holes in what it depends on.

Exit codes: 0 clean; 1 something was found; 2 not checked, which is never told as clean.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.processes import ROOT

CLEAN, FOUND, NOT_CHECKED = 0, 1, 2

#: What a key or a password looks like. What is none says so: `PASSWORD`, `{…}`.
SIGNS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "password in an address": re.compile(r"\b(?:amqps?|mongodb(?:\+srv)?|https?)://[^\s:/@{}]+:(?!PASSWORD)[^\s:/@${}]{6,}@"),
    "signed token": re.compile(r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"),
    "key of a cloud": re.compile(r"\b(?:AKIA[0-9A-Z]{16}|ghp_\w{36}|xox[bp]-[\w-]{20,})"),
    "long secret": re.compile(
        r"(?i)\b(?:password|passwd|secret|api_?key|token)\b[\"']?\s*[:=]\s*[\"'][A-Za-z0-9+/_-]{24,}[\"']"
    ),
}  # fmt: skip


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """Line and kind of whatever looks like a secret; never the secret itself."""
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, sign in SIGNS.items():
            if sign.search(line):
                yield number, kind


def scan_secrets() -> int:
    """All files that git knows or would take in."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        print("secrets: not checked: this is no git repository")
        return NOT_CHECKED
    found = 0
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file():  # deleted, or a link to a folder
            continue
        for line, kind in secrets_in(path.read_text("utf-8", errors="replace")):
            print(f"{name}:{line}: looks like a {kind}")
            found += 1
    return FOUND if found else CLEAN


def audit_dependencies() -> int:
    """Ask pip-audit, which asks the network, about the exact versions of the lock file."""
    tool = shutil.which("pip-audit", path=str(Path(sys.executable).parent))
    if tool is None:
        print("dependencies: not checked: run `.venv/bin/pip install pip-audit` first")
        return NOT_CHECKED
    asked = subprocess.run(
        [tool, "--requirement", ROOT / "requirements.lock", "--no-deps", "--disable-pip"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(asked.stdout, end="")
    if asked.returncode and not asked.stdout:
        print(f"dependencies: not checked: {asked.stderr.strip().splitlines()[-1:]}")
        return NOT_CHECKED
    return FOUND if asked.returncode else CLEAN


def main() -> None:
    match sys.argv[1:]:
        case ["secrets"]:
            sys.exit(scan_secrets())
        case ["dependencies"]:
            sys.exit(audit_dependencies())
        case _:
            sys.exit("python -m deploy.audit secrets | dependencies")


if __name__ == "__main__":
    main()
