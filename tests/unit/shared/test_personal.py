"""Personal data shows itself to nobody who does not ask for it by name."""

import copy
import dataclasses
import json
import logging
import pickle

import bson
import msgspec
import orjson
import pytest
import structlog

from shared.personal import ERASED, Erased, NotPlain, Personal, canonical

NAME = "Nguyễn Thị Hạnh"
NUMBER = "001185012345"
PERSONAL = {"p1": {"name": NAME, "id_number": NUMBER}, "text": {"subject": "Đất đai"}}


@dataclasses.dataclass(frozen=True)
class Register:
    file: str
    personal: Personal


@pytest.fixture
def hanh():
    return Personal(PERSONAL)


def is_masked(text):
    return "•••" in text and not any(word in text for word in (NAME, NUMBER, "Đất đai", "Hạnh"))


def test_a_part_is_read_by_its_name(hanh):
    assert hanh["p1"] == {"name": NAME, "id_number": NUMBER}
    assert hanh.get("p2") is None
    assert list(hanh) == hanh.keys() == ["p1", "text"]
    assert dict(hanh) == dict(hanh.items()) == PERSONAL
    assert hanh.values() == list(PERSONAL.values())
    assert "text" in hanh
    assert len(hanh) == 2
    with pytest.raises(KeyError):
        hanh["p2"]


@pytest.mark.parametrize(
    "shown", [repr, str, "{}".format, "{!r:>60}".format, "%s".__mod__, lambda value: f"{value:x}"]
)
def test_every_way_of_showing_it_is_masked(hanh, shown):
    assert is_masked(shown(hanh))


def test_what_contains_it_shows_it_masked(hanh):
    command = Register(file="7f3k9q2mxw4t", personal=hanh)
    assert is_masked(repr(command))
    assert is_masked(str(dataclasses.asdict(command)))
    assert is_masked(repr([copy.copy(hanh), copy.deepcopy({"x": hanh})]))
    assert is_masked(repr(ValueError("cannot register", hanh)))


def test_a_log_line_shows_it_masked(hanh, caplog):
    logging.getLogger("intake").warning("got %s", hanh)
    assert is_masked(caplog.text)
    line = structlog.processors.JSONRenderer(ensure_ascii=False)(None, "", {"got": hanh})
    assert is_masked(str(line))
    assert is_masked(structlog.processors.KeyValueRenderer()(None, "", {"got": hanh}))


@pytest.mark.parametrize(
    "write",
    [
        pickle.dumps,
        json.dumps,
        orjson.dumps,
        msgspec.json.encode,
        msgspec.msgpack.encode,
        msgspec.to_builtins,
        lambda value: bson.encode({"personal": value}),
        lambda value: bson.encode(value),
    ],
)
def test_no_serialiser_takes_it(hanh, write):
    with pytest.raises((TypeError, bson.errors.InvalidDocument)) as refused:
        write(hanh)
    assert NAME not in str(refused.value)


def test_its_inside_is_not_found_by_looking_around(hanh):
    assert not hasattr(hanh, "__dict__")
    with pytest.raises(AttributeError):
        hanh.p1 = {}
    with pytest.raises(AttributeError):
        del hanh._parts


def test_it_does_not_change_with_what_it_was_made_of_or_what_it_gave():
    given = {"p1": {"name": NAME}}
    personal = Personal(given)
    given["p1"]["name"] = "another"
    personal["p1"]["name"] = "another"
    assert personal["p1"] == {"name": NAME}


def test_it_is_equal_by_value(hanh):
    assert hanh == Personal({"text": PERSONAL["text"], "p1": PERSONAL["p1"]})
    assert hash(hanh) == hash(Personal(PERSONAL))
    assert hanh != Personal({"p1": PERSONAL["p1"]})
    assert Personal({"p1": 1}) != Personal({"p1": True})
    assert hanh != PERSONAL


def test_nothing_is_empty_and_false():
    assert not Personal.nothing()
    assert Personal.nothing() == Personal({}) == Personal()
    assert repr(Personal()) == "Personal()"


@pytest.mark.parametrize(
    "value",
    [
        {"name": NAME.encode()},
        {"name": {NAME}},
        {1: NAME},
        [NAME, float("nan")],
        [NAME, float("-inf")],
        NAME + "\ud800",
    ],
)
def test_a_value_that_json_cannot_carry_is_refused_without_being_told(value):
    with pytest.raises(NotPlain) as refused:
        Personal({"p1": value})
    told = [refused.value, refused.value.__cause__, refused.value.__context__]
    assert "Hạnh" not in repr([(error, vars(error) if error else None) for error in told])
    assert told[1:] == [None, None]


def test_a_value_nested_beyond_reason_is_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotPlain):
        Personal({"p1": deep})


@pytest.mark.parametrize("part", ["", NAME, "p1/x", "p.1", "$p", "P1", "1p", "p" * 33, "p1\n"])
def test_the_name_of_a_part_says_nothing(part):
    with pytest.raises(NotPlain) as refused:
        Personal({part: "x"})
    assert NAME not in str(refused.value)


def test_one_value_has_one_canonical_form():
    assert canonical({"b": [1, None], "a": NAME}) == canonical({"a": NAME, "b": (1, None)})
    assert canonical({"b": [1.5, True], "a": "ạ"}) == '{"a":"ạ","b":[1.5,true]}'.encode()
    assert canonical(Personal({"p1": "x"})) == b'{"p1":"x"}'


def test_what_is_erased_reads_so_in_vietnamese():
    assert f"{ERASED}" == "[đã xóa]"
    assert pickle.loads(pickle.dumps(ERASED)) is copy.deepcopy(ERASED) is ERASED
    assert list(Erased) == [ERASED]
