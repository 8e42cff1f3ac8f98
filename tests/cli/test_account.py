"""`igbot account`."""

from __future__ import annotations

import json

import pytest

from .conftest import Run

SHOP = "17841400000000123"


@pytest.fixture
def shop(igbot: Run) -> Run:
    """The command line beside an empty, up-to-date database."""
    igbot("db", "upgrade")
    return igbot


def accounts(igbot: Run) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(igbot("account", "list", "--json").stdout)
    return listed


def test_it_takes_in_an_account_with_what_is_in_force(shop: Run) -> None:
    added = shop("account", "add", SHOP, "--token-stdin", stdin="IGQVJ-token\n", login="facebook")
    assert (added.exit_code, added.stdout) == (0, f"Account {SHOP} is connected.\n")
    assert accounts(shop) == [
        {"ig_id": SHOP, "username": None, "login": "facebook", "pack": "jewelry", "has_token": True, "trouble": None}
    ]


def test_options_win_over_settings(shop: Run) -> None:
    shop(
        "account",
        "add",
        SHOP,
        "--token-stdin",
        "--login",
        "instagram",
        "--pack",
        "footwear",
        stdin="t\n",
        login="facebook",
    )
    [account] = accounts(shop)
    assert (account["login"], account["pack"]) == ("instagram", "footwear")


def test_a_known_account_gets_the_new_token_and_stays_one(shop: Run) -> None:
    shop("account", "add", SHOP, "--token-stdin", "--pack", "footwear", stdin="old\n")
    shop("account", "add", SHOP, "--token-stdin", stdin="new\n")
    [account] = accounts(shop)
    assert account["pack"] == "footwear"


def test_it_asks_for_the_token_without_showing_it(shop: Run) -> None:
    added = shop("account", "add", SHOP, stdin="IGQVJ-token\n")
    assert added.exit_code == 0
    assert "IGQVJ-token" not in added.output


@pytest.mark.parametrize(
    ("ig_id", "token", "sentence"),
    [
        ("@my.shop", "t", "An Instagram account id is a row of digits"),
        ("１７８", "t", "An Instagram account id is a row of digits"),
        (SHOP, "", "The access token is empty."),
    ],
    ids=["a handle", "wide digits", "no token"],
)
def test_it_refuses_and_keeps_nothing(shop: Run, ig_id: str, token: str, sentence: str) -> None:
    refused = shop("account", "add", ig_id, "--token-stdin", stdin=f"{token}\n")
    assert refused.exit_code == 1
    assert sentence in refused.stderr
    assert accounts(shop) == []


def test_the_list_is_for_people_too(shop: Run) -> None:
    assert "No account yet" in shop("account", "list").stdout
    shop("account", "add", SHOP, "--token-stdin", stdin="IGQVJ-token\n")
    listed = shop("account", "list").stdout
    assert listed == f"{SHOP}  ?  instagram  jewelry  all is well\n"


def test_without_tables_it_names_the_way_out(igbot: Run) -> None:
    refused = igbot("account", "list")
    assert refused.exit_code == 1
    assert "igbot db upgrade" in refused.stderr
