"""What may be sent to erase a person's data: shapes."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.intake.registration_schemas import file_field, matching
from shared.contracts.petitions import ErasureGround
from shared.errors import Malformed
from shared.personal import PART_PATTERN
from shared.wire import read, schema


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasing:
    """`erase_person`: of one of the four."""

    erased_on: date
    part: str
    ground: ErasureGround
    document: str
    file: str | None = None
    reception: str | None = None
    mediation: str | None = None
    task: str | None = None
    turns: tuple[int, ...] = ()


_NO_PART: Final = "invalid_part: Tên phần dữ liệu như p1, r1, a1 hoặc text."

ERASE: Final = schema(
    Erasing,
    part=matching(PART_PATTERN.strip("^$"), _NO_PART),
    reception=file_field(),
    mediation=file_field(),
    task=file_field(),
)


def erasing(payload: object) -> Erasing:
    """Raises: Malformed: also unless one thing is asked for, and turns of a session only."""
    asked: Erasing = read(ERASE, payload)
    if [asked.file, asked.reception, asked.mediation, asked.task].count(None) != 3:
        told = "missing: Nêu đúng một trong bốn: file, reception, mediation, task."
        raise Malformed({"file": [told]})
    if asked.turns and asked.reception is None:
        told = "turns_of_reception: Chỉ buổi tiếp công dân (reception) mới có lượt tiếp."
        raise Malformed({"turns": [told]})
    return asked
