"""What every page of the console carries: headers that keep browsers from doing more than it needs.

Mistakes are answered with a page that says what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

# The demo shows the console beside the customer's phone: its own pages may frame it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def keep_safe(response: Response) -> Response:
    """Add the headers; pages with customers' words are not kept by browsers or proxies."""
    response.headers.update(HEADERS)
    if request.endpoint != "console.static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def refuse_long_forms(most_bytes: int) -> Callable[[], None]:
    """Before a request is read: not more than this much of it."""

    def limit() -> None:
        request.max_content_length = most_bytes

    return limit


def answer_mistakes(console: Blueprint) -> None:
    """Say in the reader's language what went wrong and what to do."""

    def answer(error: HTTPException) -> Response:
        code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        return make_response(render_template("console/mistake.html", code=code), code)

    for code in (400, 404, 405, 409, 413, 429):
        console.register_error_handler(code, answer)
