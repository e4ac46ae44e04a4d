"""The rule table: what it holds, how a rule is chosen, and what is refused on loading."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.deadlines.facts import Facts, Unanswerable
from services.deadlines.rules import (
    COLUMNS,
    TABLE,
    ExtensionNotAllowed,
    NoRuleInForce,
    RuleTable,
    RuleTableError,
    UnknownKind,
    UnknownRule,
    UnknownStage,
)
from shared.working_days import Confidence

RULES = RuleTable.load()
TODAY = date(2026, 11, 23)

Rows = dict[str, dict[str, str]]


def chosen(kind: str, stage: str, trigger: date = TODAY, facts: Facts | None = None) -> str:
    return RULES.choose(kind, stage, trigger, facts).id


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[Rows], object]], Path]:
    """The table with a change made to it, as a file."""

    def write(change: Callable[[Rows], object]) -> Path:
        with TABLE.open(encoding="utf-8", newline="") as file:
            rows = {row["rule_id"]: row for row in csv.DictReader(file)}
        change(rows)
        path = tmp_path / "rules.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows.values())
        return path

    return write


def test_the_table_has_all_67_rules_each_with_a_source_and_a_vietnamese_name() -> None:
    assert len(RULES.rules) == 67
    assert all(rule.source and rule.citation and rule.name for rule in RULES.rules)


def test_the_stages_of_each_kind_are_listed() -> None:
    stages = RULES.stages()

    assert list(stages) == [
        *("khieu_nai", "khieu_nai_ky_luat", "to_cao", "tiep_cong_dan", "xu_ly_don", "phan_anh"),
        *("kien_nghi", "bao_cao", "tranh_chap_dat_dai", "nhiem_vu"),
    ]
    assert stages["kien_nghi"] == stages["phan_anh"] == ("forward", "answer")


@pytest.mark.parametrize(
    ("kind", "stage", "last_day", "older", "newer"),
    [
        ("khieu_nai", "accept", date(2026, 6, 30), "KN.ACCEPT.2011", "KN.ACCEPT.2026"),
        ("khieu_nai", "accept_2", date(2026, 6, 30), "KN.ACCEPT2.2011", "KN.ACCEPT2.2026"),
        ("khieu_nai_ky_luat", "accept", date(2026, 6, 30), "KL.ACCEPT.2011", "KL.ACCEPT.2026"),
        (
            *("tiep_cong_dan", "chair_reception", date(2026, 6, 30)),
            *("TCD.CHAIR.WEEK", "TCD.CHAIR.MONTH"),
        ),
    ],
)
def test_the_law_in_force_on_the_day_of_the_trigger_governs(
    kind: str, stage: str, last_day: date, older: str, newer: str
) -> None:
    assert chosen(kind, stage, last_day) == older
    assert chosen(kind, stage, date(2026, 7, 1)) == newer


@pytest.mark.parametrize(
    ("kind", "stage", "facts", "rule", "amount"),
    [
        ("khieu_nai", "settle_1", Facts(), "KN.SETTLE1", 30),
        ("khieu_nai", "settle_1", Facts(complex=True), "KN.SETTLE1.COMPLEX", 45),
        ("khieu_nai", "settle_1", Facts(remote=True), "KN.SETTLE1.REMOTE", 45),
        (
            *("khieu_nai", "settle_1", Facts(remote=True, complex=True)),
            *("KN.SETTLE1.REMOTE_COMPLEX", 60),
        ),
        ("khieu_nai", "settle_2", Facts(), "KN.SETTLE2", 45),
        ("khieu_nai", "settle_2", Facts(complex=True), "KN.SETTLE2", 60),
        ("khieu_nai", "settle_2", Facts(remote=True), "KN.SETTLE2.REMOTE", 60),
        ("khieu_nai", "settle_2", Facts(remote=True, complex=True), "KN.SETTLE2.REMOTE", 70),
        ("khieu_nai", "appeal_window", Facts(remote=True), "KN.APPEAL.REMOTE", 45),
        ("khieu_nai", "appeal_window", Facts(unsettled=True), "KN.APPEAL.UNSETTLED", 30),
        (
            *("khieu_nai", "appeal_window", Facts(unsettled=True, remote=True)),
            *("KN.APPEAL.UNSETTLED", 45),
        ),
        ("khieu_nai", "legal_effect_1", Facts(remote=True), "KN.EFFECT1.REMOTE", 45),
        ("khieu_nai", "legal_effect_2", Facts(remote=True), "KN.EFFECT2", 45),
        ("khieu_nai", "accept", Facts(complex=True, remote=True), "KN.ACCEPT.2026", 7),
        ("khieu_nai_ky_luat", "settle", Facts(complex=True), "KL.SETTLE", 45),
        ("to_cao", "initial_handling", Facts(several_places=True), "TC.INITIAL.EXT", 10),
        ("to_cao", "initial_handling", Facts(delegated_check=True), "TC.INITIAL.EXT", 10),
        ("to_cao", "settle", Facts(complex=True), "TC.SETTLE", 30),  # until a decision extends it
        ("to_cao", "settle", Facts(extensions=1), "TC.SETTLE.EXT1", 60),
        ("to_cao", "settle", Facts(extensions=2), "TC.SETTLE.EXT2", 90),
    ],
)
def test_the_facts_choose_among_the_rules_of_a_stage(
    kind: str, stage: str, facts: Facts, rule: str, amount: int
) -> None:
    found = RULES.choose(kind, stage, TODAY, facts)

    assert (found.id, found.amount_for(facts)) == (rule, amount)


@pytest.mark.parametrize(
    ("kind", "stage", "extensions", "told"),
    [
        ("to_cao", "settle", 3, "gia hạn tối đa 2 lần"),
        ("khieu_nai", "settle_1", 1, "vụ việc phức tạp thì nêu complex=true"),
    ],
)
def test_an_extension_that_the_law_does_not_know_is_refused(
    kind: str, stage: str, extensions: int, told: str
) -> None:
    with pytest.raises(ExtensionNotAllowed, match=told):
        chosen(kind, stage, facts=Facts(extensions=extensions))


@pytest.mark.parametrize(
    ("ask", "error", "code", "told"),
    [
        (lambda: chosen("don", "accept"), UnknownKind, "unknown_kind", "khieu_nai, khieu_nai_ky"),
        (
            lambda: chosen("to_cao", "accept"),
            *(UnknownStage, "unknown_stage", "initial_handling, forward_and_notify"),
        ),
        (
            lambda: chosen("khieu_nai", "dialogue_notice", date(2026, 6, 30)),
            *(NoRuleInForce, "no_rule_in_force", "KN.DIALOGUE.NOTICE từ 2026-07-01 đến nay"),
        ),
        (lambda: RULES.rule("KN.NO"), UnknownRule, "unknown_rule", "không có quy tắc"),
    ],
)
def test_a_question_without_an_answer_is_refused_with_what_exists(
    ask: Callable[[], object], error: type[Unanswerable], code: str, told: str
) -> None:
    with pytest.raises(error) as refused:
        ask()

    assert refused.value.code == code
    assert told in str(refused.value)


def test_only_the_wards_own_targets_are_internal_and_of_confidence_c() -> None:
    own = ["PA.SLA", "NV.TASK"]
    assert [rule.id for rule in RULES.rules if rule.is_internal] == own
    assert [rule.id for rule in RULES.rules if rule.confidence is Confidence.C] == own
    assert chosen("kien_nghi", "answer", date(2025, 7, 1)) == "PA.SLA"


def test_the_version_follows_the_content(changed: Callable[..., Path]) -> None:
    same = RuleTable.load(changed(lambda rows: rows))
    other = RuleTable.load(changed(lambda rows: rows["PA.SLA"].update(amount="10")))

    assert same.version == RULES.version
    assert other.version != RULES.version


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda rows: rows["KN.SEND1"].update(legal_source=""),
            "rules.csv:11: legal_source is empty",
        ),
        (lambda rows: rows["KN.SEND1"].update(citation=" "), "rules.csv:11: citation is empty"),
        (
            lambda rows: rows["KN.SEND1"].update(name="Gu\u031b\u0309i"),
            "rules.csv:11: name is not in Unicode form NFC",
        ),
        (
            lambda rows: rows["KN.ACCEPT.2026"].update(effective_from="2026-06-30"),
            "rules.csv:4: KN.ACCEPT.2026 overlaps KN.ACCEPT.2011 in time",
        ),
        (
            lambda rows: rows["KN.ACCEPT.2026"].update(effective_from="2026-07-02"),
            "rules.csv:4: nothing is in force between KN.ACCEPT.2011 and KN.ACCEPT.2026",
        ),
        (
            lambda rows: rows["KN.ACCEPT.2011"].update(effective_to=""),
            "rules.csv:4: KN.ACCEPT.2026 overlaps KN.ACCEPT.2011 in time",
        ),
        (
            lambda rows: rows.pop("KN.SETTLE1.REMOTE_COMPLEX"),
            "rules.csv:7: KN.SETTLE1.COMPLEX and KN.SETTLE1.REMOTE both govern the same facts",
        ),
        (
            lambda rows: rows.pop("KN.SETTLE1"),
            "rules.csv:5: from 2012-07-01 no rule governs the other facts",
        ),
        (
            lambda rows: rows["KN.SETTLE1.COMPLEX"].update(requires="hard"),
            "rules.csv:6: 'hard' is no fact",
        ),
        (
            lambda rows: rows["KN.SETTLE2"].update(amount_when="complex=61"),
            "rules.csv:21: the amount 61 is beyond max_total 60",
        ),
        (
            lambda rows: rows["KN.SEND1"].update(shift="next_wd"),
            "rules.csv:11: only a limit in calendar days can shift",
        ),
        (
            lambda rows: rows["KN.DIALOGUE.NOTICE"].update(shift="next_wd"),
            "rules.csv:10: a limit that counts back cannot shift to next_wd",
        ),
        (
            lambda rows: rows["KN.SEND1"].update(stopped_by="pause"),
            "rules.csv:11: only a forward limit in calendar days can be stopped",
        ),
        (
            lambda rows: rows["KN.ACCEPT.2011"].update(effective_to="2012-06-30"),
            "rules.csv:3: effective_to is before effective_from",
        ),
        (lambda rows: rows["KN.SEND1"].update(amount="-3"), "rules.csv:11: an amount cannot be"),
        (lambda rows: rows["KN.SEND1"].update(amount="three"), "rules.csv:11: "),
        (lambda rows: rows["KN.SEND1"].update(unit="weeks"), "rules.csv:11: 'weeks'"),
        (lambda rows: rows["KN.SEND1"].update(stage="Send 1"), "rules.csv:11: stage must be"),
        (lambda rows: rows["KN.SEND1"].update(rule_id="send"), "rules.csv:11: rule_id must look"),
        (
            lambda rows: rows["KN.SEND1"].update(rule_id="KN.DOCS"),
            "rules.csv:11: KN.DOCS is already on line 9",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(
    changed: Callable[..., Path], change: Callable[[Rows], object], problem: str
) -> None:
    with pytest.raises(RuleTableError) as refused:
        RuleTable.load(changed(change))

    assert str(refused.value).startswith(problem)


def test_a_table_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text("rule_id,kind\n", encoding="utf-8")
    with pytest.raises(RuleTableError, match=r"rules\.csv:1: the columns must be rule_id, kind"):
        RuleTable.load(path)

    path.write_text(",".join(COLUMNS) + "\nKN.ACCEPT.2026,khieu_nai\n", encoding="utf-8")
    with pytest.raises(RuleTableError, match=r"rules\.csv:2: a row must have"):
        RuleTable.load(path)
