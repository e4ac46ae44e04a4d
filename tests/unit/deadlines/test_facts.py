"""Reading the facts that a limit depends on."""

from datetime import date

import pytest

from services.deadlines.facts import FACT_NAMES, Facts, MalformedFact, Span, UnknownFact


def test_facts_are_read_from_pairs_of_text() -> None:
    facts = Facts.parse(
        [
            ("complex", "true"),
            ("remote", "false"),
            ("extensions", "1"),
            ("pause", "2026-09-21..2026-10-12"),
            ("pause", "2026-10-20..2026-10-23"),
            ("obstacle", "2026-05-10..2026-05-21"),
        ]
    )

    assert facts == Facts(
        complex=True,
        extensions=1,
        pauses=(
            Span(since=date(2026, 9, 21), until=date(2026, 10, 12)),
            Span(since=date(2026, 10, 20), until=date(2026, 10, 23)),
        ),
        obstacles=(Span(since=date(2026, 5, 10), until=date(2026, 5, 21)),),
    )


def test_an_unknown_fact_is_refused_with_the_list_of_those_that_exist() -> None:
    with pytest.raises(UnknownFact) as refused:
        Facts.parse([("Nguyễn Văn A", "true")])

    assert refused.value.code == "unknown_fact"
    assert all(name in str(refused.value) for name in FACT_NAMES)
    assert "Nguyễn" not in str(refused.value), "what was sent could be a person's name"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("complex", "yes"),
        ("extensions", "-1"),
        ("extensions", "x"),
        ("extensions", "100"),
        ("extensions", "²"),
        ("pause", "2026-09-21"),
        ("pause", "2026-09-21..2026-13-01"),
        ("pause", "2026-09-21..20261012"),
        ("pause", "2026-10-12..2026-09-21"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(name: str, text: str) -> None:
    with pytest.raises(MalformedFact):
        Facts.parse([(name, text)])


def test_a_fact_stated_twice_is_refused() -> None:
    with pytest.raises(MalformedFact, match="complex được nêu hai lần"):
        Facts.parse([("complex", "true"), ("complex", "false")])


def test_a_negative_number_of_extensions_does_not_exist() -> None:
    with pytest.raises(MalformedFact):
        Facts(extensions=-1)
