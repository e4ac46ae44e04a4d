"""What is known of a matter that a legal limit depends on: `Facts`, `Span`, and reading them.

Only what changes a limit is here. Whether a fact is true (was complexity put in writing, is the
extension decision valid) is for the services that record it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import ClassVar, Final, Self

#: Every fact that can be stated, by its name on the command line and on the wire, in the words
#: that an answer lists them with.
FACT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "complex": "vụ việc phức tạp, đã ghi bằng văn bản (true/false)",
        "remote": "vùng sâu, vùng xa đi lại khó khăn (true/false)",
        "dismissal": "kỷ luật buộc thôi việc (true/false)",
        "unsettled": "lần đầu quá hạn mà chưa được giải quyết (true/false)",
        "several_places": "tố cáo phải kiểm tra, xác minh tại nhiều nơi (true/false)",
        "delegated_check": "tố cáo phải ủy quyền kiểm tra, xác minh (true/false)",
        "extensions": "số quyết định gia hạn đã ban hành (0, 1, 2)",
        "pause": "tạm đình chỉ: ngày quyết định..ngày tiếp tục (YYYY-MM-DD..YYYY-MM-DD)",
        "expertise": "giám định: ngày quyết định..ngày có kết quả (YYYY-MM-DD..YYYY-MM-DD)",
        "obstacle": "trở ngại khách quan: ngày đầu..ngày cuối (YYYY-MM-DD..YYYY-MM-DD)",
    }
)
#: The facts that are simply true or false; each is a field of `Facts` of the same name.
YES_NO_FACTS: Final = (
    "complex",
    "remote",
    "dismissal",
    "unsettled",
    "several_places",
    "delegated_check",
)
_SPAN_FIELDS: Final = {"pause": "pauses", "expertise": "expertise", "obstacle": "obstacles"}


class Unanswerable(ValueError):
    """A question about a limit that has no answer; `code` is stable, the text Vietnamese.

    No text repeats what was sent: it could be a name typed into the wrong place.
    """

    code: ClassVar[str] = "unanswerable"


class UnknownFact(Unanswerable):
    """A fact was named that no rule knows; the text lists those that exist."""

    code: ClassVar[str] = "unknown_fact"


class MalformedFact(Unanswerable):
    """A fact's value cannot be read; the text says what it must look like."""

    code: ClassVar[str] = "malformed_fact"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Time that the law may leave uncounted, from `since` to `until`.

    A pause or an expertise runs from the day of its decision to the day of the decision to continue
    or of the result, and leaves `until - since` days uncounted. An obstacle is given by its first
    and its last day, and leaves both and all between them uncounted.

    Raises:
        MalformedFact: it ends before it begins.
    """

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise MalformedFact(f"khoảng thời gian kết thúc trước khi bắt đầu ({self.since})")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY-MM-DD..YYYY-MM-DD`. Raises MalformedFact."""
        since, separator, until = text.partition("..")
        try:
            if not separator or len(since) != len("YYYY-MM-DD") or len(until) != len(since):
                raise ValueError
            return cls(since=date.fromisoformat(since), until=date.fromisoformat(until))
        except MalformedFact:
            raise
        except ValueError:
            raise MalformedFact("khoảng thời gian phải có dạng YYYY-MM-DD..YYYY-MM-DD") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a limit depends on besides its trigger. Everything is false, none or empty by default.

    A suspension that is still running has no end and so gives no due date: state it when the
    decision to continue is issued.
    """

    complex: bool = False  # vụ việc phức tạp
    remote: bool = False  # vùng sâu, vùng xa đi lại khó khăn
    dismissal: bool = False  # buộc thôi việc
    unsettled: bool = False  # hết thời hạn mà chưa được giải quyết
    several_places: bool = False  # kiểm tra, xác minh tại nhiều địa điểm
    delegated_check: bool = False  # ủy quyền kiểm tra, xác minh
    extensions: int = 0  # decisions to extend (gia hạn) issued so far
    pauses: tuple[Span, ...] = ()  # tạm đình chỉ
    expertise: tuple[Span, ...] = ()  # giám định
    obstacles: tuple[Span, ...] = ()  # ốm đau, thiên tai, … trở ngại khách quan khác

    def __post_init__(self) -> None:
        if self.extensions < 0:
            raise MalformedFact("số lần gia hạn không thể âm")

    @classmethod
    def parse(cls, stated: Iterable[tuple[str, str]]) -> Self:
        """Read facts stated as pairs of texts, such as `("complex", "true")`.

        `pause`, `expertise` and `obstacle` may be stated several times, the others once.

        Raises:
            UnknownFact: no such fact; the text lists those that exist.
            MalformedFact: a value cannot be read, or is stated twice.
        """
        once: dict[str, bool | int] = {}
        spans: dict[str, tuple[Span, ...]] = {}
        for name, text in stated:
            if name not in FACT_NAMES:
                existing = "; ".join(f"{known}: {told}" for known, told in FACT_NAMES.items())
                raise UnknownFact(f"không có dữ kiện này; các dữ kiện: {existing}")
            if name in once:
                raise MalformedFact(f"dữ kiện {name} được nêu hai lần")
            if name in _SPAN_FIELDS:
                spans[_SPAN_FIELDS[name]] = (
                    *spans.get(_SPAN_FIELDS[name], ()),
                    Span.parse(text),
                )
            else:
                once[name] = _read_count(text) if name == "extensions" else _read_yes_no(name, text)
        return cls(**once, **spans)  # type: ignore[arg-type]  # the names were checked one by one

    def holds(self, claim: str) -> bool:
        """Whether a claim of the rule table is true: `complex`, …, or `extensions=2`."""
        if claim in YES_NO_FACTS:
            return bool(getattr(self, claim))
        return claim == f"extensions={self.extensions}"


def _read_yes_no(name: str, text: str) -> bool:
    match text:
        case "true":
            return True
        case "false":
            return False
        case _:
            raise MalformedFact(f"dữ kiện {name} phải là true hoặc false")


def _read_count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len("10")):
        raise MalformedFact("dữ kiện extensions phải là số lần gia hạn: 0, 1 hoặc 2")
    return int(text)
