"""A small Graph API at the edge of `requests`: told what to answer, it remembers what it was asked.

For tests of the sending side alone; whole conversations are played against `igbot.simulator`.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter

from igbot import clock

Failure = Callable[["FakeGraph", "Call"], requests.Response]


@dataclass
class Call:
    """One request, as Meta would see it."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    headers: dict[str, str]
    timeout: Any
    at: datetime
    mid: str = ""

    @property
    def text(self) -> str:
        return str(self.body.get("message", {}).get("text", ""))


@dataclass
class FakeGraph(BaseAdapter):
    """Takes every message unless told otherwise. Failures are used up one message each, in order."""

    calls: list[Call] = field(default_factory=list)
    arrived: list[Call] = field(default_factory=list)
    """Messages that reached the customer's phone, whatever the caller was told."""
    acts: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    """What a GET of a path (without version) answers."""
    headers: dict[str, str] = field(default_factory=dict)
    acts_fail: bool = False
    on_arrival: Callable[[Call], object] | None = None
    """Called with every message on its way: for what happens meanwhile."""
    refused_fields: set[str] = field(default_factory=set)
    _failures: deque[Failure] = field(default_factory=deque)

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", self)
        return session

    # -------------------------------------------------------------- verbs

    def say_no(self, code: int, subcode: int | None = None, *, times: int = 1, status: int = 400, **more: Any) -> None:
        self._failures.extend([lambda graph, _: graph.refusal(code, subcode, status, **more)] * times)

    def lose_answer(self, times: int = 1) -> None:
        """The message arrives; the caller waits in vain."""

        def lost(graph: FakeGraph, call: Call) -> requests.Response:
            graph.deliver(call)
            raise requests.ReadTimeout

        self._failures.extend([lost] * times)

    def lose_message(self, times: int = 1) -> None:
        """The message does not arrive; the caller waits in vain all the same."""

        def lost(_graph: FakeGraph, _call: Call) -> requests.Response:
            raise requests.ReadTimeout

        self._failures.extend([lost] * times)

    def be_unreachable(self, times: int = 1) -> None:
        def refused(_graph: FakeGraph, _call: Call) -> requests.Response:
            pool = urllib3.HTTPSConnectionPool("graph.instagram.com")
            connection = urllib3.connection.HTTPSConnection("graph.instagram.com")
            reason = urllib3.exceptions.NewConnectionError(connection, "refused")
            raise requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", reason))

        self._failures.extend([refused] * times)

    def answer(self, body: str, status: int = 200) -> None:
        """Answer the next message with these very bytes."""
        self._failures.append(lambda graph, _: graph.response(status, body))

    # -------------------------------------------------------------- what it looks like from outside

    @property
    def texts(self) -> list[str]:
        return [call.text for call in self.arrived]

    def send(self, request: requests.PreparedRequest, *_args: Any, **options: Any) -> requests.Response:
        call = _call(request, options.get("timeout"))
        self.calls.append(call)
        answer = self._answer(call)
        answer.request, answer.url = request, request.url or ""
        return answer

    def close(self) -> None:
        pass

    def _answer(self, call: Call) -> requests.Response:
        if call.method == "GET":
            found = self.answers.get(call.path)
            return self.response(200, json.dumps(found)) if found is not None else self.refusal(100, 33)
        if call.path.endswith("subscribed_apps"):
            asked = set(call.query["subscribed_fields"].split(","))
            return self.refusal(100) if asked & self.refused_fields else self.response(200, '{"success": "true"}')
        if act := call.body.get("sender_action"):
            self.acts.append(act)
            return self.refusal(100) if self.acts_fail else self.response(200, '{"recipient_id": "7310000000000456"}')
        if self.on_arrival:
            self.on_arrival(call)
        if self._failures:
            return self._failures.popleft()(self, call)
        return self.response(200, json.dumps({"recipient_id": "7310000000000456", "message_id": self.deliver(call)}))

    def deliver(self, call: Call) -> str:
        self.arrived.append(call)
        call.mid = f"mid-{len(self.arrived)}"
        return call.mid

    def refusal(self, code: int, subcode: int | None = None, status: int = 400, **more: Any) -> requests.Response:
        error = {"message": "no", "type": "OAuthException", "code": code, "fbtrace_id": "AInventedTrace", **more}
        if subcode is not None:
            error["error_subcode"] = subcode
        return self.response(status, json.dumps({"error": error}))

    def response(self, status: int, body: str) -> requests.Response:
        answer = requests.Response()
        answer.status_code = status
        answer._content = body.encode()
        answer.headers.update(self.headers)
        return answer


def _call(request: requests.PreparedRequest, timeout: Any) -> Call:
    address = urlsplit(str(request.url))
    return Call(
        method=str(request.method),
        path=address.path.partition("/v25.0/")[2],
        query=dict(parse_qsl(address.query)),
        body=json.loads(request.body) if request.body else {},
        headers=dict(request.headers),
        timeout=timeout,
        at=clock.now(),
    )
