"""What each column counts: one predicate or sum over the facts for every column; pure.

A figure is made of entries, one for each petition, case, turn, day, decision or task that counts,
with the ids of the events that make it count. The figure is the sum of their amounts; where things
are counted each amount is 1. Totals are counted by themselves and not added up from their parts, so
that the relations printed on the forms are real checks. What a column means, and how we read the
circular where it is unclear, is in `columns.csv`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from services.reporting.forms.declaration import CARRYING
from services.reporting.forms.facts import (
    Facts,
    File,
    Order,
    Session,
    Stage,
    Standing,
    Told,
    known,
)
from services.reporting.forms.windows import Window, between
from shared.contracts.cases import Outcome, TaskTopic
from shared.contracts.petitions import Field, Kind
from shared.contracts.receptions import Host
from shared.ledger import Recorded


class Entry(NamedTuple):
    """One thing behind a figure."""

    subject: str  # file number, `<session>/<turn>`, day or task
    events: tuple[str, ...]  # ids
    amount: int = 1  # of what the column counts: things, people, đồng, m²


Figure = Callable[[Facts, Window], Iterable[Entry]]

GROUP = 5  # people: a large group (đoàn đông người)


def _ids(*told: Told | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.id for each in told if each))


# -- 01/TCD: citizen reception


#: Which part of the form a turn belongs to. A session on schedule that an officer holds in the
#: chair's place without delegation counts as regular reception.
_PARTS: Mapping[str, str] = {Host.CHAIR: "head", Host.DELEGATE: "delegate", Host.OFFICER: "regular"}
#: A case heard in several parts is entered once, in the first of these.
_LEADING = ("head", "delegate", "regular")

Turn = tuple[Session, Told]


def _turns(facts: Facts, window: Window, part: str | None) -> Iterator[Turn]:
    for session in facts.sessions.values():
        for turn in session.turns:
            if window.has(turn.on) and part in (None, _PARTS[turn.data["host"]]):
                yield session, turn


def _named(turn: Turn) -> str:
    return f"{turn[0].name}/{turn[1].data['turn']}"


def _people(turn: Told) -> int:
    return int(turn.data.get("people", 1))


def turns(part: str | None = None, least: int = 0) -> Figure:
    """Turns of reception (lượt tiếp), of `least` people and more."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for turn in _turns(facts, window, part):
            if _people(turn[1]) >= least:
                yield Entry(_named(turn), _ids(turn[1]))

    return figure


def people(part: str | None = None, least: int = 0) -> Figure:
    """People received in them."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for turn in _turns(facts, window, part):
            if _people(turn[1]) >= least:
                yield Entry(_named(turn), _ids(turn[1]), _people(turn[1]))

    return figure


def cases_heard(part: str | None = None) -> Figure:
    """Cases (vụ việc), each once: a turn that left no petition is a case of its own."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        heard: dict[str, list[Told]] = defaultdict(list)
        for turn in _turns(facts, window, None):
            file = turn[1].data.get("file")
            heard[facts.cases.get(file, file) if file else _named(turn)].append(turn[1])
        for case, told in heard.items():
            parts = {_PARTS[turn.data["host"]] for turn in told}
            if part in (None, next(each for each in _LEADING if each in parts)):
                yield Entry(case, _ids(*told))

    return figure


def days(host: Host) -> Figure:
    """Days that were publicly announced for the chair, or for whom the chair delegated."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        announced: dict[date, list[Told]] = defaultdict(list)
        for session in facts.sessions.values():
            if session.scheduled and session.scheduled.data["host"] == host:
                day = date.fromisoformat(session.scheduled.data["held_on"])
                if window.has(day):
                    announced[day].append(session.scheduled)
        for day, told in sorted(announced.items()):
            yield Entry(day.isoformat(), _ids(*told))

    return figure


# -- 02/XLD: handling of petitions


Test = Callable[[File], bool]


def _handled(facts: Facts, window: Window, test: Test) -> Iterator[File]:
    for file in facts.files.values():
        if file.handled and window.has(file.handled.on) and test(file):
            yield file


def petitions_in_hand(facts: Facts, window: Window) -> Iterator[Entry]:
    """Received in the window, or before it and not handled by then."""
    for file in facts.files.values():
        if file.received and (
            window.has(file.received.on) or not file.handled or file.handled.on >= window.first
        ):
            yield Entry(file.number, _ids(file.received))


def petitions(test: Test) -> Figure:
    """Petitions handled in the window that pass the test."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for file in _handled(facts, window, test):
            yield Entry(file.number, _ids(file.received, file.classified, file.handled))

    return figure


def any_petition(file: File) -> bool:
    return True


def eligible(file: File) -> bool:
    return file.standing is not Standing.INELIGIBLE


def elsewhere(file: File) -> bool:
    return file.standing in (Standing.GUIDED, Standing.FORWARDED)


def guided(file: File) -> bool:
    return file.standing is Standing.GUIDED


def forwarded(file: File) -> bool:
    return file.standing is Standing.FORWARDED


def competent(file: File) -> bool:
    return file.standing is Standing.COMPETENT


def ours(kinds: frozenset[Kind], *tests: Test) -> Test:
    """Within competence, of one of these kinds, and whatever else."""
    return lambda file: competent(file) and file.kind in kinds and all(test(file) for test in tests)


COMPLAINT = frozenset({Kind.COMPLAINT})
DENUNCIATION = frozenset({Kind.DENUNCIATION})
RECOMMENDATION = frozenset({Kind.RECOMMENDATION, Kind.FEEDBACK})


def second(file: File) -> bool:
    """A second complaint, or a continued denunciation (khiếu nại lần 2, tố cáo tiếp)."""
    return bool(file.classified and file.classified.data.get("is_second"))


def first(file: File) -> bool:
    return not second(file)


LAND = frozenset({Field.LAND, Field.COMPENSATION})
POLICY = frozenset({Field.SOCIAL_POLICY})
CORRUPTION = frozenset({Field.CORRUPTION})
#: Of a denunciation all that the administration does; TT06 names policy, land and public duty.
NOT_ADMINISTRATIVE = frozenset({Field.CORRUPTION, Field.PUBLIC_ORDER, Field.OTHER})


def about(fields: frozenset[Field]) -> Test:
    return lambda file: file.classified is not None and file.classified.data["field"] in fields


def not_about(*fields: frozenset[Field]) -> Test:
    return lambda file: not any(about(each)(file) for each in fields)


def cases(test: Test) -> Figure:
    """Cases (vụ việc) of the petitions that pass the test, of each kind for itself."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for files in _cases(facts, window, test):
            told = [event for file in files for event in (file.received, file.handled)]
            yield Entry(files[0].number, _ids(*told))

    return figure


def _cases(facts: Facts, window: Window, test: Test) -> Iterator[list[File]]:
    """The petitions of each case, that which leads it first."""
    groups: dict[tuple[str, bool, bool], list[File]] = defaultdict(list)
    for file in _handled(facts, window, test):
        own = file.kind in COMPLAINT, file.kind in DENUNCIATION
        groups[(facts.cases[file.number], *own)].append(file)
    for files in groups.values():
        yield sorted(files, key=lambda file: (_RANK[file.stage[0]], file.number))


_RANK = {stage: rank for rank, stage in enumerate(Stage)}


# -- 03/GQKN and 04/GQTC: settlement


def staged(kinds: frozenset[Kind], stage: Stage | None = None) -> Figure:
    """Cases of the petitions of the window that have come so far by its last day."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for files in _cases(facts, window, ours(kinds)):
            reached, by = files[0].stage
            if stage in (None, reached):
                yield Entry(files[0].number, _ids(files[0].received, files[0].handled, by))

    return figure


def _orders(facts: Facts, kinds: frozenset[Kind]) -> Iterator[tuple[File, Order]]:
    for file in facts.files.values():
        if file.kind in kinds:
            for order in file.orders:
                yield file, order


def decisions(
    kinds: frozenset[Kind], test: Test = any_petition, outcomes: Iterable[Outcome] | None = None
) -> Figure:
    """Decisions or conclusions issued in the window."""
    wanted = None if outcomes is None else frozenset(outcomes)

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for file, order in _orders(facts, kinds):
            issued = order.decision
            fits = wanted is None or issued.data["outcome"] in wanted
            if window.has(issued.on) and fits and test(file):
                yield Entry(file.number, _ids(issued))

    return figure


def _amount(told: Told, part: str, name: str) -> int:
    return int((told.data.get(part) or {}).get(name, 0))


def called_for(kinds: frozenset[Kind], name: str) -> Figure:
    """What the decisions of the window call for."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for file, order in _orders(facts, kinds):
            issued = order.decision
            if window.has(issued.on) and (amount := _amount(issued, "calls_for", name)):
                yield Entry(file.number, _ids(issued), amount)

    return figure


# -- 05/KQTH: carrying out


def _pending(facts: Facts, window: Window, kinds: frozenset[Kind]) -> Iterator[tuple[File, Order]]:
    for file, order in _orders(facts, kinds):
        if window.has(order.decision.on) or order.is_pending(window.first):
            yield file, order


def to_carry_out(kinds: frozenset[Kind]) -> Figure:
    """Decisions that were unfinished before the window or were issued in it."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for file, order in _pending(facts, window, kinds):
            yield Entry(file.number, _ids(order.decision))

    return figure


def carried_out(kinds: frozenset[Kind]) -> Figure:
    """Those of them that were fully carried out in the window."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for file, order in _pending(facts, window, kinds):
            if order.finished and window.has(order.finished.on):
                yield Entry(file.number, _ids(order.decision, order.finished))

    return figure


def owed(kinds: frozenset[Kind], name: str) -> Figure:
    """What was still to be recovered or given back: called for, less what was got before."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for file, order in _pending(facts, window, kinds):
            if order.is_dropped:
                continue
            before = [
                told
                for told in order.after
                if told.on < window.first and _amount(told, "results", name)
            ]
            done = sum(_amount(told, "results", name) for told in before)
            if (left := _amount(order.calling, "calls_for", name) - done) > 0:
                yield Entry(file.number, _ids(order.decision, order.calling, *before), left)

    return figure


def results(kinds: frozenset[Kind], name: str) -> Figure:
    """What was recovered, given back, punished or prosecuted in the window."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for file in facts.files.values():
            if file.kind in kinds:
                told = [each for each in file.carried_out if window.has(each.on)]
                got = [each for each in told if _amount(each, "results", name)]
                if got:
                    amount = sum(_amount(each, "results", name) for each in got)
                    yield Entry(file.number, _ids(*got), amount)

    return figure


# -- 06/QLKNTC: state management


COURSES = frozenset({TaskTopic.TRAINING, TaskTopic.DISSEMINATION})
DOCUMENTS = frozenset({TaskTopic.DOCUMENTS})
INSPECTION = frozenset({TaskTopic.RESPONSIBILITY})
FOLLOW_UP = frozenset({TaskTopic.FOLLOW_UP})


def tasks_in_hand(topics: frozenset[TaskTopic]) -> Figure:
    """Set in the window, or before it and not done by then."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for task in facts.tasks.values():
            if (
                task.set
                and task.topic in topics
                and (window.has(task.set.on) or not task.done or task.done.on >= window.first)
            ):
                yield Entry(task.name, _ids(task.set))

    return figure


def tasks_done(topics: frozenset[TaskTopic], count: Callable[[Told], int]) -> Figure:
    """What came of the tasks done in the window."""

    def figure(facts: Facts, window: Window) -> Iterator[Entry]:
        for task in facts.tasks.values():
            done = task.done
            if not done or task.topic not in topics or not window.has(done.on):
                continue
            if amount := count(done):
                yield Entry(task.name, _ids(task.set, done), amount)

    return figure


def told(name: str) -> Callable[[Told], int]:
    return lambda done: int(done.data.get(name, 0))


def handled(name: str) -> Callable[[Told], int]:
    return lambda done: _amount(done, "figures", name)


def once(done: Told) -> int:
    return 1


# -- opening balances


def opening_balances(
    events: Iterable[Recorded], facts: Facts, window: Window
) -> Iterator[tuple[str, int, Entry]]:
    """What columns carry over from before the ledger, by form and number.

    A balance is all that was left on its day. What the column would carry over from that day by the
    ledger alone has been entered as files, and stands in the figure as such: the rest is added, so
    that nothing counts twice whenever a backlog is entered.
    """
    left: dict[date, Facts] = {}
    for form, number in CARRYING:
        if balance := facts.brought_along(form, number, window.first):
            day = balance.on
            if day not in left:
                left[day] = known(events, day)
            morrow = between(day + timedelta(days=1), day + timedelta(days=1))
            entered = sum(entry.amount for entry in FIGURES[form][number - 1](left[day], morrow))
            if (rest := balance.data["amount"] - entered) > 0:
                yield form, number, Entry(f"{BROUGHT_ALONG} {day}", _ids(balance), rest)


#: How a balance is called among the cases behind a figure; no file number has a blank.
BROUGHT_ALONG = "số dư"


def nothing(facts: Facts, window: Window) -> Iterator[Entry]:
    """Nothing a ward does can count here; the column's reading says why."""
    return iter(())


def _money(kinds: frozenset[Kind], *names: str) -> tuple[Figure, ...]:
    return tuple(called_for(kinds, name) for name in names)


def _carrying_out(kinds: frozenset[Kind], *handled_names: str) -> tuple[Figure, ...]:
    return (
        to_carry_out(kinds),
        carried_out(kinds),
        owed(kinds, "money_to_state"),
        owed(kinds, "land_to_state"),
        results(kinds, "money_to_state"),
        results(kinds, "land_to_state"),
        owed(kinds, "money_returned"),
        owed(kinds, "land_returned"),
        results(kinds, "money_returned"),
        results(kinds, "land_returned"),
        *(results(kinds, name) for name in handled_names),
        results(kinds, "cases_prosecuted"),
        results(kinds, "people_prosecuted"),
        results(kinds, "officials_prosecuted"),
    )


#: Form -> its columns from 1 on.
FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "01/TCD": (
        turns(),
        people(),
        cases_heard(),
        turns(least=GROUP),
        turns("regular"),
        people("regular"),
        cases_heard("regular"),
        turns("regular", GROUP),
        people("regular", GROUP),
        days(Host.CHAIR),
        turns("head"),
        people("head"),
        cases_heard("head"),
        turns("head", GROUP),
        people("head", GROUP),
        days(Host.DELEGATE),
        turns("delegate"),
        people("delegate"),
        cases_heard("delegate"),
        turns("delegate", GROUP),
        people("delegate", GROUP),
    ),
    "02/XLD": (
        petitions_in_hand,
        petitions(any_petition),
        petitions(eligible),
        petitions(competent),
        cases(competent),
        petitions(ours(COMPLAINT)),
        petitions(ours(COMPLAINT, first)),
        petitions(ours(COMPLAINT, second)),
        petitions(ours(COMPLAINT, about(LAND))),
        petitions(ours(COMPLAINT, about(POLICY))),
        petitions(ours(COMPLAINT, not_about(LAND, POLICY))),
        petitions(ours(DENUNCIATION)),
        petitions(ours(DENUNCIATION, first)),
        petitions(ours(DENUNCIATION, second)),
        petitions(ours(DENUNCIATION, not_about(NOT_ADMINISTRATIVE))),
        petitions(ours(DENUNCIATION, about(CORRUPTION))),
        nothing,
        petitions(ours(DENUNCIATION, about(NOT_ADMINISTRATIVE - CORRUPTION))),
        petitions(ours(RECOMMENDATION)),
        petitions(ours(RECOMMENDATION, about(POLICY))),
        petitions(ours(RECOMMENDATION, about(LAND))),
        petitions(ours(RECOMMENDATION, not_about(LAND, POLICY))),
        petitions(elsewhere),
        petitions(guided),
        petitions(forwarded),
    ),
    "03/GQKN": (
        petitions(ours(COMPLAINT)),
        staged(COMPLAINT),
        staged(COMPLAINT, Stage.CONSIDERED),
        staged(COMPLAINT, Stage.ACCEPTED),
        staged(COMPLAINT, Stage.NOT_ACCEPTED),
        staged(COMPLAINT, Stage.STOPPED),
        decisions(COMPLAINT),
        decisions(COMPLAINT, first, [Outcome.JUSTIFIED]),
        decisions(COMPLAINT, first, [Outcome.UNJUSTIFIED]),
        decisions(COMPLAINT, first, [Outcome.PARTLY_JUSTIFIED]),
        decisions(COMPLAINT, second, [Outcome.UNJUSTIFIED]),
        decisions(COMPLAINT, second, [Outcome.JUSTIFIED, Outcome.PARTLY_JUSTIFIED]),
        *_money(
            COMPLAINT,
            "money_to_state",
            "land_to_state",
            "money_returned",
            "land_returned",
            "organisations_restored",
            "individuals_restored",
            "people_handled",
            "officials_handled",
            "cases_investigated",
            "people_investigated",
            "officials_investigated",
        ),
    ),
    "04/GQTC": (
        petitions(ours(DENUNCIATION)),
        staged(DENUNCIATION),
        staged(DENUNCIATION, Stage.CONSIDERED),
        staged(DENUNCIATION, Stage.ACCEPTED),
        staged(DENUNCIATION, Stage.NOT_ACCEPTED),
        staged(DENUNCIATION, Stage.STOPPED),
        decisions(DENUNCIATION),
        decisions(DENUNCIATION, first, [Outcome.JUSTIFIED]),
        decisions(DENUNCIATION, first, [Outcome.UNJUSTIFIED]),
        decisions(DENUNCIATION, first, [Outcome.PARTLY_JUSTIFIED]),
        decisions(DENUNCIATION, second, [Outcome.JUSTIFIED]),
        decisions(DENUNCIATION, second, [Outcome.UNJUSTIFIED]),
        decisions(DENUNCIATION, second, [Outcome.PARTLY_JUSTIFIED]),
        *_money(
            DENUNCIATION,
            "money_to_state",
            "land_to_state",
            "money_returned",
            "land_returned",
            "organisations_restored",
            "individuals_restored",
            "organisations_handled",
            "people_handled",
            "officials_handled",
            "cases_investigated",
            "people_investigated",
            "officials_investigated",
        ),
    ),
    "05/KQTH": (
        *_carrying_out(COMPLAINT, "people_handled", "officials_handled"),
        *_carrying_out(
            DENUNCIATION, "organisations_handled", "people_handled", "officials_handled"
        ),
    ),
    "06/QLKNTC": (
        tasks_done(DOCUMENTS, told("new_documents")),
        tasks_done(DOCUMENTS, told("amended_documents")),
        tasks_done(DOCUMENTS, told("repealed_documents")),
        tasks_done(COURSES, told("events")),
        tasks_done(COURSES, told("people")),
        tasks_in_hand(INSPECTION),
        tasks_done(INSPECTION, told("units")),
        tasks_done(INSPECTION, once),
        tasks_done(INSPECTION, handled("organisations_handled")),
        tasks_done(INSPECTION, handled("people_handled")),
        tasks_done(INSPECTION, handled("organisations_investigated")),
        tasks_done(INSPECTION, handled("people_investigated")),
        tasks_in_hand(FOLLOW_UP),
        tasks_done(FOLLOW_UP, handled("organisations_handled")),
        tasks_done(FOLLOW_UP, handled("people_handled")),
        tasks_done(FOLLOW_UP, handled("cases_prosecuted")),
        tasks_done(FOLLOW_UP, handled("people_prosecuted")),
    ),
}
