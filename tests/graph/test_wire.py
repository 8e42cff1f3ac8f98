"""Payload in, events out: every shape Meta is known to send, and whatever else it may."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot.graph.wire import Delivery, read
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
    dump,
    load,
)

PAYLOADS = Path(__file__).parents[1] / "payloads"
SHOP, CUSTOMER, TESTER, OUR_APP = "17841400000000123", "7310000000000456", "7310000000000999", "1999999999999901"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AT = datetime.fromtimestamp(1795190400, UTC)


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def mid(number: int) -> str:
    """The invented mid with this number: base64 in which `=` is written `ZD`, as Meta does."""
    thread = "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDAwMDAwMDAwMTIzOjM0MDI4MjM2Njg0MTcxMDMwMTI0MDAwMDAwMD"
    thread += "AwMDAwMDAwMDAwMTozMjQwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw"
    return thread + b64encode(f"{number:07d}".encode()).decode().replace("=", "ZD")


def url(number: int) -> str:
    asset = 18000000000000000 + number
    return f"https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id={asset}&signature=INVENTED_SIGNATURE_{number:03d}"


def media(kind: str, number: int, **known: str) -> tuple[Attachment, ...]:
    return (Attachment(type=kind, url=url(number), **known),)


WHO: dict[str, Any] = {"account": SHOP, "igsid": CUSTOMER, "happened_at": AT}
SELF: dict[str, Any] = {"account": SHOP, "igsid": TESTER, "happened_at": AT, "is_self": True}


def said(number: int, text: str = "", **more: Any) -> MessageReceived:
    return MessageReceived(mid=mid(number), text=text, **{**WHO, **more})


def echo(number: int, text: str = "", **more: Any) -> Echo:
    return Echo(mid=mid(number), text=text, **{**WHO, **more})


def tapped(number: int | None, title: str, payload: str | None, **more: Any) -> ButtonTapped:
    return ButtonTapped(mid=mid(number) if number else None, title=title, payload=payload, **{**WHO, **more})


def later(milliseconds: int) -> datetime:
    return datetime.fromtimestamp((1795190400000 + milliseconds) / 1000, UTC)


PARCEL_CARD = Referred(source="SHORTLINKS", ref="order_1042")
BROKE = "Something broke, what now?"
SOLDER = {"title": "How we solder"}
RING = {"title": "Moonstone ring, size 52"}

EVENTS: dict[str, list[FromMeta]] = {
    "array_wrapped": [said(55, "documentation shows bodies inside a JSON array")],
    "audio": [said(8, attachments=media("audio", 8))],
    "batch_mixed": [
        said(50, "first"),
        Seen(mid=mid(32), **{**WHO, "happened_at": later(400)}),
        said(51, "second, but listed after a newer event", happened_at=later(300)),
        echo(52, "bot answer", happened_at=later(900)),
        said(53, "standby item in the same entry", happened_at=later(950), standby=True),
    ],
    "changes_messages": [said(43, "Hi from the changes shape")],
    "changes_reactions": [Reacted(mid=mid(32), action="react", reaction="love", emoji="❤️", **WHO)],
    "deleted": [MessageUnsent(mid=mid(3), **{**WHO, "happened_at": later(60_000)})],
    "duplicate_redelivery": [said(1, "Hi! The clasp on my silver bracelet broke after two weeks.")],
    "echo_attachment_no_text": [echo(35, attachments=media("image", 35))],
    "echo_by_app": [echo(32, "Thanks! Please send one photo of the clasp.")],
    "echo_by_app_with_app_id": [echo(33, "Thanks! Please send one photo of the clasp.", app_id=OUR_APP)],
    "echo_by_human_phone": [echo(34, "Hi, this is Anna from the shop, I will look at it myself.")],
    "echo_self": [echo(38, "test", **SELF)],
    "echo_template": [echo(36, attachments=(Attachment(type="template"),))],
    "echo_unsupported_type": [echo(37, attachments=(Attachment(type="unsupported_type"),))],
    "ephemeral": [said(20, attachments=(Attachment(type="ephemeral"),))],
    "file": [said(9, attachments=media("file", 9))],
    "handover_pass": [
        ControlChanged(act="pass", previous_owner_app_id="2888888888888802", new_owner_app_id=OUR_APP, **WHO)
    ],
    "handover_pass_from_idle": [ControlChanged(act="pass", new_owner_app_id="1217981644879628", **WHO)],
    "handover_request": [ControlChanged(act="request", requested_owner_app_id="2888888888888802", **WHO)],
    "handover_take": [
        ControlChanged(act="take", previous_owner_app_id=OUR_APP, new_owner_app_id="1217981644879628", **WHO)
    ],
    "ig_post": [said(12, attachments=media("ig_post", 12, media_id="18100000000000012", **RING))],
    "ig_post_with_legacy_share": [said(13, attachments=media("ig_post", 13, media_id="18100000000000013", **RING))],
    "ig_reel": [said(14, attachments=media("ig_reel", 14, media_id="17900000000000014", **SOLDER))],
    "ig_story": [said(16, attachments=media("ig_story", 16, media_id="17950000000000016"))],
    "image_multiple": [said(4, attachments=(*media("image", 4), *media("image", 5), *media("video", 6)))],
    "image_single": [said(3, attachments=media("image", 3))],
    "inline_reply": [said(19, "yes, this one", reply_to=ReplyTo(mid=mid(1)))],
    "message_edit": [
        MessageEdited(
            mid=mid(1),
            text="Hi! The clasp on my GOLD bracelet broke.",
            num_edit=1,
            **{**WHO, "happened_at": later(90_000)},
        )
    ],
    "optin": [OptedIn(payload="CARE_UPDATES", **WHO)],
    "postback_button": [tapped(29, "Accept quote", "QUOTE:77:ACCEPT")],
    "postback_icebreaker": [tapped(27, BROKE, "IB:DEFECT")],
    "postback_icebreaker_igme": [tapped(28, BROKE, "IB:DEFECT", referral=PARCEL_CARD)],
    "postback_menu": [tapped(30, "Talk to a person", "MENU:HUMAN")],
    "postback_self": [tapped(31, "Start", "SELF:START", **SELF)],
    "postback_without_mid": [tapped(None, BROKE, "IB:DEFECT")],
    "quick_reply": [said(23, "Report a defect", payload="AFTERSERVICE:DEFECT")],
    "reaction_react": [Reacted(mid=mid(32), action="react", reaction="love", emoji="❤️", **WHO)],
    "reaction_react_other": [Reacted(mid=mid(32), action="react", reaction="other", emoji="🙏", **WHO)],
    "reaction_unreact": [Reacted(mid=mid(32), action="unreact", **{**WHO, "happened_at": later(5_000)})],
    "reel": [said(15, attachments=media("reel", 15, media_id="17900000000000015", **SOLDER))],
    "referral_ad": [
        said(24, "Hello, I saw your ad", referral=Referred(source="ADS", ref="autumn", ad_id="120200000000000024"))
    ],
    "referral_igme_existing_thread": [LinkFollowed(referral=PARCEL_CARD, **WHO)],
    "referral_igme_new_thread": [said(26, "Hi", referral=PARCEL_CARD)],
    "referral_shop_product": [said(25, "Does this come in gold?", referral=Referred(product_id="6300000000000025"))],
    "seen": [Seen(mid=mid(32), **{**WHO, "happened_at": later(7_000)})],
    "share_legacy": [said(11, attachments=media("share", 11))],
    "standby_echo": [echo(41, "Anna here", standby=True)],
    "standby_postback_no_payload": [tapped(42, "Accept quote", None, standby=True)],
    "standby_text": [said(40, "Hello?", standby=True)],
    "sticker_as_image": [said(10, attachments=media("image", 10))],
    "story_mention": [said(17, attachments=media("story_mention", 17))],
    "story_reply": [
        said(18, "Is this one still available?", reply_to=ReplyTo(story_id="17950000000000018", story_url=url(18)))
    ],
    "text": [said(1, "Hi! The clasp on my silver bracelet broke after two weeks.")],
    "text_non_ascii": [said(2, "Grüße! Der Verschluss ist gebrochen 😢 — order #1042")],
    "unknown_account": [said(56, "other shop", account="17841499999999999")],
    "unsupported_flag": [said(21, is_unsupported=True)],
    "unsupported_type_attachment": [said(22, attachments=(Attachment(type="unsupported_type"),))],
    "video": [said(7, attachments=media("video", 7))],
}

KEPT_AS_THEY_CAME = {
    "changes_comments": "unsupported",
    "changes_self_comment": "unsupported",
    "comments_flat": "unsupported",
    "handover_app_roles": "unsupported",
    "unknown_event_key": "unknown",
}

DROPPED = {
    "dashboard_test_bare": "dashboard_test",
    "dashboard_test_changes": "dashboard_test",
    "dashboard_test_messaging": "dashboard_test",
    "entry_without_events": "empty_entry",
    "message_edit_num0_no_sender": "odd_edit",
    "missing_sender": "no_sender",
    "page_object": "not_instagram",
}


def test_every_payload_is_in_one_of_the_tables() -> None:
    known = {path.stem for path in PAYLOADS.glob("*.json")}
    assert known == EVENTS.keys() | KEPT_AS_THEY_CAME.keys() | DROPPED.keys()


@pytest.mark.parametrize("name", EVENTS)
def test_a_payload_becomes_its_events_and_nothing_else(name: str) -> None:
    assert read(payload(name), NOW) == Delivery(events=EVENTS[name])


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_survives_the_database(name: str) -> None:
    for event in read(payload(name), NOW).events:
        assert load(json.loads(json.dumps(dump(event)))) == event


@pytest.mark.parametrize("name", KEPT_AS_THEY_CAME)
def test_what_is_not_served_is_kept_as_it_came(name: str) -> None:
    delivery = read(payload(name), NOW)
    assert not delivery.events
    assert not delivery.dropped
    [item] = delivery.unknown
    assert (item.kind, item.account) == (KEPT_AS_THEY_CAME[name], SHOP)
    assert json.dumps(item.item, sort_keys=True) in json.dumps(payload(name), sort_keys=True)


@pytest.mark.parametrize("name", DROPPED)
def test_what_is_not_worth_keeping_is_counted(name: str) -> None:
    assert read(payload(name), NOW) == Delivery(dropped=Counter({DROPPED[name]: 1}))


# ------------------------------------------------------------------ odd items

MESSAGE: dict[str, Any] = {
    "sender": {"id": CUSTOMER},
    "recipient": {"id": SHOP},
    "timestamp": 1795190400000,
    "message": {"mid": "m", "text": "hi"},
}
FROM_SHOP = {**MESSAGE, "sender": {"id": SHOP}, "recipient": {"id": CUSTOMER}}
HI = MessageReceived(mid="m", text="hi", **WHO)


def webhook(*items: object, **entry: object) -> dict[str, Any]:
    return {"object": "instagram", "entry": [{"id": SHOP, "time": 1795190401400, "messaging": list(items), **entry}]}


def one(item: object, **entry: object) -> FromMeta:
    [event] = read(webhook(item, **entry), NOW).events
    return event


def message(**changes: object) -> dict[str, Any]:
    return {**MESSAGE, "message": {**MESSAGE["message"], **changes}}


@pytest.mark.parametrize(
    ("timestamp", "happened_at"),
    [
        pytest.param(1795190400123, later(123), id="milliseconds"),
        pytest.param("1795190400123", later(123), id="milliseconds as text"),
        pytest.param(1795190400, AT, id="seconds"),
        pytest.param("1795190400", AT, id="seconds as text"),
        pytest.param(1795190400000.0, AT, id="a float"),
        pytest.param(99_999_999_999, later(1_400), id="the last number read as seconds is in the year 5138"),
        pytest.param(None, later(1_400), id="none: when the envelope was sent"),
        pytest.param("yesterday", later(1_400), id="words"),
        pytest.param(True, later(1_400), id="a boolean"),
        pytest.param(-5, later(1_400), id="negative"),
        pytest.param(10**30, later(1_400), id="beyond any year"),
    ],
)
def test_a_timestamp_is_read_in_every_form(timestamp: object, happened_at: datetime) -> None:
    assert one({**MESSAGE, "timestamp": timestamp}).happened_at == happened_at


def test_without_any_time_it_happened_now() -> None:
    assert one({**MESSAGE, "timestamp": None}, time=None).happened_at == NOW


def test_ids_written_as_numbers_become_text() -> None:
    item = {**MESSAGE, "sender": {"id": int(CUSTOMER)}, "recipient": {"id": int(SHOP)}}
    assert one(item, id=int(SHOP)) == HI


@pytest.mark.parametrize(("item", "kind"), [(MESSAGE, MessageReceived), (message(is_echo=True), Echo)])
def test_the_account_is_found_without_an_entry_id(item: dict[str, Any], kind: type[FromMeta]) -> None:
    if kind is Echo:
        item = {**item, "sender": {"id": SHOP}, "recipient": {"id": CUSTOMER}}
    delivery = read({"object": "instagram", "entry": [{"messaging": [item]}]}, NOW)
    [event] = delivery.events
    assert (type(event), event.account, event.igsid) == (kind, SHOP, CUSTOMER)


def test_words_of_the_shop_are_an_echo_even_without_the_flag() -> None:
    assert one(FROM_SHOP) == Echo(mid="m", text="hi", **WHO)


def test_a_message_the_shop_took_back_is_not_the_customers() -> None:
    item = {**FROM_SHOP, "message": {"mid": "m", "is_echo": True, "is_deleted": True}}
    assert one(item) == EchoUnsent(mid="m", **WHO)


def test_a_tap_by_the_shop_itself_is_a_test() -> None:
    item = {**FROM_SHOP, "message": None, "postback": {"title": "Start", "payload": "S"}}
    assert one(item).is_self


def test_the_kind_is_decided_for_each_item() -> None:
    seen = {key: value for key, value in MESSAGE.items() if key != "message"} | {"read": {"mid": "m"}}
    assert [event.kind for event in read(webhook(seen, MESSAGE, seen), NOW).events] == ["seen", "message", "seen"]


def test_standby_in_the_changes_shape_is_standby() -> None:
    entry = {"id": SHOP, "time": 1795190400, "changes": [{"field": "standby", "value": MESSAGE}]}
    assert read({"object": "instagram", "entry": [entry]}, NOW).events == [HI.model_copy(update={"standby": True})]


def test_a_number_of_edits_may_be_quoted() -> None:
    item = {**MESSAGE, "message": None, "message_edit": {"mid": "m", "text": "ho", "num_edit": "2"}}
    assert one(item) == MessageEdited(mid="m", text="ho", num_edit=2, **WHO)


def test_an_ad_id_may_be_a_number() -> None:
    referred = one(message(referral={"source": "ADS", "ad_id": 120200000000000024}))
    assert isinstance(referred, MessageReceived)
    assert referred.referral == Referred(source="ADS", ad_id="120200000000000024")


def test_a_shared_post_without_an_id_counts_once_by_its_address() -> None:
    payload = {"url": url(1)}
    both = message(attachments=[{"type": "share", "payload": payload}, {"type": "ig_post", "payload": payload}])
    shared = one(both)
    assert isinstance(shared, MessageReceived)
    assert [each.type for each in shared.attachments] == ["ig_post"]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        pytest.param({**MESSAGE, "sender": None}, "no_sender", id="no sender"),
        pytest.param({**MESSAGE, "sender": {}}, "no_sender", id="an empty sender"),
        pytest.param({**MESSAGE, "sender": {"id": "abc"}}, "dashboard_test", id="an id that is no number"),
        pytest.param(
            {**MESSAGE, "message": 0, "message_edit": {"mid": "m", "text": "", "num_edit": 0}}, "odd_edit", id="edit 0"
        ),
        pytest.param(
            {**MESSAGE, "message": 0, "message_edit": {"mid": "m", "num_edit": 1}}, "odd_edit", id="edit without text"
        ),
    ],
)
def test_an_odd_item_is_counted_and_its_neighbours_stay(item: dict[str, Any], reason: str) -> None:
    assert read(webhook(item, MESSAGE), NOW) == Delivery(events=[HI], dropped=Counter({reason: 1}))


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(message(mid=None), id="no mid"),
        pytest.param(message(mid=""), id="an empty mid"),
        pytest.param(message(mid="m" * 513), id="a mid no index can hold"),
        pytest.param({**MESSAGE, "message": "hi"}, id="a message that is a text"),
        pytest.param({**MESSAGE, "message": 0, "reaction": {"mid": "m"}}, id="a reaction without action"),
        pytest.param({"sender": {"id": SHOP}, "message": {"mid": "m", "is_echo": True}}, id="an echo to nobody"),
    ],
)
def test_an_item_that_lacks_something_is_kept_as_unknown(item: dict[str, Any]) -> None:
    delivery = read(webhook(item, MESSAGE), NOW)
    assert delivery.events == [HI]
    assert [each.item for each in delivery.unknown] == [item]


def test_what_no_database_can_store_is_replaced() -> None:
    delivery = read(json.loads(json.dumps(webhook(message(text="a\x00b\ud83d"), {"odd\x00": float("inf")}))), NOW)
    [said] = delivery.events
    assert isinstance(said, MessageReceived)
    assert said.text == "a\ufffdb\ufffd"
    assert delivery.unknown[0].item == {"odd\ufffd": None}


def test_a_redelivered_unknown_item_has_the_same_key() -> None:
    first, again = (read(webhook({"new": {"x": 1}}, time=time), NOW).unknown[0] for time in (1795190401, 1795190999))
    assert first.dedupe_key == again.dedupe_key


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None))
NAMES = st.sampled_from(
    [
        *("object", "entry", "id", "time", "messaging", "standby", "changes", "field", "value", "sender", "recipient"),
        *("timestamp", "message", "mid", "attachments", "payload", "reply_to", "story", "referral", "postback"),
        *("read", "reaction", "action", "message_edit", "num_edit", "optin", "pass_thread_control", "app_roles"),
    ]
)
JSON = st.recursive(
    LEAVES | st.sampled_from(["instagram", SHOP, CUSTOMER]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=30,
)


@given(body=JSON)
def test_no_body_at_all_makes_it_fail(body: object) -> None:
    read(body, NOW)


@given(items=st.lists(st.dictionaries(NAMES, JSON, max_size=5) | st.just(MESSAGE), max_size=4))
def test_no_neighbour_makes_it_lose_a_message(items: list[Any]) -> None:
    assert HI in read(webhook(*items, MESSAGE), NOW).events


def test_it_does_not_fail_on_endless_nesting() -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    assert read(webhook({"x": deep}, MESSAGE), NOW).events == [HI]
