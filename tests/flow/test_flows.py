"""Flows as data: what the platform promises about every flow, and what it refuses to build."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot.errors import BrokenShop
from igbot.flow import STAY, Ask, End, Flow, HandOver, On, Turn, holds, words
from igbot.flow.draw import mermaid
from igbot.flow.model import SMALL_TALK
from igbot.flow.shop import Flows
from igbot.texts import Texts

SHOP = Flows.load("flows")
EVENTS = sorted(
    {event for flow in SHOP for event in (on.event for on in flow.opens)} | set(SMALL_TALK) | {"went_silent"}
)


def flow(*states: Ask | HandOver | End, opens: tuple[On, ...] = (On("begun", "first"),)) -> Flow:
    return Flow(name="sample", opens=opens, states=states)


# ------------------------------------------------------------------ moving


def test_arriving_says_the_words_named_like_the_state() -> None:
    turn = Turn("sample", "opening")
    assert flow(End("first")).step(turn, "begun")
    assert (turn.state, [say.key for say in turn.said], turn.arrived) == ("first", ["sample.first"], True)


def test_staying_says_nothing_unless_told_to() -> None:
    one = flow(
        Ask("first", On("thanked", STAY), On("asked", STAY, say="more"), On("done", "over")), End("over", says=())
    )
    turn = Turn("sample", "first")
    assert one.step(turn, "thanked")
    assert (turn.said, turn.arrived) == ([], False)
    assert one.step(turn, "asked")
    assert [say.key for say in turn.said] == ["sample.more"]


def test_an_event_nobody_answers_moves_nothing() -> None:
    turn = Turn("sample", "first")
    assert not flow(End("first")).step(turn, "unheard_of")
    assert turn.state == "first"


def test_a_question_chooses_between_lines() -> None:
    one = flow(
        Ask("first", On("asked", "over", only_if=holds("enough")), On("asked", STAY)),
        End("over"),
    )
    patient, done = Turn("sample", "first"), Turn("sample", "first", frozenset({"enough"}))
    one.step(patient, "asked")
    one.step(done, "asked")
    assert (patient.state, done.state) == ("first", "over")


def test_an_owner_who_has_it_is_not_talked_over() -> None:
    """The first word is acknowledged, the rest is filed in silence."""
    one = flow(HandOver("first", On("back", "over")), End("over"))
    turn = Turn("sample", "first")
    one.step(turn, "not_understood")
    assert [say.key for say in turn.said] == ["every_chat.noted"]
    later = Turn("sample", "first", frozenset(turn.notes))
    one.step(later, "not_understood")
    assert later.said == []


# ------------------------------------------------------------------ refusing to be built

BROKEN = {
    "leads to nowhere": (lambda: flow(Ask("first", On("asked", "nowhere"))), "no state 'nowhere'"),
    "never reached": (lambda: flow(End("first"), End("lonely")), "nothing leads to lonely"),
    "patience without silence": (lambda: flow(Ask("first", patience="patience")), "nothing happens on went_silent"),
    "an end that goes on": (lambda: flow(End("first", On("asked", "first"))), "cannot lead anywhere"),
    "the last line asks": (
        lambda: flow(Ask("first", On("asked", STAY, only_if=holds("x")))),
        "the last line for asked must not ask",
    ),
    "a line behind one that always goes": (
        lambda: flow(Ask("first", On("asked", STAY), On("asked", "first"))),
        "a second move that can never be taken",
    ),
    "the same state twice": (lambda: flow(End("first"), End("first")), "two states are called 'first'"),
    "the platform's own state": (lambda: flow(End("opening"), End("first")), "the platform's own state"),
}


@pytest.mark.parametrize(("build", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_flow_that_does_not_fit_is_refused_with_a_sentence(build, sentence: str) -> None:
    with pytest.raises(BrokenShop, match=sentence):
        build()


def test_a_package_that_is_none_is_refused() -> None:
    with pytest.raises(BrokenShop, match="no such Python package"):
        Flows.load("no_such_flows")


# ------------------------------------------------------------------ the shop


def test_every_flow_of_the_shop_has_its_words() -> None:
    SHOP.check(Texts.load(SHOP.folder / "texts"))


def test_words_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "greeting.toml").write_text('[menu]\nko = "a"\nen = "a"\n')
    with pytest.raises(BrokenShop, match=r"greeting.toml lacks \[menu_again\]"):
        SHOP.check(Texts.load(tmp_path))


@pytest.mark.parametrize("one", list(SHOP), ids=lambda one: one.name)
def test_a_flow_can_be_drawn(one: Flow) -> None:
    picture = mermaid(one)
    assert picture.startswith("stateDiagram-v2")
    assert all(state.name in picture for state in one.states)


@given(st.lists(st.sampled_from(EVENTS), max_size=30), st.sets(st.sampled_from(["waits_for_owner", "noted"])))
def test_any_order_of_events_leaves_a_conversation_in_a_known_state(events: list[str], true: set[str]) -> None:
    flow_name, state = "greeting", "opening"
    for event in events:
        turn = Turn(flow_name, state, frozenset(true))
        SHOP.step(turn, event)
        flow_name, state = turn.flow, turn.state
        assert state in SHOP.by_name[flow_name].state_names


def test_a_conversation_in_a_state_that_is_gone_starts_over() -> None:
    turn = Turn("claim", "a_state_of_last_year")
    assert SHOP.step(turn, "greeted")
    assert (turn.flow, turn.state) == ("greeting", "menu")


def test_words_without_a_dot_are_the_flows_own() -> None:
    turn = Turn("claim", "choice")
    words("photo_please")(turn)
    words("every_chat.noted")(turn)
    assert [say.key for say in turn.said] == ["claim.photo_please", "every_chat.noted"]


@pytest.mark.parametrize("one", list(SHOP), ids=lambda one: one.name)
def test_the_picture_in_the_readme_is_the_flow(one: Flow) -> None:
    """`igbot flows draw NAME` prints the new one."""
    assert mermaid(one) in (SHOP.folder / "README.md").read_text("utf-8")
