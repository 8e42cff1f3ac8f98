"""What follows while facts are open: DECISION-TABLE 1.2, held against its own words played out one by one."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from igbot.errors import BadRequest
from igbot.policy import Known, asked_together, decide, known

# ------------------------------------------------------------------ 1.2, played out slowly


class ByTheBook:
    """Every definite completion of every open fact, every rule tried on each: slow, plain, and independent."""

    def __init__(self, pack):
        self.pack = pack

    def rule(self, facts):
        [found] = [rule for rule in self.pack.rules if all(facts[name] in values for name, values in rule.when.items())]
        return found

    def verdict(self, definite, closed):
        """Step 2: the rules that the closed facts leave open."""
        rules = {
            (rule := self.rule(definite | dict(zip(closed, values, strict=True)))).id: rule
            for values in itertools.product(*closed.values())
        }
        ends = {(rule.outcome, rule.fee, rule.remedies) for rule in rules.values()}
        shared = set.intersection(*(set(rule.cites) for rule in rules.values()))
        if len(ends) == 1 and shared:
            return ends.pop(), frozenset(shared)
        return ("owner", "none", ()), frozenset().union(*(rule.cites for rule in rules.values()))

    @staticmethod
    def agree(verdicts):
        ends, cites = {end for end, _ in verdicts}, [clauses for _, clauses in verdicts]
        return len(ends) == 1 and bool(frozenset.intersection(*cites))

    def decide(self, state):
        """Steps 3 and 4: `(end, clauses)`, or the fact that is asked."""
        definite = {name: next(iter(one.candidates)) for name, one in state.items() if len(one.candidates) == 1}
        askable = {name: one.candidates for name, one in state.items() if len(one.candidates) > 1 and one.askable}
        closed = {name: one.candidates for name, one in state.items() if len(one.candidates) > 1 and not one.askable}
        after = {
            values: self.verdict(definite | dict(zip(askable, values, strict=True)), closed)
            for values in itertools.product(*askable.values())
        }
        if self.agree(list(after.values())):
            [end] = {end for end, _ in after.values()}
            return end, frozenset.intersection(*(clauses for _, clauses in after.values()))
        order = self.pack.ask.order_for(definite.get("issue"))
        for name in sorted(askable, key=lambda one: order.index(one) if one in order else 99):
            place = list(askable).index(name)
            others: dict[tuple[str, ...], list[object]] = {}
            for values, verdict in after.items():
                others.setdefault(values[:place] + values[place + 1 :], []).append(verdict)
            if any(not self.agree(verdicts) for verdicts in others.values()):
                return name
        return "any"


def states(pack, issues=None):
    """Any state of knowledge: issue known, every other fact definite, narrowed, unknown or unsure."""

    def words(name):
        values = pack.facts[name].values
        narrowed = st.lists(st.sampled_from(values), min_size=2, max_size=len(values), unique=True)
        return st.one_of(st.sampled_from([*values, "unknown", "unsure"]), narrowed)

    others = {name: words(name) for name in pack.facts if name != "issue"}
    return st.fixed_dictionaries({"issue": st.sampled_from(issues or pack.facts["issue"].values)}, optional=others)


def as_state(pack, facts):
    """Step 1, in plain words: defaults are taken, what nobody may ask a customer is closed."""
    state = {}
    for name, spec in pack.facts.items():
        one = known(pack, name, facts.get(name))
        if facts.get(name) in (None, "unknown") and spec.default:
            one = Known(frozenset({spec.default}))
        if len(one.candidates) > 1 and (spec.default or spec.source <= {"record", "owner"}):
            one = Known(one.candidates, askable=False)
        state[name] = one
    return state


@pytest.fixture(scope="session")
def any_state(jewelry):
    return states(jewelry)


@given(data=st.data())
@settings(max_examples=60)
def test_it_decides_by_the_book(jewelry, any_state, data):
    facts = data.draw(any_state)
    decision = decide(jewelry, facts)
    # facts no rule of the issue looks at would only multiply the completions
    matter = {name for rule in jewelry.rules if facts["issue"] in rule.when["issue"] for name in rule.when}
    state = {
        name: one if name in matter else Known(frozenset({min(one.candidates)}))
        for name, one in as_state(jewelry, facts).items()
    }
    found = ByTheBook(jewelry).decide(state)
    if isinstance(found, str):
        assert decision.outcome == "ask"
        assert found in (decision.ask, "any")
    else:
        end, clauses = found
        assert (decision.outcome, decision.fee, decision.remedies) == end
        assert set(decision.cites) == clauses


# ------------------------------------------------------------------ what always holds


@given(data=st.data())
def test_learning_more_never_changes_what_was_settled(jewelry, any_state, data):
    facts = data.draw(any_state)
    early = decide(jewelry, facts)
    if early.outcome == "ask" or early.reason:
        return
    open_facts = {name: one.candidates for name, one in as_state(jewelry, facts).items() if len(one.candidates) > 1}
    learnt = {name: data.draw(st.sampled_from(sorted(values))) for name, values in open_facts.items()}
    late = decide(jewelry, facts | learnt)
    assert (late.outcome, late.fee, late.remedies) == (early.outcome, early.fee, early.remedies)
    assert set(early.cites) <= set(late.cites)


@given(data=st.data())
def test_nothing_is_refused_or_promised_while_another_end_is_possible(jewelry, any_state, data):
    facts = data.draw(any_state)
    decision = decide(jewelry, facts)
    if decision.outcome in ("ask", "owner"):
        return
    candidates = {name: one.candidates for name, one in as_state(jewelry, facts).items()}
    possible = list(jewelry.table.rules_of(jewelry.table.reachable(candidates)))
    assert {rule.outcome for rule in possible} == {decision.outcome}
    assert all(set(decision.cites) <= set(rule.cites) for rule in possible)


@given(data=st.data())
def test_it_asks_only_what_is_open_and_can_be_asked(jewelry, any_state, data):
    facts = data.draw(any_state)
    decision = decide(jewelry, facts)
    if decision.outcome == "ask":
        one = as_state(jewelry, facts)[decision.ask]
        assert len(one.candidates) > 1
        assert one.askable
        assert jewelry.facts[decision.ask].is_asked


@given(data=st.data())
def test_the_same_facts_in_any_order_give_the_same_decision(jewelry, any_state, data):
    facts = data.draw(any_state)
    shuffled = dict(data.draw(st.permutations(list(facts.items()))))
    assert decide(jewelry, facts) == decide(jewelry, shuffled)


@given(data=st.data())
def test_answers_always_lead_to_an_end(jewelry, any_state, data):
    facts = data.draw(any_state)
    for _ in range(len(jewelry.facts)):
        decision = decide(jewelry, facts, order="matched")
        if decision.outcome != "ask":
            return
        candidates = as_state(jewelry, facts)[decision.ask].candidates
        facts |= {decision.ask: data.draw(st.sampled_from([*sorted(candidates), "unsure"]))}
    raise AssertionError(facts)


# ------------------------------------------------------------------ single cases


@pytest.mark.parametrize(
    ("facts", "follows"),
    [
        ({}, "ask issue"),
        ({"issue": "unknown"}, "ask issue"),
        ({"issue": "unsure"}, "owner J-40"),
        ({"issue": ["skin_reaction", "care_question"]}, "ask issue"),
        ({"issue": ["product_lost", "change_of_mind"]}, "ask issue"),
        # nobody asks the customer what only a record can say
        ({"issue": "part_substituted"}, "owner J-01 J-03 J-14"),
        ({"issue": "part_substituted", "substitution": ["recorded", "not_recorded"]}, "owner J-01 J-03 J-14"),
        # `failed` is only learnt if told
        ({"issue": "post_bent", "age": "m1"}, "advise J-17 J-32 J-33"),
        ({"issue": "post_bent", "age": "m1", "self_help": "failed"}, "ask cause"),
        ({"issue": "post_bent", "age": "past", "self_help": "unsure"}, "owner J-17 J-20 J-32 J-33"),
        # a receipt that straddles the 24 hours is asked about, unless it makes no difference
        ({"issue": "wrong_item", "age": ["h24", "m1"]}, "ask age"),
        ({"issue": "wrong_item", "age": ["m1", "past"]}, "owner J-03"),
        ({"issue": "ring_size", "item": "ring", "age": ["h24", "m1"], "same_variant": "same"}, "exchange J-34 J-35"),
        # unsure, and it matters: the owner, with every clause that might apply
        ({"issue": "surface_mark", "severity": "unsure", "want": "refund", "age": "m1"}, "owner J-02 J-30 J-31"),
        # unsure, and it does not matter
        ({"issue": "broken", "item": "unsure", "age": "m1", "cause": "normal_use"}, "refuse J-09"),
    ],
    ids=str,
)
def test_open_facts_end_in_a_question_or_with_the_owner(jewelry, facts, follows):
    decision = decide(jewelry, facts)
    assert " ".join([decision.outcome, *decision.cites, *([decision.ask] if decision.ask else [])]) == follows


def test_an_undetermined_line_names_what_would_settle_it(jewelry):
    facts = {"issue": "surface_mark", "severity": "unsure", "want": "unsure", "age": "m1", "photo": "unsure"}
    decision = decide(jewelry, facts)
    assert (decision.outcome, decision.reason, decision.needs) == ("owner", "undetermined", ("severity", "want"))
    assert decision.say is None
    # which kind of piece snapped changes the clauses, but never the verdict
    broken = {"issue": "broken", "item": "unsure", "age": "m1", "cause": "unsure"}
    assert decide(jewelry, broken).needs == ("cause",)
    assert decide(jewelry, {"issue": "skin_reaction"}).reason is None


def test_a_verdict_carries_rules_words_and_the_packs_version(jewelry):
    decision = decide(jewelry, {"issue": "broken", "age": "m1", "cause": "normal_use"})
    assert decision.rules == ("BR-08", "BR-09")
    assert (decision.say, decision.pack, decision.version) == ("broken", "jewelry", jewelry.version)


@pytest.mark.parametrize(
    ("facts", "hint"),
    [
        ({"issue": "borken"}, "`broken`"),
        ({"isue": "broken"}, "`issue`"),
        ({"issue": "broken", "age": ["h24", "m2"]}, "h24, m1, past"),
        ({"issue": "broken", "age": []}, "empty"),
    ],
    ids=str,
)
def test_a_word_nobody_knows_is_refused_with_the_nearest_one(jewelry, facts, hint):
    with pytest.raises(BadRequest, match=hint):
        decide(jewelry, facts)


# ------------------------------------------------------------------ the order


@pytest.mark.parametrize(
    ("facts", "order", "ask"),
    [
        # what a record may hold is asked as the order while none is known
        ({"issue": "defect"}, "unasked", "order"),
        ({"issue": "defect", "age": "m1"}, "unasked", "order"),
        ({"issue": "defect", "age": "m1", "item": "ring"}, "unasked", "cause"),
        ({"issue": "part_substituted"}, "unasked", "order"),
        ({"issue": "defect"}, "not_found", "age"),
        ({"issue": "defect"}, "other_buyer", "age"),
        ({"issue": "defect"}, "matched", "age"),
        ({"issue": "defect"}, None, "age"),
    ],
    ids=str,
)
def test_the_order_is_asked_for_where_it_may_settle_the_next_fact(jewelry, facts, order, ask):
    assert decide(jewelry, facts, order=order).ask == ask


# ------------------------------------------------------------------ two questions in one message


@pytest.mark.parametrize(
    ("facts", "first", "second"),
    [
        ({"issue": "defect", "item": "other", "age": "h24"}, "cause", "photo"),
        # a break by force would need no photo
        ({"issue": "broken", "item": "other", "age": "h24"}, "cause", None),
        ({"issue": "wrong_item"}, "age", None),
        ({"issue": "ring_size", "item": "ring"}, "same_variant", None),
        ({"issue": "wrong_item", "age": "h24"}, "photo", None),
        ({"issue": "defect"}, "order", None),
    ],
    ids=str,
)
def test_a_second_question_goes_along_only_if_it_comes_in_any_case(jewelry, facts, first, second):
    assert asked_together(jewelry, facts, first) == second


def test_a_second_question_may_be_the_order(jewelry):
    facts = {"issue": "spec_difference", "severity": "minor"}
    assert asked_together(jewelry, {**facts, "severity": None}, "severity", order="unasked") is None
    assert asked_together(jewelry, {"issue": "ring_size", "same_variant": "same"}, "item", order="unasked") is None
