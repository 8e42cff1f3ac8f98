"""What the pretend Graph API tells of an account and of a person (CONTRACT 1.5 to 1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from igbot.simulator.instagram import Instagram
    from igbot.simulator.state import Contact, Login

_BOTH = {"messages", "message_edit", "message_reactions", "messaging_postbacks", "messaging_referral", "standby"}
WEBHOOK_FIELDS: dict[Login, set[str]] = {
    "instagram": _BOTH
    | {"message_echoes", "messaging_seen", "messaging_handover", "messaging_optins", "comments", "live_comments"},
    "facebook": _BOTH
    | {"message_edits", "messaging_referrals", "messaging_handover", "messaging_handovers"}
    | {"messaging_policy_enforcement", "response_feedback"},
}
"""The names `subscribed_apps` takes. The Page edge refuses `messaging_seen`; spellings differ between Meta's pages."""


def of_account(instagram: Instagram, wanted: Sequence[str]) -> dict[str, Any]:
    """What `/me` says: the professional account with Instagram log-in, the Page with Facebook log-in."""
    if instagram.login == "instagram":
        known: dict[str, Any] = {
            "id": instagram.app_scoped_id,
            "user_id": instagram.account_ig_id,
            "username": instagram.username,
            "name": instagram.name,
            "account_type": "Business",
        }
        return _pick(known, wanted or ("id",))
    known = {
        "id": instagram.page_id,
        "name": instagram.name,
        "instagram_business_account": {"id": instagram.account_ig_id, "username": instagram.username},
    }
    return _pick(known, wanted or ("id", "name"))


def of_contact(contact: Contact, wanted: Sequence[str]) -> dict[str, Any]:
    """What the User Profile API says of a person."""
    known = {
        "name": contact.name,
        "username": contact.username,
        "profile_pic": None,
        "follower_count": 120,
        "is_user_follow_business": True,
        "is_business_follow_user": False,
        "is_verified_user": False,
    }
    return _pick(known, wanted or ("name", "username")) | {"id": contact.igsid}


def _pick(known: dict[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    """The wanted fields that exist; `instagram_business_account{id}` asks for a field and its parts."""
    names = [name.partition("{")[0] for name in wanted]
    return {name: known[name] for name in names if name in known}
