"""`igbot chat`: the whole product in one terminal."""

from __future__ import annotations

from .conftest import Run


def test_a_customer_is_greeted_and_taps_by_number(igbot: Run) -> None:
    said = igbot("chat", stdin="안녕하세요\n1\n/quit\n")
    assert said.exit_code == 0
    assert "[1]" in said.stdout
    assert said.stdout.count("> ") == 3


def test_time_passes_pictures_are_sent_and_taken_back(igbot: Run) -> None:
    said = igbot("chat", stdin="목걸이 줄이 끊어졌어요\n/photo\n/unsend\n/wait PT25H\n/owner 제가 볼게요\n")
    assert said.exit_code == 0
    assert "제가 볼게요" in said.stdout


def test_what_cannot_be_done_is_said_and_the_chat_goes_on(igbot: Run) -> None:
    said = igbot("chat", stdin="/wait a while\n/photo dream\n/help\nhello\n")
    assert said.exit_code == 0
    assert "/photo KIND" in said.stdout
    assert said.stdout.count("> ") == 5


def test_a_customer_there_is_not_is_wrong_usage(igbot: Run) -> None:
    refused = igbot("chat", "--as", "nobody")
    assert refused.exit_code == 2
    assert "There is no sample customer nobody; there are " in refused.stderr
