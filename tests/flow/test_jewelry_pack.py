"""The shipped jewellery pack: its decisions, and the words customers read.

What any pack must have is checked by `igbot pack check`; here stands what this shop agreed on.
"""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import flows
from igbot.policy import check, decide, load_pack

FOLDER = Path(flows.__file__).parent / "packs" / "jewelry"
AGREED = Path(__file__).with_name("jewelry_decisions.md")

PACK: dict[str, Any] = tomllib.loads((FOLDER / "pack.toml").read_text(encoding="utf-8"))
TEXTS: dict[str, dict[str, str]] = {
    lang: tomllib.loads((FOLDER / f"texts.{lang}.toml").read_text(encoding="utf-8")) for lang in ("ko", "en")
}
OUTCOMES = ("refuse", "owner", "free_repair", "paid_quote", "exchange", "refund", "offer", "advise")
SHARED_WORDS = {f"outcome_{outcome}" for outcome in OUTCOMES} | {"ship_to"}
PLACES = {"clause", "clause_title", "item", "deadline", "amount", "remedies", "owner_reply", "needs"}


def agreed_rows(table: str) -> list[dict[str, str]]:
    """The rows of every table of that name in the agreed decisions."""
    rows: list[dict[str, str]] = []
    text = AGREED.read_text(encoding="utf-8")
    for block in re.findall(rf"<!-- rows: {table} -->\n((?:\|.*\n)+)", text):
        head, _, *body = [[cell.strip() for cell in line[1:-1].split("|")] for line in block.splitlines()]
        rows += [dict(zip(head, cells, strict=True)) for cells in body]
    return rows


def listed(cell: str, by: str = ",") -> list[str]:
    return [word.strip() for word in cell.split(by) if word.strip()]


def decided(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of the pack without its words."""
    return {
        "when": {fact: [value] if isinstance(value, str) else value for fact, value in rule["when"].items()},
        "then": rule["then"],
        "fee": rule.get("fee", "none"),
        "remedies": rule.get("remedies", []),
        "cites": rule["cites"],
    }


def agreed(row: dict[str, str]) -> dict[str, Any]:
    facts = [name for name in row if name in PACK["facts"] and row[name] != "-"]
    return {
        "when": {name: listed(row[name], "/") for name in facts},
        "then": row["outcome"],
        "fee": row["fee"],
        "remedies": listed(row.get("remedies", "")),
        "cites": listed(row["cites"]),
    }


def words_said(**having: str) -> set[str]:
    """The text keys of the rules that have, say, `then="owner"`."""
    return {
        rule["say"]
        for rule in PACK["rules"].values()
        if all(rule.get(name, "none") == value for name, value in having.items())
    }


def places(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)}", text))


def words_with(place: str, lang: str) -> set[str]:
    return {key for key, text in TEXTS[lang].items() if place in places(text)} - SHARED_WORDS


def buttons(fact: str, lang: str) -> list[str]:
    labels = PACK["facts"][fact].get("labels", {}).values()
    groups = PACK["facts"][fact].get("groups", [])
    return [label[lang] for label in chain(labels, (group["label"] for group in groups))]


# ------------------------------------------------------------------ decisions


def test_the_agreed_decisions_are_read_whole() -> None:
    assert [len(agreed_rows(table)) for table in ("J-MAIN", "J-QUOTE", "J-UNCLAIMED")] == [119, 14, 6]


@pytest.mark.parametrize("row", agreed_rows("J-MAIN"), ids=lambda row: row["row"])
def test_a_rule_decides_as_agreed(row: dict[str, str]) -> None:
    assert decided(PACK["rules"][row["row"]]) == agreed(row)


def test_no_rule_was_added_to_those_agreed() -> None:
    assert list(PACK["rules"]) == [row["row"] for row in agreed_rows("J-MAIN")]


@pytest.mark.parametrize(("table", "section"), [("J-QUOTE", "quote"), ("J-UNCLAIMED", "unclaimed")])
def test_quotes_and_uncollected_repairs_show_the_agreed_clauses(table: str, section: str) -> None:
    assert PACK["cites"][section] == {row["row"]: listed(row["cites"]) for row in agreed_rows(table)}


def test_a_piece_broken_in_one_place_and_repairable_in_another_shows_the_shops_own_clause() -> None:
    assert PACK["cites"]["combine"] == {"C-6": ["J-27"]}


def test_each_of_the_forty_clauses_is_there_and_cited() -> None:
    rows = chain(PACK["rules"].values(), *(section.values() for section in PACK["cites"].values()))
    cited = set(chain.from_iterable(row["cites"] if isinstance(row, dict) else row for row in rows))
    assert list(PACK["clauses"]) == [f"J-{number:02}" for number in range(1, 41)]
    assert set(PACK["clauses"]) <= cited


def test_the_pack_is_used_and_what_it_is_warned_of_is_meant() -> None:
    _, problems = check(FOLDER)
    assert sorted({problem.code for problem in problems}) == ["W03", "W07"]
    assert sorted(problem.place for problem in problems if problem.code == "W03") == [
        f"rules.{row}" for row in ("CM-1", "CR-1", "LP-1", "SC-1")
    ]


@pytest.mark.parametrize("issue", ["discoloured", "broken"])
def test_a_refusal_after_the_month_has_words_of_its_own_though_the_cause_is_never_asked(issue: str) -> None:
    decision = decide(load_pack(FOLDER), {"issue": issue, "age": "past"})
    assert (decision.outcome, decision.ask) == ("refuse", None)
    assert decision.say in TEXTS["ko"]


# ------------------------------------------------------------------ what customers read


@pytest.mark.parametrize("lang", TEXTS)
def test_every_rule_and_every_outcome_has_its_words_and_no_words_are_left_over(lang: str) -> None:
    assert set(TEXTS[lang]) == words_said() | SHARED_WORDS


@pytest.mark.parametrize("lang", TEXTS)
def test_every_decision_names_its_clause(lang: str) -> None:
    assert {key for key, text in TEXTS[lang].items() if "clause" not in places(text)} == {"ship_to"}


@pytest.mark.parametrize("lang", TEXTS)
def test_a_text_has_only_places_the_program_fills(lang: str) -> None:
    assert set().union(*map(places, TEXTS[lang].values())) <= PLACES


@pytest.mark.parametrize("lang", TEXTS)
def test_a_text_leaves_room_for_what_the_program_adds(lang: str) -> None:
    longest = max(TEXTS[lang].values(), key=lambda text: len(text.encode()))
    assert len(longest.encode()) <= 500, longest


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize(
    ("place", "having"),
    [
        ("owner_reply", {"then": "owner"}),
        ("remedies", {"then": "offer"}),
        ("amount", {"fee": "round_trip_customer"}),
    ],
    ids=["by when the owner answers", "what can be chosen", "what the postage is"],
)
def test_it_is_told_exactly_where_it_is_promised(lang: str, place: str, having: dict[str, str]) -> None:
    assert words_with(place, lang) == words_said(**having)


def test_korean_words_are_a_shop_owners_not_an_office() -> None:
    stiff = re.compile(r"니다[.,!]|십시오|귀하")
    clauses = (clause["text"]["ko"] for clause in PACK["clauses"].values())
    questions = (fact["ask"]["ko"] for fact in PACK["facts"].values() if "ask" in fact)
    assert not [text for text in chain(TEXTS["ko"].values(), clauses, questions) if stiff.search(text)]


# ------------------------------------------------------------------ buttons


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("fact", PACK["facts"])
def test_a_button_is_short_and_unlike_the_others(fact: str, lang: str) -> None:
    labels = buttons(fact, lang)
    assert all(len(label) <= 20 for label in labels), labels
    assert len({label.casefold() for label in labels}) == len(labels)


def test_every_issue_a_customer_can_have_is_in_one_group() -> None:
    issue = PACK["facts"]["issue"]
    grouped = list(chain.from_iterable(group["values"] for group in issue["groups"]))
    assert sorted(grouped) == sorted(issue["labels"]) == sorted(set(issue["values"]) - {"cleared_repair"})
    assert len(issue["groups"]) <= 13
    assert all(len(group["values"]) <= 12 for group in issue["groups"]), "one button is kept for `not sure`"


@pytest.mark.parametrize("fact", PACK["ask"]["order"])
def test_whatever_is_asked_has_a_question_in_both_languages(fact: str) -> None:
    assert set(PACK["facts"][fact]["ask"]) == set(TEXTS)
