"""What operators do with the keys of the vault."""

from deploy.cli.frame import Caller, asking, main


@main.group()
def vault() -> None:
    """The keys under which personal data is sealed."""


@vault.command()
@asking
def rotate(caller: Caller) -> None:
    """Wrap all keys anew under a new master.key, while the stack is down.

    The old one is gone from this folder afterwards; destroy its backups, and who was erased is
    unreadable in old backups of the database too. Broken off, it goes on when run again.
    """
    from pathlib import Path

    from deploy.client import reaching_database
    from deploy.stack import Stack
    from shared.mongo_log import connect
    from shared.vault import rotate_master_key

    stack = Stack()
    environment = stack.start_servers(caller.say)
    try:
        with reaching_database(), connect(environment["MONGO_URI"]) as client:
            count = rotate_master_key(client, Path(environment["DONTHU_KEYS"]))
    finally:
        stack.stop_servers()
    caller.show(
        {"keys": count},
        lambda: f"{count} keys wrapped anew: back up master.key, destroy the old one's copies",
    )
