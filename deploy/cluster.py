"""How many of each program a stack runs, and what the second and third are called.

One node of each server, or three that stand in for each other: MongoDB goes on while two of three
live, and so does RabbitMQ with its quorum queues. Of relay and services any number may run; they
divide the work among themselves.
"""

from collections.abc import Mapping
from typing import Any

from deploy.processes import StackError

NODES = (1, 3)  # two would stand still as soon as one of them does
MOST_INSTANCES = 8


def named(name: str, number: int) -> str:
    """`mongod`, `mongod-2`, `mongod-3`: the first is called as if it were alone."""
    return name if number == 1 else f"{name}-{number}"


def all_named(name: str, count: int) -> list[str]:
    return [named(name, number) for number in range(1, count + 1)]


def nodes(state: Mapping[str, Any]) -> int:
    """Nodes of each server, by what `stack.json` holds."""
    return int(state.get("nodes", 1))


def instances(state: Mapping[str, Any]) -> int:
    """Processes of the relay and of each service."""
    return int(state.get("instances", 1))


def ports(count: int) -> list[str]:
    """The names of the ports that so many nodes need; epmd serves all of them."""
    of_each = (
        port for name in ("mongod", "amqp", "distribution") for port in all_named(name, count)
    )
    return [*of_each, "epmd"]


def ports_of_node(state: Mapping[str, Any], number: int) -> dict[str, int]:
    """The ports of one RabbitMQ node, called as if it were alone."""
    known = state["ports"]
    return {name: known[named(name, number)] for name in ("amqp", "distribution")} | {
        "epmd": known["epmd"]
    }


def wanted(
    state: Mapping[str, Any],
    asked_nodes: int | None,
    asked_instances: int | None,
    *,
    is_running: bool,
    has_data: bool,
) -> dict[str, int]:
    """What `stack.json` has to say of both numbers; what nobody asks for stays as it is.

    Raises: StackError: it cannot be had without stopping or wiping first.
    """
    have = {"nodes": nodes(state), "instances": instances(state)}
    want = {
        "nodes": asked_nodes or have["nodes"],
        "instances": asked_instances or have["instances"],
    }
    if want["nodes"] != have["nodes"] and has_data:
        raise StackError(
            f"the data here is of {have['nodes']} node{'s' * (have['nodes'] > 1)} of each server:"
            " leave --nodes out, or run `donthu down --wipe` first, which deletes it"
        )
    if want != have and is_running:
        told = ", ".join(f"{value} {name}" for name, value in have.items())
        raise StackError(f"running with {told}: run `donthu down` first")
    return want
