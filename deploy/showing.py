"""How answers of the services are told to people: tables, days, figures, Vietnamese words.

What has no Vietnamese word is shown as it is: a newer service may say more than this release knows.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared.clock import VIETNAM

PLAIN_WIDTH = 140  # columns where nobody's terminal says how wide it is


def console(*, to_stderr: bool = False) -> Console:
    """Made at the moment of use, since stdout may be somebody else's by then."""
    stream = sys.stderr if to_stderr else sys.stdout
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


def said(words: Mapping[str, str], code: object) -> str:
    """The Vietnamese word for a code, or the code; a dash for nothing."""
    return "–" if code is None else words.get(str(code), str(code))


def vn_day(day: object) -> str:
    """`2026-11-23` as `23/11/2026`; a dash for nothing."""
    if not day:
        return "–"
    return f"{date.fromisoformat(str(day)):%d/%m/%Y}"


def vn_instant(instant: object) -> str:
    """An RFC 3339 instant as the clock on the wall shows it in Vietnam."""
    return f"{datetime.fromisoformat(str(instant)).astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def amount(figure: int, unit: str) -> str:
    """A figure as the forms print it: money in triệu đồng, thousands apart."""
    shown: int | float = figure
    if unit == "dong":
        shown = figure // 1_000_000 if figure % 1_000_000 == 0 else figure / 1_000_000
    return f"{shown:,}".replace(",", " ").replace(".", ",").replace(" ", ".")


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    numbers: Sequence[int] = (),
) -> Table:
    """A table; `numbers` are the columns to align right."""
    made = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_header=any(columns),
    )
    for place, column in enumerate(columns):
        made.add_column(column, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return made
