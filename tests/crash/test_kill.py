"""`kill -9` at random moments, then a restart: every event handled, every reply sent, in order (DESIGN promise 4).

The drill of twenty kills takes a minute and a half: `pytest -m drill tests/crash`. What was drawn by lot follows
from the seed of the run (`--randomly-seed`), and is printed with a failure.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.crash.drill import Drill
from tests.crash.processes import END_SECONDS, ended_for_certain, until
from tests.crash.shop import ECHO_WAIT_SECONDS, Shop
from tests.crash.undisturbed import heard, undisturbed


@pytest.fixture(
    scope="module",
    params=[pytest.param((3, 6), id="3 kills"), pytest.param((20, 30), id="20 kills", marks=pytest.mark.drill)],
)
def drill(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """A drill that is over: so many kills, so many customers with ten acts each."""
    kills, customers = request.param
    seed = random.getrandbits(32)
    with ended_for_certain() as programs:
        done = Drill.prepared(Shop(tmp_path_factory.mktemp("crash"), programs), customers, kills, random.Random(seed))
        try:
            done.run()
        except BaseException:
            sys.stdout.write(f"seed {seed}; {done.report()}\n{programs[-1].last_words()}\n")
            raise
        sys.stdout.write(f"seed {seed}; {done.report()}\n")
        yield done
        done.instagram.close()


def test_every_event_is_handled_and_none_failed(drill: Drill) -> None:
    assert drill.books.unhandled() == 0
    assert drill.books.troubles() == []
    assert drill.instagram.webhooks()["given_up"] == 0
    written = [done.mid for customer in drill.crowd.customers for done in customer.acts if done.mid]
    by_owner = {said.mid for said in drill.books.said() if said.sender == "person"}
    assert sorted(drill.books.mids()) == sorted(set(written) - by_owner)


def test_events_are_handled_in_the_order_in_which_they_happened_among_those_known(drill: Drill) -> None:
    assert drill.books.out_of_order() == []


def test_phones_show_what_an_undisturbed_shop_would_have_said_in_its_order(drill: Drill, tmp_path: Path) -> None:
    for customer, expected, files in undisturbed(drill.crowd.customers, drill.books, drill.ordered_at, tmp_path):
        assert heard(drill.instagram.chat(customer.igsid)) == expected, customer.script.name
        assert drill.books.evidence().get(customer.igsid, []) == files, customer.script.name


def test_every_reply_is_sent_and_its_echo_known(drill: Drill) -> None:
    assert {(said.status, said.is_delivered) for said in drill.books.said()} == {("sent", True)}


def test_an_echo_is_never_taken_for_the_owner(drill: Drill) -> None:
    with_owner = {igsid for igsid, control in drill.books.control().items() if control == "owner"}
    assert with_owner == {
        customer.igsid for customer in drill.crowd.customers if any(done.act.name == "owner" for done in customer.acts)
    }


def test_a_reply_is_doubled_only_by_a_kill_during_its_send_and_after_its_echo_was_waited_for(drill: Drill) -> None:
    known = {said.mid for said in drill.books.said()}
    doubled: Counter[int] = Counter()
    for customer in drill.crowd.customers:
        chat = [message for message in drill.instagram.chat(customer.igsid) if message["by"] == "app"]
        for extra in (message for message in chat if message["mid"] not in known):
            said, copies = _said(drill, customer.igsid, extra["text"], chat)
            doubled[said] += 1
            kills = [struck.at for struck in drill.struck if said in struck.under_way]
            assert doubled[said] <= len(kills), "there are more copies than kills during the send"
            assert max(copies) - min(kills) >= timedelta(seconds=ECHO_WAIT_SECONDS), "the echo was not waited for"
    sys.stdout.write(f"{doubled.total()} replies doubled of {len(known)}\n")


def _said(drill: Drill, igsid: str, text: str, chat: list[dict[str, str]]) -> tuple[int, list[datetime]]:
    """The reply whose second copy this is, and when its copies arrived."""
    doubtful = frozenset().union(*(struck.under_way for struck in drill.struck))
    found = [s for s in drill.books.said() if s.igsid == igsid and s.text == text and s.id in doubtful]
    assert found, "a reply was doubled though no kill happened while it was being sent"
    copies = [datetime.fromisoformat(message["at"]) for message in chat if message["text"] == text]
    return found[0].id, copies


def test_no_file_is_kept_that_no_row_speaks_of(drill: Drill) -> None:
    assert drill.books.files_kept() == drill.books.files_named()


def test_nothing_is_left_behind_of_a_shop_whose_master_was_killed(drill: Drill) -> None:
    left = drill.shop.served[:-1]
    until(lambda: all(program.is_gone() for program in left), END_SECONDS, "workers without a master end")
