"""A year of petitions of an invented ward, each with what becomes of it: seeded, and pure.

`generate` gives plans: what comes in, when and by which way, and the commands that staff give on it
afterwards, with legal dates in the order of the law and none in the future. What happens after
acceptance is in `settling`. Playing the plans on the services is in `play`, telling about them in
`story`.
"""

import random
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from deploy.demo import texts
from deploy.demo.settling import PERSONAL, Accepted, Step, finish, settle, working
from shared.contracts.cases import Outcome
from shared.contracts.petitions import Channel, Field, Flag, Kind, Role
from shared.working_days import Calendar, DayKind

Label = TypeVar("Label")

FEWEST = 30  # below this the proportions leave some courses without any petition
YEAR = 365  # days that new petitions are spread over; the backlog is older


class Course(StrEnum):
    """What becomes of a petition."""

    IN_TIME = "in_time"  # accepted, decided within the limit, closed
    LATE = "late"  # the same, after the limit
    OVERDUE = "overdue"  # accepted, not decided, the limit is over
    APPROACHING = "approaching"  # accepted, the limit ends within days
    RUNNING = "running"  # came in lately, as far as it got
    NEW = "new"  # nobody has looked at it
    REFUSED = "refused"  # không thụ lý
    GUIDED = "guided"  # hướng dẫn
    FORWARDED = "forwarded"  # chuyển đơn
    FILED = "filed"  # lưu đơn: conditions not met
    REPEATED = "repeated"  # lưu đơn: the same as an earlier one


ACCEPTED = (Course.IN_TIME, Course.LATE, Course.OVERDUE, Course.APPROACHING, Course.RUNNING)
OPEN = (Course.OVERDUE, Course.APPROACHING, Course.RUNNING)


class Way(StrEnum):
    """How a petition reaches the system."""

    PORTAL = "portal"  # a message of the public service portal
    DESK = "desk"  # registered by a clerk, RPC
    BACKLOG = "backlog"  # imported


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One petition and what becomes of it."""

    number: int  # 1, 2, 3 … in the order of receipt
    way: Way
    course: Course
    kind: Kind
    field: Field
    received_on: date
    payload: Mapping[str, Any]  # of register_petition; names and texts are in it
    steps: tuple[Step, ...]
    repeats: int | None = None  # number of the earlier petition that it repeats
    is_story: bool = False  # the one that is told step by step
    over_tet: bool = False  # its first limit runs over the New Year holidays
    is_suspended: bool = False  # its settlement was suspended and continued


# -- How often what occurs
#
# National figures of 2024 unless said otherwise: 334,878 petitions received, 327,677 handled,
# 256,550 of them eligible; 38,929 complaints and 20,409 denunciations among these; 24,969 cases
# within competence. Bắc Ninh before its merger, nine months of 2023: 3,395 petitions, of which
# 1,883 eligible ones make 1,519 cases; 2,495 reception cases, 87 of them groups with 1,960 people.

#: Complaints 38,929 and denunciations 20,409 of 256,550 eligible; the others are counted together,
#: so that their halves are an assumption.
KINDS: Mapping[Kind, float] = {
    Kind.COMPLAINT: 0.152,
    Kind.DENUNCIATION: 0.080,
    Kind.RECOMMENDATION: 0.384,
    Kind.FEEDBACK: 0.384,
}
UNHANDLED = 1 - 3_373 / 3_395  # Bắc Ninh: received and not yet looked at
INELIGIBLE = 1 - 256_550 / 327_677  # filed away
#: Bắc Ninh: of the eligible, those that make no case of their own.
REPEATED = (1_883 - 1_519) / 1_883
#: 24,969 cases of 59,338 complaints and denunciations, a case standing for 1,883 / 1,519 petitions.
#: No figure is known for the others; most of what a ward is asked is its own business.
COMPETENT = {
    kind: 24_969 * (1_883 / 1_519) / 59_338 for kind in (Kind.COMPLAINT, Kind.DENUNCIATION)
}
COMPETENT |= {Kind.RECOMMENDATION: 0.85, Kind.FEEDBACK: 0.85}
REFUSED = 0.10  # of complaints and denunciations within competence; assumption
UNSETTLED = 1 - 18_108 / 22_068  # of cases within competence, 2025
LATE = 0.15  # of the settled; assumption
GROUPS = (
    87 / 2_495
)  # Bắc Ninh: petitions with five people or more behind them; 23 people on average
BACKLOG = 0.08  # assumption

#: Channels of what is no backlog. Assumption: a commune has 79 reception turns to 134 petitions.
CHANNELS: Mapping[Channel, float] = {
    Channel.RECEPTION: 0.38,
    Channel.PORTAL: 0.24,
    Channel.POST: 0.20,
    Channel.AGENCY: 0.10,
    Channel.NEIGHBOURHOOD: 0.08,
}
#: Fields by kind. No figures are known: the ward's plan names land, construction, compensation and
#: social policy as its hot fields, the statutory forms know few others.
FIELDS: Mapping[Kind, Mapping[Field, float]] = {
    Kind.COMPLAINT: {
        Field.LAND: 0.45,
        Field.COMPENSATION: 0.25,
        Field.CONSTRUCTION: 0.15,
        Field.SOCIAL_POLICY: 0.15,
    },
    Kind.DENUNCIATION: {
        Field.PUBLIC_DUTY: 0.40,
        Field.LAND: 0.25,
        Field.CORRUPTION: 0.25,
        Field.OTHER: 0.10,
    },
    Kind.RECOMMENDATION: {
        Field.ENVIRONMENT: 0.25,
        Field.LAND: 0.20,
        Field.CONSTRUCTION: 0.20,
        Field.SOCIAL_POLICY: 0.15,
        Field.COMPENSATION: 0.10,
        Field.OTHER: 0.10,
    },
    Kind.FEEDBACK: {
        Field.ENVIRONMENT: 0.35,
        Field.CONSTRUCTION: 0.25,
        Field.PUBLIC_ORDER: 0.15,
        Field.CIVIL_STATUS: 0.10,
        Field.PUBLIC_DUTY: 0.05,
        Field.OTHER: 0.10,
    },
}
#: Complaints 18 % right, denunciations 37.4 % (2024); the share of "in part" is an assumption.
OUTCOMES: Mapping[Kind, Mapping[Outcome, float]] = {
    Kind.COMPLAINT: {
        Outcome.JUSTIFIED: 0.18,
        Outcome.PARTLY_JUSTIFIED: 0.22,
        Outcome.UNJUSTIFIED: 0.60,
    },
    Kind.DENUNCIATION: {
        Outcome.JUSTIFIED: 0.374,
        Outcome.PARTLY_JUSTIFIED: 0.20,
        Outcome.UNJUSTIFIED: 0.426,
    },
    Kind.RECOMMENDATION: {Outcome.ANSWERED: 1.0},
    Kind.FEEDBACK: {Outcome.ANSWERED: 1.0},
}

#: Codes of intake: why a petition is not taken up, and why it is filed away.
GROUND_OF_REFUSAL = {
    Kind.COMPLAINT: "kn_khong_lien_quan_truc_tiep",
    Kind.DENUNCIATION: "tc_khong_co_co_so",
}
GROUND_ANONYMOUS = "nac_danh_khong_ro"
GROUND_SENT_WIDELY = "gui_nhieu_noi"


def divide(total: int, weights: Mapping[Label, float]) -> dict[Label, int]:
    """`total` in whole shares as near to the weights as can be (largest remainder)."""
    whole = sum(weights.values())
    exact = {label: total * weight / whole for label, weight in weights.items()}
    shares = {label: int(share) for label, share in exact.items()}
    by_remainder = sorted(exact, key=lambda label: shares[label] - exact[label])
    for label in by_remainder[: total - sum(shares.values())]:
        shares[label] += 1
    return shares


def generate(
    today: date,
    *,
    calendar: Calendar,
    seed: int = 1,
    cases: int = 150,
    authority: str = "09253",
) -> list[Plan]:
    """The plans in the order of receipt; the same arguments always give the same.

    Raises:
        ValueError: fewer than `FEWEST` cases.
        OutsideCalendar: the calendar does not cover the two years before `today`.
    """
    if cases < FEWEST:
        raise ValueError(f"the demo needs at least {FEWEST} cases")
    rng = random.Random(f"{seed}/{cases}")
    drafts = _drafts(rng, cases)
    _choose_special(rng, drafts)
    _choose_channels(rng, drafts)
    for draft in drafts:
        draft.received_on = _received_on(draft, today, calendar, rng)
    _link_repeats(rng, drafts, today, calendar)
    drafts.sort(key=lambda draft: draft.received_on)
    for number, draft in enumerate(drafts, start=1):
        draft.number = number
    outcomes = {kind: _dealt(rng, cases, weights) for kind, weights in OUTCOMES.items()}
    return [
        _plan(draft, outcomes[draft.kind].pop(), today, calendar, rng, authority)
        for draft in drafts
    ]


# -- Who gets which course


@dataclass(kw_only=True, slots=True)
class _Draft:
    """A petition while it is being made up."""

    kind: Kind
    field: Field
    course: Course
    number: int = 0
    channel: Channel = Channel.RECEPTION
    received_on: date = date.min
    people: int = 1
    flags: tuple[Flag, ...] = ()
    original: "_Draft | None" = None
    is_story: bool = False
    over_tet: bool = False
    is_suspended: bool = False
    template: texts.Template | None = None
    words: Mapping[str, str] | None = None


def _dealt(rng: random.Random, total: int, weights: Mapping[Label, float]) -> list[Label]:
    dealt = [label for label, count in divide(total, weights).items() for _ in range(count)]
    rng.shuffle(dealt)
    return dealt


def _drafts(rng: random.Random, cases: int) -> list[_Draft]:
    drafts: list[_Draft] = []
    for kind, count in divide(cases, KINDS).items():
        courses = _dealt(rng, count, _courses(kind))
        fields = _dealt(rng, count, FIELDS[kind])
        drafts += [
            _Draft(kind=kind, field=about, course=course)
            for about, course in zip(fields, courses, strict=True)
        ]
    return drafts


def _courses(kind: Kind) -> dict[Course, float]:
    eligible = 1 - INELIGIBLE
    single = eligible * (1 - REPEATED)
    own = single * COMPETENT[kind]
    personal = kind in (Kind.COMPLAINT, Kind.DENUNCIATION)
    refused = own * REFUSED if personal else 0.0
    elsewhere = Course.GUIDED if kind is Kind.COMPLAINT else Course.FORWARDED
    return {
        Course.FILED: INELIGIBLE,
        Course.REPEATED: eligible * REPEATED,
        elsewhere: single - own,
        Course.REFUSED: refused,
        Course.IN_TIME: own - refused,  # some of them become late or open ones
    }


def _choose_special(rng: random.Random, drafts: list[_Draft]) -> None:
    """The story, the one over the New Year, the suspended one; who is open, late, new and so on."""
    taken_up = [draft for draft in drafts if draft.course is Course.IN_TIME]
    story, *rest = taken_up  # complaints come first
    story.is_story, story.field = True, Field.LAND
    if rest and rest[0].kind is Kind.COMPLAINT:
        rest.pop(0).over_tet = True
    suspended = next((draft for draft in rest if draft.kind is Kind.DENUNCIATION), None)
    if suspended:
        rest.remove(suspended)
        suspended.is_suspended = True
    in_turn = _by_turns(rest)
    open_ones = in_turn[: max(len(OPEN), round(len(taken_up) * UNSETTLED))]
    for number, draft in enumerate(open_ones):
        draft.course = OPEN[number % len(OPEN)]
    settled = in_turn[len(open_ones) :]
    for draft in rng.sample(settled, max(1, round(len(settled) * LATE))):
        draft.course = Course.LATE
    filed = [draft for draft in drafts if draft.course is Course.FILED]
    for draft in filed[-max(1, round(len(drafts) * UNHANDLED)) :]:
        draft.course = Course.NEW
    lingering = [draft for draft in open_ones if draft.course is Course.OVERDUE][-1:]
    older = rng.sample(settled, max(1, round(len(drafts) * BACKLOG) - len(lingering)))
    for draft in (*lingering, *older):
        draft.channel = Channel.BACKLOG
    for draft in rng.sample(taken_up, max(1, round(len(drafts) * GROUPS))):
        draft.people = rng.randint(5, 41)
        draft.flags = (Flag.GROUP, *([Flag.TENSE] if draft.people > 20 else []))
    for draft in rng.sample(taken_up, max(1, round(len(drafts) * GROUPS))):
        draft.flags = tuple(sorted({*draft.flags, Flag.TENSE, Flag.CROSS_LEVEL}))


def _by_turns(drafts: Iterable[_Draft]) -> list[_Draft]:
    """One of each kind, then the second of each, and so on."""
    seen = dict.fromkeys(Kind, 0)
    placed: list[tuple[int, int, _Draft]] = []
    for order, draft in enumerate(drafts):
        placed.append((seen[draft.kind], order, draft))
        seen[draft.kind] += 1
    return [draft for _, _, draft in sorted(placed, key=lambda place: place[:2])]


def _choose_channels(rng: random.Random, drafts: list[_Draft]) -> None:
    current = [draft for draft in drafts if draft.channel is not Channel.BACKLOG]
    channels = _dealt(rng, len(current), CHANNELS)
    for draft, channel in zip(current, channels, strict=True):
        draft.channel = channel
    story = next(draft for draft in current if draft.is_story)
    swapped = next(draft for draft in current if draft.channel is Channel.PORTAL)
    story.channel, swapped.channel = swapped.channel, story.channel


# -- When


def _received_on(draft: _Draft, today: date, calendar: Calendar, rng: random.Random) -> date:
    """A working day that leaves room for the course to end before `today`."""
    personal = draft.kind in PERSONAL
    long_ago, lately = today - timedelta(days=YEAR), today - timedelta(days=80)
    if draft.over_tet and (tet := _new_year(calendar, long_ago, lately)):
        return calendar.add_working_days(tet, -6)
    if draft.channel is Channel.BACKLOG:
        # The ward's own limit for answers is not much older than a year.
        oldest = YEAR + (215 if personal else 130)
        return working(today - timedelta(days=rng.randint(YEAR + 15, oldest)), calendar)
    match draft.course:
        case Course.NEW:
            return working(today, calendar)
        case Course.RUNNING:
            return calendar.add_working_days(working(today, calendar), -rng.randint(3, 6))
        case Course.APPROACHING if personal:  # accepted four working days later, then 30 days
            accepted_on = working(today - timedelta(days=rng.randint(26, 28)), calendar)
            return calendar.add_working_days(accepted_on, -4)
        case Course.APPROACHING:  # 15 working days
            return calendar.add_working_days(working(today, calendar), -rng.randint(12, 14))
        case Course.OVERDUE:
            ago = rng.randint(55, 120) if personal else rng.randint(35, 90)
        case Course.IN_TIME if draft.is_story:
            ago = 115
        case Course.IN_TIME if draft.is_suspended:
            ago = rng.randint(90, 150)
        case Course.IN_TIME:
            ago = rng.randint(90 if personal else 35, YEAR)
        case Course.LATE:
            ago = rng.randint(130 if personal else 60, YEAR)
        case _:
            ago = rng.randint(20, YEAR)
    return working(today - timedelta(days=ago), calendar)


def _new_year(calendar: Calendar, since: date, until: date) -> date | None:
    """First day of lunar New Year holidays in a stretch of time."""
    for ahead in range((until - since).days + 1):
        day = since + timedelta(days=ahead)
        special = calendar.special_day(day)
        if special and special.name.startswith("Tết ") and special.name != "Tết Dương lịch":
            return day
    return None


def before_new_year(today: date, calendar: Calendar) -> date:
    """A working day so close before the last lunar New Year that limits run over it."""
    new_year = _new_year(calendar, today - timedelta(days=385), today)  # a leap year has 384 days
    return calendar.add_working_days(new_year or today, -3)


def calendar_change(today: date, calendar: Calendar) -> dict[str, Any]:
    """Payload of change_calendar: a Friday soon is off, a Saturday later is worked for it."""
    off = today + timedelta(days=7 + (4 - today.weekday()) % 7)
    while calendar.special_day(off):
        off += timedelta(days=7)
    worked = off + timedelta(days=15)
    while calendar.special_day(worked):
        worked += timedelta(days=7)
    return {
        "days": [
            {
                "day": off.isoformat(),
                "kind": DayKind.SWAPPED_OFF.value,
                "name": f"Nghỉ hoán đổi với ngày {worked:%d/%m/%Y}",
            },
            {
                "day": worked.isoformat(),
                "kind": DayKind.WORKED.value,
                "name": f"Làm việc thay ngày {off:%d/%m/%Y}",
            },
        ],
        "document": f"Thông báo 214/TB-UBND ngày {today:%d/%m/%Y}",
        "reason": "hoan_doi",
    }


def _link_repeats(
    rng: random.Random, drafts: list[_Draft], today: date, calendar: Calendar
) -> None:
    """Each repeated petition gets an earlier one of its kind, and comes some weeks after it."""
    latest = today - timedelta(days=20)
    for draft in drafts:
        if draft.course is not Course.REPEATED:
            continue
        earlier = [
            other
            for other in drafts
            if other.kind is draft.kind
            and other.course not in (Course.REPEATED, Course.FILED, Course.NEW)
            and other.received_on < latest - timedelta(days=14)
        ]
        original = draft.original = rng.choice(earlier)
        since = max(original.received_on, today - timedelta(days=YEAR))
        after = timedelta(days=rng.randint(14, 60))
        draft.received_on = working(min(since + after, latest), calendar)
        draft.field = original.field


# -- What is said and done


def _plan(
    draft: _Draft,
    outcome: Outcome,
    today: date,
    calendar: Calendar,
    rng: random.Random,
    authority: str,
) -> Plan:
    ways = {Channel.PORTAL: Way.PORTAL, Channel.BACKLOG: Way.BACKLOG}
    way = ways.get(draft.channel, Way.DESK)
    payload = _payload(draft, rng)
    if way is Way.PORTAL:
        del payload["channel"]  # the ward takes it from who sends the message
        payload["authority"] = authority
    steps = _steps(draft, outcome, calendar, rng)
    if way is Way.BACKLOG and draft.course is Course.OVERDUE:
        steps.append(finish(today, calendar))
    return Plan(
        number=draft.number,
        way=way,
        course=draft.course,
        kind=draft.kind,
        field=draft.field,
        received_on=draft.received_on,
        payload=payload,
        steps=tuple(step for step in steps if step.on <= today),
        repeats=draft.original.number if draft.original else None,
        is_story=draft.is_story,
        over_tet=draft.over_tet,
        is_suspended=draft.is_suspended,
    )


def _payload(draft: _Draft, rng: random.Random) -> dict[str, Any]:
    neighbourhood = rng.choice(list(texts.NEIGHBOURHOODS))
    place = texts.NEIGHBOURHOODS[neighbourhood]
    template, words = _text(draft, place, rng)
    subject, content = (fill(text, words) for text in (template.subject, template.content))
    is_anonymous = draft.course is Course.FILED
    payload: dict[str, Any] = {
        "channel": draft.channel.value,
        "received_on": draft.received_on.isoformat(),
        "claimed_kind": draft.kind.value,
        "claimed_field": draft.field.value,
        "petitioners": [] if is_anonymous else _petitioners(draft, place, rng),
        "subject": subject,
        "content": content,
        "people": draft.people,
        "is_signed": not is_anonymous,
        "neighbourhood": neighbourhood,
    }
    if draft.kind.value in texts.RESPONDENTS:
        payload["respondents"] = [_respondent(draft.kind, place, rng)]
    if draft.kind is Kind.COMPLAINT and rng.random() < 0.3:
        payload["originals"] = rng.randint(1, 3)
    return payload


def _text(
    draft: _Draft, place: str, rng: random.Random
) -> tuple[texts.Template, Mapping[str, str]]:
    """What the petition says; one that repeats another says the same and that it does."""
    original = draft.original
    if original and original.template and original.words:
        again = "Đơn này tôi đã gửi trước đây, nay gửi lại vì chưa thấy trả lời. "
        said = original.template
        return texts.Template(f"{said.subject} (gửi lần hai)", again + said.content), original.words
    draft.template = rng.choice(texts.TEMPLATES[draft.kind, draft.field])
    draft.words = _words(rng, place, draft.received_on)
    return draft.template, draft.words


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with its places filled, in NFC."""
    return unicodedata.normalize("NFC", text.format_map(dict(words)))


def _words(rng: random.Random, place: str, received_on: date) -> dict[str, str]:
    past = received_on - timedelta(days=rng.randint(5, 60))
    thousands = rng.choice((150, 300, 480, 1_200, 2_500, 6_400, 18_000, 35_000, 72_000, 120_000))
    return {
        "place": place,
        "street": rng.choice(texts.STREETS),
        "house": str(rng.randint(2, 180)),
        "parcel": str(rng.randint(11, 640)),
        "sheet": str(rng.randint(3, 48)),
        "area": str(rng.randint(40, 320)),
        "year": str(rng.randint(1986, 2009)),
        "past": f"{past:%d/%m/%Y}",
        "amount": f"{thousands * 1_000:,}".replace(",", ".") + " đồng",
        "count": str(rng.randint(2, 9)),
    }


def _petitioners(draft: _Draft, place: str, rng: random.Random) -> list[dict[str, Any]]:
    if draft.people >= 5:  # a group speaks through representatives
        role = {"role": Role.REPRESENTATIVE.value}
        return [person(place, rng) | role for _ in range(_named(draft))]
    if draft.kind is Kind.RECOMMENDATION and rng.random() < 0.08:
        name = rng.choice(texts.ORGANISATIONS).format(place=place)
        return [{"name": name, "address": _address(place, rng), "is_organisation": True}]
    return [person(place, rng)]


def _named(draft: _Draft) -> int:
    """How many petitioners are named; nobody is where it is filed away as anonymous."""
    return 2 if draft.people >= 5 else 1


def person(place: str, rng: random.Random) -> dict[str, Any]:
    middle, given = rng.choice((texts.MEN, texts.WOMEN))
    return {
        "name": f"{rng.choice(texts.FAMILY_NAMES)} {rng.choice(middle)} {rng.choice(given)}",
        "address": _address(place, rng),
        "phone": f"0000{rng.randint(0, 999_999):06d}",
        "id_number": f"000{rng.randint(0, 999_999_999):09d}",
    }


def _address(place: str, rng: random.Random) -> str:
    street = rng.choice(texts.STREETS)
    return f"số {rng.randint(2, 180)} đường {street}, tổ dân phố {place}, phường Nhân Hòa, Bắc Ninh"


def _respondent(kind: Kind, place: str, rng: random.Random) -> dict[str, str]:
    position, organisation = rng.choice(texts.RESPONDENTS[kind.value])
    middle, given = rng.choice((texts.MEN, texts.WOMEN))
    return {
        "name": f"{rng.choice(texts.FAMILY_NAMES)} {rng.choice(middle)} {rng.choice(given)}",
        "position": position,
        "organisation": organisation.format(place=place),
    }


def _steps(draft: _Draft, outcome: Outcome, calendar: Calendar, rng: random.Random) -> list[Step]:
    if draft.course is Course.NEW:
        return []
    eligible = draft.course not in (Course.FILED, Course.REPEATED)
    competent = draft.course not in (Course.GUIDED, Course.FORWARDED)
    # The first look may take two working days, what follows two more: inside every first limit,
    # the shortest being five working days for forwarding a denunciation.
    seen_on = calendar.add_working_days(draft.received_on, rng.randint(1, 2))
    settled_on = calendar.add_working_days(seen_on, rng.randint(1, 2))
    # Before the New Year four working days may be more than the ten days that complaints have.
    latest = working(draft.received_on + timedelta(days=10), calendar)
    seen_on, settled_on = min(seen_on, latest), min(settled_on, latest)
    if draft.over_tet:  # on the last day, to which the holidays move the first limit
        settled_on = calendar.add_working_days(draft.received_on, 6)
    if draft.course is Course.APPROACHING:
        seen_on = calendar.add_working_days(draft.received_on, 2)
        settled_on = calendar.add_working_days(draft.received_on, 4)
    steps = [
        Step(
            service="intake",
            method="classify",
            on=seen_on,
            payload={
                "classified_on": seen_on.isoformat(),
                "kind": draft.kind.value,
                "field": draft.field.value,
                "is_competent": competent,
                "meets_conditions": eligible,
                "flags": [flag.value for flag in draft.flags],
            },
        ),
        _first_answer(draft, settled_on, rng),
    ]
    if draft.course in ACCEPTED:
        accepted = Accepted(
            number=draft.number,
            kind=draft.kind,
            field=draft.field,
            outcome=outcome,
            received_on=draft.received_on,
            accepted_on=settled_on,
            petitioners=_named(draft),
            is_open=draft.course in OPEN,
            is_late=draft.course is Course.LATE,
            is_suspended=draft.is_suspended,
        )
        steps += settle(accepted, calendar, rng)
    return sorted(steps, key=lambda step: step.on)  # on one day in the order of the procedure


def _first_answer(draft: _Draft, on: date, rng: random.Random) -> Step:
    """What intake does with a petition after classifying it."""
    day = on.isoformat()
    method: str
    match draft.course:
        case Course.REFUSED:
            method = "refuse"
            payload = {
                "refused_on": day,
                "ground": GROUND_OF_REFUSAL[draft.kind],
                "reasons": texts.REFUSAL_REASONS[draft.kind.value],
            }
        case Course.GUIDED:
            method = "guide"
            payload = {
                "guided_on": day,
                "competent_authority": rng.choice(texts.OTHER_AUTHORITIES),
                "guidance": texts.GUIDANCE,
            }
        case Course.FORWARDED:
            method = "forward"
            payload = {
                "forwarded_on": day,
                "competent_authority": rng.choice(texts.OTHER_AUTHORITIES),
            }
        case Course.FILED:
            method, payload = "file_away", {"filed_on": day, "ground": GROUND_ANONYMOUS}
        case Course.REPEATED:
            method, payload = "file_away", {"filed_on": day, "ground": GROUND_SENT_WIDELY}
        case _:
            method, payload = "accept", {"accepted_on": day}
    return Step(service="intake", method=method, on=on, payload=payload)


def broken_petition(authority: str) -> dict[str, Any]:
    """What the portal sends by mistake: a day that no calendar has, gaps, a made-up field."""
    return {
        "authority": authority,
        "received_on": "2026-02-30",
        "claimed_kind": "to_cao",
        "petitioners": [{"name": " ", "id_number": "12345"}],
        "subject": "Phản ánh rác ứ đọng ở cổng chợ",
        "priority": "high",
    }
