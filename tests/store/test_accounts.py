"""The first account comes from the settings, and a token we renewed ourselves is not overwritten by an old one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from igbot import settings
from igbot.store import accounts

SHOP = "17841400000000123"


def in_force(**given):
    return settings.read(_env_file=None, **given)


def ensure(db, **given):
    with db.transaction() as session:
        account = accounts.ensure_first(session, in_force(**given))
        return account and (account.ig_id, account.access_token, account.trouble)


def test_the_first_start_takes_the_account_in(db):
    assert ensure(db, account_id=SHOP, access_token="one") == (SHOP, "one", None)
    with db.transaction() as session:
        account = accounts.find(session, SHOP)
        assert account is not None
        assert (account.login, account.pack, account.human_agent) == ("instagram", "jewelry", False)
        assert accounts.find(session, "999") is None


@pytest.mark.parametrize(
    "given", [{}, {"account_id": SHOP}, {"access_token": "one"}], ids=["none", "no token", "no id"]
)
def test_settings_that_do_not_name_one_with_a_token_take_nothing_in(db, given):
    assert ensure(db, **given) is None


def test_a_token_we_have_stays_until_instagram_refuses_it(db):
    ensure(db, account_id=SHOP, access_token="one")
    assert ensure(db, account_id=SHOP, access_token="two") == (SHOP, "one", None)
    with db.transaction() as session:
        accounts.stop(accounts.listed(session)[0], "token")
    assert ensure(db, account_id=SHOP, access_token="one") == (SHOP, "one", "token")
    assert ensure(db, account_id=SHOP, access_token="two") == (SHOP, "two", None)


def test_whether_meta_approved_the_human_agent_is_read_at_every_start(db):
    ensure(db, account_id=SHOP, access_token="one")
    ensure(db, account_id=SHOP, access_token="one", human_agent=True)
    with db.transaction() as session:
        assert accounts.listed(session)[0].human_agent


def test_a_pause_is_never_shortened_and_ends_with_a_persons_word(db, now):
    ensure(db, account_id=SHOP, access_token="one")
    with db.transaction() as session:
        account = accounts.listed(session)[0]
        accounts.pause(account, now + timedelta(minutes=5))
        accounts.pause(account, now + timedelta(minutes=1))
        accounts.stop(account, "access")
        assert (account.trouble, account.paused_until) == ("access", now + timedelta(minutes=5))
    with db.transaction() as session:
        accounts.try_again(accounts.listed(session)[0])
    with db.transaction() as session:
        account = accounts.listed(session)[0]
        assert (account.trouble, account.paused_until) == (None, None)
