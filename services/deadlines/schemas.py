"""What callers may send to the deadlines service, checked for shape."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.wire import Count, Day, Text, schema


@dataclass(frozen=True, kw_only=True, slots=True)
class Compute:
    """A question to the rule table; facts are `{name: text or list of texts}`."""

    kind: str
    stage: str
    trigger_on: date
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfCase:
    file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of clocks; `after` is what the page before told as `next`."""

    days: int = 7  # how far ahead `upcoming` looks, calendar days
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """A payload without fields."""


COMPUTE = schema(Compute, trigger_on=Day(future=True))
OF_CASE = schema(OfCase, file=Text(max=40))
PAGE = schema(Page, days=Count(min=0, max=366), limit=Count(min=1, max=200))
NOTHING = schema(Nothing)
