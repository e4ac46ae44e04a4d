"""The command line without a stack: what it computes itself, what it refuses, its exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pymongo.errors import OperationFailure, PyMongoError, ServerSelectionTimeoutError

from deploy.cli import frame, main
from deploy.client import reaching_database
from deploy.errors import Unreachable
from deploy.issuer import Issuer

NO_STACK = "run `donthu up`"


@pytest.fixture(autouse=True)
def nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MONGO_URI", "AMQP_URI", "DONTHU_KEYS", "DONTHU_CHECKPOINTS", "DONTHU_AGENCY_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DONTHU_RUN", str(tmp_path))


def donthu(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_deadline_gives_due_day_rule_and_explanation_as_json() -> None:
    done = donthu("deadline", "khieu_nai", "accept", "--from", "2026-10-02", "--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (answer["due"], answer["rule"]) == ("2026-10-13", "KN.ACCEPT.2026")
    assert answer["explanation"][-1]["kind"] == "due"
    assert "tính các ngày làm việc thứ 1-5" in done.stdout  # Vietnamese as it is, no escapes


def test_deadline_takes_facts() -> None:
    plain = donthu("deadline", "khieu_nai", "settle_1", "--from", "2026-08-20", "--json")
    longer = donthu(
        *("deadline", "khieu_nai", "settle_1", "--from", "2026-08-20", "--json"),
        *("--fact", "complex=true", "--fact", "remote=true"),
    )
    assert json.loads(plain.stdout)["rule"] == "KN.SETTLE1"
    assert json.loads(longer.stdout)["rule"] == "KN.SETTLE1.REMOTE_COMPLEX"


def test_deadline_as_of_a_day_knows_the_law_of_that_day_and_none_that_came_later() -> None:
    asked = ("deadline", "khieu_nai", "accept", "--json", "--from")
    told = {
        (trigger, as_of): json.loads(donthu(*asked, trigger, "--as-of", as_of).stdout)
        for trigger, as_of in (
            ("2026-07-20", "2026-06-30"),
            ("2026-07-20", "2026-07-01"),
            ("2026-06-25", "2026-11-23"),  # what began under the earlier law stays under it
        )
    }
    assert {asked: (answer["rule"], answer["due"]) for asked, answer in told.items()} == {
        ("2026-07-20", "2026-06-30"): ("KN.ACCEPT.2011", "2026-07-30"),
        ("2026-07-20", "2026-07-01"): ("KN.ACCEPT.2026", "2026-07-29"),
        ("2026-06-25", "2026-11-23"): ("KN.ACCEPT.2011", "2026-07-06"),
    }
    first = told["2026-07-20", "2026-06-30"]["explanation"]
    assert "Tính theo pháp luật có hiệu lực đến ngày 30/06/2026." in str(first)


def test_a_day_before_any_law_has_no_answer() -> None:
    done = donthu(
        "deadline", "khieu_nai", "accept", "--from", "2026-07-20", "--as-of", "2010-01-01"
    )
    assert done.exit_code == 2
    assert "KN.ACCEPT.2011 từ 2012-07-01" in done.stderr


def test_deadline_is_told_in_vietnamese_to_people() -> None:
    done = donthu("deadline", "khieu_nai", "accept", "--from", "2026-10-02")
    assert "13/10/2026" in done.stdout
    assert "Ngày 03/10/2026: Thứ Bảy, không phải ngày làm việc, không tính." in done.stdout


@pytest.mark.parametrize(
    ("kind", "stage", "facts", "listed"),
    [
        ("don_thu", "accept", (), "khieu_nai, "),
        ("khieu_nai", "acceptance", (), "limitation, accept, settle_1"),
        ("khieu_nai", "accept", ("--fact", "complicated=true"), "complex: "),
    ],
)
def test_an_unknown_kind_stage_or_fact_is_answered_with_what_there_is(
    kind: str, stage: str, facts: tuple[str, ...], listed: str
) -> None:
    done = donthu("deadline", kind, stage, "--from", "2026-10-02", *facts)
    assert (done.exit_code, done.stdout) == (2, "")
    assert listed in done.stderr


@pytest.mark.parametrize(
    ("fact", "told"),
    [("complex", "NAME=VALUE"), ("complex=maybe", "true hoặc false"), ("extensions=1", "gia hạn")],
)
def test_a_fact_that_cannot_be_used_is_wrong_usage(fact: str, told: str) -> None:
    done = donthu("deadline", "khieu_nai", "accept", "--from", "2026-10-02", "--fact", fact)
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.mark.parametrize("day", ["2026-02-30", "20261002", "tomorrow", "2026-W40-5"])
def test_a_day_that_does_not_exist_is_wrong_usage(day: str) -> None:
    done = donthu("deadline", "khieu_nai", "accept", "--from", day)
    assert done.exit_code == 2
    assert "write YYYY-MM-DD" in done.stderr


@pytest.mark.parametrize(
    ("moment", "told"),
    [("02/10/2026", "YYYY-MM-DD"), ("2026-10-02T09:30:00", "zone"), ("2026-10-02@9h", "zone")],
)
def test_a_moment_that_is_neither_day_nor_instant_is_wrong_usage(moment: str, told: str) -> None:
    done = donthu("compare", "7f3k9q2mxw4t", moment)
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-10-02", {"as_of": "2026-10-02"}),
        ("2026-10-02T09:30:00+07:00", {"known_at": "2026-10-02T09:30:00+07:00"}),
        (
            "2026-10-01@2026-10-02T09:30:00+07:00",
            {"as_of": "2026-10-01", "known_at": "2026-10-02T09:30:00+07:00"},
        ),
        ("@2026-10-02T09:30:00Z", {"known_at": "2026-10-02T09:30:00Z"}),
        ("", {}),
    ],
)
def test_a_moment_is_a_day_or_an_instant_or_both(moment: str, said: dict[str, str]) -> None:
    assert frame.Moment().convert(moment, None, None) == said


def test_an_instant_needs_its_time_zone() -> None:
    done = donthu("replay", "7f3k9q2mxw4t", "--known-at", "2026-10-02T09:30:00")
    assert done.exit_code == 2
    assert "2026-10-02T09:30:00+07:00" in done.stderr


def test_a_day_outside_the_calendar_is_answered_with_how_to_add_it() -> None:
    done = donthu("deadline", "khieu_nai", "accept", "--from", "2035-01-05", "--json")
    assert done.exit_code == 2
    assert "shared/calendar/vn.csv" in json.loads(done.stdout)["error"]["message"]


@pytest.mark.parametrize(
    "words",
    [
        ("history", "7f3k9q2mxw4t"),
        ("timeline", "7f3k9q2mxw4t"),
        ("replay", "7f3k9q2mxw4t", "--as-of", "2026-10-02"),
        ("compare", "7f3k9q2mxw4t", "2026-10-02"),
        ("compare", "7f3k9q2mxw4t", "2026-10-02", "2026-10-09@2026-10-09T09:30:00+07:00"),
        ("case", "7f3k9q2mxw4t"),
        ("cases", "--overdue"),
        ("cases", "--as-of", "2026-10-02"),
        ("overdue",),
        ("backlog",),
        ("backlog", "--min-days", "30", "--unplanned"),
        ("tasks", "--open"),
        ("receptions",),
        ("workload",),
        ("rejected",),
        ("verify",),
        ("rebuild",),
        ("parked",),
        ("parked", "--retry", "all"),
    ],
)
def test_without_a_stack_every_question_says_how_to_start_it_and_exits_with_3(
    words: tuple[str, ...],
) -> None:
    done = donthu(*words)
    assert (done.exit_code, done.stdout) == (3, "")
    assert NO_STACK in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (ServerSelectionTimeoutError("planted"), "does not answer: run `donthu up`"),
        (OperationFailure("planted"), "OperationFailure): see `donthu status`"),
    ],
)
def test_what_the_database_says_is_not_repeated_but_told_with_its_mend(
    error: PyMongoError, mend: str
) -> None:
    with pytest.raises(Unreachable) as told, reaching_database():
        raise error
    assert mend in str(told.value)
    assert "planted" not in str(told.value)


def test_with_json_a_failure_is_one_document_too() -> None:
    done = donthu("history", "7f3k9q2mxw4t", "--json")
    assert done.exit_code == 3
    assert NO_STACK in json.loads(done.stdout)["error"]["message"]


def test_status_lists_every_program_and_exits_with_3_where_nothing_runs() -> None:
    done = donthu("status", "--json")
    programs = json.loads(done.stdout)["programs"]
    assert done.exit_code == 3
    assert {each["state"] for each in programs} == {"stopped"}
    assert {"mongod", "rabbitmq", "relay", "intake"} <= {each["name"] for each in programs}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "is not JSON"),
        (b'{"id": "\xff"}', "is not JSON in UTF-8"),
        (b"[]", "holds no event"),
        (b'{"type": "PetitionReceived"}', "event 1 is no CloudEvent: it needs a id"),
        (b'[{"id": "1", "type": "PetitionReceived"}, 7]', "event 2 is no CloudEvent"),
        (b'{"id": 1, "type": "PetitionReceived"}', "needs a id"),
    ],
)
def test_a_file_without_cloudevents_is_wrong_usage(
    content: bytes, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "petition.json"
    path.write_bytes(content)
    done = donthu("publish", str(path))
    assert done.exit_code == 2
    assert told in done.stderr


def test_publishing_without_a_stack_exits_with_3(tmp_path: Path) -> None:
    path = tmp_path / "petition.json"
    path.write_text('{"id": "1", "type": "PetitionReceived"}', encoding="utf-8")
    done = donthu("publish", str(path))
    assert done.exit_code == 3
    assert NO_STACK in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("cases", "--kind", "khieu_kien"),
        ("cases", "--limit", "0"),
        ("demo", "--cases", "29"),
        ("publish", "no-such-file.json"),
        ("history",),
        ("no-such-command",),
    ],
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...]) -> None:
    done = donthu(*words)
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_token_is_one_line_however_long(tmp_path: Path) -> None:
    Issuer(tmp_path / "keys").make_keys()
    done = donthu("token")
    assert done.exit_code == 0
    assert len(done.stdout) > 200
    assert done.stdout.count("\n") == 1
