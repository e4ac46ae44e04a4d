"""How many of each program a stack runs, and what cannot be changed without more ado."""

import pytest

from deploy import cluster
from deploy.processes import StackError

THREE = {"nodes": 3, "instances": 2}


def wanted(state, nodes=None, instances=None, *, is_running=False, has_data=True):
    return cluster.wanted(state, nodes, instances, is_running=is_running, has_data=has_data)


def test_at_first_there_is_one_of_each() -> None:
    assert wanted({}, has_data=False) == {"nodes": 1, "instances": 1}


def test_what_nobody_asks_for_stays_as_it_was() -> None:
    assert wanted(THREE) == THREE
    assert wanted(THREE, instances=1) == {"nodes": 3, "instances": 1}
    assert wanted(THREE, nodes=3, instances=2, is_running=True) == THREE


@pytest.mark.parametrize(("state", "nodes"), [({}, 3), (THREE, 1)])
def test_data_of_another_number_of_nodes_is_not_touched(state, nodes) -> None:
    with pytest.raises(StackError, match=r"data here is of \d nodes? of each .* down --wipe"):
        wanted(state, nodes)
    assert wanted(state, nodes, has_data=False)["nodes"] == nodes


def test_what_runs_is_not_changed_while_it_runs() -> None:
    with pytest.raises(StackError, match="running with 1 nodes, 1 instances: run `donthu down`"):
        wanted({}, instances=2, is_running=True)


def test_the_first_is_called_as_if_it_were_alone() -> None:
    assert cluster.all_named("mongod", 3) == ["mongod", "mongod-2", "mongod-3"]
    assert cluster.ports(1) == ["mongod", "amqp", "distribution", "epmd"]
    ports = {name: number for number, name in enumerate(cluster.ports(3))}
    assert cluster.ports_of_node({"ports": ports}, 2) == {
        "amqp": ports["amqp-2"],
        "distribution": ports["distribution-2"],
        "epmd": ports["epmd"],
    }
