"""A pretend Instagram whose webhooks are caught, and a caller of its Graph API."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from igbot.simulator import Instagram, Person, graph_app


@dataclass
class Callback:
    """Stands where igbot's webhook would: keeps what was posted, answers `status`."""

    status: int = 200
    posts: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, raw: bytes, headers: dict[str, str]) -> int:
        self.posts.append((raw, headers))
        if not self.status:
            raise ConnectionRefusedError
        return self.status

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for raw, _ in self.posts]

    @property
    def items(self) -> list[dict[str, Any]]:
        return [item for body in self.bodies for entry in body["entry"] for item in entry["messaging"]]


@dataclass
class Caller:
    """A program with a token, calling the Graph API."""

    http: FlaskClient
    token: str
    node: str = "me"

    def sends(self, igsid: str, message: object = None, **more: Any):
        body = {"recipient": {"id": igsid}, **({} if message is None else {"message": message}), **more}
        return self.posts(body)

    def posts(self, body: object):
        return self.http.post(f"/v25.0/{self.node}/messages", json=body, headers=self.headers, buffered=True)

    def gets(self, path: str):
        return self.http.get(path, headers=self.headers, buffered=True)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@pytest.fixture
def callback() -> Callback:
    return Callback()


@pytest.fixture
def instagram(callback: Callback, now: datetime) -> Instagram:
    return Instagram(deliver=callback)


@pytest.fixture
def jiwoo(instagram: Instagram) -> Person:
    return instagram.person("김지우", "jiwoo.k", "7310000000000456")


@pytest.fixture
def caller_of() -> Callable[[Instagram], Caller]:
    return lambda instagram: Caller(graph_app(instagram).test_client(), instagram.token)


@pytest.fixture
def caller(instagram: Instagram, caller_of: Callable[[Instagram], Caller]) -> Caller:
    return caller_of(instagram)


def refusal(answer: Any) -> tuple[int, int, int | None]:
    """HTTP status, code and subcode of a refused call."""
    error = answer.json["error"]
    return answer.status_code, error["code"], error.get("error_subcode")
