"""What holds of the forms whatever happened at the ward."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.forms.declaration import CARRYING, FORMS
from services.reporting.forms.figures import BROUGHT_ALONG
from services.reporting.forms.reports import added, failures, tables
from services.reporting.forms.windows import between
from services.reporting.replay import legal_day
from services.reporting.statutory import read_ledger
from shared.contracts.cases import (
    CaseClosed,
    CaseTerminated,
    ClosingGround,
    ConclusionHandled,
    DecisionEnforced,
    DecisionIssued,
    Figures,
    Measure,
    Outcome,
    TaskDone,
    TaskSet,
    TaskTopic,
    TerminationGround,
)
from shared.contracts.petitions import (
    AcceptanceRefused,
    Channel,
    CheckOrdered,
    Field,
    ForwardPurpose,
    Kind,
    Party,
    PetitionAccepted,
    PetitionClassified,
    PetitionerGuided,
    PetitionFiledAway,
    PetitionForwarded,
    PetitionLinked,
    PetitionReceived,
    Relation,
    Role,
)
from shared.contracts.receptions import (
    CitizenReceived,
    Host,
    ReceptionKind,
    ReceptionMode,
    ReceptionScheduled,
)
from shared.contracts.reports import OpeningBalanceRecorded
from shared.ledger import flatten
from shared.memory_log import MemoryLog
from tests.support.counted_ward import KN, accepted, decided, taken
from tests.support.recording import record

WARD, START = "09253", date(2026, 1, 1)
DECIDED = (("03/GQKN", 7), ("04/GQTC", 7), ("03/GQKN", 13), ("05/KQTH", 5), ("05/KQTH", 20))

gaps = st.integers(0, 40)  # days between two steps
small = st.integers(0, 5)


@st.composite
def figures(draw):
    people, investigated, prosecuted = draw(small), draw(small), draw(small)
    return Figures(
        money_to_state=draw(small) * 1_000_000,
        land_to_state=draw(small),
        money_returned=draw(small) * 1_000_000,
        land_returned=draw(small),
        organisations_restored=draw(small),
        individuals_restored=draw(small),
        organisations_handled=draw(small),
        people_handled=people,
        officials_handled=draw(st.integers(0, people)),
        cases_investigated=draw(small),
        people_investigated=investigated,
        officials_investigated=draw(st.integers(0, investigated)),
        cases_prosecuted=draw(small),
        people_prosecuted=prosecuted,
        officials_prosecuted=draw(st.integers(0, prosecuted)),
    )


@st.composite
def petition(draw, number):
    """One file as intake and assignment let it come about, broken off anywhere."""
    name, day = f"f{number}", START + timedelta(days=draw(st.integers(0, 300)))
    events = [
        (
            f"petition-{name}",
            PetitionReceived(
                received_on=day,
                channel=Channel.POST,
                parties=(Party(ref="p1", role=Role.PETITIONER),),
            ),
        )
    ]
    if number and draw(st.booleans()):
        relation = draw(st.sampled_from(Relation))
        link = PetitionLinked(linked_on=day, to=f"f{number - 1}", relation=relation, score=90)
        events.append((f"petition-{name}", link))
    kind, about = draw(st.sampled_from(Kind)), draw(st.sampled_from(Field))
    is_competent, is_eligible = draw(st.booleans()), draw(st.booleans())
    day += timedelta(days=draw(gaps))
    events.append(
        (
            f"petition-{name}",
            PetitionClassified(
                classified_on=day,
                kind=kind,
                field=about,
                is_competent=is_competent,
                meets_conditions=is_eligible,
                is_second=kind is Kind.COMPLAINT and draw(st.booleans()),
            ),
        )
    )
    day += timedelta(days=draw(gaps))
    outcome = draw(st.sampled_from(_outcomes(kind, is_competent, is_eligible, day)))
    events.append((f"petition-{name}", outcome))
    if isinstance(outcome, PetitionAccepted):
        events += draw(case(name, kind, day))
    return events[: draw(st.integers(1, len(events)))]


def _outcomes(kind, is_competent, is_eligible, day):
    elsewhere = "UBND tỉnh Bắc Ninh"
    if is_competent and is_eligible:
        return [
            PetitionAccepted(accepted_on=day, kind=kind, field=Field.LAND, received_on=START),
            AcceptanceRefused(refused_on=day, ground="kn_het_thoi_hieu"),
            PetitionFiledAway(filed_on=day, ground="da_rut_don"),
            PetitionForwarded(
                forwarded_on=day, competent_authority=elsewhere, purpose=ForwardPurpose.CRIME
            ),
        ]
    if is_eligible:
        return [
            PetitionerGuided(guided_on=day, competent_authority=elsewhere),
            PetitionForwarded(forwarded_on=day, competent_authority=elsewhere),
        ]
    return [
        PetitionFiledAway(filed_on=day, ground="khong_du_dieu_kien"),
        CheckOrdered(ordered_on=day, unit="van-phong"),
        AcceptanceRefused(refused_on=day, ground="tc_sai_hinh_thuc"),
    ]


@st.composite
def case(draw, name, kind, day):
    day += timedelta(days=draw(gaps))
    if draw(st.booleans()):
        ended = CaseTerminated(terminated_on=day, ground=TerminationGround.WITHDRAWN, number="1")
        return [(f"case-{name}", ended)]
    is_claim = kind in (Kind.COMPLAINT, Kind.DENUNCIATION)
    outcomes = [each for each in Outcome if (each is Outcome.ANSWERED) is not is_claim]
    events = [
        DecisionIssued(
            decided_on=day,
            number="1/QĐ-UBND",
            outcome=draw(st.sampled_from(outcomes)),
            decided_by="officer:vera",
            calls_for=draw(st.none() | figures()) if is_claim else None,
        )
    ]
    for is_complete in (False, draw(st.booleans())):
        day += timedelta(days=draw(gaps))
        done = draw(figures())
        if kind is Kind.COMPLAINT:
            events.append(DecisionEnforced(enforced_on=day, is_complete=is_complete, results=done))
        elif kind is Kind.DENUNCIATION:
            events.append(
                ConclusionHandled(
                    handled_on=day, measure=Measure.REMEDY, is_complete=is_complete, results=done
                )
            )
    day += timedelta(days=draw(gaps))
    events.append(CaseClosed(closed_on=day, ground=ClosingGround.SETTLED))
    return [(f"case-{name}", event) for event in events]


@st.composite
def session(draw, number):
    day = START + timedelta(days=draw(st.integers(0, 300)))
    host = draw(st.sampled_from(Host))
    told = {"kind": draw(st.sampled_from(ReceptionKind)), "mode": ReceptionMode.IN_PERSON}
    events = [ReceptionScheduled(posted_on=day, held_on=day, host=host, **told)]
    for turn in range(1, draw(st.integers(1, 4))):
        people, file = draw(st.integers(1, 8)), draw(st.sampled_from([None, "f0", "f1", "f2"]))
        events.append(
            CitizenReceived(received_on=day, turn=turn, host=host, people=people, file=file, **told)
        )
    return [(f"reception-s{number}", event) for event in events]


@st.composite
def task(draw, number):
    day = START + timedelta(days=draw(st.integers(0, 300)))
    topic = draw(st.sampled_from(TaskTopic))
    events = [TaskSet(set_on=day, due_on=day, topic=topic, unit="van-phong")]
    if draw(st.booleans()):
        done = day + timedelta(days=draw(gaps))
        events.append(TaskDone(done_on=done, events=draw(small), figures=draw(figures())))
    return [(f"task-t{number}", event) for event in events]


@st.composite
def balance(draw, number):
    """What an old report left in one column, of a day before, amid or after the events."""
    day = START + timedelta(days=draw(st.integers(-30, 320)))
    form, column = draw(st.sampled_from(sorted(CARRYING)))
    event = OpeningBalanceRecorded(
        as_of=day,
        period=between(day, day).name,
        form=form,
        column=column,
        amount=draw(st.integers(0, 12)),
        source_number=f"{number}/BC-UBND",
        source_dated=day,
    )
    return [(f"balance-{WARD}", event)]


@st.composite
def histories(draw, balances=0):
    """The events of a ward in the order of its ledger."""
    log = MemoryLog()
    for make, most in ((petition, 8), (session, 4), (task, 3), (balance, balances)):
        for number in range(draw(st.integers(0, most))):
            for stream, event in draw(make(number)):
                record(log, WARD, stream, event)
    return flatten(list(log.after(WARD, 0)))


@st.composite
def windows(draw):
    first = START + timedelta(days=draw(st.integers(0, 300)))
    return between(first, first + timedelta(days=draw(st.integers(1, 200))))


@settings(max_examples=60)
@given(histories(balances=9), windows())
def test_every_relation_of_the_circular_holds(events, window):
    broken = [each for each in failures(tables(events, window)) if each.check.severity == "error"]
    assert broken == []


@settings(max_examples=40)
@given(histories(balances=9), windows())
def test_each_figure_is_the_sum_of_what_explains_it(events, window):
    ids = {event.id for event in events}
    for form, table in tables(events, window).items():
        for column, cell in zip(FORMS[form].columns, table.cells, strict=True):
            assert all(set(entry.events) <= ids for entry in cell)
            counted = [entry for entry in cell if not entry.subject.startswith(BROUGHT_ALONG)]
            assert column.unit != "one" or all(entry.amount == 1 for entry in counted)
            assert len(cell) - len(counted) <= (1 if column.balance else 0)
            assert all(entry.amount > 0 for entry in cell)
            assert len(set(cell)) == len(cell)


@settings(max_examples=40)
@given(histories(), windows(), st.data())
def test_splitting_a_window_loses_no_decision_and_nothing_recovered(events, window, data):
    day = data.draw(st.dates(window.first, window.last - timedelta(days=1)))
    halves = between(window.first, day), between(day + timedelta(days=1), window.last)
    whole, *parts = (tables(events, each) for each in (window, *halves))
    for form, number in DECIDED:
        assert whole[form].figures[number - 1] == sum(
            part[form].figures[number - 1] for part in parts
        )


@settings(max_examples=40)
@given(histories(), windows(), st.data())
def test_splitting_a_window_loses_no_petition_and_handles_none_twice(events, window, data):
    day = data.draw(st.dates(window.first, window.last - timedelta(days=1)))
    halves = between(window.first, day), between(day + timedelta(days=1), window.last)
    whole, before, after = (tables(events, each)["02/XLD"] for each in (window, *halves))

    def files(table, number):
        return {entry.subject for entry in table.cell(number)}

    assert files(whole, 1) == files(before, 1) | files(after, 1)
    assert files(whole, 2) == files(before, 2) | files(after, 2)
    assert files(before, 2) & files(after, 2) == set()
    # What one window leaves unhandled is what the next one begins with.
    received = {
        event.file
        for event in events
        if event.type == "PetitionReceived" and legal_day(event) <= day
    }
    assert files(before, 1) - files(before, 2) == files(after, 1) & received


@settings(max_examples=40)
@given(histories(balances=9), windows(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_delivery_change_nothing(events, window, chance):
    delivered = [*events, *events]
    chance.shuffle(delivered)
    assert tables(delivered, window) == tables(events, window)


@settings(max_examples=40)
@given(histories(balances=9), windows(), st.integers(0, 400))
def test_what_happens_after_the_window_changes_nothing_in_it(events, window, later):
    of_the_window = tables(events, window)
    until = window.last + timedelta(days=later)
    upto = [event for event in events if legal_day(event) <= until]
    assert tables(upto, window) == of_the_window


@settings(max_examples=60)
@given(histories(), st.sampled_from(sorted(CARRYING)), st.integers(0, 12), windows())
def test_a_balance_adds_just_what_of_it_is_in_no_file(events, place, amount, window):
    """The column carries over what the balance says, or what the files say if they are more."""
    form, column = place
    day = window.first - timedelta(days=1)
    log = MemoryLog()
    brought = OpeningBalanceRecorded(
        as_of=day,
        period=between(day, day).name,
        form=form,
        column=column,
        amount=amount,
        source_number="1/BC-UBND",
        source_dated=day,
    )
    record(log, WARD, f"balance-{WARD}", brought)
    (told,) = flatten(list(log.after(WARD, 0)))
    alone, together = tables(events, window), tables([*events, told], window)
    upto = [event for event in events if legal_day(event) <= day]
    (carried,) = [tables(upto, between(window.first, window.first))[form].figures[column - 1]]
    rest = max(0, amount - carried)
    assert together[form].figures[column - 1] == alone[form].figures[column - 1] + rest
    assert together[form].cell(column)[: len(alone[form].cell(column))] == alone[form].cell(column)
    others = {
        name: [figure for at, figure in enumerate(table.figures, 1) if (name, at) != place]
        for name, table in together.items()
    }
    assert others == {
        name: [figure for at, figure in enumerate(table.figures, 1) if (name, at) != place]
        for name, table in alone.items()
    }


@settings(max_examples=20)
@given(histories(), histories(), windows())
def test_the_sum_of_two_wards_is_added_column_by_column(one, other, window):
    for form in FORMS:
        rows = [tables(events, window)[form].figures for events in (one, other)]
        assert added(rows) == tuple(one + other for one, other in zip(*rows, strict=True))


def test_what_is_recorded_late_counts_now_but_not_as_it_was_known_then():
    """The decision fell in May and was put on record in November."""
    log = MemoryLog()
    then, late = datetime(2026, 5, 31, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    for stream, event in taken("k1", "04-01", "04-03", KN, Field.LAND):
        record(log, WARD, stream, event, at=then)
    stream, event = accepted("k1", "04-06", KN)
    record(log, WARD, stream, event, at=then)
    stream, event = decided("k1", "05-20", Outcome.JUSTIFIED)
    record(log, WARD, stream, event, at=late)
    spring = between(date(2026, 3, 15), date(2026, 6, 14))
    assert tables(read_ledger(log, WARD).events, spring)["03/GQKN"].figures[6] == 1
    known = read_ledger(log, WARD, known_at="2026-06-17T00:00:00.000Z").events
    assert tables(known, spring)["03/GQKN"].figures[6] == 0
    assert tables(known, spring)["03/GQKN"].figures[3] == 1
