"""Every code that people can meet has a Vietnamese name."""

import csv
import unicodedata
from dataclasses import fields
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest

from services.intake.outcomes import FilingGround, RefusalGround
from services.intake.receptions import RefusalToReceive
from services.reporting import queries, words
from services.reporting.cards import BLANK, State
from services.reporting.clocks import ClockState
from services.reporting.words import clock_called
from shared.contracts import cases, clocks, identities, petitions, receptions, reports

RULES = Path(__file__).parents[3] / "services" / "deadlines" / "rules.csv"

#: Enumeration -> the table that names its values.
NAMED = {
    State: words.STATES,
    petitions.Kind: words.KINDS,
    petitions.Field: words.FIELDS,
    petitions.Channel: words.CHANNELS,
    petitions.Role: words.ROLES,
    petitions.Flag: words.FLAGS,
    petitions.RespondentPost: words.RESPONDENTS,
    petitions.ForwardPurpose: words.FORWARD_PURPOSES,
    petitions.WithdrawalForm: words.WITHDRAWAL_FORMS,
    petitions.Relation: words.RELATIONS,
    petitions.Capacity: words.CAPACITIES,
    petitions.Attestation: words.ATTESTATIONS,
    petitions.CheckResult: words.CHECK_RESULTS,
    petitions.OutsideOutcome: words.OUTCOMES,
    petitions.ErasureGround: words.ERASURE_GROUNDS,
    identities.IdentityPurpose: words.IDENTITY_PURPOSES,
    identities.IdentityRefusal: words.IDENTITY_REFUSALS,
    identities.ProtectionMeasure: words.PROTECTION_MEASURES,
    identities.ProtectionStatus: words.PROTECTION_STATUSES,
    cases.Outcome: words.OUTCOMES,
    cases.ClosingGround: words.GROUNDS,
    cases.ComplexCriterion: words.COMPLEX_CRITERIA,
    cases.SuspensionGround: words.SUSPENSION_GROUNDS,
    cases.TerminationGround: words.TERMINATION_GROUNDS,
    cases.PublicationForm: words.PUBLICATION_FORMS,
    cases.RecusalGround: words.RECUSAL_GROUNDS,
    cases.Recipient: words.RECIPIENTS,
    cases.Measure: words.MEASURES,
    cases.PolicePurpose: words.POLICE_PURPOSES,
    cases.TaskTopic: words.TOPICS,
    cases.ResettlementGround: words.RESETTLEMENT_GROUNDS,
    clocks.MoveReason: words.MOVE_REASONS,
    receptions.ReceptionKind: words.RECEPTION_KINDS,
    receptions.ReceptionMode: words.RECEPTION_MODES,
    receptions.Host: words.HOSTS,
    receptions.LineTest: words.LINE_TESTS,
    receptions.MediationOutcome: words.MEDIATION_OUTCOMES,
    reports.CorrectionReason: words.CORRECTION_REASONS,
    reports.BalanceReason: words.BALANCE_REASONS,
    # Closed lists of the services, which stand in events as text.
    RefusalGround: words.GROUNDS,
    FilingGround: words.GROUNDS,
    RefusalToReceive: words.REFUSALS_TO_RECEIVE,
}


def enumerations_of_contracts() -> set[type[StrEnum]]:
    return {
        found
        for module in (petitions, cases, clocks, receptions, identities, reports)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
    }


def test_no_enumeration_of_the_contracts_is_without_names() -> None:
    assert enumerations_of_contracts() <= set(NAMED)


@pytest.mark.parametrize(
    ("enumeration", "names"),
    [
        *NAMED.items(),
        (petitions.Channel, words.CHANNEL_NAMES),  # beside the ends of sentences
        (ClockState, words.CLOCK_STATES),
    ],
)
def test_every_value_has_a_vietnamese_name_of_its_own(enumeration, names) -> None:
    assert {str(value) for value in enumeration} <= set(names)
    told = [names[value] for value in enumeration]
    assert len(set(told)) == len(told)
    for name in told:
        assert name == unicodedata.normalize("NFC", name)
        assert "_" not in name


def test_every_figure_of_the_reports_is_named() -> None:
    assert list(words.FIGURES) == [field.name for field in fields(cases.Figures)]


def test_every_field_of_a_card_has_a_name_of_its_own() -> None:
    not_compared = {"clocks", "events", "position", "last_recorded_at", "waiting_due_on"}
    assert BLANK.keys() - not_compared <= words.COMPARED_FIELDS.keys()
    assert words.COMPARED_FIELDS.keys() <= queries.card(BLANK, date(2026, 12, 1)).keys()
    for names in (words.CARD_FIELDS, words.COMPARED_FIELDS):
        assert len(set(names.values())) == len(names)
        assert all(name == unicodedata.normalize("NFC", name) for name in names.values())


def test_every_stage_of_the_rule_table_is_named_as_a_clock() -> None:
    with RULES.open(encoding="utf-8", newline="") as file:
        stages = {row["stage"] for row in csv.DictReader(file)}
    assert stages <= set(words.CLOCKS)


def test_a_clock_that_comes_again_is_told_apart() -> None:
    assert clock_called("settle_1") == "giải quyết lần đầu"
    assert clock_called("result_notice.3") == "thông báo kết quả cho công dân đã được tiếp (lần 3)"
    assert clock_called("appeal_window.unsettled") == (
        "khiếu nại lần hai hoặc khởi kiện khi quá hạn chưa được giải quyết"
    )
    assert clock_called("settle_1.r2") == "giải quyết lần đầu (giải quyết lại)"
    assert clock_called("suspend_send.2.r3") == (
        "gửi quyết định tạm đình chỉ, đình chỉ hoặc tiếp tục giải quyết (lần 2)"
        " (giải quyết lại lần 2)"
    )
    assert clock_called("of_a_newer_release") == "of_a_newer_release"
