"""`python -m deploy.cli`, the same as `donthu`."""

from deploy.cli import main

main()
