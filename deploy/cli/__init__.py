"""The command line `donthu`: the local stack, the demo, and what agencies, staff and auditors do.

`frame` is what all commands share; every other module adds its commands to `main`.
"""

from deploy.cli import (
    access,
    agencies,
    auditors,
    bench,
    imports,
    nation,
    papers,
    proofs,
    rejections,
    reports,
    stack,
    staff,
    texts,
    vault,
)
from deploy.cli.frame import main

__all__ = [
    "access",
    "agencies",
    "auditors",
    "bench",
    "imports",
    "main",
    "nation",
    "papers",
    "proofs",
    "rejections",
    "reports",
    "stack",
    "staff",
    "texts",
    "vault",
]
