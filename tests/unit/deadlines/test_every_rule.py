"""Rules that no worked case and no procedure of ours names, each with a due day; and that all are.

Monday 14 September 2026 has no holiday near it.
"""

from datetime import date
from pathlib import Path

import pytest

from services.deadlines.facts import Facts
from services.deadlines.rules import RuleTable
from services.deadlines.terms import compute
from shared.working_days import Calendar

CALENDAR, RULES = Calendar.load(), RuleTable.load()


@pytest.mark.parametrize(
    ("rule", "kind", "stage", "due"),
    [
        ("KN.SEND2", "khieu_nai", "send_decision_2", date(2026, 9, 21)),
        ("KN.SUSPEND.ISSUE", "khieu_nai", "suspend", date(2026, 9, 14)),
        ("KL.SEND2", "khieu_nai_ky_luat", "send_decision_2", date(2026, 9, 21)),
        ("TC.HANDLE.REPORT", "to_cao", "report_result", date(2026, 9, 21)),
        ("TC.OVERDUE.DEMAND", "to_cao", "demand_report", date(2026, 9, 21)),
        ("TC.OVERDUE.REPORT", "to_cao", "report_delay", date(2026, 9, 21)),
        ("TCD.FORWARDED.RESULT", "tiep_cong_dan", "report_to_forwarder", date(2026, 9, 23)),
        ("TCD.ONLINE.TEST", "tiep_cong_dan", "online_test", date(2026, 9, 11)),
        ("BC.QUARTER", "bao_cao", "report_to_province", date(2026, 9, 17)),
    ],
)
def test_a_rule_that_others_follow_ends_when_the_law_says(rule, kind, stage, due):
    term = compute(kind, stage, date(2026, 9, 14), Facts(), CALENDAR, RULES)
    assert (term.rule.id, term.due) == (rule, due)


def test_every_rule_is_named_by_some_test():
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [rule.id for rule in RULES.rules if f'"{rule.id}"' not in tests] == []
