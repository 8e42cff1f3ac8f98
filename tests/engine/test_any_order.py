"""Whatever happens, in whatever order: what holds of every single message that leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from igbot import clock
from igbot.store.tables import Table
from igbot.store.unit import Database
from tests.conftest import NOON
from tests.fakes.desk import Desk
from tests.fakes.graph import Call

REFUSALS = {
    "busy": (613, None),
    "window": (10, 2534022),
    "gone": (551, None),
    "bug": (100, None),
    "token": (190, None),
    "other app": (100, 2534037),
    "code 2": (2, None),
    "after delivery": (1, 1357046),
}
FAULTS = ["lose_answer", "lose_message", "be_unreachable", *REFUSALS]
ACTS = ["bot", "bot", "owner", "owner in app", "take over", "hand back", "customer", "reconnect", "echo"]
WAITS = {
    "half a minute": timedelta(seconds=30),
    "an hour": timedelta(hours=1),
    "almost a day": timedelta(hours=23, minutes=56),
    "a week": timedelta(days=7),
}
STEPS = st.lists(st.sampled_from([*ACTS, *FAULTS, *WAITS, *["flush"] * 6]), min_size=8, max_size=40)


@pytest.fixture(scope="module")
def memory():
    database = Database("sqlite:///:memory:")
    Table.metadata.create_all(database.engine)
    yield database
    database.close()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.booleans())
def test_whatever_happens_the_promises_hold(memory, steps, human_agent):
    with memory.transaction() as session:
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(table.delete())
    clock.stop_at(NOON)
    afternoon = Afternoon(memory, human_agent=human_agent)
    for step in [*steps, "flush"]:
        afternoon.take(step)


class Afternoon:
    """Plays steps, and looks at every message on its way."""

    def __init__(self, memory: Database, *, human_agent: bool) -> None:
        self.desk = Desk(memory)
        self.desk.set_account(human_agent=human_agent)
        self.desk.graph.on_arrival = self.look_at
        self.said = 0
        self.echoed = 0
        self.sent_in_this_flush: list[int] = []

    def look_at(self, call: Call) -> None:
        """Promise 6, one at a time, in order, and nothing that has been settled."""
        desk, talk = self.desk, self.desk.talk
        who, number = call.text.split()
        if who == "bot":
            assert talk.control == "bot"
            assert talk.last_customer_action_at is not None
            assert clock.now() - talk.last_customer_action_at < timedelta(hours=23, minutes=55)
            assert "tag" not in call.body
        [sending] = [reply for reply in desk.replies if reply.status == "sending"]
        assert sending.text == call.text
        unsettled = [reply.id for reply in desk.replies if reply.status in {"queued", "unknown"}]
        assert all(sending.id < other for other in unsettled)
        self.sent_in_this_flush.append(int(number))

    def take(self, step: str) -> None:
        desk, graph = self.desk, self.desk.graph
        if step in REFUSALS:
            graph.say_no(*REFUSALS[step])
        elif step in FAULTS:
            getattr(graph, step)()
        elif step in WAITS:
            clock.move(WAITS[step])
        else:
            acts = {
                "bot": lambda: desk.bot_says(f"bot {self._number()}"),
                "owner": lambda: desk.owner_says(f"owner {self._number()}"),
                "owner in app": self._owner_types_in_the_app,
                "take over": desk.owner_takes_over,
                "hand back": desk.owner_hands_back,
                "customer": desk.customer_writes,
                "reconnect": lambda: desk.set_account(trouble=None),
                "echo": self._echo_of_ours,
                "flush": self._flush,
            }
            acts[step]()

    def _owner_types_in_the_app(self) -> None:
        number = self._number()
        assert self._echo(f"app-{number}", f"app {number}") == "person"
        assert self.desk.talk.control == "owner"

    def _number(self) -> int:
        self.said += 1
        return self.said

    def _echo_of_ours(self) -> None:
        """What arrived comes back as an echo, however late and whatever we were told: it is never a person's."""
        for call in self.desk.graph.arrived[self.echoed : self.echoed + 1]:
            self.echoed += 1
            control = self.desk.talk.control
            assert self._echo(call.mid, call.text, happened_at=call.at) == "ours"
            assert self.desk.talk.control == control
            [reply] = [reply for reply in self.desk.replies if reply.text == call.text]
            assert reply.status == "sent"

    def _echo(self, mid: str, text: str, **more) -> str:
        whose = self.desk.echo(mid, text, **more)
        if whose == "wait":
            self.desk.pass_time(seconds=10)
            self.desk.flush()
            whose = self.desk.echo(mid, text, waited=True, **more)
        return whose

    def _flush(self) -> None:
        self.sent_in_this_flush = []
        self.desk.flush()
        assert self.sent_in_this_flush == sorted(self.sent_in_this_flush)
        assert "sending" not in self.desk.statuses
