"""A shop on a pretend Instagram: what `igbot demo` and `igbot chat` have in common."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from igbot import clock, settings
from igbot.app import Product, build
from igbot.settings import Settings
from igbot.simulator import Instagram, Sample
from igbot.store import owners, schema
from igbot.store.tables import Account, Article, Order, Owner

ACCOUNT_ID = "17841400000000123"
APP_ID = "1999999999999901"
"""Those of the payload examples, so that they can be posted to the demo (DESIGN 5.1)."""

APP_SECRET = "demo_app_secret"  # noqa: S105 - it guards a pretend account on this machine
VERIFY_TOKEN = "demo_verify_token"  # noqa: S105 - as above

DEMO_OWNER = "demo"


def settings_for(folder: Path, *, graph_url: str, media_url: str, public_url: str | None = None) -> Settings:
    """Settings of a shop whose Instagram is the pretend one; nothing of the shop's own settings reaches it."""
    own = settings.read()
    return settings.read(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'igbot.db'}",
        data_dir=folder,
        storage_url=str(folder / "evidence"),
        public_url=public_url,
        app_secrets=(SecretStr(APP_SECRET),),
        verify_token=SecretStr(VERIFY_TOKEN),
        app_id=APP_ID,
        login="instagram",
        graph_url=graph_url,
        account_id=ACCOUNT_ID,
        access_token=SecretStr(PRETEND_TOKEN),
        pack=own.pack,
        flows=own.flows,
        media_hosts=(media_url,),
        echo_wait=min(own.echo_wait, 5),
        human_agent=own.human_agent,
        takeover_hours=own.takeover_hours,
        log_format=own.log_format,
        log_level=own.log_level,
    )


PRETEND_TOKEN = "IGAA_PRETEND_TOKEN"  # noqa: S105 - as above


def open_shop(chosen: Settings) -> Product:
    """The product on its demo database, tables laid."""
    schema.upgrade(chosen.database)
    return build(chosen)


def seed(product: Product, sample: Sample) -> None:
    """The sample orders and an owner, dated back from now; what is there already stays."""
    now = clock.now()
    with product.db.transaction() as session:
        account = session.scalars(select(Account)).first()
        if account is None or session.scalars(select(Owner).where(Owner.name == DEMO_OWNER)).first():
            return
        owners.add(session, account, DEMO_OWNER, owners.hashed(secrets.token_urlsafe(24)), language="")
        for sold in sample.orders:
            order = Order(
                account_id=account.id,
                number=sold.number,
                ordered_on=sold.ordered_on(now),
                igsid=sold.igsid,
                handle=sold.handle.lower(),
                buyer=sold.buyer,
                delivered_at=sold.delivered_at(now),
                delivered_on=sold.delivered_on(now),
                zone=sold.zone,
            )
            session.add(order)
            session.flush()
            session.add_all(
                Article(order_id=order.id, title=article.title, facts=dict(article.facts)) for article in sold.articles
            )


def instagram_of(folder: Path, media_url: str) -> Instagram:
    """The pretend Instagram whose chats are kept in a folder; its clock goes on where it was moved to."""
    instagram = Instagram(
        ACCOUNT_ID, APP_ID, APP_SECRET, media_url=media_url, token=PRETEND_TOKEN, path=folder / "instagram.json"
    )
    instagram.username, instagram.name = "moraebyeol.studio", "Moraebyeol Studio"
    instagram.resume_clock()
    return instagram
