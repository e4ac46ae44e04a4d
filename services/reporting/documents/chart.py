"""The figures of a window as one picture: the trend, the backlog by age, limits kept by unit; pure.

matplotlib draws it, without a window or any state of its own; it takes long to import, hence only
where something is drawn. The same figures give the same bytes.
"""

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Literal, Self

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind = Literal["svg", "png"]

#: What the bars of a month tell, and in which colour: dark to light, for those who print in grey.
_BARS: Final = {
    "received": ("tiếp nhận", "#1f4e79"),
    "settled": ("giải quyết", "#6fa8dc"),
    "late": ("quá hạn", "#e69138"),
}
_OPEN: Final = "còn mở cuối tháng"
#: What the bands of `performance.ageing` are called.
AGES: Final = {
    "<=30": "đến 30 ngày",
    "<=45": "31–45 ngày",
    "<=90": "46–90 ngày",
    ">90": "trên 90 ngày",
}
_NOBODY: Final = "chưa giao"
_LABELLED: Final = 13  # more months than these have no room for all their names and figures
_WIDE, _HIGH = 6.5, 5.6  # inches: the width of the text on a page of A4, and a bit over half of it
_STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib and has every Vietnamese letter
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # a dollar in a unit's name is a dollar
    "svg.fonttype": "none",  # words stay words: they can be searched, read aloud and copied
    "svg.hashsalt": "donthu",  # else ids differ from one drawing to the next
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What is drawn: lists as in the answer of `performance`."""

    title: str
    as_of: date  # of the ages
    trend: Sequence[Mapping[str, Any]]
    ageing: Sequence[Mapping[str, Any]]
    units: Sequence[Mapping[str, Any]]  # `unit_name` beside the code

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """From an answer of `performance`."""
        return cls(
            title=answer["period"]["title"],
            as_of=date.fromisoformat(answer["as_of"]),
            trend=answer["trend"],
            ageing=answer["ageing"],
            units=answer["units"],
        )

    def drawn(self, kind: Kind) -> bytes:
        """The picture; PNG with 200 points an inch."""
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        about = {"Title": self.title, "Description": self.described()}
        unsaid: dict[str, None] = (
            {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        )
        out = BytesIO()
        with rc_context(_STYLE):
            figure = Figure(figsize=(_WIDE, _HIGH), layout="constrained")
            places = figure.add_gridspec(2, 2, height_ratios=(3, 2))
            figure.suptitle(self.title, fontweight="bold")
            self._draw_trend(figure.add_subplot(places[0, :]))
            self._draw_ages(figure.add_subplot(places[1, 0]))
            self._draw_units(figure.add_subplot(places[1, 1]))
            figure.savefig(out, format=kind, dpi=200, metadata=about | unsaid)
        return out.getvalue()

    def described(self) -> str:
        """What the picture shows, in words, for those who do not see it."""
        told = [
            f"{_month(month)}: "
            + ", ".join(f"{name} {month[key]}" for key, (name, _) in _BARS.items())
            + f", {_OPEN} {month['open']}"
            for month in self.trend
        ]
        ages = ", ".join(f"{AGES[band]} {count}" for band, count in self.ages().items())
        told.append(f"hồ sơ đang mở đến ngày {self.as_of:%d/%m/%Y}: {ages}")
        if self.units:
            told.append(
                "đúng hạn: "
                + ", ".join(
                    f"{_unit(unit)} {unit['in_time']}/{unit['limits']}" for unit in self.units
                )
            )
        return f"{self.title}. {'; '.join(told)}."

    def ages(self) -> dict[str, int]:
        """Open files of each band, whoever has them."""
        counted: Counter[str] = Counter()
        for group in self.ageing:
            counted.update(group["ages"])
        return {band: counted[band] for band in AGES}

    def _draw_trend(self, axes: "Axes") -> None:
        from matplotlib.ticker import MaxNLocator

        axes.set_title("Đơn và thời hạn theo tháng")
        places = range(len(self.trend))
        thick = 0.8 / len(_BARS)
        is_labelled = len(self.trend) <= _LABELLED
        for number, (key, (name, colour)) in enumerate(_BARS.items()):
            drawn = axes.bar(
                [place + (number - 1) * thick for place in places],
                [month[key] for month in self.trend],
                thick,
                label=name,
                color=colour,
            )
            if is_labelled:
                axes.bar_label(drawn, fontsize=6)
        still_open = [month["open"] for month in self.trend]
        axes.plot(places, still_open, color="black", linewidth=1, marker=".", label=_OPEN)
        shown = places[:: -(-len(self.trend) // _LABELLED) or 1]
        axes.set_xticks(shown, [_month(self.trend[place]) for place in shown], fontsize=7)
        most = max((month[key] for month in self.trend for key in (*_BARS, "open")), default=0)
        axes.set_ylim(0, max(1, 1.12 * most))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))  # files are counted whole
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4, frameon=False)

    def _draw_ages(self, axes: "Axes") -> None:
        axes.set_title(f"Hồ sơ đang mở đến {self.as_of:%d/%m/%Y}")
        ages = self.ages()
        drawn = axes.barh([AGES[band] for band in ages], list(ages.values()), color="#1f4e79")
        axes.bar_label(drawn, padding=2)
        axes.invert_yaxis()
        axes.set_xlim(0, 1.15 * max(1, *ages.values()))
        axes.set_xticks([])

    def _draw_units(self, axes: "Axes") -> None:
        axes.set_title("Tỷ lệ đúng hạn theo đơn vị")
        names = [textwrap.fill(_unit(unit), 22) for unit in self.units]
        drawn = axes.barh(range(len(names)), [unit["rate"] for unit in self.units], color="#6fa8dc")
        axes.bar_label(
            drawn, [f"{unit['in_time']}/{unit['limits']}" for unit in self.units], padding=2
        )
        axes.set_yticks(range(len(names)), names, fontsize=7)
        axes.invert_yaxis()
        axes.set_xlim(0, 125)
        axes.set_xticks([0, 50, 100], ["0%", "50%", "100%"])
        if not names:
            axes.text(0.5, 0.5, "không có thời hạn nào", ha="center", transform=axes.transAxes)


def _month(told: Mapping[str, Any]) -> str:
    year, month = told["month"].split("-")
    return f"{month}/{year}"


def _unit(told: Mapping[str, Any]) -> str:
    return str(told["unit_name"] or _NOBODY)
