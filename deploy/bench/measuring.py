"""What all benchmarks share: rounds, percentiles, ratios, and the tables they are told in. Pure.

Both sides of a comparison take turns, so that whatever else the machine does meets both. A ratio is
taken in each round and the median of the rounds is told with its smallest and largest: on a shared
machine it says something where the rates say little.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one side did in one round."""

    done: int  # calls, or events where only the whole was timed
    seconds: float
    latencies_ms: tuple[float, ...] = ()  # of each call; empty where only the whole was timed
    cpu_s: float = 0.0  # of the measuring processes, all threads; 0 where not known

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    @property
    def p50_ms(self) -> float | None:
        return percentile(self.latencies_ms, 50) if self.latencies_ms else None

    @property
    def p99_ms(self) -> float | None:
        return percentile(self.latencies_ms, 99) if self.latencies_ms else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """Medians over one side's rounds."""

    rate: float  # per second
    p50_ms: float | None
    p99_ms: float | None
    cpu_us: float | None  # for each call or event


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One comparison. `ratio` is ours to the reference's: of rates, or of `p50_ms` for latency."""

    name: str
    ours: Side
    reference: Side
    ratio: float
    ratio_min: float
    ratio_max: float
    target: str | None = None
    is_met: bool | None = None  # None: no target


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """What one benchmark has to tell."""

    title: str
    unit: str  # of the rates
    ours: str
    reference: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Floor:
    """Our rate is at least `times` the reference's, or, with `rate`, so many per second."""

    times: float | None = None
    rate: float | None = None

    def __str__(self) -> str:
        return f"≥ {self.times}×" if self.times else f"≥ {self.rate:,.0f}/s"

    def is_met(self, ours: Side, reference: Side, ratio: float) -> bool:
        return ratio >= self.times if self.times else ours.rate >= (self.rate or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ceiling:
    """Our median latency is at most `times` the reference's, or our p99 at most `p99_ms`."""

    times: float | None = None
    p99_ms: float | None = None

    def __str__(self) -> str:
        return f"p50 ≤ {self.times}×" if self.times else f"p99 ≤ {self.p99_ms:g} ms"

    def is_met(self, ours: Side, reference: Side, ratio: float) -> bool:
        if self.times:
            return ratio <= self.times
        return ours.p99_ms is not None and ours.p99_ms <= (self.p99_ms or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """Our median latency is at most so much more than the reference's."""

    p50_ms: float

    def __str__(self) -> str:
        return f"p50 ≤ +{self.p50_ms:g} ms"

    def is_met(self, ours: Side, reference: Side, ratio: float) -> bool:
        return (ours.p50_ms or 0) - (reference.p50_ms or 0) <= self.p50_ms


Target = Floor | Ceiling | Added
Measure = Callable[[], Round]


def percentile(values: Sequence[float], rank: float) -> float:
    """The smallest value that at least `rank` percent of them do not exceed (nearest rank).

    Raises ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * rank / 100) - 1)]


def alternate(rounds: int, *sides: Measure) -> list[list[Round]]:
    """Each side's rounds; who goes first changes from round to round."""
    told: list[list[Round]] = [[] for _ in sides]
    for number in range(rounds):
        order = list(range(len(sides)))
        for side in order if number % 2 else reversed(order):
            told[side].append(sides[side]())
    return told


def merged(rounds: Iterable[Round]) -> Round:
    """One round that several processes did at the same time."""
    parts = list(rounds)
    return Round(
        done=sum(part.done for part in parts),
        seconds=max(part.seconds for part in parts),
        latencies_ms=tuple(ms for part in parts for ms in part.latencies_ms),
        cpu_s=sum(part.cpu_s for part in parts),
    )


def side(rounds: Sequence[Round]) -> Side:
    return Side(
        rate=median(each.rate for each in rounds),
        p50_ms=_median(each.p50_ms for each in rounds),
        p99_ms=_median(each.p99_ms for each in rounds),
        cpu_us=_median(each.cpu_s / each.done * 1e6 or None for each in rounds if each.done),
    )


def compare(
    name: str,
    ours: Sequence[Round],
    reference: Sequence[Round],
    target: Target | None = None,
    *,
    by_latency: bool = False,
) -> Row:
    """The row of two sides that were measured in the same rounds."""
    by_latency = by_latency or isinstance(target, Ceiling | Added)
    ratios = [
        (one.p50_ms or 0) / (other.p50_ms or 1) if by_latency else one.rate / other.rate
        for one, other in zip(ours, reference, strict=True)
    ]
    mine, theirs, ratio = side(ours), side(reference), median(ratios)
    return Row(
        name=name,
        ours=mine,
        reference=theirs,
        ratio=ratio,
        ratio_min=min(ratios),
        ratio_max=max(ratios),
        target=str(target) if target else None,
        is_met=target.is_met(mine, theirs, ratio) if target else None,
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


# -- telling


def as_json(table: Table) -> dict[str, Any]:
    return asdict(table)


def as_markdown(table: Table) -> str:
    """The table as it stands in docs/benchmarks.md."""
    heads = (
        *("", f"ours, {table.unit}", f"reference, {table.unit}", "ratio (min–max)"),
        *("p50 ms, ours / ref.", "p99 ms, ours / ref.", "CPU µs, ours / ref.", "target"),
    )
    rows = [heads, ("---", *["---:"] * (len(heads) - 2), "---"), *map(cells, table.rows)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(
        [
            f"Ours: {table.ours}. Reference: {table.reference}.",
            "",
            *lines,
        ]
    )


def cells(row: Row) -> tuple[str, ...]:
    """A row as text, in the order of the heads of `as_markdown`."""
    verdict = {True: "met", False: "**not met**", None: ""}[row.is_met]
    return (
        row.name,
        f"{row.ours.rate:,.0f}",
        f"{row.reference.rate:,.0f}",
        f"{row.ratio:.2f} ({row.ratio_min:.2f}–{row.ratio_max:.2f})",
        _both(row.ours.p50_ms, row.reference.p50_ms, ".2f"),
        _both(row.ours.p99_ms, row.reference.p99_ms, ".1f"),
        _both(row.ours.cpu_us, row.reference.cpu_us, ".0f"),
        f"{row.target} {verdict}" if row.target else "",
    )


def _both(ours: float | None, reference: float | None, form: str) -> str:
    if ours is None and reference is None:
        return ""
    return " / ".join("–" if each is None else format(each, form) for each in (ours, reference))
