"""How answers of the services are told to people: tables, days, figures, Vietnamese words.

What has no Vietnamese word is shown as it is: a newer service may say more than this release knows.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import ceil
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from shared.clock import VIETNAM

NOTHING = "Không có mục nào."
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


def named(told: Mapping[str, Any], what: str, nobody: str = "–") -> str:
    """What a unit or an officer is called in the ward, or the code."""
    return told.get(f"{what}_name") or told.get(what) or nobody


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
    """A table; `numbers` are the columns to align right. One without rows says so in a line."""
    told = list(rows)
    if not told:
        title, columns, told, numbers = "", (title,), [(NOTHING,)], ()  # the title not folded
    made = _Fitted(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_header=any(columns),
    )
    for place, column in enumerate(columns):
        made.add_column(column, justify="right" if place in numbers else "left", overflow="fold")
    for row in told:
        made.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return made


class _Fitted(Table):
    """On a narrow screen rich breaks days and file numbers while other columns have room left.

    Where words would not fit even so, the blanks beside the columns are left out.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        told = [
            "\n".join(map(str, (column.header, *column.cells))).splitlines() or [""]
            for column in self.columns
        ]
        longest = [max(map(cell_len, cells)) for cells in told]
        words = [max(map(cell_len, " ".join(cells).split()), default=0) for cells in told]
        room = options.max_width - 3 * len(told) - 1  # blanks around each, and between them
        if sum(words) > room:
            self.padding, self.show_edge = 0, False
            room = options.max_width - len(told) + 1  # blanks between them
        if sum(longest) > room:
            for column, width in zip(self.columns, fitted(longest, words, room), strict=True):
                column.width = width
        yield from super().__rich_console__(console, options)


def fitted(longest: Sequence[int], words: Sequence[int], room: int) -> list[int]:
    """How wide each column gets, of its longest line and its longest word.

    No word is broken while there is room; if one must be, the longest. A row takes as few lines as
    then can be, and what is left makes whole what lacks the least.
    """
    whole, lines = max(words), 1
    while whole > 1 and sum(min(word, whole) for word in words) > room:
        whole -= 1
    least = [max(1, min(word, whole)) for word in words]

    def widths() -> list[int]:
        return [max(word, ceil(line / lines)) for word, line in zip(least, longest, strict=True)]

    while lines < max(longest) and sum(widths()) > room:
        lines += 1
    found = widths()
    for place in sorted(range(len(found)), key=lambda place: longest[place] - found[place]):
        lacking = min(longest[place] - found[place], room - sum(found))
        found[place] += max(0, lacking)
    return found
