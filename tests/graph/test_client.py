"""What goes over the wire is what CONTRACT 3 shows, and what comes back is an error a caller can act on."""

from __future__ import annotations

import socket
import ssl

import pytest
import requests
import urllib3
from requests.adapters import BaseAdapter

from igbot.errors import (
    AccessRefused,
    MessageRefused,
    MetaBusy,
    MetaUnreachable,
    OutcomeUnknown,
    ProfileHidden,
    TokenRefused,
    WindowClosed,
)
from igbot.graph.client import GraphClient, Me, Profile, open_session
from tests.fakes.graph import FakeGraph

SHOP, CUSTOMER, TOKEN = "17841400000000123", "7310000000000456", "IGAA_INVENTED_LONG_LIVED_TOKEN"
HOSTS = {"instagram": "https://graph.instagram.com", "facebook": "https://graph.facebook.com"}


@pytest.fixture
def graph() -> FakeGraph:
    return FakeGraph()


def client_of(graph: FakeGraph, login: str = "instagram") -> GraphClient:
    return GraphClient(login, HOSTS[login], "v25.0", SHOP, TOKEN, graph.session())


@pytest.fixture
def client(graph: FakeGraph) -> GraphClient:
    return client_of(graph)


# ------------------------------------------------------------------ sending


def test_a_text_goes_to_the_accounts_own_node_with_the_token_in_the_header(graph, client):
    assert client.send_text(CUSTOMER, "Hello") == "mid-1"
    call = graph.calls[0]
    assert (call.method, call.path) == ("POST", f"{SHOP}/messages")
    assert call.body == {"recipient": {"id": CUSTOMER}, "message": {"text": "Hello"}}
    assert call.headers["Authorization"] == f"Bearer {TOKEN}"
    assert call.timeout == (5, 20)


def test_with_facebook_login_the_node_is_me_and_every_message_is_typed(graph):
    client_of(graph, "facebook").send_text(CUSTOMER, "Hello")
    assert graph.calls[0].path == "me/messages"
    assert graph.calls[0].body["messaging_type"] == "RESPONSE"


def test_quick_replies_ride_on_the_text(graph, client):
    client.send_text(CUSTOMER, "What happened?", quick_replies=[{"title": "Broken", "payload": "DEFECT"}])
    assert graph.calls[0].body == {
        "recipient": {"id": CUSTOMER},
        "messaging_type": "RESPONSE",
        "message": {
            "text": "What happened?",
            "quick_replies": [{"content_type": "text", "title": "Broken", "payload": "DEFECT"}],
        },
    }


@pytest.mark.parametrize("login", HOSTS)
def test_the_human_agent_tag_comes_with_its_messaging_type(graph, login):
    client_of(graph, login).send_text(CUSTOMER, "Anna here", tag="HUMAN_AGENT")
    assert graph.calls[0].body["messaging_type"] == "MESSAGE_TAG"
    assert graph.calls[0].body["tag"] == "HUMAN_AGENT"


def test_a_picture_is_an_attachment_meta_fetches(graph, client):
    assert client.send_image(CUSTOMER, "https://shop.example.com/m/1.jpg") == "mid-1"
    image = {"type": "image", "payload": {"url": "https://shop.example.com/m/1.jpg"}}
    assert graph.calls[0].body == {"recipient": {"id": CUSTOMER}, "message": {"attachment": image}}


@pytest.mark.parametrize("act", ["typing_on", "mark_seen"])
def test_a_courtesy_is_a_sender_action_and_nobody_waits_long_for_it(graph, client, act):
    client.act(CUSTOMER, act)
    assert graph.calls[0].body == {"recipient": {"id": CUSTOMER}, "sender_action": act}
    assert graph.calls[0].timeout == (2, 3)


def test_the_answer_to_a_self_message_names_its_mid_otherwise(graph, client):
    graph.answer('{"id": "mid-of-self"}')
    assert client.send_text(CUSTOMER, "test") == "mid-of-self"


# ------------------------------------------------------------------ what goes wrong


def test_a_refusal_carries_code_subcode_and_trace_but_not_metas_words(graph, client):
    graph.say_no(10, 2534022, status=403, message="sent outside of allowed window to Mina")
    with pytest.raises(WindowClosed) as refusal:
        client.send_text(CUSTOMER, "Hello")
    error = refusal.value
    assert (error.code, error.subcode, error.fbtrace_id) == (10, 2534022, "AInventedTrace")
    assert "Mina" not in f"{error!r}{error}{error.facts}"


@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_the_status_decides_nothing(graph, client, status):
    graph.say_no(190, 463, status=status)
    with pytest.raises(TokenRefused):
        client.send_text(CUSTOMER, "Hello")


def test_a_code_written_as_text_is_read(graph, client):
    graph.answer('{"error": {"code": "10", "error_subcode": "2534022"}}', status=403)
    with pytest.raises(WindowClosed):
        client.send_text(CUSTOMER, "Hello")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>Bad gateway</html>", 502),
        ("not JSON", 200),
        ("[]", 200),
        ("{}", 200),
        ('{"recipient_id": "1"}', 200),
        ('{"recipient_id": "1", "message_id": "m"}', 500),
        ('{"error": "something"}', 500),
        ('{"error": {"code": null}}', 500),
    ],
)
def test_an_answer_that_says_nothing_clear_leaves_the_outcome_unknown(graph, client, body, status):
    graph.answer(body, status)
    with pytest.raises(OutcomeUnknown):
        client.send_text(CUSTOMER, "Hello")


def test_a_time_out_after_sending_leaves_the_outcome_unknown(graph, client):
    graph.lose_answer()
    with pytest.raises(OutcomeUnknown):
        client.send_text(CUSTOMER, "Hello")


class Breaks(BaseAdapter):
    """A connection that fails in one way."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def send(self, request, *_args, **_options):
        raise self._error

    def close(self):
        pass


def _retry_error(reason: Exception) -> urllib3.exceptions.MaxRetryError:
    return urllib3.exceptions.MaxRetryError(urllib3.HTTPSConnectionPool("graph.instagram.com"), "/", reason)


_SOCKET = urllib3.connection.HTTPSConnection("graph.instagram.com")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.ConnectTimeout(), MetaUnreachable),
        (
            requests.ConnectionError(_retry_error(urllib3.exceptions.NewConnectionError(_SOCKET, "refused"))),
            MetaUnreachable,
        ),
        (
            requests.ConnectionError(
                _retry_error(urllib3.exceptions.NameResolutionError("graph.instagram.com", _SOCKET, socket.gaierror()))
            ),
            MetaUnreachable,
        ),
        (
            requests.exceptions.SSLError(
                _retry_error(urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("bad")))
            ),
            MetaUnreachable,
        ),
        (requests.exceptions.MissingSchema("no https://"), MetaUnreachable),
        (requests.ReadTimeout(), OutcomeUnknown),
        (
            requests.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError())),
            OutcomeUnknown,
        ),
        (
            requests.exceptions.SSLError(_retry_error(urllib3.exceptions.SSLError(ssl.SSLEOFError("eof")))),
            OutcomeUnknown,
        ),
        (requests.exceptions.ChunkedEncodingError(), OutcomeUnknown),
    ],
    ids=[
        "connect time-out",
        "refused",
        "no such name",
        "bad certificate",
        "no scheme",
        "read time-out",
        "reset",
        "broken TLS",
        "cut off",
    ],
)
def test_only_what_never_connected_is_unreachable(error, expected):
    session = requests.Session()
    session.mount("https://", Breaks(error))
    with pytest.raises(expected):
        GraphClient("instagram", HOSTS["instagram"], "v25.0", SHOP, TOKEN, session).send_text(CUSTOMER, "Hello")


def test_a_question_without_an_answer_is_unreachable_since_nothing_was_sent():
    session = requests.Session()
    session.mount("https://", Breaks(requests.ReadTimeout()))
    with pytest.raises(MetaUnreachable):
        GraphClient("instagram", HOSTS["instagram"], "v25.0", SHOP, TOKEN, session).me()


def test_nothing_listens_there():
    client = GraphClient("instagram", "http://127.0.0.1:9", "v25.0", SHOP, TOKEN, open_session())
    with pytest.raises(MetaUnreachable) as refused:
        client.send_text(CUSTOMER, "Hello")
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_the_token_shows_nowhere(graph, client):
    graph.say_no(190, 463)
    with pytest.raises(TokenRefused) as refusal:
        client.send_text(CUSTOMER, "Hello")
    seen = f"{client!r}{client}{refusal.value!r}{refusal.value.facts}{client._auth!r}{graph.calls[0].path}"
    assert TOKEN not in seen


@pytest.mark.parametrize("token", ["IGAA\nX-Evil: 1", "IGAA\u00e9", "IGAA\u200b"])
def test_a_token_with_odd_characters_is_refused_before_it_can_end_up_in_an_error(graph, token):
    with pytest.raises(TokenRefused) as refusal:
        GraphClient("instagram", HOSTS["instagram"], "v25.0", SHOP, token, graph.session())
    assert "IGAA" not in str(refusal.value)


# ------------------------------------------------------------------ limits


def test_usage_is_the_highest_percentage_of_all_headers(graph, client):
    graph.headers = {
        "X-App-Usage": '{"call_count":28,"total_time":25,"total_cputime":25}',
        "X-Business-Use-Case-Usage": '{"17841400000000123":[{"type":"instagram","call_count":97,"total_cputime":23,'
        '"total_time":23,"estimated_time_to_regain_access":19}]}',
    }
    client.send_text(CUSTOMER, "Hello")
    assert (client.usage.percent, client.usage.regain_minutes, client.usage.is_high) == (97, 19, True)


@pytest.mark.parametrize(("percent", "is_high"), [(79, False), (80, True)])
def test_the_soft_stop_is_at_80_percent(graph, client, percent, is_high):
    graph.headers = {"x-app-usage": f'{{"call_count":{percent}}}'}
    client.send_text(CUSTOMER, "Hello")
    assert client.usage.is_high is is_high


@pytest.mark.parametrize(
    "header",
    ["", "not JSON", "[]", "7", '{"1": 7}', '{"1": [7]}', '{"1": [{"call_count": "many"}]}', '{"call_count": null}'],
)
def test_headers_that_cannot_be_read_say_nothing(graph, client, header):
    graph.headers = {"X-App-Usage": header, "X-Business-Use-Case-Usage": header}
    client.send_text(CUSTOMER, "Hello")
    assert client.usage.percent == 0


def test_a_rate_limit_carries_the_wait_meta_names(graph, client):
    graph.headers = {"X-Business-Use-Case-Usage": '{"1":[{"call_count":100,"estimated_time_to_regain_access":19}]}'}
    graph.say_no(613, 2534040)
    with pytest.raises(MetaBusy) as busy:
        client.send_text(CUSTOMER, "Hello")
    assert busy.value.wait_seconds == 19 * 60


# ------------------------------------------------------------------ asking


@pytest.mark.parametrize("wrap", [lambda me: {"data": [me]}, lambda me: me], ids=["in data", "flat"])
def test_the_account_is_known_by_user_id_and_never_by_id(graph, client, wrap):
    graph.answers["me"] = wrap({"id": "28900000000000118", "user_id": int(SHOP), "username": "shop_demo"})
    assert client.me() == Me(SHOP, "shop_demo")
    graph.answers["me"] = wrap({"id": "28900000000000118", "username": "shop_demo"})
    with pytest.raises(AccessRefused):
        client.me()


def test_with_facebook_login_the_account_is_the_one_linked_to_the_page(graph):
    graph.answers["me"] = {
        "id": "1044",
        "name": "Shop",
        "instagram_business_account": {"id": SHOP, "username": "shop_demo"},
    }
    assert client_of(graph, "facebook").me() == Me(SHOP, "shop_demo")


def test_a_profile_may_lack_a_name(graph, client):
    graph.answers[CUSTOMER] = {"name": None, "username": "customer_demo", "id": CUSTOMER}
    assert client.profile(CUSTOMER) == Profile(None, "customer_demo")
    assert graph.calls[0].query == {"fields": "name,username"}


def test_a_profile_that_is_not_shown_is_hidden_and_nothing_worse(client):
    with pytest.raises(ProfileHidden) as hidden:
        client.profile("999")
    assert (hidden.value.code, hidden.value.subcode) == (100, 33)


# ------------------------------------------------------------------ webhooks


def test_what_is_subscribed_is_empty_when_meta_has_unsubscribed_us(graph, client):
    graph.answers[f"{SHOP}/subscribed_apps"] = {"data": []}
    assert client.subscriptions() == frozenset()
    graph.answers[f"{SHOP}/subscribed_apps"] = {"data": [{"id": "1", "subscribed_fields": ["messages", "standby"]}]}
    assert client.subscriptions() == {"messages", "standby"}


def test_all_fields_are_asked_for_at_once(graph, client):
    assert client.subscribe()[0] == "messages"
    assert len(graph.calls) == 1
    assert graph.calls[0].query["subscribed_fields"].split(",")[:3] == ["messages", "message_echoes", "message_edit"]


def test_a_field_meta_does_not_know_is_respelled_or_dropped(graph, client):
    graph.refused_fields = {"message_edit", "message_edits", "messaging_referral"}
    accepted = client.subscribe()
    assert "messaging_referrals" in accepted
    assert not {"message_edit", "message_edits", "messaging_referral"} & set(accepted)
    assert graph.calls[-1].query["subscribed_fields"] == ",".join(accepted)


def test_no_field_at_all_is_an_error(graph, client):
    graph.refused_fields = {"messages", "message_echoes", "message_edit", "message_edits", "message_reactions"}
    graph.refused_fields |= {"messaging_reactions", "messaging_postbacks", "messaging_referral", "messaging_referrals"}
    graph.refused_fields |= {"messaging_seen", "messaging_handover", "messaging_handovers", "standby"}
    with pytest.raises(MessageRefused):
        client.subscribe()
