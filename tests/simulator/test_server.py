"""The pretend Instagram over real sockets: served, calling back, trying again."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response, request

from igbot.simulator import Instagram, Server, create_simulator, graph_app, over_http

PATIENCE_SECONDS = 20.0


class Receiver:
    """A small webhook of its own: says no so often, then yes; tells when the wanted number has arrived."""

    def __init__(self, refusals: int = 0, wanted: int = 1) -> None:
        self.posts: list[tuple[bytes, str]] = []
        self._refusals, self._wanted = refusals, wanted
        self.has_all = threading.Event()
        self.app = Flask(__name__)
        self.app.add_url_rule("/webhook", view_func=self._webhook, methods=["POST"])

    def _webhook(self) -> Response:
        if self._refusals:
            self._refusals -= 1
            return Response(status=500)
        self.posts.append((request.get_data(), request.headers["X-Hub-Signature-256"]))
        if len(self.posts) == self._wanted:
            self.has_all.set()
        return Response(status=200)

    @property
    def texts(self) -> list[str]:
        return [json.loads(raw)["entry"][0]["messaging"][0]["message"]["text"] for raw, _ in self.posts]


def call(server: Server, method: str, path: str, body: object = None, token: str = "") -> tuple[int, str]:
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.fixture
def instagram() -> Iterator[Instagram]:
    instagram = Instagram()
    yield instagram
    instagram.postman.stop()


def test_a_webhook_is_posted_with_its_signature(instagram):
    receiver = Receiver()
    with Server(receiver.app) as server:
        instagram.postman.deliver = over_http(f"{server.url}/webhook")
        instagram.person("Emma", "emma").writes("hello")

    assert receiver.texts == ["hello"]
    assert receiver.posts[0][1].startswith("sha256=")


def test_where_nobody_listens_the_webhook_waits(instagram):
    with Server(Flask(__name__)) as server:
        nobody = f"{server.url}/webhook"
    instagram.postman.deliver = over_http(nobody)
    instagram.person("Emma", "emma").writes("hello")

    assert instagram.postman.failed == 1


def test_the_background_delivers_and_tries_again_until_it_is_taken(instagram):
    receiver = Receiver(refusals=2, wanted=2)
    with Server(receiver.app) as server:
        instagram.postman.deliver = over_http(f"{server.url}/webhook")
        instagram.postman.start()
        person = instagram.person("Emma", "emma")
        person.writes("one")
        person.writes("two")

        assert receiver.has_all.wait(PATIENCE_SECONDS)
    assert sorted(receiver.texts) == ["one", "two"]


def test_a_delivery_that_breaks_does_not_end_the_background(instagram):
    arrived = threading.Event()

    def deliver(raw: bytes, headers: dict[str, str]) -> int:
        if b"one" in raw:
            raise RuntimeError
        arrived.set()
        return 200

    instagram.postman.deliver = deliver
    instagram.postman.start()
    person = instagram.person("Emma", "emma")
    person.writes("one")
    person.writes("two")

    assert arrived.wait(PATIENCE_SECONDS)


def test_an_echo_leaves_when_the_call_has_been_answered(instagram):
    heard = threading.Event()

    def deliver(raw: bytes, headers: dict[str, str]) -> int:
        if b"is_echo" in raw:
            heard.set()
        return 200

    instagram.postman.deliver = deliver
    person = instagram.person("Emma", "emma")
    person.writes("hi")
    with Server(graph_app(instagram)) as server:
        body = {"recipient": {"id": person.igsid}, "message": {"text": "hello"}}
        status, _ = call(server, "POST", "/v25.0/me/messages", body, instagram.token)
        assert status == 200
        assert heard.wait(PATIENCE_SECONDS)


def test_the_whole_simulator_is_one_application(instagram):
    with Server(create_simulator(instagram)) as server:
        assert call(server, "GET", "/simulator/")[0] == 200
        assert call(server, "GET", "/simulator/graph/v25.0/me", token=instagram.token)[0] == 200
        assert call(server, "POST", "/simulator/api/people", {"username": "emma"})[0] == 201
    with pytest.raises(ConnectionRefusedError):
        call(server, "GET", "/simulator/")


def test_a_taken_port_is_refused(instagram):
    with Server(graph_app(instagram)) as server, pytest.raises(OSError, match="in use"):
        Server(graph_app(instagram), urlsplit(server.url).port or 0)


def test_acts_from_many_threads_lose_nothing(instagram):
    heard: list[bytes] = []

    def deliver(raw: bytes, headers: dict[str, str]) -> int:
        heard.append(raw)
        return 200

    instagram.postman.deliver = deliver
    people = [instagram.person(None, f"person{number}") for number in range(8)]
    threads = [threading.Thread(target=lambda who=person: [who.writes(str(n)) for n in range(25)]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    instagram.deliver_waiting()

    assert len(heard) == 200
    for person in people:
        assert [message.text for message in person.chat] == [str(number) for number in range(25)]
