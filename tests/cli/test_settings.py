"""`igbot settings`."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run


def test_it_shows_a_value_and_where_it_comes_from(igbot: Run) -> None:
    shown = igbot("settings", login="facebook").stdout
    assert "IGBOT_LOGIN = facebook\n    which of the two set-ups (set)" in shown
    assert "IGBOT_PACK = jewelry\n" in shown
    assert "IGBOT_APP_ID is not set\n" in shown


def test_it_reads_the_env_file_of_the_folder(igbot: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("IGBOT_APP_ID=1999999999999901\n")
    assert "IGBOT_APP_ID = 1999999999999901\n" in igbot("settings").stdout


def test_it_masks_secrets(igbot: Run) -> None:
    secrets = {
        "secret_key": "hush-1",
        "app_secrets": "hush-2, hush-3",
        "verify_token": "hush-4",
        "access_token": "hush-5",
    }
    for answer in (igbot("settings", **secrets), igbot("settings", "--json", **secrets)):
        assert "hush" not in answer.output
        assert "********" in answer.stdout


def test_it_masks_the_password_of_the_database(igbot: Run) -> None:
    answer = igbot("settings", database_url="postgresql+psycopg://shop:hush@db/shop")
    assert "hush" not in answer.output
    assert "@db/shop" in answer.stdout


def test_its_json_is_one_object_by_name(igbot: Run) -> None:
    document = json.loads(igbot("settings", "--json", send_rate="2.5").stdout)
    assert document["IGBOT_SEND_RATE"] == {
        "name": "IGBOT_SEND_RATE",
        "value": "2.5",
        "source": "set",
        "meaning": "sends a second per account",
    }


def test_all_unusable_settings_are_named_at_once(igbot: Run) -> None:
    refused = igbot("settings", send_rate="fast", login="myspace")
    assert refused.exit_code == 1
    assert "IGBOT_SEND_RATE" in refused.stderr
    assert "IGBOT_LOGIN" in refused.stderr
