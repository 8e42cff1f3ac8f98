"""What a pack's author is told: every problem at once, each with its place and what to do."""

import time
from datetime import UTC, datetime

import pytest

from igbot import clock
from igbot.errors import BrokenShop
from igbot.policy import BrokenPack, check, decide, find_pack, load_pack
from igbot.policy.figures import question_warnings
from tests.policy import candles
from tests.policy.conftest import JEWELRY

M_3 = 'M-3 = { when = { issue = "melted", age = "later" }, then = "refuse", cites = ["C-01"], say = "no" }'

O_1 = 'then = "owner", cites = ["C-03"]'
TEXT_NO = 'no = { ko = "{clause} 아니요", en = "{clause} no" }'
IDLE = 'C-09 = { title = { ko = "-", en = "-" }, text = { ko = "-", en = "-" } }\nC-02 = {'

GROUPS = 'groups = [{ label = { ko = "ㄱ", en = "a" }, values = ["sealed"] }]'
RETURNS = """\
[returns]
address = { lines = ["1 Sample Road"], country = "Korea" }
methods = ["address"]
refund_visible_business_days = { from = 5, to = 7 }
"""

MISTAKES = [
    # code, place, a word of the sentence, what is changed into what
    ("P01", "pack.toml, line 4, column 6", "[pack", ("[pack]", "[pack")),
    ("P02", "schema", "policy-pack/1", ("policy-pack/1", "policy-pack/9")),
    ("P03", "rules.M-3.cite", "`cites`", ('"refuse", cites = ["C-01"]', '"refuse", cite = ["C-01"]')),
    ("P03", "shops", "`shop`", ("[shop]", "[shops]")),
    ("P03", "periods.patiense", "`patience`", ("patience =", "patiense =")),
    ("P03", "cites.qote", "`quote`", ("[parts]", "[cites.qote]\nX-1 = ['C-01']\n[parts]")),
    ("P03", "cites.send.MW-9", "`MW-7`", ("[parts]", "[cites.send]\nMW-9 = ['C-01']\n[parts]")),
    ("P04", "shop.country", "KR", ('country = "KR"\ncurrency', "currency")),
    ("P04", "rules.M-3.say", "say =", (', say = "no" }\nCM-1', " }\nCM-1")),
    ("P05", "facts.photo.values", "Expected a list, found 2", ('values = ["usable", "cannot"]', "values = 2")),
    ("P05", "ask.max_repeats", "whole number", ("max_repeats = 2", 'max_repeats = "2"')),
    ("P05", "facts.photo.source.0", "'asked', 'photo'", ('source = ["photo"]', 'source = ["camera"]')),
    ("P05", "clauses.C-1", "C-01", ("C-02 = {", "C-1 = {")),
    ("P05", "facts.Scent", "Small letters", ("[facts.scent]", "[facts.Scent]")),
    ("P06", "rules.M-3.when.agee", "`age`", ('"melted", age = "later"', '"melted", agee = "later"')),
    ("P07", "rules.M-3.when.age", "`later`", ('"melted", age = "later"', '"melted", age = "latter"')),
    ("P07", "facts.scent.default", "`light`", ('default = "light"', 'default = "ligt"')),
    ("P07", "facts.sealed.labels", "`opened`", ("labels.opened", "labels.open")),
    ("P07", "ask.by_issue", "`melted`", ("by_issue.melted", "by_issue.molten")),
    ("P08", "rules.M-3.then", "`refuse`", ('then = "refuse", cites = ["C-01"]', 'then = "refused", cites = ["C-01"]')),
    ("P08", "rules.O-1.fee", "Did you mean `none`?", (O_1, 'then = "owner", fee = "non", cites = ["C-03"]')),
    ("P08", "owner.confirms", "`refund`", ('confirms = ["exchange", "refund"]', 'confirms = ["exchange", "refunds"]')),
    ("P09", "rules.O-1.cites", "`C-03`", ('cites = ["C-03"]', 'cites = ["C-33"]')),
    ("P10", "rules.O-1.cites", "shows its clause", ('cites = ["C-03"]', "cites = []")),
    ("P10", "cites.quote.JQ-01", "QUOTE", ("repair = false", "repair = true")),
    ("P11", "rules", "issue = melted, age = later.", (M_3, "")),
    (
        "P12",
        "rules.M-3",
        "M-1 and M-3 both apply when issue = melted, age = d3, photo = usable.",
        (M_3, M_3.replace(', age = "later"', "")),
    ),
    ("P13", "rules.M-3.when.age", "never apply", ('"melted", age = "later"', '"melted", age = []')),
    ("P14", "pack.toml, line 61", "line 60", ("M-2 = {", "M-1 = {")),
    ("P14", "facts.photo.values", "entries 1 and 3", ('["usable", "cannot"]', '["usable", "cannot", "usable"]')),
    ("P14", "sets.melted", "Rename", ("gone = [", "melted = [")),
    ("P14", "clauses.B-01", "other letters", ("C-02 = {", "B-01 = {")),
    ("P15", "periods.patience", "mixes", ("PT20H", "P1DT20H")),
    ("P15", "shop.owner_reply", "one minute", ("PT24H", "24 hours")),
    ("P15", "claim.age.classes.d3", "no time", ("P3D", "P0D")),
    ("P15", "statutory.review_refusals.KR", "ISO 8601", ("P7D", "-P7D")),
    ("P16", "claim.age.classes", "no limit", (', { value = "later" }]', ', { value = "later", within = "P9D" }]')),
    ("P16", "claim.age.classes", "further", ("classes = [{", 'classes = [{ value = "d9", within = "P9D" }, {')),
    ("P17", "shop.time_zone", "`Asia/Seoul`", ("Asia/Seoul", "Asia/Soul")),
    ("P17", "shop.country", "KR", ('country = "KR"\ncurrency', 'country = "Korea"\ncurrency')),
    ("P17", "money.parcel.currency", "KRW", ('3500, currency = "KRW"', '3500, currency = "WON"')),
    ("P17", "pack.languages", "xx-yy-zz", ('["ko", "en"]', '["ko", "xx-yy-zz"]')),
    ("P17", "owner.language", "pack's languages", ('language = "ko"', 'language = "fr"')),
    ("P18", "money.parcel.amount", "KRW 5 is written 5", ("amount = 3500", "amount = 35.5")),
    ("P18", "money.parcel.amount", "USD 5 is written 500", ('3500, currency = "KRW"', '-1, currency = "USD"')),
    ("P19", "texts.no", "en is missing", (TEXT_NO, 'no = { ko = "{clause} 아니요" }')),
    ("P19", "rules.O-1.say", "`person`", ('cites = ["C-03"], say = "person"', 'cites = ["C-03"], say = "persons"')),
    ("P19", "facts.sealed.ask", "its question", ('ask = { ko = "뜯으셨나요?", en = "Is it still sealed?" }\n', "")),
    ("P20", "texts.no.en", "{clause} is missing", ("{clause} no", "no")),
    ("P20", "texts.no.en", "`clause_title`", ("{clause} no", "{clause} {clausetitle}")),
    ("P20", "texts.no.en", "brace", ("{clause} no", "{clause} {no")),
    ("P22", "facts.sealed.labels.sealed.en", "21 letters", ('en = "Sealed"', f'en = "{"S" * 21}"')),
    ("P22", "facts.sealed.groups", "No group holds opened", ("labels.sealed", f"{GROUPS}\nlabels.sealed")),
    ("P04", "facts.issue", "broken", ("[facts.issue]", "[facts.isue]")),
    ("P17", "returns.address.country", "KR", ("[texts]", RETURNS + "[texts]")),
    ("P23", "ask.order", "`photo`", ('"sealed", "photo"]', '"sealed", "foto"]')),
    ("P23", "ask.order", "`sealed` can be asked", ('"age", "sealed", "photo"]', '"age", "photo"]')),
    ("P23", "ask.by_issue.melted", "`photo` can be asked", ('melted = ["photo", "age"]', 'melted = ["age"]')),
    ("P23", "ask.order", "cannot be asked", ('source = ["asked", "owner"]', 'source = ["owner"]')),
    ("P24", "ask.order", "default", ('"sealed", "photo"]', '"sealed", "photo", "scent"]')),
    ("P25", "rules.CM-1.remedies", "pick from", ('remedies = ["exchange"], ', "")),
    ("P25", "rules.O-1.remedies", "Only an offer", (O_1, 'then = "owner", remedies = ["refund"], cites = ["C-03"]')),
    ("P26", "rules.O-1", "parts.repair", (O_1, 'then = "paid_quote", cites = ["C-03"]')),
    ("P26", "rules.O-1", "[returns]", (O_1, 'then = "refund", fee = "return_label_shop", cites = ["C-03"]')),
    ("P27", "owner.always", "health", ('"payment_dispute", "health", "abuse"', '"payment_dispute", "abuse"')),
    ("W01", "clauses.C-09", "info = true", ("C-02 = {", IDLE)),
    ("W02", "facts.wick", "`short`", ("[sets]", "[facts.wick]\nvalues = ['short']\nsource = ['owner']\n[sets]")),
    ("W03", "rules.O-1", "without asking", (O_1, 'then = "refuse", cites = ["C-03"]')),
    ("W06", "pack.effective_from", "2024-11-01", ("2026-11-01", "2024-11-01")),
    ("W07", "statutory", "KR", ('[statutory]\nreview_refusals = [{ country = "KR", within = "P7D" }]', "")),
]


@pytest.fixture(autouse=True)
def _november():
    clock.stop_at(datetime(2026, 11, 21, tzinfo=UTC))


def test_a_whole_pack_has_no_problems(tmp_path):
    folder = candles.write(tmp_path)
    assert check(folder)[1] == []
    pack = load_pack(folder)
    assert decide(pack, {"issue": "melted"}).ask == "photo"
    assert decide(pack, {"issue": "change_of_mind"}).ask == "age"
    assert list(question_warnings(pack)) == []


@pytest.mark.parametrize(
    ("code", "place", "word", "change"),
    MISTAKES,
    ids=[f"{code}-{place}-{word}" for code, place, word, _ in MISTAKES],
)
def test_a_mistake_is_named_with_its_place_and_remedy(tmp_path, code, place, word, change):
    pack, problems = check(candles.write(tmp_path, change))
    found = [problem for problem in problems if (problem.code, problem.place) == (code, place)]
    assert found, problems
    assert word in str(found[0])
    assert (pack is None) is code.startswith("P")


def test_every_problem_is_told_at_once(tmp_path):
    changes = [
        ("Asia/Seoul", "Asia/Soul"),
        ('cites = ["C-03"]', "cites = []"),
        ("{clause} no", "no"),
        ("P3D", "3 days"),
    ]
    with pytest.raises(BrokenPack) as broken:
        load_pack(candles.write(tmp_path, *changes))
    assert {problem.code for problem in broken.value.problems} == {"P10", "P15", "P17", "P20"}
    for problem in broken.value.problems:
        assert str(problem) in str(broken.value)


def test_gaps_are_told_shortest_first_and_then_counted(tmp_path):
    rules = [line for line in candles.PACK.splitlines() if line.startswith(("M-", "CM-"))]
    _, problems = check(candles.write(tmp_path, *((line, "") for line in rules)))
    gaps = [problem.what for problem in problems if problem.code == "P11"]
    assert gaps == ["There is no rule for issue = melted / change_of_mind."]


def test_more_than_five_gaps_are_counted(tmp_path):
    scents, sizes = [f"scent_{n}" for n in range(8)], [f"size_{n}" for n in range(8)]
    rules = [
        f'O-{n} = {{ when = {{ issue = "other", scent = "{scent}", size = {sizes[:n] + sizes[n + 1 :]} }}, {O_1}, '
        'say = "person" }'
        for n, scent in enumerate(scents)
    ]
    changes = [
        ('["strong", "light"]', str(["strong", "light", *scents])),
        ("[sets]", f"[facts.size]\nvalues = {sizes}\nsource = ['owner']\n[sets]"),
        ('O-1 = { when = { issue = "other" }, ' + O_1 + ', say = "person" }', "\n".join(rules)),
        ('sealed = "sealed", scent = "strong"', f'sealed = "sealed", scent = {["strong", *scents]}'),
    ]
    _, problems = check(candles.write(tmp_path, *changes))
    gaps = [problem.what for problem in problems if problem.code == "P11"]
    assert gaps[0] == "There is no rule for issue = other, scent = strong / light."
    assert gaps[-1].startswith("There are 4 more gaps;")
    assert len(gaps) == 6


def test_two_rules_with_the_same_conditions_are_told(tmp_path):
    _, problems = check(candles.write(tmp_path, (M_3, f"{M_3}\n{M_3.replace('M-3', 'M-4')}")))
    assert [problem.remedy for problem in problems] == ["Both have the same conditions: keep one."]


@pytest.mark.parametrize(
    ("text", "length"),
    [("가" * 331, 1001), ("a" * 993, 1001)],
    ids=["Korean", "English"],
)
def test_a_text_is_measured_in_bytes(tmp_path, text, length):
    fits, too_long = f"{text[:-1]}", f"{text}"
    place = "{clause} no"
    assert check(candles.write(tmp_path / "fits", (place, "{clause}" + fits)))[1] == []
    [problem] = check(candles.write(tmp_path / "long", (place, "{clause}" + too_long)))[1]
    assert (problem.code, problem.place, str(length) in problem.what) == ("P21", "texts.no", True)


def test_more_than_thirteen_buttons_need_groups(tmp_path):
    names = [f"value_{n}" for n in range(14)]
    buttons = "\n".join(f'labels.{name} = {{ ko = "ㄱ", en = "a" }}' for name in names)
    fact = f'[facts.colour]\nvalues = {names}\nsource = ["asked"]\nask = {{ ko = "?", en = "?" }}\n{buttons}\n[sets]'
    order = ('"sealed", "photo"]', '"sealed", "photo", "colour"]')
    _, problems = check(candles.write(tmp_path, ("[sets]", fact), order))
    assert [problem.place for problem in problems if problem.code == "P22"] == ["facts.colour.labels"]


def test_texts_may_stand_in_a_file_for_each_language(tmp_path):
    folder = candles.write(
        tmp_path,
        (TEXT_NO, ""),
        ('person = { ko = "{clause} 곧 답할게요", en = "{clause} soon" }', 'person = { ko = "{clause} 곧" }'),
    )
    (folder / "texts.ko.toml").write_text('no = "{clause} 아니요"', encoding="utf-8")
    (folder / "texts.en.toml").write_text('no = "{clause} no"\nperson = "{clause} soon"', encoding="utf-8")
    pack = load_pack(folder)
    assert pack.text("no", "en") == "{clause} no"
    assert pack.text("person", "en") == "{clause} soon"
    assert pack.text("person", "ja") == "{clause} 곧"


def test_a_text_in_two_places_is_told(tmp_path):
    folder = candles.write(tmp_path)
    (folder / "texts.ko.toml").write_text('no = "{clause} 아니"', encoding="utf-8")
    _, [problem] = check(folder)
    assert (problem.code, problem.place) == ("P14", "texts.no.ko")


def test_a_folder_without_a_pack_is_told(tmp_path):
    _, [problem] = check(tmp_path)
    assert problem.code == "P01"
    (tmp_path / "pack.toml").write_bytes(b"\xff\xfe")
    _, [problem] = check(tmp_path)
    assert "UTF-8" in problem.what


def test_an_issue_that_may_need_very_many_questions_is_told(jewelry, tmp_path):
    facts = "".join(
        f'[facts.f{n}]\nvalues = ["yes", "no"]\nsource = ["asked"]\nask = {{ ko = "?", en = "?" }}\n' for n in range(7)
    )
    yes = ", ".join(f'f{n} = "yes"' for n in range(7))
    rules = [f'O-1 = {{ when = {{ issue = "other", {yes} }}, then = "refuse", cites = ["C-03"], say = "no" }}']
    for n in range(7):
        until = ", ".join([f'f{m} = "yes"' for m in range(n)] + [f'f{n} = "no"'])
        rules.append(
            f'N-{n} = {{ when = {{ issue = "other", {until} }}, then = "owner", cites = ["C-01"], say = "person" }}'
        )
    asked = ", ".join(f'"f{n}"' for n in range(7))
    pack = load_pack(
        candles.write(
            tmp_path,
            ("[sets]", facts + "[sets]"),
            ('"sealed", "photo"]', f'"sealed", "photo", {asked}]'),
            (
                'O-1 = { when = { issue = "other" }, then = "owner", cites = ["C-03"], say = "person" }',
                "\n".join(rules),
            ),
        )
    )
    assert [problem.code for problem in question_warnings(pack)] == ["W04"]


# ------------------------------------------------------------------ the shipped pack


def test_the_jewellery_pack_is_whole_and_quickly_checked():
    started = time.perf_counter()
    pack, problems = check(JEWELRY)
    assert pack is not None
    assert {problem.code for problem in problems} <= {"W03", "W07"}
    # a hundred times what it takes; a check that tried every combination would not make it
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("name", ["J", "jewelry", str(JEWELRY)])
def test_a_shipped_pack_is_found_by_name_wherever_one_stands(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_pack(name, "flows").samefile(JEWELRY)


def test_a_folder_of_the_working_directory_never_poses_as_a_shipped_pack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    candles.write(tmp_path / "jewelry")
    candles.write(tmp_path / "candles")
    assert find_pack("jewelry", "flows").samefile(JEWELRY)
    assert find_pack("candles", "flows").samefile(tmp_path / "candles")


@pytest.mark.parametrize(("name", "flows"), [("velvet", "flows"), ("jewelry", "no_such_flows")])
def test_a_pack_that_is_nowhere_is_told_with_what_there_is(name, flows):
    with pytest.raises(BrokenShop, match=r"jewelry|no such Python package"):
        find_pack(name, flows)
