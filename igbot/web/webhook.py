"""Meta's only door: the webhook's verification and its deliveries.

A delivery is checked, read, kept in one commit and answered 200; nothing else happens in the
request (DESIGN promise 1). Meta expects that answer within five seconds and switches the webhook
off after an hour without (CONTRACT 2.5), so whatever is signed and readable is answered 200, also
what we do not serve. These views read no session and no form, so no CSRF check stands before them.
"""

from __future__ import annotations

import hmac
import json
import re
from typing import NoReturn

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from igbot import clock
from igbot.graph import wire
from igbot.graph.signature import matches_when_escaped, matching_secret
from igbot.logs import log, warn
from igbot.store import inbox
from igbot.web import parts

blueprint = Blueprint("webhook", __name__)

_LARGEST = 5 * 1024 * 1024
"""Bytes of a delivery; Meta sends at most 1000 items at once (CONTRACT 2.2, 2.4)."""

_MOST_HEARD, _PIECE = 8 * _LARGEST, 64 * 1024
"""Bytes of a delivery that is too large, read in pieces and thrown away."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/webhook")
def verify() -> ResponseReturnValue:
    """Prove to Meta that this address is ours, when the webhook is set up (CONTRACT 2.1)."""
    expected, given = parts().settings.verify_token, request.args.get("hub.verify_token", "")
    if expected is None:
        _refuse(403, "IGBOT_VERIFY_TOKEN is not set, so the webhook cannot be verified.")
    if not hmac.compare_digest(expected.get_secret_value().encode(), given.encode()):
        _refuse(403, "hub.verify_token is not the one in IGBOT_VERIFY_TOKEN.")
    challenge = request.args.get("hub.challenge", "")
    if request.args.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(challenge):
        _refuse(400, "This is not a verification request of Meta's.")
    log("webhook.verified")
    return challenge, 200, _PLAIN


@blueprint.post("/webhook")
def receive() -> ResponseReturnValue:
    """Keep what Meta tells us."""
    secrets = parts().settings.secret_values
    if not secrets:
        _refuse(403, "IGBOT_APP_SECRETS is not set, so no webhook can be accepted.")
    if (request.content_length or 0) > _LARGEST:
        _refuse_large()
    request.max_content_length = _LARGEST
    raw, header = request.get_data(), request.headers.get("X-Hub-Signature-256")
    secret = matching_secret(raw, header, secrets)
    if secret is None:
        rewritten = matches_when_escaped(raw, header, secrets)
        _refuse(401, "The signature fits none of the secrets in IGBOT_APP_SECRETS.", rewritten_on_the_way=rewritten)
    try:
        body = json.loads(raw, parse_constant=_no_such_number)
    except (ValueError, RecursionError):
        _refuse(400, "The body is not JSON.")
    _keep(body, secret)
    return "EVENT_RECEIVED", 200, _PLAIN


def _refuse_large() -> NoReturn:
    """Say no after hearing the caller out, or the answer is lost in a broken line; but for so long and no longer."""
    left = _MOST_HEARD
    while left > 0 and (heard := request.environ["wsgi.input"].read(min(left, _PIECE))):
        left -= len(heard)
    _refuse(413, "A delivery has at most 5 MB.")


def _keep(body: object, secret: int) -> None:
    now = clock.now()
    delivery = wire.read(body, now)
    kept = inbox.Kept(0, set())
    if delivery.events or delivery.unknown:
        with parts().db.transaction() as session:
            kept = inbox.keep(session, [*delivery.events, *delivery.unknown], now)
            if kept.conversations:
                parts().nudge(session, kept.conversations)
    log(
        "webhook.kept",
        events=len(delivery.events),
        unknown=len(delivery.unknown),
        dropped=dict(delivery.dropped),
        new=kept.new,
        conversations=sorted(kept.conversations),
        secret=secret,
    )


def _no_such_number(name: str) -> NoReturn:
    """JSON has no NaN and no Infinity; Python's reader would take them."""
    raise ValueError(name)


def _refuse(status: int, why: str, **facts: object) -> NoReturn:
    warn("webhook.refused", status=status, why=why, **facts)
    abort(status, description=why)
