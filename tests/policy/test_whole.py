"""Every table is whole, by enumeration; the figures are those of DECISION-TABLE 12."""

import itertools
from dataclasses import replace

import pytest

from igbot.policy import product
from igbot.policy.figures import Figures, figures, question_warnings, questions
from igbot.policy.proof import prove
from igbot.policy.rules import Table

PRODUCT_TABLES = [
    # table, rows, combinations of definite facts
    ("GUARD", 8, 252),
    ("VERIFY", 4, 8),
    ("COMBINE", 7, 27),
    ("QUOTE", 14, 128),
    ("UNCLAIMED", 6, 24),
    ("WANT", 4, 6),
    ("METHOD", 5, 12),
    ("INSPECT", 11, 36),
    ("STATUS", 6, 10),
    ("PHOTO", 7, 28),
    ("SEND", 7, 16),
]

QUESTIONS = [
    # issue, nothing on record: worst, best worst, mean, best mean; receipt and article on record: the same four
    ("wrong_item", 3, 3, 1.50, 1.50, 2, 2, 0.50, 0.50),
    ("spec_difference", 1, 1, 1.00, 1.00, 1, 1, 1.00, 1.00),
    ("surface_mark", 3, 3, 2.17, 2.17, 2, 2, 1.33, 1.33),
    ("defect", 5, 5, 2.93, 2.65, 3, 3, 1.27, 1.17),
    ("deformed", 5, 5, 2.93, 2.65, 3, 3, 1.27, 1.17),
    ("stone_out", 6, 6, 3.89, 3.41, 4, 4, 1.89, 1.81),
    ("part_lost", 5, 5, 2.17, 1.85, 3, 3, 0.83, 0.83),
    ("discoloured", 4, 4, 1.83, 1.83, 3, 3, 0.83, 0.83),
    ("post_bent", 4, 4, 1.94, 1.86, 3, 3, 0.50, 0.50),
    ("broken", 4, 4, 1.83, 1.83, 3, 3, 0.83, 0.83),
    ("ring_size", 3, 3, 1.30, 1.30, 1, 1, 0.20, 0.20),
]


def rules_that_apply(table: Table, facts: dict[str, str]) -> list[str]:
    return [rule.id for rule in table.rules if all(facts[name] in values for name, values in rule.when.items())]


@pytest.mark.parametrize(("name", "rows", "cases"), PRODUCT_TABLES, ids=[row[0] for row in PRODUCT_TABLES])
def test_every_case_of_a_product_table_meets_one_row(name, rows, cases):
    table = product.table(name).table
    combinations = [dict(zip(table.facts, values, strict=True)) for values in itertools.product(*table.facts.values())]
    assert (len(table.rules), len(combinations)) == (rows, cases)
    assert [facts for facts in combinations if len(rules_that_apply(table, facts)) != 1] == []
    assert prove(table).is_whole


def test_the_product_has_no_table_without_a_proof():
    assert sorted(product.tables()) == sorted(name for name, *_ in PRODUCT_TABLES)


def test_every_case_of_the_jewellery_shop_meets_one_rule(jewelry):
    table, meets = jewelry.table, 0
    for values in itertools.product(*table.facts.values()):
        rows = table.all_rows
        for name, value in zip(table.facts, values, strict=True):
            rows &= table.allowing[name][value]
        assert rows.bit_count() == 1, values
        meets += 1
    assert meets == 181_440


def test_the_jewellery_shop_in_numbers(jewelry):
    assert figures(jewelry) == Figures(
        rules=119,
        combinations=181_440,
        gaps=0,
        overlaps=0,
        states=43_193,
        decided=10_337,
        owner=14_303,
        undetermined=12_083,
        ask=18_553,
        rash=0,
        miscited=0,
    )


@pytest.mark.parametrize("name", ["MAIN", *product.tables()])
def test_a_rule_removed_or_doubled_is_noticed(jewelry, name):
    table = jewelry.table if name == "MAIN" else product.table(name).table
    for rule in table.rules:
        without = prove(Table(table.facts, [other for other in table.rules if other is not rule]))
        assert without.missing > 0
        assert without.gaps
        doubled = prove(Table(table.facts, [*table.rules, replace(rule, id="twin")]))
        assert [(found.first.id, found.second.id) for found in doubled.overlaps] == [(rule.id, "twin")]


@pytest.mark.parametrize("row", QUESTIONS, ids=[row[0] for row in QUESTIONS])
def test_so_many_questions_follow_an_issue(jewelry, row):
    issue, *figures_of_the_specification = row
    found = []
    # what is never asked (has a post been straightened already?) may be either way when nothing is on record
    for given in (["self_help"], ["age", "item"]):
        fixed, best = questions(jewelry, issue, given), questions(jewelry, issue, given, order="best")
        found += [fixed.worst, best.worst, round(fixed.mean, 2), round(best.mean, 2)]
    assert found == figures_of_the_specification


def test_all_other_issues_need_no_question(jewelry):
    asking = {row[0] for row in QUESTIONS}
    others = [issue for issue in jewelry.facts["issue"].values if issue not in asking]
    assert {questions(jewelry, issue).worst for issue in others} == {0}


def test_no_order_of_questions_beats_the_packs_at_worst(jewelry):
    assert list(question_warnings(jewelry)) == []
