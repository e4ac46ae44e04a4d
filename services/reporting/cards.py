"""The card of a file, which is its row in the table of cases: what each event changes. Pure.

Rows are plain JSON and hold no personal data. The same fold makes the live table, a rebuilt one and
a replay as of a day. Whether a deadline is overdue depends on the day one asks, so it is not in the
row but in `queries`.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.reporting import clocks
from services.reporting.clocks import ClockState
from shared.contracts.petitions import Capacity, ForwardPurpose, second_decisions
from shared.ledger import Recorded
from shared.projection import Row

Data = Mapping[str, Any]
Change = Callable[[Row, Data], Row]


class State(StrEnum):
    """How far a file has come (tình trạng hồ sơ)."""

    RECEIVED = "received"  # mới tiếp nhận
    CLASSIFIED = "classified"  # đã phân loại
    ACCEPTED = "accepted"  # đã thụ lý
    ASSIGNED = "assigned"  # đang giải quyết
    SUSPENDED = "suspended"  # tạm đình chỉ
    TERMINATED = "terminated"  # đình chỉ, chưa kết thúc hồ sơ
    DECIDED = "decided"  # đã có kết quả giải quyết
    CLOSED = "closed"  # đã kết thúc
    REFUSED = "refused"  # không thụ lý
    GUIDED = "guided"  # đã hướng dẫn
    FORWARDED = "forwarded"  # đã chuyển đơn
    FILED_AWAY = "filed_away"  # lưu đơn
    CHECKING = "checking"  # kiểm tra thông tin có nội dung tố cáo (Đ.25 LTC)
    CHECKED = "checked"  # đã có kết quả kiểm tra đó
    MEDIATING = "mediating"  # chuyển hòa giải tranh chấp đất đai


#: States that a change of officer leaves as they are.
_PAST_ASSIGNING = frozenset({State.SUSPENDED, State.TERMINATED, State.DECIDED, State.CLOSED})

#: A row before its first event. Every row has every field, so that readers need not ask.
BLANK: Row = {
    "file": None,
    "state": None,
    "is_open": True,
    "kind": None,  # as classified; what the sender called it is `claimed_kind`
    "field": None,
    "claimed_kind": None,
    "claimed_field": None,
    "channel": None,
    "received_on": None,
    "people": None,
    "is_remote": False,
    "is_anonymous": False,
    "transferred_by": None,  # the authority that handed it over
    "first_received_on": None,  # when that authority had received it
    "neighbourhood": None,
    "agency": None,  # the system that published it
    "repeats": None,
    "flags": [],
    "is_disciplinary": False,  # complaint about a disciplinary decision
    "is_dismissal": False,
    "is_second": False,  # second complaint, which the province settles
    "is_verifiable": False,
    "about_rules": False,  # recommendation or feedback about administrative rules
    "respondent": None,
    "is_competent": None,
    "meets_conditions": None,
    "classified_on": None,
    "accepted_on": None,
    "ended_on": None,  # when it left our hands, in whatever way
    "ground": None,
    "competent_authority": None,
    "forward_purpose": None,
    "is_to_split": False,
    "check_ordered_on": None,
    "check_unit": None,
    "check_reported_on": None,
    "check_result": None,
    "check_referred_to": None,
    "proxies": [],  # ref, acts_for, capacity, document_on: who acts for petitioners now
    "successions": [],  # of, died_on, succeeded_on: complainants whose heirs went on
    "originals": 0,  # enclosed
    "originals_returned": 0,
    "originals_returned_on": None,
    "withdrawn_on": None,
    "is_withdrawn_whole": None,
    "leaves_nothing": False,  # nothing is left to settle once all have withdrawn
    "links": [],  # to, relation, score, linked_on
    "notified_on": None,  # of the acceptance
    "unit": None,
    "officer": None,
    "assigned_on": None,
    "transfers": 0,  # changes of the officer
    "days_lost": 0,  # calendar days with officers who then gave it away
    "recused": [],  # officer, ground, recused_on
    "respondent_officers": [],  # of the ward: complained about, or who signed what is disputed
    "conflicted": [],  # both: who may know nothing of the file
    "is_complex": False,
    "complex_criteria": [],
    "declared_complex_on": None,
    "verified_on": None,
    "verified_by": None,
    "differs_from_request": None,
    "documents": [],  # asked, requested_on, supplied_on
    "expertise_ordered_on": None,
    "expertise_received_on": None,
    "dialogue_announced_on": None,
    "dialogue_announced_for": None,
    "dialogue_held_on": None,
    "complainant_attended": None,
    "extensions": 0,
    "extended_on": None,
    "suspensions": [],  # suspended_on, ground, continued_on
    "orders_sent": [],  # number, sent_on: of decisions to suspend, go on, terminate
    "terminated_on": None,
    "termination_ground": None,
    "police": [],  # asked_on, purpose, answered_on
    "plan": None,  # to finish it: planned_on, finish_by, unit, officer, planned_by
    "decided_on": None,
    "decision_number": None,
    "outcome": None,
    "calls_for": None,  # figures of the reports: what the decision calls for
    "results": {},  # and what was done of it so far
    "sent_on": None,
    "sent_to": [],
    "received_by": {},  # party -> day
    "published_on": None,
    "published_by": [],
    "measures": [],  # measure, handled_on
    "is_handled_whole": None,
    "forwarder_informed_on": None,
    "second_complaint_on": None,
    "second_complaint_to": None,
    "second_accepted_on": None,
    "second_refused_on": None,
    "second_decided_on": None,
    "second_outcome": None,  # what became of the first decision: giu_nguyen, sua_doi, huy_bo, …
    "resettlements": [],  # accepted_on, ground, was_decided_on, was_number, was_outcome
    "legal_effect_on": None,  # first day of the legal effect, if nobody complains again
    "appeal_until": None,  # last day to complain again or sue; may lie behind legal_effect_on
    "enforcement_ordered_on": None,
    "enforcement_unit": None,
    "enforcement_due_on": None,
    "enforced_on": None,
    "is_enforced_whole": None,
    "closed_on": None,
    "outside_decisions": [],
    **clocks.BLANK,
    "events": 0,
    "position": 0,
    "last_recorded_at": None,
}


def fold(row: Row, event: Recorded) -> Row:
    """The row after the event; an event of a newer release only moves the position."""
    return folded_into(dict(row), event)


def folded_into(row: Row, event: Recorded) -> Row:
    """The same made of the row that is given, since copying it would be most of a rebuild's fold.

    What is within its fields is still replaced and never changed.
    """
    if not row:
        row.update(BLANK)
        row["file"] = event.file
    if change := _CHANGES.get(event.type):
        row.update(change(row, event.data))
    row["events"] += 1
    row["position"] = event.position
    row["last_recorded_at"] = event.recorded_at
    return row


# -- intake


def _received(row: Row, data: Data) -> Row:
    return {
        "state": State.RECEIVED.value,
        "received_on": data["received_on"],
        "channel": data["channel"],
        "claimed_kind": data.get("claimed_kind"),
        "claimed_field": data.get("claimed_field"),
        "people": data.get("people", 1),
        "is_remote": data.get("is_remote", False),
        "is_anonymous": not any(
            party.get("is_identified", True)
            for party in data["parties"]
            if party["ref"].startswith("p")
        ),
        "transferred_by": data.get("transferred_by"),
        "first_received_on": data.get("first_received_on"),
        "neighbourhood": data.get("neighbourhood"),
        "repeats": data.get("repeats"),
        "originals": data.get("originals", 0),
        "agency": data["source"]["agency"] if data.get("source") else None,
        "proxies": [_proxy(proxy) for proxy in data.get("proxies", ())],
    }


def _proxy(proxy: Data) -> Row:
    told = {name: proxy[name] for name in ("ref", "acts_for", "capacity")}
    return told | {"document_on": proxy.get("document_on")}


def _authorised(row: Row, data: Data) -> Row:
    """Heirs stay beside whom they authorise."""
    new = [_proxy(proxy) for proxy in data["proxies"]]
    again = {proxy["acts_for"] for proxy in new}
    kept = [
        proxy
        for proxy in row["proxies"]
        if proxy["acts_for"] not in again or proxy["capacity"] == Capacity.HEIR
    ]
    return {"proxies": [*kept, *new]}


def _succeeded(row: Row, data: Data) -> Row:
    death = {name: data[name] for name in ("of", "died_on", "succeeded_on")}
    kept = [proxy for proxy in row["proxies"] if proxy["acts_for"] != data["of"]]
    return {
        "proxies": [*kept, *(_proxy(heir) for heir in data["heirs"])],
        "successions": [*row["successions"], death],
    }


def _classified(row: Row, data: Data) -> Row:
    return {
        "state": State.CLASSIFIED.value,
        "classified_on": data["classified_on"],
        "kind": data["kind"],
        "field": data["field"],
        "is_competent": data["is_competent"],
        "meets_conditions": data["meets_conditions"],
        "flags": list(data.get("flags", ())),
        "is_disciplinary": data.get("is_disciplinary", False),
        "is_dismissal": data.get("is_dismissal", False),
        "about_rules": data.get("about_rules", False),
        "is_second": data.get("is_second", False),
        "is_verifiable": data.get("is_verifiable", False),
        "respondent": data.get("respondent"),
        "respondent_officers": (named := list(data.get("respondent_officers", ()))),
        "conflicted": sorted({*named, *_officers_recused(row)}),
    }


def _accepted(row: Row, data: Data) -> Row:
    return {
        "state": State.ACCEPTED.value,
        "accepted_on": data["accepted_on"],
        "kind": data["kind"],
        "field": data["field"],
    }


def _left(state: State, day: str) -> Change:
    """The petition ends without settlement here; `day` is the field with the legal date."""

    def change(row: Row, data: Data) -> Row:
        return {
            "state": state.value,
            "is_open": False,
            "ended_on": data[day],
            "ground": data.get("ground"),
            "competent_authority": data.get("competent_authority"),
            "forward_purpose": data.get("purpose"),
            "is_to_split": data.get("to_split", False),
        }

    return change


def _check_ordered(row: Row, data: Data) -> Row:
    # Information, no denunciation in the sense of the law: it is open until the check is done.
    return {
        "state": State.CHECKING.value,
        "check_ordered_on": data["ordered_on"],
        "check_unit": data["unit"],
    }


def _check_reported(row: Row, data: Data) -> Row:
    return {
        "state": State.CHECKED.value,
        "is_open": False,
        "ended_on": data["reported_on"],
        "check_reported_on": data["reported_on"],
        "check_result": data["result"],
        "check_referred_to": data.get("referred_to"),
    }


def _forwarded(row: Row, data: Data) -> Row:
    told = _left(State.FORWARDED, "forwarded_on")(row, data)
    if data.get("purpose") != ForwardPurpose.MEDIATION:
        return told
    # The ward itself sees to the mediation: the file waits for its record.
    return told | {"state": State.MEDIATING.value, "is_open": True, "ended_on": None}


def _withdrawn(row: Row, data: Data) -> Row:
    """What follows is decided: filed away before acceptance, terminated after it."""
    return {
        "withdrawn_on": data["withdrawn_on"],
        "is_withdrawn_whole": data["is_whole"],
        "leaves_nothing": data.get("leaves_nothing", False),
    }


def _originals_returned(row: Row, data: Data) -> Row:
    return {
        "originals_returned": row["originals_returned"] + data["count"],
        "originals_returned_on": data["returned_on"],
    }


def _linked(row: Row, data: Data) -> Row:
    link = {name: data[name] for name in ("to", "relation", "score", "linked_on")}
    return {"links": [*_links_but(row, data["to"]), link]}


def _unlinked(row: Row, data: Data) -> Row:
    return {"links": _links_but(row, data["to"])}


def _links_but(row: Row, to: str) -> list[Row]:
    return [link for link in row["links"] if link["to"] != to]


def _decided_outside(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("decided_on", "decided_by", "number", "outcome")}
    outside = [*row["outside_decisions"], told]
    return {"outside_decisions": outside} | _second_decision(outside, row["second_complaint_on"])


def _second_decision(outside: list[Row], lodged_on: str | None) -> Row:
    """The decision that stands on the second complaint; it may be recorded before the complaint."""
    told = ((each["decided_on"], each["outcome"]) for each in outside)
    decisions = second_decisions(told, lodged_on) if lodged_on else []
    decided_on, outcome = decisions[-1] if decisions else (None, None)
    return {"second_decided_on": decided_on, "second_outcome": outcome}


# -- assignment


def _opened(row: Row, data: Data) -> Row:
    return {"kind": data["kind"], "field": data["field"]}


def _assigned(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("assigned_on", "unit", "officer")}
    if row["state"] not in _PAST_ASSIGNING:
        told["state"] = State.ASSIGNED.value
    if row["officer"] not in (None, data["officer"]):
        held = date.fromisoformat(data["assigned_on"]) - date.fromisoformat(row["assigned_on"])
        told["transfers"] = row["transfers"] + 1
        told["days_lost"] = row["days_lost"] + max(0, held.days)
    return told


def _recused(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("officer", "ground", "recused_on")}
    kept_away = {data["officer"], *_officers_recused(row), *row["respondent_officers"]}
    changes: Row = {"recused": [*row["recused"], told], "conflicted": sorted(kept_away)}
    if row["verified_by"] == data["officer"]:  # what they found no longer counts
        changes |= {"verified_on": None, "verified_by": None, "differs_from_request": None}
    return changes


def _officers_recused(row: Row) -> list[str]:
    return [each["officer"] for each in row["recused"]]


def _acceptance_notified(row: Row, data: Data) -> Row:
    return {"notified_on": data["notified_on"]}


def _verification_reported(row: Row, data: Data) -> Row:
    return {
        "verified_on": data["reported_on"],
        "verified_by": data["officer"],
        "differs_from_request": data["differs_from_request"],
    }


def _documents_requested(row: Row, data: Data) -> Row:
    request = {"asked": data["asked"], "requested_on": data["requested_on"], "supplied_on": None}
    return {"documents": [*row["documents"], request]}


def _documents_supplied(row: Row, data: Data) -> Row:
    asked = {"asked": data["asked"]}
    return {"documents": _with_answer(row["documents"], "supplied_on", data, asked)}


def _with_answer(requests: list[Row], day: str, data: Data, asked: Data) -> list[Row]:
    """It answers the oldest such request that has no answer; its `day` has one name in both."""
    for place, request in enumerate(requests):
        if asked.items() <= request.items() and not request[day]:
            return [*requests[:place], request | {day: data[day]}, *requests[place + 1 :]]
    return requests


def _expertise_ordered(row: Row, data: Data) -> Row:
    return {"expertise_ordered_on": data["ordered_on"], "expertise_received_on": None}


def _expertise_received(row: Row, data: Data) -> Row:
    return {"expertise_received_on": data["received_on"]}


def _dialogue_announced(row: Row, data: Data) -> Row:
    return {
        "dialogue_announced_on": data["announced_on"],
        "dialogue_announced_for": data["held_on"],
    }


def _dialogue_held(row: Row, data: Data) -> Row:
    return {
        "dialogue_held_on": data["held_on"],
        "complainant_attended": data["complainant_attended"],
    }


def _declared_complex(row: Row, data: Data) -> Row:
    return {
        "is_complex": True,
        "complex_criteria": list(data["criteria"]),
        "declared_complex_on": data["declared_on"],
    }


def _extended(row: Row, data: Data) -> Row:
    return {"extensions": data["ordinal"], "extended_on": data["extended_on"]}


def _suspended(row: Row, data: Data) -> Row:
    begun = {
        "suspended_on": data["suspended_on"],
        "ground": data["ground"],
        "continued_on": None,
    }
    return {"state": State.SUSPENDED.value, "suspensions": [*row["suspensions"], begun]}


def _continued(row: Row, data: Data) -> Row:
    if row["state"] != State.SUSPENDED:
        return {}
    *before, last = row["suspensions"]
    state = State.ASSIGNED if row["officer"] else State.ACCEPTED
    return {
        "state": state.value,
        "suspensions": [*before, last | {"continued_on": data["continued_on"]}],
    }


def _terminated(row: Row, data: Data) -> Row:
    return {
        "state": State.TERMINATED.value,
        "terminated_on": data["terminated_on"],
        "termination_ground": data["ground"],
    }


def _order_sent(row: Row, data: Data) -> Row:
    told = {"number": data["number"], "sent_on": data["sent_on"]}
    return {"orders_sent": [*row["orders_sent"], told]}


def _decided(row: Row, data: Data) -> Row:
    return {
        "state": State.DECIDED.value,
        "decided_on": data["decided_on"],
        "decision_number": data["number"],
        "outcome": data["outcome"],
        "calls_for": data.get("calls_for"),
    }


def _with_results(row: Row, data: Data) -> Row:
    """All that was done so far, since each event tells what was done since the one before."""
    more: Data = data.get("results") or {}
    known: Row = row["results"]
    return known | {name: known.get(name, 0) + amount for name, amount in more.items()}


def _sent(row: Row, data: Data) -> Row:
    more = [each for each in data["recipients"] if each not in row["sent_to"]]
    return {"sent_on": data["sent_on"], "sent_to": [*row["sent_to"], *more]}


def _received_by_party(row: Row, data: Data) -> Row:
    return {"received_by": row["received_by"] | {data["ref"]: data["received_on"]}}


def _published(row: Row, data: Data) -> Row:
    more = [each for each in data["forms"] if each not in row["published_by"]]
    return {"published_on": data["published_on"], "published_by": [*row["published_by"], *more]}


def _handled(row: Row, data: Data) -> Row:
    told = {"measure": data["measure"], "handled_on": data["handled_on"]}
    return {
        "measures": [*row["measures"], told],
        "results": _with_results(row, data),
        "is_handled_whole": row["is_handled_whole"] or data.get("is_complete", False),
    }


def _forwarder_informed(row: Row, data: Data) -> Row:
    return {"forwarder_informed_on": data["informed_on"]}


def _second_complaint(row: Row, data: Data) -> Row:
    return {
        "second_complaint_on": data["lodged_on"],
        "second_complaint_to": data["authority"],
        "second_refused_on": None,
        **_second_decision(row["outside_decisions"], data["lodged_on"]),
    }


def _second_accepted(row: Row, data: Data) -> Row:
    return {"second_accepted_on": data["accepted_on"]}


def _second_refused(row: Row, data: Data) -> Row:
    return {"second_refused_on": data["refused_on"]}


#: What a re-settlement makes history: from verification to the second decision.
_SETTLED_ANEW = (
    *("verified_on", "verified_by", "differs_from_request", "documents"),
    *("expertise_ordered_on", "expertise_received_on"),
    *("dialogue_announced_on", "dialogue_announced_for", "dialogue_held_on"),
    *("complainant_attended", "is_complex", "complex_criteria", "declared_complex_on"),
    *("notified_on", "decided_on", "decision_number", "outcome", "calls_for", "results"),
    *("sent_on", "sent_to", "received_by", "published_on", "published_by"),
    *("second_complaint_on", "second_complaint_to", "second_accepted_on", "second_refused_on"),
    *("second_decided_on", "second_outcome"),
    *("enforcement_ordered_on", "enforcement_unit", "enforcement_due_on"),
    *("enforced_on", "is_enforced_whole", "plan"),
)


def _resettled(row: Row, data: Data) -> Row:
    over = {
        "accepted_on": data["accepted_on"],
        "ground": data["ground"],
        "was_decided_on": row["decided_on"],
        "was_number": row["decision_number"],
        "was_outcome": row["outcome"],
    }
    state = State.ASSIGNED if row["officer"] else State.ACCEPTED
    return {name: BLANK[name] for name in _SETTLED_ANEW} | {
        "state": state.value,
        "resettlements": [*row["resettlements"], over],
    }


def _enforcement_ordered(row: Row, data: Data) -> Row:
    return {
        "enforcement_ordered_on": data["ordered_on"],
        "enforcement_unit": data["unit"],
        "enforcement_due_on": data.get("due_on"),
        "calls_for": data.get("calls_for") or row["calls_for"],
    }


def _enforced(row: Row, data: Data) -> Row:
    return {
        "enforced_on": data["enforced_on"],
        "is_enforced_whole": data["is_complete"],
        "results": _with_results(row, data),
    }


def _results_reported(row: Row, data: Data) -> Row:
    return {"results": _with_results(row, data)}


def _police_asked(row: Row, data: Data) -> Row:
    asked = {"asked_on": data["asked_on"], "purpose": data["purpose"], "answered_on": None}
    return {"police": [*row["police"], asked]}


def _police_answered(row: Row, data: Data) -> Row:
    return {"police": _with_answer(row["police"], "answered_on", data, asked={})}


def _settlement_planned(row: Row, data: Data) -> Row:
    told = {name: data[name] for name in ("planned_on", "finish_by", "planned_by")}
    return {"plan": told | {name: data.get(name) for name in ("unit", "officer")}}


def _flags_changed(row: Row, data: Data) -> Row:
    return {"flags": list(data["flags"])}


def _closed(row: Row, data: Data) -> Row:
    return {
        "state": State.CLOSED.value,
        "is_open": False,
        "closed_on": data["closed_on"],
        "ended_on": data["closed_on"],
        "ground": data["ground"],
    }


# -- deadlines


def _clock(change: Change) -> Change:
    """What became of a clock, and what the clocks together say of the decision's effect."""

    def changed(row: Row, data: Data) -> Row:
        told = change(row, data)
        known: Row = told.get("clocks") or row["clocks"]
        stage = data["clock"].partition(".")[0]
        if stage in _OF_EFFECT:
            effect = _latest_due(known, _OF_EFFECT)
            told["legal_effect_on"] = _day_after(effect) if effect else None
        elif stage in _OF_APPEAL:
            told["appeal_until"] = _latest_due(known, _OF_APPEAL)
        if row["state"] == _MEDIATING and _is_done(known, "mediation"):
            told |= {"is_open": False, "ended_on": known["mediation"]["met_on"]}
        return told

    return changed


_MEDIATING = State.MEDIATING.value  # asked for once and more for each event
_OF_EFFECT = frozenset({"legal_effect_1", "legal_effect_2", "legal_effect"})
_OF_APPEAL = frozenset({"appeal_window", "limitation_2"})
_WITHOUT_END = frozenset({ClockState.CANCELLED.value, ClockState.UNCOUNTED.value})


def _latest_due(known: Row, stages: frozenset[str]) -> str | None:
    """When the last clock of these stages ends, of those that have a day and did not fall away."""
    latest: str | None = None
    for name, clock in known.items():
        if name.partition(".")[0] in stages and clock["state"] not in _WITHOUT_END:
            latest = max(latest or "", clock["due_on"])
    return latest


def _is_done(known: Row, name: str) -> bool:
    return name in known and known[name]["state"] in (ClockState.MET, ClockState.LATE)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


_CHANGES: Mapping[str, Change] = {
    "PetitionReceived": _received,
    "PetitionClassified": _classified,
    "PetitionAccepted": _accepted,
    "AcceptanceRefused": _left(State.REFUSED, "refused_on"),
    "PetitionerGuided": _left(State.GUIDED, "guided_on"),
    "PetitionForwarded": _forwarded,
    "PetitionFiledAway": _left(State.FILED_AWAY, "filed_on"),
    "CheckOrdered": _check_ordered,
    "CheckReported": _check_reported,
    "AuthorisationRecorded": _authorised,
    "ComplainantSucceeded": _succeeded,
    "PetitionWithdrawn": _withdrawn,
    "OriginalsReturned": _originals_returned,
    "PetitionLinked": _linked,
    "PetitionUnlinked": _unlinked,
    "OutsideDecisionReceived": _decided_outside,
    "CaseOpened": _opened,
    "CaseAssigned": _assigned,
    "OfficerRecused": _recused,
    "AcceptanceNotified": _acceptance_notified,
    "VerificationReported": _verification_reported,
    "DocumentsRequested": _documents_requested,
    "DocumentsSupplied": _documents_supplied,
    "ExpertiseOrdered": _expertise_ordered,
    "ExpertiseReceived": _expertise_received,
    "DialogueAnnounced": _dialogue_announced,
    "DialogueHeld": _dialogue_held,
    "CaseDeclaredComplex": _declared_complex,
    "CaseExtended": _extended,
    "CaseSuspended": _suspended,
    "CaseContinued": _continued,
    "CaseTerminated": _terminated,
    "OrderSent": _order_sent,
    "DecisionIssued": _decided,
    "DecisionSent": _sent,
    "DecisionReceivedByParty": _received_by_party,
    "DecisionPublished": _published,
    "ConclusionHandled": _handled,
    "ForwarderInformed": _forwarder_informed,
    "SecondComplaintLodged": _second_complaint,
    "SecondComplaintAccepted": _second_accepted,
    "SecondComplaintRefused": _second_refused,
    "ResettlementAccepted": _resettled,
    "EnforcementOrdered": _enforcement_ordered,
    "DecisionEnforced": _enforced,
    "ResultsReported": _results_reported,
    "PoliceAsked": _police_asked,
    "PoliceAnswered": _police_answered,
    "SettlementPlanned": _settlement_planned,
    "FlagsChanged": _flags_changed,
    "CaseClosed": _closed,
    **{name: _clock(change) for name, change in clocks.CHANGES.items()},
}
