"""How much two petitions are alike, and why: a score from 0 to 100 with reasons; pure functions.

Texts are compared without accents, case, punctuation and the set phrases of every petition, with
abbreviations written out, by words and by pairs of neighbouring words in either order. So "UBND
phường thu hồi đất" and "thu hồi đất, ủy ban nhân dân phường" are alike, however they were typed.
The score depends on the two petitions alone, never on what else is in the register. Synonyms and
misspelt syllables are not recognised. What is compared is personal and stays in memory.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeVar

from services.intake import agencies
from shared.contracts.petitions import Field, Kind, Relation

Item = TypeVar("Item")

MOST_CHARACTERS: Final = 6_000  # of a text; who copies a petition copies its beginning
LEAST_SCORE: Final = 30  # below, two petitions have no more in common than any two
NEAR_DAYS: Final = 30

#: Weights of what speaks for belonging together; they add up to 100.
_TEXT, _PERSON, _SUBJECT, _RESPONDENT, _FIELD, _PLACE = 55, 20, 10, 5, 5, 5
_NAME_ALONE: Final = 12  # same name and address or telephone, but no number to prove it
_ALIKE, _SOMEWHAT = 0.75, 0.5  # of texts

#: What petitions abbreviate, without accents; only what can mean nothing else in one.
ABBREVIATIONS: Final[Mapping[str, str]] = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "mttq": "mat tran to quoc",
    "ubmttq": "uy ban mat tran to quoc",
    "gpmb": "giai phong mat bang",
    "gcn": "giay chung nhan",
    "gcnqsdd": "giay chung nhan quyen su dung dat",
    "qsdd": "quyen su dung dat",
    "qsd": "quyen su dung",
    "qd": "quyet dinh",
    "tdp": "to dan pho",
    "cccd": "can cuoc cong dan",
    "cmnd": "chung minh nhan dan",
    "bhxh": "bao hiem xa hoi",
    "bhyt": "bao hiem y te",
    "vsmt": "ve sinh moi truong",
    "ttxd": "trat tu xay dung",
    "cbcc": "can bo cong chuc",
    "kntc": "khieu nai to cao",
    "tnmt": "tai nguyen moi truong",
}

#: What every petition says, without accents: it makes no two of them alike.
SET_PHRASES: Final = (
    "cong hoa xa hoi chu nghia viet nam",
    "doc lap tu do hanh phuc",
    "don khieu nai",
    "don to cao",
    "don kien nghi",
    "don phan anh",
    "kinh gui",
    "toi ten la",
    "toi xin chan thanh cam on",
    "xin chan thanh cam on",
    "toi xin cam doan",
    "hoan toan chiu trach nhiem truoc phap luat",
    "kinh mong",
    "kinh de nghi",
    "de nghi quy co quan",
    "xem xet giai quyet",
    "nay toi lam don nay",
    "toi lam don nay",
)


class Reason(StrEnum):
    """Why two petitions may belong together."""

    SAME_PERSON = "cung_nguoi"  # same ID number, by blind index
    SAME_NAME = "cung_ho_ten"  # same name, and address or telephone
    SAME_TEXT = "noi_dung_trung"
    SIMILAR_TEXT = "noi_dung_gan_giong"
    SIMILAR_SUBJECT = "trich_yeu_gan_giong"
    SAME_RESPONDENT = "cung_nguoi_bi_khieu_to"
    SAME_FIELD = "cung_linh_vuc"
    SAME_PLACE = "cung_to_dan_pho"
    NEAR_IN_TIME = "gan_ngay_nhan"
    SAID_TO_REPEAT = "nguoi_gui_neu_don_truoc"
    CHOSEN = "can_bo_xac_dinh"  # an officer's own finding


SENTENCES: Final[Mapping[Reason, str]] = {
    Reason.SAME_PERSON: "Cùng người gửi (trùng số định danh).",
    Reason.SAME_NAME: "Cùng họ tên và địa chỉ hoặc số điện thoại người gửi.",
    Reason.SAME_TEXT: "Nội dung đơn trùng hoặc gần như trùng.",
    Reason.SIMILAR_TEXT: "Nội dung đơn có nhiều đoạn giống nhau.",
    Reason.SIMILAR_SUBJECT: "Trích yếu gần giống nhau.",
    Reason.SAME_RESPONDENT: "Cùng người bị khiếu nại, bị tố cáo.",
    Reason.SAME_FIELD: "Cùng lĩnh vực.",
    Reason.SAME_PLACE: "Cùng tổ dân phố.",
    Reason.NEAR_IN_TIME: f"Ngày nhận cách nhau không quá {NEAR_DAYS} ngày.",
    Reason.SAID_TO_REPEAT: "Người gửi cho biết đây là đơn gửi lại của đơn kia.",
    Reason.CHOSEN: "Cán bộ xác định.",
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Likeness:
    """A petition made ready for comparing; holds what is personal, so it prints nothing."""

    file: str
    received_on: date
    kind: Kind | None
    field: Field | None
    neighbourhood: str | None
    repeats: str | None
    is_anonymous: bool = False
    people: frozenset[tuple[str, str]] = frozenset()  # (name, address), (name, telephone)
    respondents: frozenset[str] = frozenset()
    subject: "Text | None" = None  # None: erased
    content: "Text | None" = None
    was_denunciation: bool = False  # at any time
    entered_by: str = ""  # actor

    @property
    def is_denunciation(self) -> bool:
        return self.was_denunciation or self.kind is Kind.DENUNCIATION


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """The words of a text and the pairs of neighbours, each with its number."""

    words: Counter[str]
    pairs: Counter[tuple[str, str]]

    @classmethod
    def of(cls, text: str) -> "Text":
        words = plain(text[:MOST_CHARACTERS]).split()
        # Two steps ahead: one word put in or two put the other way round break few pairs.
        ahead = [*pairwise(words), *zip(words, words[2:], strict=False)]
        pairs = Counter((min(pair), max(pair)) for pair in ahead)
        return cls(
            Counter({word: count * _weight(word) for word, count in Counter(words).items()}),
            Counter({pair: count * _weight("".join(pair)) for pair, count in pairs.items()}),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """How two petitions are alike; nothing personal."""

    file: str
    score: int  # 0 to 100
    relation: Relation  # which it would be if they belong together
    reasons: tuple[Reason, ...]


def plain(text: str) -> str:
    """Words without accents, case, punctuation and set phrases, abbreviations written out."""
    words = re.findall(r"[a-z0-9]+", without_accents(text))
    spelt = " ".join(ABBREVIATIONS.get(word, word) for word in words)
    return " ".join(_SET.sub(" ", spelt).split())


def without_accents(text: str) -> str:
    """Lower-case letters without Vietnamese accents: `Đường` and `DUONG` are `duong`."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return bare.replace("đ", "d")


def likeness_of_texts(one: Text | None, other: Text | None) -> float:
    """From 0 to 1; 1 for the same words in about the same order, 0 if one is missing or empty."""
    if one is None or other is None or not one.words or not other.words:
        return 0.0
    # Syllables are few and common, so that it is the pairs that tell what a text is about.
    words = _overlap(one.words, other.words)
    pairs = _overlap(one.pairs, other.pairs) if one.pairs and other.pairs else words
    return 0.25 * words + 0.75 * pairs


def may_compare_people(new: Likeness, old: Likeness, asker: str) -> bool:
    """Whether the answer could not tell who denounced (Luật Tố cáo Đ.8.3, Đ.49.2).

    Not between a denunciation (what ever was one) or a petition that nobody called anything yet,
    and something else, whose sender is shown. Of two denunciations, or two that nobody called
    anything, not if the asker entered one, or an agency sent one, which may be the asker's too: who
    enters one in a suspect's name would learn whether another is theirs.
    """
    if new.is_denunciation is not old.is_denunciation:
        return False
    if (new.kind is None) is not (old.kind is None):
        return False
    if not new.is_denunciation and new.kind is not None:
        return True
    entered_by = (new.entered_by, old.entered_by)
    return asker not in entered_by and not any(map(agencies.is_agency, entered_by))


def match(
    new: Likeness, old: Likeness, same_people: Collection[str] = (), asker: str = "?"
) -> Match:
    """How the old petition is like the new one.

    `same_people`: files in which somebody has the ID number of one who sent the new one; `asker`:
    the actor who wants to know.
    """
    text = likeness_of_texts(new.content, old.content)
    subject = likeness_of_texts(new.subject, old.subject)
    person, shared = _persons(new, old, same_people, asker)
    score = _TEXT * text + _SUBJECT * subject + person
    reasons = [*shared, *_reasons_of_texts(text, subject)]
    if new.respondents & old.respondents:
        score += _RESPONDENT
        reasons.append(Reason.SAME_RESPONDENT)
    if new.field is not None and new.field is old.field:
        score += _FIELD
        reasons.append(Reason.SAME_FIELD)
    if new.neighbourhood is not None and new.neighbourhood == old.neighbourhood:
        score += _PLACE
        reasons.append(Reason.SAME_PLACE)
    if abs((new.received_on - old.received_on).days) <= NEAR_DAYS:
        reasons.append(Reason.NEAR_IN_TIME)
    if text >= _ALIKE:  # the same text speaks for itself, whoever sent it
        score = max(score, 85 * text)
    if new.repeats == old.file:
        score = max(score, 90)
        reasons.insert(0, Reason.SAID_TO_REPEAT)
    return Match(
        file=old.file,
        score=min(100, round(score)),
        relation=_relation(text, bool(shared), new, old),
        reasons=tuple(reasons),
    )


def best(
    new: Likeness,
    others: Iterable[Likeness],
    same_people: Collection[str],
    limit: int,
    asker: str = "?",
) -> list[Match]:
    """The likest first; all that came from the same person, of the rest only what is alike."""
    found = [match(new, other, same_people, asker) for other in others if other.file != new.file]
    worth = [one for one in found if one.score >= LEAST_SCORE or Reason.SAME_PERSON in one.reasons]
    return sorted(worth, key=lambda one: (-one.score, one.file))[:limit]


def _weight(word: str) -> int:
    """Numbers of decisions, parcels and days tell one land dispute from the next."""
    return 3 if any(sign.isdigit() for sign in word) else 1


def _overlap(one: "Counter[Item]", other: "Counter[Item]") -> float:
    """Share of what both have (Dice); of the shorter one's, a little less, if it is long enough."""
    both, least = (one & other).total(), min(one.total(), other.total())
    dice = 2 * both / (one.total() + other.total())
    # A petition sent again with ten pages more is still the same petition.
    return max(dice, 0.85 * both / least) if least >= _LONG_ENOUGH else dice


def _persons(
    new: Likeness, old: Likeness, same_people: Collection[str], asker: str
) -> tuple[int, list[Reason]]:
    if not may_compare_people(new, old, asker):
        return 0, []
    if old.file in same_people:
        return _PERSON, [Reason.SAME_PERSON]
    if new.people & old.people:
        return _NAME_ALONE, [Reason.SAME_NAME]
    return 0, []


def _reasons_of_texts(text: float, subject: float) -> list[Reason]:
    reasons = []
    if text >= _ALIKE:
        reasons.append(Reason.SAME_TEXT)
    elif text >= _SOMEWHAT:
        reasons.append(Reason.SIMILAR_TEXT)
    if subject >= _ALIKE:
        reasons.append(Reason.SIMILAR_SUBJECT)
    return reasons


def _relation(text: float, is_same_person: bool, new: Likeness, old: Likeness) -> Relation:
    if is_same_person or new.repeats == old.file:
        return Relation.DUPLICATE if text >= _ALIKE else Relation.REPEAT
    is_anonymous = new.is_anonymous or old.is_anonymous
    return Relation.DUPLICATE if text >= _ALIKE and is_anonymous else Relation.RELATED


_LONG_ENOUGH: Final = 150  # words or pairs
_SET: Final = re.compile(rf"\b(?:{'|'.join(sorted(SET_PHRASES, key=len, reverse=True))})\b")
