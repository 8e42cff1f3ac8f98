"""`igbot owner`."""

from __future__ import annotations

from pathlib import Path

import pytest

from igbot.store import owners
from igbot.store.unit import Database

from .conftest import Run

GOOD = "a good long password\n"


@pytest.fixture
def shop(igbot: Run) -> Run:
    """The command line beside a shop with one account."""
    igbot("db", "upgrade")
    igbot("account", "add", "17841400000000123", "--token-stdin", stdin="token\n")
    return igbot


def may_sign_in(name: str, password: str) -> bool:
    database = Database(f"sqlite:///{Path('instance/igbot.db')}")
    with database.transaction() as session:
        owner = owners.find(session, name)
    database.close()
    return owners.is_password(owner, password)


def test_who_was_added_may_sign_in_with_that_password_only(shop: Run) -> None:
    added = shop("owner", "add", "jiwoo", "--password-stdin", stdin=GOOD)
    assert (added.exit_code, added.stdout) == (0, "jiwoo may sign in now.\n")
    assert may_sign_in("jiwoo", GOOD.strip())
    assert not may_sign_in("jiwoo", "a good long passwore")


def test_a_reset_replaces_the_password(shop: Run) -> None:
    shop("owner", "add", "jiwoo", "--password-stdin", stdin=GOOD)
    reset = shop("owner", "reset", "jiwoo", "--password-stdin", stdin="another long password\n")
    assert reset.exit_code == 0
    assert may_sign_in("jiwoo", "another long password")
    assert not may_sign_in("jiwoo", GOOD.strip())


def test_a_typed_password_is_asked_for_twice(shop: Run) -> None:
    assert shop("owner", "add", "jiwoo", stdin=GOOD + GOOD).exit_code == 0
    assert may_sign_in("jiwoo", GOOD.strip())


@pytest.mark.parametrize(
    ("words", "stdin", "sentence"),
    [
        pytest.param(("add", "jiwoo"), "short\n", "A password needs 10 to 200 characters.", id="short password"),
        pytest.param(("add", "mina"), GOOD, "There is already somebody called mina", id="name taken"),
        pytest.param(("add", " "), GOOD, "A person who signs in needs a name.", id="no name"),
        pytest.param(("reset", "nobody"), GOOD, "Nobody called nobody may sign in", id="reset of a stranger"),
        pytest.param(("add", "jiwoo", "--account", "1"), GOOD, "There is no such account yet", id="unknown account"),
    ],
)
def test_a_refusal_is_one_sentence(shop: Run, words: tuple[str, ...], stdin: str, sentence: str) -> None:
    shop("owner", "add", "mina", "--password-stdin", stdin=GOOD)
    refused = shop("owner", *words, "--password-stdin", stdin=stdin)
    assert refused.exit_code == 1
    assert sentence in refused.stderr


def test_the_account_named_in_the_settings_is_taken_in(igbot: Run) -> None:
    igbot("db", "upgrade")
    refused = igbot("owner", "add", "mina", "--password-stdin", stdin=GOOD)
    assert refused.exit_code == 1
    assert "Set IGBOT_ACCOUNT_ID and IGBOT_ACCESS_TOKEN" in refused.stderr
    named = {"account_id": "17841400000000123", "access_token": "token"}
    assert igbot("owner", "add", "mina", "--password-stdin", stdin=GOOD, **named).exit_code == 0
    assert may_sign_in("mina", GOOD.strip())


def test_with_several_accounts_the_shop_must_be_named(shop: Run) -> None:
    shop("account", "add", "17841400000000124", "--token-stdin", stdin="token\n")
    refused = shop("owner", "add", "jiwoo", "--password-stdin", stdin=GOOD)
    assert "There are several accounts" in refused.stderr
    named = shop("owner", "add", "jiwoo", "--password-stdin", "--account", "17841400000000124", stdin=GOOD)
    assert named.exit_code == 0
