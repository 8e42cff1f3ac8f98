"""The owner's pages: what needs her, the conversations, and her acts. Everything below `/console`.

Korean first, English twin; each page works by plain forms and links, htmx only saves reloading.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Flask, redirect, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from igbot.web.console import acts, headers, languages, pages, sign_in
from igbot.web.live import Streams

FORM_BYTES = 64 * 1024
"""More than any form here needs."""
FAILED_SIGN_INS = "10 per 5 minutes; 50 per day"


def init_console(app: Flask, *, with_entry: bool = False, streams: Streams | None = None) -> None:
    """Give an application with its parts the owner's console at `/console`; its bare address leads there.

    `with_entry` adds the route of `sign_in.entry_path`, a signed link that signs its reader in: for
    the demo, never for a shop. `streams` are this process's live streams; tests hand in their own.
    """
    # Only our own forms are checked: Meta's webhook signs its requests in its own way.
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf = CSRFProtect(app)
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    sign_in.prepare(app)
    languages.prepare(app)
    console = Blueprint(
        "console", __name__, template_folder="templates", static_folder="../static", static_url_path="/static"
    )
    console.before_request(headers.refuse_long_forms(FORM_BYTES))
    console.before_request(csrf.protect)
    console.before_request(sign_in.only_signed_in)
    console.after_request(headers.keep_safe)
    headers.answer_mistakes(console)
    limited = limiter.limit(
        FAILED_SIGN_INS, methods=["POST"], deduct_when=lambda response: response.status_code != HTTPStatus.FOUND
    )
    sign_in.add_routes(console, limited, with_entry=with_entry)
    pages.add_routes(console, streams or Streams())
    acts.add_routes(console)
    app.register_blueprint(console, url_prefix="/console")
    app.add_url_rule("/", "home", lambda: redirect(url_for("console.list")))
