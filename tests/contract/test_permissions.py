"""Every role against every work and every relation to a file; every policy broken once."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared.access import permissions
from shared.access.permissions import ROLES, Policies
from shared.access.relations import TASK, Matter
from shared.access.tokens import Caller
from shared.errors import Refused

FOLDER = Path(permissions.__file__).parent
POLICIES = (FOLDER / "donthu.cedar").read_text("utf-8")
SCHEMA = (FOLDER / "donthu.cedarschema").read_text("utf-8")
WARD, OTHER = "09253", "09256"

#: a  everything of the ward        n  the same, without denunciations
#: o  files assigned to the caller  u  files of the caller's unit      (tasks like files)
#: f  everything of the ward, without tasks; n also without them
#: N  like n, U like u, O like o, but every task
#: g  work that is about no file    -  nothing
EXPECTED = """
             reception petition          unit               reporting province            admini-
             _clerk    _officer verifier _head chair deputy _officer  _supervisor auditor strator
receiving          a         -        -        -     a     a      -         -           -       -
registering        a         a        -        -     -     -      -         -           -       -
handling           -         a        -        -     a     a      -         -           -       -
suggesting         -         a        -        u     a     a      -         -           -       -
dispatching        -         -        -        u     a     a      -         -           -       -
planning           -         a        -        u     a     a      -         -           -       -
verifying          -         -        o        u     a     a      -         -           -       -
following          -         a        o        u     a     a      -         -           -       -
deciding           -         -        -        -     a     a      -         -           -       -
directing          -         -        -        -     a     a      -         -           -       -
tasks              -         -        g        g     a     a      -         -           -       -
reading_file       n         f        o        u     a     a      a         a           a       -
reading_clocks     N         a        O        U     a     a      a         a           a       -
reading_lists      n         a        g        g     a     a      a         a           a       -
reading_receptions a         a        -        -     a     a      a         a           a       -
figures            -         a        -        g     a     a      a         a           a       -
reports            -         -        -        -     a     a      a         -           -       -
balances           -         -        -        -     -     -      a         -           -       -
proving            -         a        -        -     a     a      a         a           a       a
computing          a         a        g        g     a     a      a         a           a       a
calendar           -         -        -        -     a     -      a         -           -       -
operating          -         -        -        -     -     -      -         -           -       a
content            n         f        o        u     a     a      -         -           -       -
asking_identity    -         a        o        -     a     a      -         -           -       -
releasing_identity -         -        -        -     a     a      -         -           -       -
viewing_identity   -         a        o        -     a     a      -         -           -       -
protecting         -         a        -        -     a     a      -         -           -       -
erasing            -         -        -        -     a     -      -         -           -       -
tracing            -         -        -        -     a     a      -         -           a       -
"""
TABLE = {
    group: dict(zip(ROLES, cells, strict=True))
    for group, *cells in (line.split() for line in EXPECTED.strip().splitlines()[2:])
}


def caller(*roles: str, authority: str = WARD, wards: tuple[str, ...] = ()) -> Caller:
    return Caller(
        actor="officer:cb-1",
        authority=authority,
        roles=frozenset(roles),
        unit="kinh-te",
        wards=frozenset(wards),
    )


def matter(kind: str = "khieu_nai", **told: object) -> Matter:
    return Matter(authority=WARD, kind=kind, **told)  # type: ignore[arg-type]


#: relation -> what the request is about, and in which cells of the table it is allowed
RELATIONS = {
    "no file": (Matter(authority=WARD), "afngN"),
    "nobody's": (matter(), "afnN"),
    "their own": (matter(officer="cb-1", unit="van-phong"), "afnoNO"),
    "their unit's": (matter(officer="cb-2", unit="kinh-te"), "afnuNU"),
    "their own in their unit": (matter(officer="cb-1", unit="kinh-te"), "afnouNOU"),
    "another unit's": (matter(officer="cb-3", unit="van-phong"), "afnN"),
    "a denunciation": (matter("to_cao"), "af"),
    "a denunciation of their own": (matter("to_cao", officer="cb-1", unit="kinh-te"), "afouOU"),
    "unclassified": (matter("unclassified"), "afnN"),
    "a task of their own": (matter(TASK, officer="cb-1", unit="van-phong"), "aoNOU"),
    "a task of their unit": (matter(TASK, officer="cb-2", unit="kinh-te"), "auNOU"),
    "a task of nobody in another unit": (matter(TASK, unit="van-phong"), "aNOU"),
    "about themselves": (matter(conflicted=frozenset({"cb-1"})), ""),
    "about themselves, and theirs": (
        matter("to_cao", officer="cb-1", unit="kinh-te", conflicted=frozenset({"cb-1", "cb-9"})),
        "",
    ),
    "of another ward": (
        Matter(authority=OTHER, kind="khieu_nai", officer="cb-1", unit="kinh-te"),
        "",
    ),
    "of another ward as a whole": (Matter(authority=OTHER), ""),
}


def _actions() -> dict[str, list[str]]:
    """Group -> its actions, read from the schema."""
    text = re.sub(r"//.*", "", SCHEMA)
    found: dict[str, list[str]] = {}
    for names, group in re.findall(r'action ((?:"[\w.]+",?\s*)+)in \[(\w+)\]', text):
        found.setdefault(group, []).extend(re.findall(r'"([\w.]+)"', names))
    return found


ACTIONS = _actions()


def decisions(
    policies: Policies, groups: Iterable[str] = TABLE
) -> Iterator[tuple[str, bool, bool]]:
    """Every cell of these groups: its name, what was decided, what the table says.

    The first action of a group meets every relation, the others two: they differ in nothing else,
    and come last.
    """
    groups = list(groups)
    firsts = ((group, ACTIONS[group][0], RELATIONS) for group in groups)
    others = (
        (group, action, ("no file", "their own in their unit"))
        for group in groups
        for action in ACTIONS[group][1:]
    )
    for group, action, relations in itertools.chain(firsts, others):
        for relation in relations:
            about, allowing = RELATIONS[relation]
            for role in ROLES:
                said = policies.permit(caller(role), action, about)
                yield f"{role} {action} {relation}", said, TABLE[group][role] in allowing


def test_every_cell_is_decided_as_the_table_says() -> None:
    wrong = [name for name, said, meant in decisions(permissions.policies()) if said != meant]
    assert not wrong


def test_the_table_names_every_group_and_every_group_of_the_schema_has_a_row() -> None:
    declared = set(re.findall(r"^action (\w+);", SCHEMA, re.MULTILINE))
    assert declared == set(TABLE) == set(ACTIONS)


def mutants() -> Iterator[tuple[str, str, list[str]]]:
    """The policies, each time with one thing broken: what, the text, the groups concerned."""
    blocks = re.split(r"(?=^@id)", POLICIES, flags=re.MULTILINE)
    for number, block in enumerate(blocks[1:], start=1):
        name = re.findall(r'@id\("(\w+)"\)', block)[0]
        groups = [group for group in re.findall(r'Action::"(\w+)"', block) if group in ACTIONS]

        def broken(what: str, text: str, concerned: list[str]) -> tuple[str, str, list[str]]:
            whole = "".join([*blocks[:number], text, *blocks[number + 1 :]])  # noqa: B023 - at once
            return f"{name} {what}", whole, concerned  # noqa: B023

        groups = groups or list(TABLE)
        yield broken("is gone", "", groups)
        if "\npermit" in block:
            everybodys = re.sub(r"when \{.*?\};", ";", block, flags=re.DOTALL)
            yield broken("for everybody", everybodys, groups)
            for group in groups if len(groups) > 1 else ():  # without its only one it is gone
                less = re.sub(rf'Action::"{group}",?\s*', "", block)
                yield broken(f"without {group}", re.sub(r",\s*\]", "]", less), [group])
        for part in re.findall(r"&& resource\.[^&}]+", block):
            yield broken(f"without `{part.strip()}`", block.replace(part, ""), groups)


@pytest.mark.parametrize(
    ("broken", "groups"), [pytest.param(*rest, id=name) for name, *rest in mutants()]
)
def test_a_policy_that_is_broken_is_noticed(broken: str, groups: list[str]) -> None:
    policies = Policies.parse(broken, SCHEMA)
    nobodys = matter(kind="khieu_nai")
    without_unit = replace(caller("unit_head"), unit=None)
    supervisor = caller("province_supervisor", "chair", authority="01", wards=(WARD,))
    assert (
        any(said != meant for _, said, meant in decisions(policies, groups))
        or policies.permit(supervisor, "intake.classify", nobodys)
        or policies.permit(without_unit, "assignment.assign", nobodys)
    )


def test_a_head_without_a_unit_has_no_files() -> None:
    without_unit = replace(caller("unit_head"), unit=None)
    assert not permissions.policies().permit(without_unit, "assignment.assign", matter())


def test_policies_that_do_not_fit_the_schema_are_not_taken() -> None:
    with pytest.raises(ValueError, match="officier"):
        Policies.parse(POLICIES.replace("principal.officer", "principal.officier"), SCHEMA)


def test_an_action_that_nobody_declared_is_permitted_to_nobody() -> None:
    everybody = caller(*ROLES)
    assert not permissions.policies().permit(everybody, "intake.drop_everything", matter())


def test_a_supervisor_of_the_province_reads_in_their_wards_only_and_acts_in_none() -> None:
    of_the_province = caller("province_supervisor", "chair", authority="01", wards=(WARD,))
    permit = permissions.policies().permit
    assert permit(of_the_province, "reporting.case", matter())
    assert not permit(of_the_province, "assignment.issue_decision", matter())
    assert not permit(of_the_province, "reporting.case", Matter(authority=OTHER, kind="khieu_nai"))


@pytest.mark.parametrize(
    ("role", "action", "about", "code"),
    [
        ("verifier", "reporting.case", matter(officer="cb-2"), "unknown_file"),
        ("chair", "reporting.case", matter(conflicted=frozenset({"cb-1"})), "unknown_file"),
        ("reception_clerk", "reporting.case", matter("to_cao"), "unknown_file"),
        ("administrator", "reporting.case", matter(), "not_permitted"),
        ("verifier", "assignment.issue_decision", matter(officer="cb-1"), "not_permitted"),
    ],
)
def test_who_may_not_see_a_file_is_answered_as_if_it_were_not_there(
    role: str, action: str, about: Matter, code: str
) -> None:
    with pytest.raises(Refused) as told:
        permissions.policies().check(caller(role), action, about)
    assert told.value.code == code
