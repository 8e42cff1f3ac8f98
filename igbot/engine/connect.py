"""The line to Meta that belongs to an account."""

from __future__ import annotations

from igbot.graph.client import GraphClient, Session
from igbot.settings import Settings
from igbot.store.tables import Account


def connect(account: Account, settings: Settings, http: Session) -> GraphClient:
    """The Graph client of an account; nothing is called yet. Raises TokenRefused for a token that cannot be one."""
    token = account.access_token or ""
    return GraphClient(account.login, settings.graph_base, settings.graph_version, account.ig_id, token, http)
