"""A small picture of figures by month: bars side by side, as SVG; pure.

Drawn by hand, since three bars a month need no drawing library.
"""

from collections.abc import Mapping, Sequence
from html import escape

_COLOURS = ("#1f4e79", "#6aa84f", "#cc4125", "#b7950b")
_HEIGHT, _GROUP, _LEFT, _TOP, _BOTTOM = 160, 90, 40, 40, 30  # pixels


def bars(title: str, months: Sequence[str], series: Mapping[str, Sequence[int]]) -> str:
    """The series (name -> one figure for each month) beside each other; every bar is labelled."""
    most = max((figure for figures in series.values() for figure in figures), default=0) or 1
    thick = (_GROUP - 14) / max(1, len(series))
    width, height = _LEFT + _GROUP * len(months) + 20, _TOP + _HEIGHT + _BOTTOM + 24
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' font-family="Times New Roman, serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<text x="{_LEFT}" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for place, month in enumerate(months):
        left = _LEFT + place * _GROUP
        middle = left + (_GROUP - 14) / 2
        drawn.append(_text(middle, _TOP + _HEIGHT + 18, month))
        for number, figures in enumerate(series.values()):
            tall = _HEIGHT * figures[place] / most
            x, y = left + number * thick, _TOP + _HEIGHT - tall
            drawn.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{thick - 3:.1f}" height="{tall:.1f}"'
                f' fill="{_COLOURS[number % len(_COLOURS)]}"/>'
            )
            drawn.append(_text(x + (thick - 3) / 2, y - 4, str(figures[place])))
    for number, name in enumerate(series):
        x, y = _LEFT + number * 110, height - 8
        colour = _COLOURS[number % len(_COLOURS)]
        drawn.append(f'<rect x="{x}" y="{y - 10}" width="10" height="10" fill="{colour}"/>')
        drawn.append(f'<text x="{x + 14}" y="{y}">{escape(name)}</text>')
    return "\n".join([*drawn, "</svg>"])


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
