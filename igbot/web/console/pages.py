"""The list, a thread, its photos, and the stream that says when to look again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Response, abort, make_response, render_template, request
from werkzeug.wrappers import Response as Answer

from igbot import clock
from igbot.store import threads
from igbot.store.tables import Message, Reply
from igbot.web import live, parts, vendor
from igbot.web.console import lane, words
from igbot.web.console.forms import ActForm
from igbot.web.console.languages import LANGUAGES, chosen
from igbot.web.console.look import Look
from igbot.web.console.sign_in import me
from igbot.web.console.thread_view import ThreadView

PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Shown in the page; anything else is handed over as a file."""


def add_routes(console: Blueprint, streams: live.Streams) -> None:
    """The routes of this module."""
    console.add_url_rule("/", "list", _list)
    console.add_url_rule("/c/<int:conversation_id>", "thread", _thread)
    console.add_url_rule("/photo/<int:evidence_id>/<any(small,big):size>", "photo", _photo)
    console.add_url_rule("/live", "live", lambda: _live(streams))

    @console.app_context_processor
    def words_for_templates() -> dict[str, object]:
        if request.blueprint != console.name:
            return {}
        return {
            "words": words,
            "word": words.word,
            "languages": LANGUAGES,
            "language": chosen(),
            "has_vendor": vendor.are_here(),
        }


def look() -> Look:
    """How things look to whoever is signed in."""
    return Look(pack=parts().pack_of(me().account), language=chosen(), now=clock.now())


def show_thread(
    conversation_id: int,
    tried: Mapping[tuple[str, int | None], ActForm] | None = None,
    *,
    before: datetime | None = None,
    draft: str = "",
) -> str:
    """The page of a conversation, with forms that did not fit as they were filled in. Aborts with 404."""
    seen = look()
    with parts().db.transaction() as session:
        thread = threads.read(session, me().account.id, conversation_id, before)
    if thread is None:
        abort(404)
    view = ThreadView(thread, seen, lane.of_person(me().account, thread.conversation, seen.now), tried)
    return render_template(
        "console/thread.html",
        view=view,
        look=seen,
        account=me().account,
        draft=draft,
        is_older=before is not None,
        live_mark=live.mark(seen.now),
        is_message=lambda said: isinstance(said, Message),
        mark=live.mark,
        spoken_at=threads.spoken_at,
    )


def _list() -> str:
    only = request.args.get("only")
    if only not in threads.FILTERS:
        only = None
    seen = look()
    account = me().account
    with parts().db.transaction() as session:
        rows = threads.listed(session, account.id, only)
        waiting = threads.waiting_count(session, account.id)
        trouble = threads.set_aside(session, account.id, seen.now)
    return render_template(
        "console/list.html",
        rows=rows,
        lanes={row.conversation.id: lane.of_person(account, row.conversation, seen.now) for row in rows},
        waiting=waiting,
        trouble=trouble,
        only=only,
        look=seen,
        account=account,
        live_mark=live.mark(seen.now),
    )


def _thread(conversation_id: int) -> str:
    before = request.args.get("before")
    draft = request.args.get("draft", type=int)
    return show_thread(
        conversation_id,
        before=live.instant_of(before, clock.now()) if before else None,
        draft=_unsent_words(conversation_id, draft) if draft else "",
    )


def _unsent_words(conversation_id: int, reply_id: int) -> str:
    """The words of a reply that could not go out, for the owner to send as her own."""
    with parts().db.transaction() as session:
        reply = session.get(Reply, reply_id)
    is_ours = reply is not None and (reply.account_id, reply.conversation_id) == (me().account.id, conversation_id)
    return reply.text if reply and is_ours else ""


def _photo(evidence_id: int, size: str) -> Answer:
    with parts().db.transaction() as session:
        evidence = threads.photo(session, me().account.id, evidence_id)
    name = evidence and (evidence.thumbnail if size == "small" else evidence.file)
    if evidence is None or not name:
        abort(404)
    try:
        with parts().shelf.open(name) as file:
            content = file.read()
    except FileNotFoundError:
        abort(404)
    is_picture = size == "small" or evidence.content_type in PHOTO_TYPES
    response = make_response(content)
    response.mimetype = (evidence.content_type if size == "big" else None) or "image/jpeg"
    response.headers["Content-Disposition"] = f"{'inline' if is_picture else 'attachment'}; filename={evidence.id}"
    return response


def _live(streams: live.Streams) -> Response:
    mark = request.headers.get("Last-Event-ID") or request.args.get("since")
    return streams.open(parts().db, me().account.id, live.instant_of(mark, clock.now()))
