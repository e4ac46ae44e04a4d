"""The command line `donthu`: the local stack, the demo, and what agencies, staff and auditors do.

`frame` is what all commands share; every other module adds its commands to `main`.
"""

from deploy.cli import agencies, auditors, imports, papers, reports, stack, staff
from deploy.cli.frame import main

__all__ = ["agencies", "auditors", "imports", "main", "papers", "reports", "stack", "staff"]
