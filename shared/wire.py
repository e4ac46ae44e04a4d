"""Marshmallow schemas made from dataclasses: one declaration, checked at every way in.

`schema(RegisterPetition)` reads the dataclass's fields; `Text(max=…)` and its kin narrow a field
where the type alone says too little. Messages are `code: Vietnamese sentence` and never hold a
value that somebody sent.
"""

import types
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import marshmallow
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, post_load, validate
from marshmallow import fields as ma

from shared.clock import Clock, SystemClock
from shared.errors import Malformed
from shared.personal import Personal

Record = TypeVar("Record")

EARLIEST = date(1990, 1, 1)  # no file that is still open is older
SHORT = 500  # characters: names, addresses, numbers of documents
LONG = 20_000  # characters: about eight printed pages
MAX_ITEMS = 500  # in one list or object
MAX_PARTS = 50_000  # values in one payload; 200 petitions of a backlog have about 12,000
MOST_FAULTS = 200  # told at once
MOST = 10**15  # of anything counted: đồng, square metres

Messages = dict[str, Any]

_MESSAGES: Messages = {
    "required": "missing: Thiếu trường bắt buộc này.",
    "null": "null: Trường này không được để trống (null).",
    "validator_failed": "invalid: Giá trị không hợp lệ.",
    "unknown": "unknown_field: Hợp đồng không có trường này; hãy bỏ đi hoặc xem lại tên trường.",
    "type": "wrong_type: Phải là một đối tượng JSON.",
}


class Text(ma.String):
    """Text in NFC without blank ends; empty text is refused unless `empty=True`.

    NFD, which macOS and some keyboards send, is silently composed: it is the same text.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "invalid": "wrong_type: Phải là văn bản.",
        "empty": "empty: Không được để trống.",
        "too_long": "too_long: Dài quá {max} ký tự; hãy rút gọn hoặc gửi thành tệp đính kèm.",
        "control": "control_character: Có ký tự điều khiển hoặc mã Unicode hỏng; hãy gõ lại.",
    }

    def __init__(self, *, max: int = SHORT, empty: bool = False, **options: Any) -> None:
        super().__init__(metadata={"maxLength": max}, **options)
        self.max, self.empty = max, empty

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        # The raw limit comes first so that 5 MB are not normalised only to be refused.
        if len(value) > 4 * self.max:
            raise self.make_error("too_long", max=self.max)
        text = unicodedata.normalize("NFC", value).strip()
        if not text and not self.empty:
            raise self.make_error("empty")
        if len(text) > self.max:
            raise self.make_error("too_long", max=self.max)
        if any(
            unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t\r" for sign in text
        ):
            raise self.make_error("control")
        return text


class Day(ma.Field[date]):
    """A legal date `YYYY-MM-DD`, from 1990 on and, unless `future=True`, not after today."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "invalid": "invalid_date: Ngày phải có dạng YYYY-MM-DD và có thật trong lịch.",
        "future": "date_in_future: Ngày nằm ở tương lai; hãy kiểm tra lại.",
        "past": "date_too_old: Ngày trước năm 1990; hãy kiểm tra lại.",
    }

    def __init__(self, *, future: bool = False, clock: Clock | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.future, self.clock = future, clock or SystemClock()

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> date:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None
        if day.isoformat() != value:  # ISO 8601 also knows weeks: 2026-W40-5
            raise self.make_error("invalid")
        if day < EARLIEST:
            raise self.make_error("past")
        if not self.future and day > self.clock.today():
            raise self.make_error("future")
        return day

    def _serialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        return None if value is None else value.isoformat()


class Flag(ma.Field[bool]):
    """True or false, and nothing that looks like it."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "invalid": "wrong_type: Phải là true hoặc false."
    }

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Count(ma.Integer):
    """A whole number from `min` to `max`."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "invalid": "wrong_type: Phải là số nguyên.",
        "too_large": "out_of_range: Số quá lớn.",
    }

    def __init__(self, *, min: int = 0, max: int = 1_000_000, **options: Any) -> None:
        message = f"out_of_range: Phải là số từ {min} đến {max}."
        super().__init__(
            strict=True, validate=validate.Range(min=min, max=max, error=message), **options
        )

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return super()._deserialize(value, *rest, **more)


class Choice(ma.Enum[StrEnum]):
    """One value of a closed list, by value; the refusal names the list."""

    def __init__(self, enum: type[StrEnum], **options: Any) -> None:
        told: Messages = {"unknown": not_in_list(member.value for member in enum)}
        super().__init__(enum, by_value=True, error_messages=told, **options)


def not_in_list(values: Iterable[str]) -> str:
    """What is wrong with a value that is none of these."""
    return f"not_in_list: Phải là một trong: {', '.join(values)}."


class RecordSchema(Schema, Generic[Record]):
    """A marshmallow schema that loads into a dataclass."""

    error_messages = _MESSAGES
    build: Callable[..., Record]

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Record:
        return type(self).build(**data)


@cache
def _schema_class(
    record: type, strict: bool, narrowed: tuple[tuple[str, ma.Field[Any]], ...]
) -> Any:
    hints, special = get_type_hints(record), dict(narrowed)
    members: dict[str, Any] = {}
    for member in fields(record):
        if hints[member.name] is Personal:
            continue
        options = _options(member, hints[member.name])
        if member.name in special:
            field = special[member.name]
            if not options["required"]:
                field.required, field.load_default = False, options["load_default"]
                field.allow_none = options["allow_none"]
            else:
                field.required = True
        else:
            field = _field_for(hints[member.name], options, strict)
        for key in ("required", "null"):
            field.error_messages.setdefault(key, _MESSAGES[key])
            field.error_messages[key] = _MESSAGES[key]
        members[member.name] = field
    meta = type("Meta", (), {"unknown": RAISE if strict else EXCLUDE})
    name = f"{record.__name__}Schema"
    body = members | {"Meta": meta, "build": staticmethod(record)}
    return type(name, (RecordSchema,), body)


def schema(record: type[Record], **narrowed: ma.Field[Any]) -> RecordSchema[Record]:
    """The strict schema of a command: a field that it does not know is the sender's mistake."""
    made = _schema_class(cast(type, record), True, tuple(narrowed.items()))
    return cast("RecordSchema[Record]", made())


@cache
def tolerant_schema(record: type[Record]) -> RecordSchema[Record]:
    """The schema of an event as its readers see it: newer fields are passed over.

    One for all, since a schema copies its fields whenever it is made.
    """
    return cast("RecordSchema[Record]", _schema_class(cast(type, record), False, ())())


def _options(member: Any, hint: Any) -> dict[str, Any]:
    optional = type(None) in get_args(hint)
    if member.default is not MISSING:
        return {"required": False, "load_default": member.default, "allow_none": optional}
    if member.default_factory is not MISSING:
        return {"required": False, "load_default": member.default_factory, "allow_none": optional}
    return {"required": True, "allow_none": optional}


def _field_for(hint: Any, options: dict[str, Any], strict: bool) -> ma.Field[Any]:
    if get_origin(hint) in (types.UnionType, Union):
        (hint,) = (kind for kind in get_args(hint) if kind is not type(None))
    if get_origin(hint) in (tuple, list):
        inner = _field_for(get_args(hint)[0], {}, strict)
        told: Messages = {"invalid": "wrong_type: Phải là một danh sách."}
        return _Tuple(inner, error_messages=told, **options)
    if get_origin(hint) is dict:
        return ma.Dict(**options)
    if is_dataclass(hint):
        nested = _schema_class(cast(type, hint), strict, ())
        return ma.Nested(nested, error_messages={"type": _MESSAGES["type"]}, **options)
    if hint is str:
        # What is already in the ledger was narrowed on its way in; a reader does not do it again.
        return Text(max=SHORT if strict else LONG, empty=not strict, **options)
    if hint is date:
        return Day(future=not strict, **options)
    if hint is bool:
        return Flag(**options)
    if hint is int:
        return Count(**options) if strict else Count(max=MOST, **options)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Choice(hint, **options)
    raise TypeError(f"no wire format for {hint!r}")


class _Tuple(ma.List[Any]):
    """A list that loads into a tuple, since records are frozen."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        return tuple(super()._deserialize(value, *rest, **more))


def check_size(payload: object) -> None:
    """A million empty petitioners took a service most of a minute, in which it heard nobody.

    Raises: Malformed: it has more values, in one place or in all, than anything that is meant.
    """
    parts, waiting = 0, [payload]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            members = list(value.values())
        elif isinstance(value, list | tuple):
            members = list(value)
        else:
            continue
        parts += len(members)
        if len(members) > MAX_ITEMS or parts > MAX_PARTS:
            told = f"too_many: Nhiều nhất {MAX_ITEMS} mục một chỗ, {MAX_PARTS} giá trị tất cả."
            raise Malformed({"payload": [told]})
        waiting += members


def read(shape: Schema, payload: object) -> Any:
    """The record that `payload` says, or `Malformed` with every fault at once, 200 at most."""
    if not isinstance(payload, Mapping):
        raise Malformed({"payload": [_MESSAGES["type"]]})
    check_size(payload)
    try:
        return shape.load(dict(payload))
    except ValidationError as invalid:
        raise Malformed(dict(_flat(invalid.messages)[:MOST_FAULTS])) from None


def _flat(messages: Any, path: str = "") -> list[tuple[str, list[str]]]:
    if isinstance(messages, dict):
        parts = []
        for name, inner in messages.items():
            # An unknown name was chosen by the sender, so it is cut short and kept printable.
            step = "".join(sign for sign in str(name)[:60] if sign.isprintable())
            own = path if step == marshmallow.exceptions.SCHEMA else f"{path}.{step}".strip(".")
            parts += _flat(inner, own)
        return parts
    return [(path or "payload", [str(message) for message in messages])]
