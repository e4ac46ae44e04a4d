"""The rule table of legal limits: what a rule says, checking it, choosing by the law in force.

The rules are data, `rules.csv`, each with its legal source. Which of them governs follows from the
kind of matter, the stage, the law in force on the day that the limit counts from, and the facts.
Counting days is not here: see terms.py.
"""

import csv
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise, product
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final, Self

from services.deadlines.facts import YES_NO_FACTS, Facts, Unanswerable
from shared.working_days import Confidence

TABLE: Final = Path(__file__).with_name("rules.csv")

COLUMNS: Final = (
    *("rule_id", "kind", "stage", "trigger", "amount", "unit", "dir", "shift", "condition"),
    *("extension", "max_total", "settler", "legal_source", "effective_from", "effective_to"),
    *("conf", "requires", "amount_when", "stopped_by", "also_kind", "name", "trigger_name"),
    "citation",
)
#: The legal source of a rule that is the ward's own configuration and no law.
INTERNAL_SOURCE: Final = "config"

_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]*")
_RULE_ID: Final = re.compile(r"[A-Z]+(\.[A-Z0-9_]+)+")
_EXTENSIONS: Final = re.compile(r"extensions=([1-9])")
_ONE_DAY: Final = timedelta(days=1)


class Unit(StrEnum):
    CALENDAR_DAYS = "cal"  # ngày
    WORKING_DAYS = "wd"  # ngày làm việc
    PER_PERIOD = "day"  # so many days in each period: a quota, and no limit


class Direction(StrEnum):
    FORWARD = "fwd"  # within so many days after the trigger
    BACK = "back"  # at least so many days before it


class Shift(StrEnum):
    """Where a limit goes that ends on a day off (Bộ luật Dân sự Đ.148.5)."""

    NONE = "none"
    NEXT = "next_wd"
    PREVIOUS = "prev_wd"


class Stopper(StrEnum):
    """What stops a limit while it lasts."""

    PAUSE = "pause"  # tạm đình chỉ
    EXPERTISE = "expertise"  # giám định
    OBSTACLE = "obstacle"  # trở ngại khách quan


class RuleTableError(ValueError):
    """The rule table cannot be used; the message gives file and line."""


class UnknownKind(Unanswerable):
    """No rule is about such a kind of matter; the text lists the kinds."""

    code: ClassVar[str] = "unknown_kind"


class UnknownStage(Unanswerable):
    """The kind of matter has no such stage; the text lists its stages."""

    code: ClassVar[str] = "unknown_stage"


class UnknownRule(Unanswerable):
    """No rule has this id."""

    code: ClassVar[str] = "unknown_rule"


class NoRuleInForce(Unanswerable):
    """The stage exists, but no law fixed it on that day; the text says from when to when."""

    code: ClassVar[str] = "no_rule_in_force"


class ExtensionNotAllowed(Unanswerable):
    """More extensions were stated than the law allows at this stage."""

    code: ClassVar[str] = "extension_not_allowed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One legal limit in force for a time, as the table has it."""

    id: str
    kind: str
    also_kind: str | None  # a second kind of matter that answers by the same rule
    stage: str
    trigger: str  # what happens on the day that the limit counts from
    amount: int  # in `unit`
    amount_when: tuple[str, int] | None  # another amount where this fact holds
    unit: Unit
    direction: Direction
    shift: Shift
    requires: tuple[frozenset[str], ...]  # of each group, one fact at least must hold
    stopped_by: tuple[tuple[Stopper, date], ...]  # and the first day each could begin
    max_total: int | None  # in `unit`; time stopped comes on top
    condition: str  # note in English, may be empty
    extension: str  # note in English, may be empty
    settler: str
    source: str  # short form, such as "LKN D27"
    citation: str  # the same in full, Vietnamese
    effective_from: date
    effective_to: date | None  # last day in force; None: still in force
    confidence: Confidence
    name: str  # Vietnamese
    trigger_name: str  # Vietnamese, such as "ngày nhận được khiếu nại"

    @property
    def is_internal(self) -> bool:
        """Whether this is the ward's own target (SLA nội bộ) and no legal limit."""
        return self.source == INTERNAL_SOURCE

    @property
    def is_legal_effect(self) -> bool:
        """Whether the limit tells when a decision takes legal effect (có hiệu lực pháp luật)."""
        return self.stage.startswith("legal_effect")

    @property
    def is_by_extension(self) -> bool:
        """Whether the rule governs only after a decision to extend (quyết định gia hạn)."""
        return _extensions_of(self) > 0

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,) if self.also_kind is None else (self.kind, self.also_kind)

    def stopped_since(self, stopper: Stopper) -> date | None:
        """The first day on which this could begin to stop the limit; None: it never does."""
        return dict(self.stopped_by).get(stopper)

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day <= (self.effective_to or date.max)

    def applies(self, facts: Facts) -> bool:
        """Whether all that the rule requires holds."""
        return all(any(facts.holds(claim) for claim in group) for group in self.requires)

    def amount_for(self, facts: Facts) -> int:
        """The limit, in `unit`, for these facts."""
        if self.amount_when is not None and facts.holds(self.amount_when[0]):
            return self.amount_when[1]
        return self.amount

    def closeness(self, facts: Facts) -> int:
        """How many facts the rule takes account of: among rules that apply, the closest governs."""
        return len(self.requires) + (
            self.amount_when is not None and facts.holds(self.amount_when[0])
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleTable:
    """All rules, checked. `version` is a digest of the table: events name the law they used."""

    rules: tuple[Rule, ...]
    version: str
    _by_stage: Mapping[tuple[str, str], tuple[Rule, ...]] = field(repr=False, compare=False)

    @classmethod
    def load(cls, path: Path = TABLE) -> Self:
        """Read and check a table; by default the one of this service.

        Raises:
            RuleTableError: with file and line: a row is malformed or names no source, two rules
                govern the same day and facts, or there is a hole between two generations of a rule.
        """
        lines: dict[str, int] = {}
        rules: list[Rule] = []
        rows: list[list[str]] = []
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise RuleTableError(f"{path.name}:1: the columns must be {', '.join(COLUMNS)}")
            for row in reader:
                at = f"{path.name}:{reader.line_num}"
                if None in row or None in row.values():
                    raise RuleTableError(f"{at}: a row must have {len(COLUMNS)} columns")
                try:
                    rule = _read_rule(row)
                except ValueError as error:
                    raise RuleTableError(f"{at}: {error}") from error
                if rule.id in lines:
                    raise RuleTableError(f"{at}: {rule.id} is already on line {lines[rule.id]}")
                lines[rule.id] = reader.line_num
                rules.append(rule)
                rows.append([row[column] for column in COLUMNS])
        by_stage: dict[tuple[str, str], tuple[Rule, ...]] = {}
        for rule in rules:
            for kind in rule.kinds:
                by_stage[kind, rule.stage] = (*by_stage.get((kind, rule.stage), ()), rule)
        for together in by_stage.values():
            for problem, rule in _clashes(together):
                raise RuleTableError(f"{path.name}:{lines[rule.id]}: {problem}")
        content = json.dumps(rows, ensure_ascii=False).encode()
        return cls(
            rules=tuple(rules),
            version=hashlib.sha256(content).hexdigest()[:12],
            _by_stage=MappingProxyType(by_stage),
        )

    def stages(self) -> dict[str, tuple[str, ...]]:
        """The stages of each kind of matter, in the order of the table."""
        found: dict[str, tuple[str, ...]] = {}
        for kind, stage in self._by_stage:
            found[kind] = (*found.get(kind, ()), stage)
        return found

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id. Raises UnknownRule."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UnknownRule("không có quy tắc mang mã này")

    def choose(self, kind: str, stage: str, trigger: date, facts: Facts | None = None) -> Rule:
        """The rule that governs a stage whose limit counts from the day `trigger`.

        The law in force on that day governs, also where another is in force later.

        Raises:
            UnknownKind, UnknownStage: with the list of what exists.
            NoRuleInForce: no law fixed the stage on that day.
            ExtensionNotAllowed: the facts state more extensions than the law allows.
        """
        stated = facts or Facts()
        generations = self._generations(kind, stage)
        in_force = [rule for rule in generations if rule.is_in_force(trigger)]
        applicable = [rule for rule in in_force if rule.applies(stated)]
        if not applicable:
            known = ", ".join(
                f"{rule.id} từ {rule.effective_from} đến {rule.effective_to or 'nay'}"
                for rule in generations
            )
            raise NoRuleInForce(
                f"không có quy tắc nào cho {kind} {stage} có hiệu lực ngày {trigger}; có: {known}"
            )
        rule = max(applicable, key=lambda rule: rule.closeness(stated))
        if stated.extensions and {f"extensions={stated.extensions}"} not in rule.requires:
            allowed = max((_extensions_of(rule) for rule in in_force), default=0)
            if allowed:
                raise ExtensionNotAllowed(f"{kind} {stage} được gia hạn tối đa {allowed} lần")
            raise ExtensionNotAllowed(
                f"{kind} {stage} không gia hạn theo lần; vụ việc phức tạp thì nêu complex=true"
            )
        return rule

    def _generations(self, kind: str, stage: str) -> tuple[Rule, ...]:
        found = self._by_stage.get((kind, stage))
        if found is not None:
            return found
        stages = self.stages()
        if kind not in stages:
            raise UnknownKind(f"không có loại việc này; các loại: {', '.join(stages)}")
        raise UnknownStage(f"{kind} không có bước này; các bước: {', '.join(stages[kind])}")


def _read_rule(row: Mapping[str, str]) -> Rule:
    for column in ("legal_source", "citation", "name", "trigger_name", "settler"):
        if not row[column].strip():
            raise RuleTableError(f"{column} is empty")
    for column, cell in row.items():
        if not unicodedata.is_normalized("NFC", cell):
            raise RuleTableError(f"{column} is not in Unicode form NFC")
    for column in ("kind", "stage", "trigger"):
        if not _IDENTIFIER.fullmatch(row[column]):
            raise RuleTableError(f"{column} must be lower_snake_case")
    if not _RULE_ID.fullmatch(row["rule_id"]):
        raise RuleTableError("rule_id must look like KN.ACCEPT.2026")
    rule = Rule(
        id=row["rule_id"],
        kind=row["kind"],
        also_kind=row["also_kind"] or None,
        stage=row["stage"],
        trigger=row["trigger"],
        amount=int(row["amount"]),
        amount_when=_read_amount_when(row["amount_when"]),
        unit=Unit(row["unit"]),
        direction=Direction(row["dir"]),
        shift=Shift(row["shift"]),
        requires=_read_requires(row["requires"]),
        stopped_by=_read_stoppers(row["stopped_by"]),
        max_total=int(row["max_total"]) if row["max_total"] else None,
        condition=row["condition"],
        extension=row["extension"],
        settler=row["settler"],
        source=row["legal_source"],
        citation=row["citation"],
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_to=date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
        confidence=Confidence(row["conf"]),
        name=row["name"],
        trigger_name=row["trigger_name"],
    )
    _check_rule(rule)
    return rule


def _check_rule(rule: Rule) -> None:
    amounts = [rule.amount] + ([rule.amount_when[1]] if rule.amount_when else [])
    if min(amounts) < 0:
        raise RuleTableError("an amount cannot be negative")
    if rule.max_total is not None and max(amounts) > rule.max_total:
        raise RuleTableError(f"the amount {max(amounts)} is beyond max_total {rule.max_total}")
    if rule.effective_to is not None and rule.effective_to < rule.effective_from:
        raise RuleTableError("effective_to is before effective_from")
    if rule.unit is not Unit.CALENDAR_DAYS and rule.shift is not Shift.NONE:
        raise RuleTableError("only a limit in calendar days can shift: a working day is never off")
    wrong_way = Shift.PREVIOUS if rule.direction is Direction.FORWARD else Shift.NEXT
    if rule.shift is wrong_way:
        raise RuleTableError(f"a limit that counts {rule.direction} cannot shift to {rule.shift}")
    if rule.stopped_by and (rule.unit, rule.direction) != (Unit.CALENDAR_DAYS, Direction.FORWARD):
        raise RuleTableError("only a forward limit in calendar days can be stopped")


def _read_requires(text: str) -> tuple[frozenset[str], ...]:
    """`remote; complex` (both), `several_places | delegated_check` (either), or empty."""
    groups = [group for group in text.split(";") if group.strip()]
    return tuple(frozenset(_read_claim(claim) for claim in group.split("|")) for group in groups)


def _read_claim(text: str) -> str:
    claim = text.strip()
    if claim not in YES_NO_FACTS and not _EXTENSIONS.fullmatch(claim):
        raise RuleTableError(f"{claim!r} is no fact; there are {', '.join(YES_NO_FACTS)}")
    return claim


def _read_amount_when(text: str) -> tuple[str, int] | None:
    """`complex=60`, or empty."""
    if not text:
        return None
    claim, _, amount = text.partition("=")
    return _read_claim(claim), int(amount)


def _read_stoppers(text: str) -> tuple[tuple[Stopper, date], ...]:
    """`pause; expertise`, with `@2026-07-01` for the first day it could begin; or empty."""
    found: list[tuple[Stopper, date]] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, since = part.partition("@")
        found.append((Stopper(name), date.fromisoformat(since) if since else date.min))
    return tuple(found)


def _extensions_of(rule: Rule) -> int:
    found = (_EXTENSIONS.fullmatch(claim) for group in rule.requires for claim in group)
    return max((int(match[1]) for match in found if match), default=0)


def _clashes(rules: tuple[Rule, ...]) -> Iterator[tuple[str, Rule]]:
    """What is wrong with the rules of one kind and stage taken together, and at which rule."""
    by_requirement: dict[tuple[frozenset[str], ...], list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.effective_from):
        by_requirement.setdefault(rule.requires, []).append(rule)
    for generations in by_requirement.values():
        for older, newer in pairwise(generations):
            if older.effective_to is None or newer.effective_from <= older.effective_to:
                yield f"{newer.id} overlaps {older.id} in time", newer
            elif newer.effective_from != older.effective_to + _ONE_DAY:
                yield f"nothing is in force between {older.id} and {newer.id}", newer
    for day in sorted({rule.effective_from for rule in rules}):
        in_force = [rule for rule in rules if rule.is_in_force(day)]
        for facts in _combinations(rules):
            applicable = [rule for rule in in_force if rule.applies(facts)]
            closest = max((rule.closeness(facts) for rule in applicable), default=-1)
            governing = [rule for rule in applicable if rule.closeness(facts) == closest]
            if len(governing) > 1:
                names = " and ".join(rule.id for rule in governing)
                yield f"{names} both govern the same facts from {day}", governing[-1]
            if not governing and in_force:
                yield f"from {day} no rule governs the other facts", in_force[0]


def _combinations(rules: Iterable[Rule]) -> Iterator[Facts]:
    """Every combination of the facts that these rules look at."""
    claims = {claim for rule in rules for group in rule.requires for claim in group}
    claims |= {rule.amount_when[0] for rule in rules if rule.amount_when}
    yes_no = sorted(claims.intersection(YES_NO_FACTS))
    most = max((_extensions_of(rule) for rule in rules), default=0)
    for extensions in range(most + 1):
        for values in product((False, True), repeat=len(yes_no)):
            stated = [(name, "true") for name, holds in zip(yes_no, values, strict=True) if holds]
            yield Facts.parse([*stated, ("extensions", str(extensions))])
