"""Writes the reference pages under docs/ from the code; `--check` fails where they differ.

`python -m deploy.docs` after changing an event, a method or a schema; CI runs `--check`.
"""

import ast
import dataclasses
import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

from marshmallow import Schema, fields

from shared import contracts
from shared.personal import Personal
from shared.wire import Choice, Day, tolerant_schema

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SERVICES = ("intake", "assignment", "deadlines", "reporting")
GENERATED = "<!-- Made by `python -m deploy.docs` from the code; edits here are lost. -->\n"


_ABOUT_EVENTS = """\
Each service records its own events and publishes them to the exchange `<service>.events` (topic),
routing key = name of the event. A message holds `id`, `type`, `schema`, `authority`, `position`,
`stream`, `version`, `recorded_at`, `actor`, `correlation`, `caused_by` and `data`, which is told
below. Personal parts are sealed in the ledger and never published. The first date of an event is
the one that the law counts; `recorded_at` is when we learned of it.
"""

_ABOUT_METHODS = """\
Every method takes one payload (a dict) and answers a dict. Who calls is said by nameko's context
data, never by the payload: `{"token": "…"}`, a signed JWT (EdDSA or ES256; `iss`, `aud` = `donthu`,
`exp`, `iat`, `jti`, `sub` = `officer:<id>`, `authority`, `roles`, perhaps `unit` and `wards`), and
`authority` where the bearer looks after several. What a role may ask for is in
`shared/access/donthu.cedar`; a file that is not for the caller is `unknown_file`. Every command
also takes `idempotency_key` (the same request under the same key is carried out once and answered
alike) and `expires_at` (RFC 3339; a call that waited longer is refused as `command_expired`).

Errors cross the wire as themselves: `Malformed` (field → messages `code: sentence`),
`Refused(code, reason)`, with the seconds to wait as a third part where waiting helps
(`too_many_calls`: who calls too often by the token's `sub` is refused before the payload is
decoded; see Limits in [deploy/README.md](../deploy/README.md)), `Conflict` (read again and try
again), `LogUnavailable` (repeat with the same key). Anything else arrives as `InternalFailure` with
a reference into the service's log.
"""


_ABOUT_RULES = """\
Every limit that the clock knows, from `services/deadlines/rules.csv`, which also says when each was
in force. The sentence and the source are Vietnamese, as the explanation of a due day tells them.
*Called for by* is the function that starts the clock of a file; `compute` alone means that nobody
starts it, and it is only counted when somebody asks.

**Confidence.** A: read in the text of the law. B: remembered, to be read again. **C: configuration
or open, to be confirmed by the ward.** A rule marked **SLA nội bộ** is the ward's own target and no
limit of the law. The distances of alarms and the steps of escalation (`alarms.csv`) are all C.
"""


_ABOUT_REFUSALS = """\
Codes are stable; sentences are for people and may get better. `internal` marks a rule of the system
and not of the law. Every command can also be refused as `command_repeated` (its idempotency key was
used for another content) or `command_expired`, and for who asks: `token_missing`, `token_invalid`,
`token_expired`, `wrong_audience`, `wrong_ward`, `keys_unavailable`, `too_many_calls`,
`not_permitted`, `unknown_file`. The deadlines
service refuses questions that the rule table has no answer to: `unknown_kind`, `unknown_stage`,
`unknown_fact`, `malformed_fact`, `no_rule_in_force`, `extension_not_allowed`, `not_a_limit`,
`outside_calendar`.
"""


_ABOUT_FORMS = """\
The six forms of Thông tư 06/2025/TT-TTCP with all their columns, from `services/reporting/forms/`
(`columns.csv`, `checks.csv`, `periods.csv`); `donthu report FORM --period 2026-Q3 --explain COLUMN`
tells the cases and events behind a figure. *What counts* names events and fields, and codes as they
stand in them. **Our reading** says how we understand the circular where it is unclear; each is to
be confirmed by the province. Windows include both days and go by the day that the law counts. What
is carried over is counted for each window from the events: quarters do not add up to a half-year.

**Opening balances.** A column marked so also carries over what the last report under the old
circular left (`donthu import opening-balances`, event `OpeningBalanceRecorded`). The balance is all
that was left when its day ended. What the column would carry over from that day by the ledger alone
is counted off and only the rest is added, so that a backlog counts once whenever it is entered. It
counts in windows that begin after its day, until a balance of a later day takes its place. The
figure's part that comes of it is explained by the event and the old report, not by a case. Old
columns are those of Thông tư 02/2021/TT-TTCP as far as they were seen (B); *none* means that no old
form of this set had it.
"""


_ABOUT_LETTERS = """\
Model letters (`donthu letter CASE LETTER -o x.docx`) and registers (`donthu register`), as
`letters.toml` and `books.csv` of `services/reporting/documents/` declare them. Each field comes
from one event, or is filled in by hand.

**Confidence.** A: the form was read in the text of the law. B: remembered, or read in part.
**C: no form is known, or whether it is still in force.** The wording of every letter is our own
(C): the ward compares it with the signed text before the first use.
"""


def main() -> int:
    pages = {
        "events.md": _events(),
        "rpc.md": _methods(),
        "rules.md": _rules(),
        "refusals.md": _refusals(),
        "forms.md": _forms(),
        "letters.md": _letters(),
        "asyncapi.json": json.dumps(_asyncapi(), indent=2, ensure_ascii=False) + "\n",
    }
    stale = [name for name, text in pages.items() if _differs(DOCS / name, text)]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/{name} is not what the code says: run `python -m deploy.docs`")
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(pages[name], encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


def _differs(page: Path, text: str) -> bool:
    return not page.exists() or page.read_text(encoding="utf-8") != text


# -- events


def _events() -> str:
    lines = ["# Events\n", GENERATED, _ABOUT_EVENTS]
    for service, events in contracts.OWNED.items():
        lines.append(f"## {service}\n")
        for event in events:
            lines += _event(event)
    return "\n".join(lines).rstrip() + "\n"


def _event(event: type) -> Iterator[str]:
    yield f"### {event.__name__}\n"
    yield inspect.cleandoc(event.__doc__ or "") + "\n"
    yield "| Field | Type | Required |"
    yield "|---|---|---|"
    hints = get_type_hints(event)
    for field in dataclasses.fields(event):
        if hints[field.name] is Personal:
            continue
        required = field.default is dataclasses.MISSING and (
            field.default_factory is dataclasses.MISSING
        )
        yield f"| `{field.name}` | {_type(hints[field.name])} | {'yes' if required else 'no'} |"
    if Personal in hints.values():
        yield "| *personal* | sealed parts, only in the ledger | no |"
    yield ""


def _type(hint: Any) -> str:
    inner = [kind for kind in get_args(hint) if kind is not type(None) and kind is not ...]
    if inner and len(inner) < len(get_args(hint)) and getattr(hint, "__origin__", None) is None:
        return f"{_type(inner[0])}, or absent"
    if getattr(hint, "__origin__", None) is tuple:
        return f"list of {_type(inner[0])}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return " \\| ".join(f"`{member.value}`" for member in hint)
    if dataclasses.is_dataclass(hint):
        return "{" + ", ".join(f"`{field.name}`" for field in dataclasses.fields(hint)) + "}"
    return str(getattr(hint, "__name__", hint))


# -- methods


def _methods() -> str:
    lines = ["# RPC reference\n", GENERATED, _ABOUT_METHODS]
    for name in SERVICES:
        service = _service_class(name)
        lines += [f"## {name}\n", inspect.cleandoc(service.__doc__ or "") + "\n"]
        for method_name, method in inspect.getmembers(service, inspect.isfunction):
            if _is_called(method):
                lines += _method(name, method_name, method)
    return "\n".join(lines).rstrip() + "\n"


def _service_class(name: str) -> Any:
    module = importlib.import_module(f"services.{name}.service")
    (found,) = (
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if getattr(member, "name", None) == name and member.__module__ == module.__name__
    )
    return found


def _is_called(method: Any) -> bool:
    entrypoints = getattr(method, "nameko_entrypoints", ())
    return any("Rpc" in (kind.__name__ for kind in type(e).__mro__) for e in entrypoints)


def _method(service: str, name: str, method: Any) -> Iterator[str]:
    yield f"### {service}.{name}\n"
    yield inspect.cleandoc(method.__doc__ or "") + "\n"
    for shape in dict.fromkeys(_shapes_of(service, method)):
        if shape.fields:
            yield "| Field | Type | Required |"
            yield "|---|---|---|"
            yield from _rows(shape)
            yield ""


def _shapes_of(service: str, method: Any) -> Iterator[Schema]:
    for path in sorted((ROOT / "services" / service).glob("*schemas.py")):
        yield from _shapes_read(importlib.import_module(f"services.{service}.{path.stem}"), method)


def _shapes_read(schemas: Any, code: Any) -> Iterator[Schema]:
    """The schemas that a method names, itself or through a function of `schemas` that it calls."""
    for name in re.findall(r"\b(?:schemas\.)?(\w+)\b", inspect.getsource(code)):
        used = getattr(schemas, name, None)
        if isinstance(used, Schema):
            yield used
        elif inspect.isfunction(used) and used.__module__ == schemas.__name__ and used is not code:
            yield from _shapes_read(schemas, used)


def _rows(shape: Schema, prefix: str = "") -> Iterator[str]:
    for name, field in shape.fields.items():
        required = "yes" if field.required else "no"
        name = field.data_key or name
        yield f"| `{prefix}{name}` | {_field_type(field)} | {required} |"
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _rows(inner.schema, f"{prefix}{name}{'[].' if inner is not field else '.'}")


def _field_type(field: Any) -> str:
    if isinstance(field, fields.List):
        return f"list of {_field_type(field.inner)}"
    if isinstance(field, Choice):
        return " \\| ".join(f"`{member.value}`" for member in field.enum)
    if isinstance(field, Day):
        return "date, may lie ahead" if field.future else "date, not ahead"
    if isinstance(field, fields.String):
        return f"text, at most {field.metadata.get('maxLength')}"
    if isinstance(field, fields.Nested):
        return "object"
    return type(field).__name__.lower().replace("flag", "true or false").replace("count", "number")


# -- rules of the legal clock


def _rules() -> str:
    from services.deadlines.rules import RuleTable

    table = RuleTable.load()
    starts = _functions_naming(ROOT / "services/deadlines", ("policies.py", "settlement.py"))
    tests = _functions_naming(ROOT / "tests/unit/deadlines", None)
    lines = ["# Rules\n", GENERATED, _ABOUT_RULES]
    for kind in dict.fromkeys(rule.kind for rule in table.rules):
        lines.append(f"## {kind}\n")
        lines.append(
            "| Rule | Stage | What it says | Source | In force | Conf. | Called for by | Test |"
        )
        lines.append("|---|---|---|---|---|---|---|---|")
        lines += [_rule(rule, starts, tests) for rule in table.rules if rule.kind == kind]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _rule(rule: Any, starts: dict[str, list[str]], tests: dict[str, list[str]]) -> str:
    from services.deadlines.terms import limit_in_words

    said = f"{rule.name}: {limit_in_words(rule, rule.amount)}"
    if rule.amount_when:
        said += f"; {rule.amount_when[1]} khi `{rule.amount_when[0]}`"
    if rule.requires:
        said += "; chỉ khi " + " và ".join(
            " hoặc ".join(f"`{claim}`" for claim in sorted(group)) for group in rule.requires
        )
    if rule.is_internal:
        said += " **(SLA nội bộ, không phải luật)**"
    confidence = f"**{rule.confidence}**" if rule.confidence == "C" else str(rule.confidence)
    mentions = starts.get(rule.stage, [])
    of_kind = [name for name in mentions if name in starts.get(rule.kind, [])] or mentions
    cells = (
        f"`{rule.id}`",
        f"`{rule.stage}`",
        said,
        rule.citation,
        f"{rule.effective_from} – {rule.effective_to or ''}".strip(),
        confidence,
        ", ".join(f"`{name}`" for name in of_kind) or "`compute` alone",
        ", ".join(f"`{name}`" for name in tests.get(rule.id, [])[:2]),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _functions_naming(folder: Path, files: tuple[str, ...] | None) -> dict[str, list[str]]:
    """Text that stands in the code -> `module.function`, with what the module names it by."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.py")):
        if files is not None and path.name not in files:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        # What a function uses by a name given at the top of the module, as `CASES`, is its own.
        named = {"DISCIPLINARY": {"khieu_nai_ky_luat"}}
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named[node.targets[0].id] = _texts(node)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                texts = _texts(node)
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Name):
                        texts |= named.get(inner.id, set())
                for text in texts:
                    found.setdefault(text, []).append(f"{path.stem}.{node.name}")
    return found


def _texts(node: ast.AST) -> set[str]:
    return {
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }


# -- statutory forms


def _forms() -> str:
    from services.reporting.forms.declaration import CHECKS, FORMS
    from services.reporting.forms.windows import PERIODS

    lines = ["# Statutory forms\n", GENERATED, _ABOUT_FORMS]
    lines += ["## Windows\n", "| Name | From | To | Ward sends by | Province sends by | Source |"]
    lines.append("|---|---|---|---|---|---|")
    for code, period in PERIODS.items():
        first = f"{period.first}{' of the year before' if period.first_year else ''}"
        name = f"`{code}` {period.name}"
        cells = (name, first, period.last, period.ward_due, period.province_due, period.source)
        lines.append(f"| {' | '.join(cells)} |")
    for form in FORMS.values():
        picture = f"pictures/{form.code.replace('/', '-')}.png"
        lines += [f"\n## {form.code}\n", f"{form.title}\n"]
        lines.append(f"![{form.code} of the demo's ward, printed by LibreOffice]({picture})\n")
        lines += [
            "| Col. | Heading | What counts | Formula | Our reading |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {column.number} | {' › '.join(column.heading)} | {column.counts} |"
            f" {column.formula} | {column.reading}{_opening(column.balance)} |"
            for column in form.columns
        ]
        lines += ["\n| Relation | When broken | Conf. | Source |", "|---|---|---|---|"]
        lines += [
            f"| `{check.relation}` | {check.severity} | {check.confidence} | {check.source} |"
            for check in CHECKS
            if check.form == form.code
        ]
    return "\n".join(lines).rstrip() + "\n"


def _opening(balance: Any) -> str:
    """What is told of a column that takes an opening balance, behind its reading."""
    if balance is None:
        return ""
    old = f"`{balance.old}`" if balance.old else "none"
    return f" **Opening balance** ({balance.confidence}) from {old}. {balance.reading}".rstrip()


# -- letters and registers


def _letters() -> str:
    from services.reporting.documents.books import BOOKS
    from services.reporting.documents.letters import LETTERS

    lines = ["# Letters and registers\n", GENERATED, _ABOUT_LETTERS]
    for letter in LETTERS.values():
        kinds = ", ".join(letter.kinds) or ("any" if letter.of == "file" else "reception")
        lines += [
            f"\n## {letter.id}\n",
            f"{letter.called}. {letter.form or 'No form is known'}. Confidence {letter.confidence}."
            f" Kinds: {kinds}. About `{letter.about}`. Signed by: {', '.join(letter.signers)}.\n",
            "| Field | What it is | From | In |",
            "|---|---|---|---|",
        ]
        for field in letter.fields():
            events = " or ".join(f"`{event}`" for event in field.events) or "filled in by hand"
            place = f"sealed `{field.where}`" if field.is_sealed else f"`{field.attribute}`"
            lines.append(
                f"| `{field.name}` | {field.label} | {events} |"
                f" {place if field.attribute else ''} |"
            )
    for book in BOOKS.values():
        lines += [
            f"\n## Register {book.id}\n",
            f"{book.title}. {book.form or 'No form is known'}. Confidence {book.confidence}.\n",
            "| Col. | Heading | Sealed part |",
            "|---|---|---|",
        ]
        lines += [
            f"| {column.number} | {column.heading} | {column.part} |" for column in book.columns
        ]
    return "\n".join(lines).rstrip() + "\n"


# -- refusals


def _refusals() -> str:
    lines = ["# Refusals\n", GENERATED, _ABOUT_REFUSALS]
    for name in SERVICES:
        if (DOCS.parent / "services" / name / "refusals.py").exists():
            refusals = importlib.import_module(f"services.{name}.refusals").REFUSALS
            lines += [
                f"## {name}\n",
                "| Code | What the caller is told | Source |",
                "|---|---|---|",
            ]
            lines += [
                f"| `{code}` | {sentence} | {source} |"
                for code, (sentence, source) in refusals.items()
            ]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


# -- what other systems may publish and hear


def _asyncapi() -> dict[str, Any]:
    """AsyncAPI 3: the events we publish, by exchange, and what agencies may send us."""
    from services.intake import registration_schemas

    accepted: dict[str, Schema] = {
        "PetitionReceived": registration_schemas.AGENCY_PETITION,
        "CaseAssigned": registration_schemas.TRANSFER,
        "DecisionIssued": registration_schemas.OUTSIDE_DECISION,
    }
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for service, events in contracts.OWNED.items():
        names = [event.__name__ for event in events]
        for event in events:
            messages[event.__name__] = {
                "contentType": "application/json",
                "summary": inspect.cleandoc(event.__doc__ or "").splitlines()[0],
                "payload": _envelope(_object(tolerant_schema(event))),
            }
        channels[f"{service}.events"] = _channel(f"{service}.events", names, "Routing key: type.")
        operations[f"{service}.publishes"] = _operation("send", f"{service}.events")
    for name, shape in accepted.items():
        messages[f"agencies.{name}"] = {
            "contentType": "application/cloudevents+json",
            "summary": f"CloudEvents 1.0, structured or binary mode; type {name}",
            "payload": _object(shape),
        }
    channels["agencies"] = _channel(
        "agencies",
        [f"agencies.{name}" for name in accepted],
        "Routing key: <agency>.<type>. Answers come to the queue agency.<agency>.replies.",
    )
    operations["agencies.publish"] = _operation("receive", "agencies")
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "donthu", "version": "0.1.0", "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def _channel(exchange: str, names: list[str], description: str) -> dict[str, Any]:
    return {
        "address": exchange,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": exchange, "type": "topic"}}},
    }


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}


def _envelope(data: dict[str, Any]) -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer"}
    return {
        "type": "object",
        "properties": {
            **dict.fromkeys(("id", "type", "authority", "stream", "actor", "correlation"), text),
            **dict.fromkeys(("schema", "position", "version"), number),
            "recorded_at": {"type": "string", "format": "date-time"},
            "caused_by": {"type": ["string", "null"]},
            "data": data,
        },
    }


def _object(shape: Schema) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "object",
        "properties": {name: _property(field) for name, field in shape.fields.items()},
    }
    if required := [name for name, field in shape.fields.items() if field.required]:
        told["required"] = required
    if shape.unknown == "raise":
        told["additionalProperties"] = False
    return told


def _property(field: Any) -> dict[str, Any]:
    if isinstance(field, fields.List):
        return {"type": "array", "items": _property(field.inner)}
    if isinstance(field, fields.Nested):
        return _object(field.schema)
    if isinstance(field, Choice):
        return {"type": "string", "enum": [member.value for member in field.enum]}
    if isinstance(field, Day):
        return {"type": "string", "format": "date"}
    if isinstance(field, fields.Integer):
        return {"type": "integer"}
    if isinstance(field, fields.String):
        return {"type": "string", **field.metadata}
    if isinstance(field, fields.Dict):
        return {"type": "object"}
    return {"type": "boolean"}


if __name__ == "__main__":
    sys.exit(main())
