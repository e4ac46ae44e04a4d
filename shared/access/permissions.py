"""What a caller may do, by the policies in `donthu.cedar`: refused unless permitted; pure.

A caller who may never ask such a thing is told so (`not_permitted`). A caller who may, but not of
this file, is told what they would be told of a file that does not exist (`unknown_file`), so that
nobody learns by asking which files there are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import cedarpy

from shared.access.relations import Matter
from shared.access.tokens import Caller
from shared.errors import Refused

ROLES: Final[Mapping[str, str]] = {
    "reception_clerk": "cán bộ tiếp công dân",
    "petition_officer": "cán bộ xử lý đơn",
    "verifier": "người xác minh",
    "unit_head": "trưởng đơn vị",
    "chair": "Chủ tịch UBND",
    "deputy": "Phó Chủ tịch UBND",
    "reporting_officer": "cán bộ tổng hợp báo cáo",
    "province_supervisor": "người theo dõi của tỉnh",
    "auditor": "người kiểm chứng",
    "administrator": "quản trị hệ thống",
}
UNKNOWN_FILE: Final = "unknown_file"
_NOT_PERMITTED: Final = "Vai trò trong token không được thực hiện việc này."
_UNKNOWN: Final = "Không có {0} này; hãy xem lại mã {0}, hoặc thử lại sau ít giây nếu vừa ghi nhận."
#: What a payload names by its number: field -> what people call it.
_NUMBERED: Final[Mapping[str, str]] = {
    "file": "hồ sơ",
    "reception": "buổi tiếp công dân",
    "task": "nhiệm vụ",
    "mediation": "lần hòa giải",
}
#: Of whom a list shows every file, whoever has it.
SEE_EVERY_FILE: Final = frozenset(
    ["petition_officer", "chair", "deputy", "reporting_officer", "province_supervisor", "auditor"]
)
#: Decisions kept: nothing else goes into one than what it is kept under.
KEPT: Final = 5000
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Policies:
    """Parsed once; asked for every request."""

    policies: cedarpy.PolicySet
    schema: cedarpy.Schema
    actions: cedarpy.Entities
    _decided: dict[tuple[Caller, str, Matter], bool] = field(default_factory=dict, compare=False)

    @classmethod
    def parse(cls, policies: str, schema: str) -> "Policies":
        """Raises: ValueError: they do not fit each other; the message says where."""
        result = cedarpy.validate_policies(policies, schema)
        if not result:
            raise ValueError("; ".join(map(str, result.errors)))
        parsed = cedarpy.Schema.from_str(schema)
        return cls(
            policies=cedarpy.PolicySet.from_str(policies),
            schema=parsed,
            actions=cedarpy.Entities.from_json_str("[]", parsed),
        )

    def permit(self, caller: Caller, action: str, matter: Matter) -> bool:
        """Whether the caller may do this (`<service>.<method>`) to that; unknown actions: no."""
        asked = caller, action, matter
        if (known := self._decided.get(asked)) is not None:
            return known
        if len(self._decided) >= KEPT:
            self._decided.clear()
        return self._decided.setdefault(asked, self._decide(caller, action, matter))

    def _decide(self, caller: Caller, action: str, matter: Matter) -> bool:
        entities = self.actions.with_added_json_str(
            json.dumps([_entity(_CALLER, _caller(caller)), _entity(_MATTER, _matter(matter))])
        )
        request = {
            "principal": _name(_CALLER),
            "action": f"Action::{json.dumps(action)}",
            "resource": _name(_MATTER),
            "context": {},
        }
        return bool(cedarpy.is_authorized(request, self.policies, entities).allowed)

    def check(self, caller: Caller, action: str, matter: Matter, *, of_file: bool = True) -> None:
        """`of_file`: it is asked of a file, which need not be there.

        Raises: Refused: not_permitted; unknown_file: permitted, but not of this file.
        """
        if self.permit(caller, action, matter):
            return
        if of_file and self.ever(caller, action):
            raise unknown()
        raise Refused("not_permitted", _NOT_PERMITTED)

    def ever(self, caller: Caller, action: str) -> bool:
        """Whether the caller may do this to some file of their own ward."""
        own = Matter(
            authority=caller.authority,
            kind="khieu_nai",
            unit=caller.unit or "",
            officer=caller.officer,
        )
        return self.permit(caller, action, own)


def unknown(payload: object = None) -> Refused:
    """Said of what is not there and, word for word, of what is not the caller's."""
    asked = payload if isinstance(payload, Mapping) else {}
    named = (what for field, what in _NUMBERED.items() if asked.get(field) is not None)
    return Refused(UNKNOWN_FILE, _UNKNOWN.format(next(named, _NUMBERED["file"])))


@cache
def policies() -> Policies:
    """Those that come with the software."""
    return Policies.parse(
        (_HERE / "donthu.cedar").read_text("utf-8"),
        (_HERE / "donthu.cedarschema").read_text("utf-8"),
    )


_CALLER, _MATTER = "Caller", "Matter"


def _name(type_: str) -> str:
    return f'{type_}::"it"'


def _entity(type_: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {"uid": {"type": type_, "id": "it"}, "attrs": attributes, "parents": []}


def _caller(caller: Caller) -> dict[str, Any]:
    return {
        "officer": caller.officer,
        "unit": caller.unit or "",
        "authority": caller.authority,
        "wards": sorted(caller.wards),
        "roles": sorted(caller.roles),
    }


def _matter(matter: Matter) -> dict[str, Any]:
    return {
        "authority": matter.authority,
        "kind": matter.kind,
        "unit": matter.unit,
        "officer": matter.officer,
        "conflicted": sorted(matter.conflicted),
    }
