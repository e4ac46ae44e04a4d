"""What the law sets for more than one procedure of intake: days, numbers, groups; pure."""

from datetime import date
from typing import Final

from services.intake.refusals import refuse

#: Luật 136/2025/QH15 and NĐ 154, 155, 156/2026/NĐ-CP are in force from this day on.
LAW_2026: Final = date(2026, 7, 1)

GROUP: Final = 5  # people from whom on representatives are needed (nhiều người)
LARGE_GROUP: Final = 10  # people up to whom 2 representatives are the most
FEW_REPRESENTATIVES, MOST_REPRESENTATIVES = 2, 5


def check_representatives(people: int, representatives: int) -> None:
    """Luật Tiếp công dân Đ.29: 5 to 10 people choose 1 or 2, more than 10 at most 5.

    Raises: Refused: representatives_missing, too_many_representatives.
    """
    if people < GROUP:
        return
    if representatives == 0:
        refuse("representatives_missing")
    if representatives > (FEW_REPRESENTATIVES if people <= LARGE_GROUP else MOST_REPRESENTATIVES):
        refuse("too_many_representatives")
