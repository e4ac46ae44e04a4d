"""The model letters (mẫu văn bản) and what is on record for each of their fields; pure.

`letters.toml` declares the letters, `fields.csv` from which event each field comes. A field that is
not on record is named in the letter and never made up: `[thiếu: …]` where nothing holds it,
`[… – mở tại quầy]` where it is sealed, so that somebody entitled fills it in at the desk.
"""

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from services.reporting import words
from services.reporting.documents import staff
from shared.clock import day_text
from shared.directory import Directory
from shared.ledger import Recorded

_HERE = Path(__file__).parent
_PLACE = re.compile(r"\{(\w+)\}")
#: What a new settlement (giải quyết lại) makes history; who has the case stays.
_SETTLING: Final = frozenset(
    {
        "VerificationReported",
        "DialogueAnnounced",
        "DialogueHeld",
        "CaseDeclaredComplex",
        "CaseSuspended",
        "CaseContinued",
        "DecisionIssued",
        "DecisionReceivedByParty",
        "EnforcementOrdered",
    }
)


class Status(StrEnum):
    """What is known of a field."""

    KNOWN = "known"
    SEALED = "sealed"  # on record, and only for those entitled
    CODE = "code"  # on record as a code that the ward's directory has no name for
    MISSING = "missing"  # not on record yet, or in no event at all


class Subject(StrEnum):
    """What a letter is about."""

    FILE = "file"
    RECEPTION = "reception"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """Where one field comes from."""

    name: str
    label: str  # as it is named where it is missing
    events: tuple[str, ...]  # types, of which the last one counts; none: no event holds it
    attribute: str  # "received_on", "calls_for.money_to_state"; "personal" if sealed
    where: str  # "clock=settle|answer"; of a sealed one the part and its name: "p1.name"
    shown: str  # how it is written: see `_SHOWN` and `staff.TELL`

    @property
    def is_sealed(self) -> bool:
        return self.shown == "sealed"

    def fits(self, event: Recorded) -> bool:
        """Whether the event is one that tells this field."""
        if event.type not in self.events:
            return False
        name, is_limited, values = self.where.partition("=")
        return not is_limited or str(event.data.get(name)) in values.split("|")


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One model letter."""

    id: str
    form: str  # number and decree of the form; empty: the law has none
    confidence: str  # A, B, C
    about: str  # type of the event that it carries
    body: str
    signers: tuple[str, ...]
    symbol: str = ""  # behind the number: "TB-UBND"; empty: the paper has no number
    title: str = ""  # "QUYẾT ĐỊNH"; empty: an official letter (công văn)
    subject: str = ""
    heading: str = ""  # who decides, above the grounds of a decision
    addressee: str = ""  # kính gửi
    number: str = ""  # field with the number
    dated: str = ""  # field with the date
    kinds: tuple[str, ...] = ()  # of petitions; none: any
    of: Subject = Subject.FILE
    recipients: tuple[str, ...] = ()
    conceals_denouncer: bool = False

    @property
    def called(self) -> str:
        return f"{self.title} {self.subject}".strip().capitalize()

    def fields(self) -> list[Field]:
        """Every field that it has, in the order of the paper."""
        texts = (self.addressee, self.body, *self.recipients)
        named = [name for text in texts for name in _PLACE.findall(text)]
        named += [name for name in (self.number, self.dated) if name]
        return [FIELDS[name] for name in dict.fromkeys(named)]


class Value(NamedTuple):
    """One field of one letter, as far as it is known."""

    field: Field
    status: Status
    text: str  # what stands in the letter
    event: str | None = None  # id of the event that it comes from
    told: Any = None  # as the event has it


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A letter with what is on record for it."""

    letter: Letter
    values: Mapping[str, Value]

    def pieces(self, text: str) -> Iterator[tuple[str, bool]]:
        """The text with its fields filled in, and for each piece whether it is still open."""
        end = 0
        for place in _PLACE.finditer(text):
            if before := text[end : place.start()]:
                yield before, False
            value = self.values[place[1]]
            yield value.text, value.status is not Status.KNOWN
            end = place.end()
        if rest := text[end:]:
            yield rest, False

    def number(self) -> str | None:
        """Number and sign of the paper, if they are on record."""
        return self._told(self.letter.number)

    def dated(self) -> date | None:
        """The day of the paper, if it is on record."""
        day = self._told(self.letter.dated)
        return date.fromisoformat(day) if day else None

    def _told(self, name: str) -> str | None:
        return self.values[name].told if name else None

    @property
    def open(self) -> list[Value]:
        """What is still to be filled in."""
        return [value for value in self.values.values() if value.status is not Status.KNOWN]


def fill(
    letter: Letter,
    file: str,
    events: Iterable[Recorded],
    upto: str | None = None,
    directory: Directory | None = None,
) -> Filled:
    """The letter from the events of a file or session in the order of the ledger.

    `directory` names units and officers, of whom events hold codes.

    Where there are several events of the kind that it is about, it is about the last one, or about
    the one with the id `upto`: nothing that was recorded later of that kind counts then.
    """
    told = _told(letter, events, upto)
    return Filled(
        letter=letter,
        values={field.name: _value(field, file, told, directory) for field in letter.fields()},
    )


def cautions(events: Iterable[Recorded]) -> list[str]:
    """What whoever completes a letter has to mind about who is named in it, by sealed part.

    A letter opens the first petitioner alone (p1); others may act for them or stand beside them.
    """
    told: list[str] = []
    for event in events:
        data = event.data
        match event.type:
            case "PetitionReceived":
                named = [each["ref"] for each in data["parties"] if each["ref"].startswith("p")]
                if len(named) > 1:
                    told.append(f"Có nhiều người gửi đơn: {', '.join(named)}")
                told += _acting(data.get("proxies", ()))
            case "AuthorisationRecorded":
                told += _acting(data["proxies"])
            case "ComplainantSucceeded":
                heirs = ", ".join(each["ref"] for each in data["heirs"])
                told.append(f"{data['of']} đã chết; người thừa kế là {heirs}")
    return told


def _acting(proxies: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        f"{each['ref']} thay mặt {each['acts_for']}:"
        f" {words.called(words.CAPACITIES, each['capacity'])}"
        for each in proxies
    ]


def kind_of(events: Iterable[Recorded]) -> str | None:
    """The kind of the petition as it was classified last."""
    kinds = [event.data["kind"] for event in events if event.type == "PetitionClassified"]
    return kinds[-1] if kinds else None


def _told(letter: Letter, events: Iterable[Recorded], upto: str | None) -> list[Recorded]:
    told: list[Recorded] = []
    is_reached = False
    for event in events:
        if is_reached and event.type == letter.about:
            continue
        is_reached = is_reached or event.id == upto
        if event.type == "ResettlementAccepted":
            told = [each for each in told if each.type not in _SETTLING]
        told.append(event)
    return told


def _value(field: Field, file: str, told: list[Recorded], directory: Directory | None) -> Value:
    if field.name == "file":
        return Value(field, Status.KNOWN, file)
    event = next((each for each in reversed(told) if field.fits(each)), None)
    if event is not None and field.is_sealed:
        if field.where.partition(".")[0] in event.sealed:
            return Value(field, Status.SEALED, f"[{field.label} – mở tại quầy]", event.id)
    elif event is not None and (found := _found(event.data, field.attribute)) is not None:
        if field.shown in staff.TELL:
            text, is_whole = staff.named(field.shown, found, directory)
            status = Status.KNOWN if is_whole else Status.CODE
            return Value(field, status, text, event.id, found)
        return Value(field, Status.KNOWN, _SHOWN[field.shown](found), event.id, found)
    return Value(field, Status.MISSING, f"[thiếu: {field.label}]")


def _found(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return None if found in ([], ()) else found


def _named(names: Mapping[str, str]) -> Callable[[Any], str]:
    def shown(found: Any) -> str:
        codes = found if isinstance(found, list) else [found]
        return "; ".join(words.called(names, str(code)) for code in codes)

    return shown


#: What yes and no mean in a letter.
_ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "COMPETENCE": {"True": "thuộc thẩm quyền", "False": "không thuộc thẩm quyền"},
    "CONDITIONS": {"True": "đủ điều kiện xử lý", "False": "không đủ điều kiện xử lý"},
    "EXTENT": {"True": "toàn bộ", "False": "một phần"},
    "ATTENDANCE": {"True": "có mặt", "False": "vắng mặt"},
    "DIFFERENCE": {
        "True": "còn khác với yêu cầu của người khiếu nại",
        "False": "phù hợp với yêu cầu của người khiếu nại",
    },
    "DIALOGUE_CHAIR": {"True": "Chủ tịch", "False": "người được Chủ tịch giao"},
}
_WORDS: Final = (
    "CHANNELS",
    "KINDS",
    "FIELDS",
    "GROUNDS",
    "RECIPIENTS",
    "OUTCOMES",
    "FORWARD_PURPOSES",
    "COMPLEX_CRITERIA",
    "SUSPENSION_GROUNDS",
    "TERMINATION_GROUNDS",
    "RECEPTION_KINDS",
    "RECEPTION_MODES",
    "HOSTS",
    "REFUSALS_TO_RECEIVE",
)
_SHOWN: Final[Mapping[str, Callable[[Any], str]]] = {
    "text": str,
    "day": day_text,
    "dong": lambda found: f"{words.dotted(found)} đồng",
    "m2": lambda found: f"{words.dotted(found)} m²",
    **{name: _named(names) for name, names in _ANSWERS.items()},
    **{name: _named(getattr(words, name)) for name in _WORDS},
}


def _read_fields() -> dict[str, Field]:
    with (_HERE / "fields.csv").open(encoding="utf-8", newline="") as rows:
        fields = [
            Field(
                name=row["field"],
                label=row["label"],
                events=tuple(filter(None, row["events"].split("|"))),
                attribute=row["attribute"],
                where=row["where"],
                shown=row["shown"],
            )
            for row in csv.DictReader(rows)
        ]
    return {field.name: field for field in fields}


def _read_letters() -> dict[str, Letter]:
    declared = tomllib.loads((_HERE / "letters.toml").read_text("utf-8"))
    return {id: _letter(id, **told) for id, told in declared.items()}


def _letter(id: str, *, of: str = Subject.FILE, **told: Any) -> Letter:
    lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    return Letter(id=id, of=Subject(of), **(told | lists))


FIELDS: Final = _read_fields()
LETTERS: Final = _read_letters()
