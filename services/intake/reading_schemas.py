"""What may be asked of sealed words: shapes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.intake.registration_schemas import file_field
from shared.errors import Malformed
from shared.wire import read, schema


class ReadingPurpose(StrEnum):
    """Why somebody reads what is sealed; kept in the log with who and when."""

    HANDLING = "xu_ly_don"
    VERIFYING = "xac_minh"
    RECEPTION = "tiep_cong_dan"
    DECIDING = "giai_quyet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """`petition`."""

    file: str
    purpose: ReadingPurpose


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingAll:
    """`texts`: of one of the four."""

    purpose: ReadingPurpose
    file: str | None = None
    reception: str | None = None
    task: str | None = None
    mediation: str | None = None

    @property
    def of(self) -> dict[str, str]:
        """What is asked for by its name: {"file": "…"}."""
        named = {
            "file": self.file,
            "reception": self.reception,
            "task": self.task,
            "mediation": self.mediation,
        }
        return {name: number for name, number in named.items() if number is not None}


READ: Final = schema(Reading)
READ_ALL: Final = schema(
    ReadingAll, reception=file_field(), task=file_field(), mediation=file_field()
)


def reading_all(payload: object) -> ReadingAll:
    """Raises: Malformed: also unless one thing is asked for."""
    asked: ReadingAll = read(READ_ALL, payload)
    if len(asked.of) != 1:
        told = "missing: Nêu đúng một trong bốn: file, reception, task, mediation."
        raise Malformed({"file": [told]})
    return asked
