"""Meta's JSON into our events; no network, no database, never an error.

One webhook may hold up to 1000 items (CONTRACT 2.4), in any of these envelopes (CONTRACT 2.6, 2.8):

    {"object": "instagram", "entry": [{"id": SHOP, "time": ms, "messaging": [ITEM, ...]}]}     usual
    {"object": "instagram", "entry": [{"id": SHOP, "time": ms, "standby": [ITEM, ...]}]}       not thread owner
    {"object": "instagram", "entry": [{"id": SHOP, "time": s, "changes": [{"field": F, "value": ITEM}]}]}
    {"object": "instagram", "entry": [{"id": SHOP, "time": s, "field": F, "value": ITEM}]}     flat
    [{"object": "instagram", "entry": [...]}, ...]                                             as the docs print it
    {"field": F, "value": ITEM}                                                                dashboard test

An ITEM says who, when and, by the one key it has, what (CONTRACT 2.7). The first key that fits decides:

    {"sender": {"id": CUSTOMER}, "recipient": {"id": SHOP}, "timestamp": ms, ...}       shop's own: the other way round
      "message": {"mid", "is_deleted": true}                                            unsent; is_echo: by the shop
      "message": {"mid", "is_echo": true, "text"?, "attachments"?, "app_id"?}           echo
      "message": {"mid", "text"?, "attachments"?: [{"type", "payload"?: {"url"?, "title"?, "ig_post_media_id"?}}],
                  "quick_reply"?: {"payload"}, "reply_to"?: {"mid"} or {"story": {"id", "url"}},
                  "referral"?: {...}, "is_unsupported"?: true, "is_self"?: true}        a customer wrote
      "message_edit": {"mid", "text", "num_edit"}        without sender or with num_edit 0: odd, dropped
      "reaction": {"mid", "action": "react" | "unreact", "reaction"?, "emoji"?}
      "postback": {"mid"?, "title", "payload"?, "referral"?}, "is_self"?: true
      "referral": {"ref", "source", "type"}
      "read": {"mid"}
      "optin": {"payload"?}
      "pass_thread_control" | "take_thread_control": {"previous_owner_app_id", "new_owner_app_id"}
      "request_thread_control": {"requested_owner_app_id"}

What we know and do not serve (comments, app roles) and what we cannot read is `Unknown`: kept, not handled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Literal

from igbot.graph.values import as_dict, as_dicts, as_id, as_instant, as_number, as_text, storable
from igbot.messages import (
    Attachment,
    ButtonTapped,
    ControlChanged,
    Echo,
    EchoUnsent,
    FromMeta,
    LinkFollowed,
    MessageEdited,
    MessageReceived,
    MessageUnsent,
    OptedIn,
    Reacted,
    Referred,
    ReplyTo,
    Seen,
    Unknown,
)

_LONGEST_MID = 512
"""Mids are about 160 characters (CONTRACT 0.3); an index cannot hold a text of any length."""
_LONGEST_NAME = 64
_MOST_EDITS = 10**6

_NOT_SERVED = {"comments", "live_comments", "mentions", "story_insights"}
"""Fields of other products that share our callback address (CONTRACT 1.6)."""


@dataclass
class Delivery:
    """What one webhook held. `dropped` counts what was not worth keeping, by reason."""

    events: list[FromMeta] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Item:
    """One item with what its envelope says about it."""

    body: dict[str, Any]
    shop: str | None
    sent_at: datetime
    """When Meta sent the envelope: the second-best answer to "when?"."""
    field: str | None = None
    standby: bool = False

    @property
    def happened_at(self) -> datetime:
        return as_instant(self.body.get("timestamp")) or self.sent_at

    def person(self, role: str) -> str | None:
        return as_id(as_dict(self.body.get(role)).get("id"))


class _Drop(Exception):
    """No error: the item is counted under this reason and forgotten."""


class _Unreadable(Exception):
    """No error: the item lacks what its kind must have, and is kept as Unknown."""


def read(body: object, now: datetime) -> Delivery:
    """Every event in a webhook's parsed JSON, whatever its envelope, in the order they stand there.

    `now` (aware) stands in where Meta states no usable time. Whatever the body is, this does not
    raise: one odd item must not keep the others from being handled (CONTRACT 2.7).
    """
    delivery = Delivery()
    for item in _items(storable(body), now, delivery.dropped):
        try:
            delivery.events.append(_event(item))
        except _Drop as reason:
            delivery.dropped[str(reason)] += 1
        except _Unreadable:
            delivery.unknown.append(_unknown(item))
    return delivery


# ------------------------------------------------------------------ envelopes


def _items(body: object, now: datetime, dropped: Counter[str]) -> Iterator[_Item]:
    for envelope in body if isinstance(body, list) else [body]:
        outside = as_dict(envelope)
        if "value" in outside and "entry" not in outside:
            dropped["dashboard_test"] += 1
        elif outside.get("object") != "instagram":
            dropped["not_instagram"] += 1
        else:
            for entry in as_dicts(outside.get("entry")):
                yield from _items_of(entry, now, dropped)


def _items_of(entry: dict[str, Any], now: datetime, dropped: Counter[str]) -> Iterator[_Item]:
    shop = as_id(entry.get("id"))
    if "id" in entry and shop in {None, "0"}:
        dropped["dashboard_test"] += 1
        return
    place = partial(_Item, shop=shop, sent_at=as_instant(entry.get("time")) or now)
    changes = [*as_dicts(entry.get("changes")), *([entry] if "value" in entry else [])]
    found = [
        *(place(item) for item in as_dicts(entry.get("messaging"))),
        *(place(item, standby=True) for item in as_dicts(entry.get("standby"))),
        *(_changed(change, place) for change in changes),
    ]
    if not found:
        dropped["empty_entry"] += 1
    yield from found


def _changed(change: dict[str, Any], place: Callable[..., _Item]) -> _Item:
    field = as_text(change.get("field"))
    return place(as_dict(change.get("value")), field=field, standby=field == "standby")


# ------------------------------------------------------------------ items


def _event(item: _Item) -> FromMeta:
    """The event of the first key that fits."""
    for key, build in _KINDS.items():
        if isinstance(item.body.get(key), dict):
            return build(item.body[key], item)
    raise _Unreadable


def _common(item: _Item, content: dict[str, Any]) -> dict[str, Any]:
    """What all events share. On the shop's own items customer and shop swap places."""
    sender, recipient = item.person("sender"), item.person("recipient")
    if sender is None:
        # Made-up ids that are no numbers come from the dashboard's "Test" button (CONTRACT 2.8).
        raise _Drop("dashboard_test" if as_dict(item.body.get("sender")).get("id") else "no_sender")
    by_shop = _is_by_shop(item, content)
    account = item.shop or (sender if by_shop else recipient)
    igsid = recipient if by_shop else sender
    if account is None or igsid is None:
        raise _Unreadable
    is_self = content.get("is_self") is True or item.body.get("is_self") is True
    return {
        "account": account,
        "igsid": igsid,
        "standby": item.standby,
        # The shop taps, reads or reacts only when it writes to itself.
        "is_self": is_self or (by_shop and content is not item.body.get("message")),
        "happened_at": item.happened_at,
    }


def _is_by_shop(item: _Item, content: dict[str, Any]) -> bool:
    """Did the shop's account do this? Without the flag too: else the bot would answer its own words."""
    return content.get("is_echo") is True or (item.shop is not None and item.person("sender") == item.shop)


def _unknown(item: _Item) -> Unknown:
    not_served = item.field in _NOT_SERVED or "app_roles" in item.body
    return Unknown(
        kind="unsupported" if not_served else "unknown",
        account=item.shop or item.person("recipient"),
        igsid=item.person("sender") or item.person("from"),
        item=item.body,
        happened_at=item.happened_at,
    )


# ------------------------------------------------------------------ one builder for each key


def _message(message: dict[str, Any], item: _Item) -> FromMeta:
    mid, by_shop, common = _mid(message), _is_by_shop(item, message), _common(item, message)
    if message.get("is_deleted") is True:
        return EchoUnsent(mid=mid, **common) if by_shop else MessageUnsent(mid=mid, **common)
    text, attachments = as_text(message.get("text")) or "", _attachments(message.get("attachments"))
    if by_shop:
        return Echo(mid=mid, text=text, attachments=attachments, app_id=as_id(message.get("app_id")), **common)
    return MessageReceived(
        mid=mid,
        text=text,
        attachments=attachments,
        payload=as_text(as_dict(message.get("quick_reply")).get("payload")),
        reply_to=_reply_to(as_dict(message.get("reply_to"))),
        referral=_referral(message.get("referral")),
        is_unsupported=message.get("is_unsupported") is True,
        **common,
    )


def _edit(edit: dict[str, Any], item: _Item) -> FromMeta:
    text, num_edit = as_text(edit.get("text")), as_number(edit.get("num_edit"))
    if text is None or num_edit is None or not 0 < num_edit <= _MOST_EDITS:
        raise _Drop("odd_edit")
    return MessageEdited(mid=_mid(edit), text=text, num_edit=num_edit, **_common(item, edit))


def _reaction(reaction: dict[str, Any], item: _Item) -> FromMeta:
    action = as_text(reaction.get("action"), _LONGEST_NAME)
    if action is None:
        raise _Unreadable
    return Reacted(
        mid=_mid(reaction),
        action=action,
        reaction=as_text(reaction.get("reaction"), _LONGEST_NAME),
        emoji=as_text(reaction.get("emoji"), _LONGEST_NAME),
        **_common(item, reaction),
    )


def _postback(postback: dict[str, Any], item: _Item) -> FromMeta:
    return ButtonTapped(
        mid=as_text(postback.get("mid"), _LONGEST_MID),
        title=as_text(postback.get("title")) or "",
        payload=as_text(postback.get("payload")),
        referral=_referral(postback.get("referral")),
        **_common(item, postback),
    )


def _link(referral: dict[str, Any], item: _Item) -> FromMeta:
    return LinkFollowed(referral=_referral(referral) or Referred(), **_common(item, referral))


def _seen(seen: dict[str, Any], item: _Item) -> FromMeta:
    return Seen(mid=_mid(seen), **_common(item, seen))


def _optin(optin: dict[str, Any], item: _Item) -> FromMeta:
    return OptedIn(payload=as_text(optin.get("payload")), **_common(item, optin))


def _handover(act: Literal["pass", "take", "request"], change: dict[str, Any], item: _Item) -> FromMeta:
    return ControlChanged(
        act=act,
        new_owner_app_id=as_id(change.get("new_owner_app_id")),
        previous_owner_app_id=as_id(change.get("previous_owner_app_id")),
        requested_owner_app_id=as_id(change.get("requested_owner_app_id")),
        **_common(item, change),
    )


_KINDS: dict[str, Callable[[dict[str, Any], _Item], FromMeta]] = {
    "message": _message,
    "message_edit": _edit,
    "reaction": _reaction,
    "postback": _postback,
    "referral": _link,
    "read": _seen,
    "optin": _optin,
    "pass_thread_control": partial(_handover, "pass"),
    "take_thread_control": partial(_handover, "take"),
    "request_thread_control": partial(_handover, "request"),
}


# ------------------------------------------------------------------ what stands inside


def _mid(content: dict[str, Any]) -> str:
    mid = as_text(content.get("mid"), _LONGEST_MID)
    if not mid:
        raise _Unreadable
    return mid


def _attachments(given: object) -> tuple[Attachment, ...]:
    """Every attachment, known type or not; a post listed as `share` and `ig_post` stands here once (CONTRACT 2.7.2)."""
    found = [_attachment(each) for each in as_dicts(given)]
    posts = {(post.media_id, post.url) for post in found if post.type == "ig_post"}
    ids, urls = {media_id for media_id, _ in posts} - {None}, {url for _, url in posts} - {None}
    return tuple(each for each in found if each.type != "share" or (each.media_id not in ids and each.url not in urls))


def _attachment(given: dict[str, Any]) -> Attachment:
    payload = as_dict(given.get("payload"))
    media_ids = (payload.get(key) for key in ("ig_post_media_id", "reel_video_id", "story_media_id", "sticker_id"))
    return Attachment(
        type=as_text(given.get("type"), _LONGEST_NAME) or "unknown",
        url=as_text(payload.get("url")),
        title=as_text(payload.get("title")),
        media_id=next((found for found in map(as_id, media_ids) if found), None),
    )


def _reply_to(given: dict[str, Any]) -> ReplyTo | None:
    story = as_dict(given.get("story"))
    mid, story_id, story_url = as_text(given.get("mid")), as_id(story.get("id")), as_text(story.get("url"))
    return ReplyTo(mid=mid, story_id=story_id, story_url=story_url) if mid or story else None


def _referral(given: object) -> Referred | None:
    """Where the customer came from; `ad_id` arrives as text or number (CONTRACT 2.7.3)."""
    if not isinstance(given, dict):
        return None
    return Referred(
        source=as_text(given.get("source")),
        ref=as_text(given.get("ref")),
        ad_id=as_id(given.get("ad_id")),
        product_id=as_id(as_dict(given.get("product")).get("id")),
    )
