"""Puts the parts together; the only module that knows them all."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from igbot import logs
from igbot import settings as settings_module
from igbot.engine import photos, profiles
from igbot.engine.scene import Shop
from igbot.engine.sender import Sender
from igbot.engine.threads import Threads
from igbot.engine.turns import Turns
from igbot.evidence.shelf import Shelf
from igbot.flow.shop import Flows
from igbot.graph import client as graph
from igbot.policy import Pack, find_pack, load_pack
from igbot.settings import Settings
from igbot.store import accounts, schema
from igbot.store.lock import EngineLock
from igbot.store.tables import Account
from igbot.store.unit import Database, Nudge
from igbot.texts import Texts
from igbot.understand import Words
from igbot.web import Parts, health, webhook
from igbot.web.console import init_console
from igbot.web.live import Streams

SWEEP_SECONDS = 2.0
LOCK_PATIENCE_SECONDS = 10.0
"""How long a new process waits for one that is just ending."""
STOP_PATIENCE_SECONDS = 25.0
"""Longer than a call to Meta may take."""


@dataclass
class Product:
    """igbot, put together for one database: what runs in the background, and the pages."""

    settings: Settings
    db: Database
    shop: Shop
    shelf: Shelf
    turns: Turns
    engine: Threads
    lock: EngineLock | None = field(default=None)
    ending: threading.Event = field(default_factory=threading.Event)
    """Set when this process has been told to end: pages that stay open let go."""

    def claim(self) -> None:
        """Make this database ours, and that of processes we fork. Raises BrokenShop if it is another process's."""
        if self.lock:
            self.lock.take(LOCK_PATIENCE_SECONDS)

    def start(self) -> None:
        """Start the engine. Raises BrokenShop if another process already runs one on this SQLite file."""
        self.claim()
        self.engine.start()

    def stop(self, patience_seconds: float = STOP_PATIENCE_SECONDS) -> None:
        """Finish what is being done, within the patience, and let go of the database."""
        self.ending.set()
        self.engine.stop(patience_seconds)
        self.db.close()
        if self.lock:
            self.lock.release()

    def sweep(self) -> None:
        """Nudge every conversation that has something due."""
        with self.db.transaction() as session:
            self.engine.nudge(session, self.turns.waiting(session))

    def pages(self, nudge: Nudge | None = None, *, with_entry: bool = False) -> Flask:
        """The web application: webhook, health and console.

        `nudge` stands in for the engine's in tests; `with_entry` lets the demo's link sign its reader in.
        """
        app = Flask("igbot.web")
        app.config.update(SECRET_KEY=self.settings.session_key())
        if near := self.settings.proxies:
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=near, x_proto=near, x_host=near)  # type: ignore[method-assign]  # as Flask documents it
        app.extensions["igbot"] = Parts(
            settings=self.settings,
            db=self.db,
            nudge=nudge or self.engine.nudge,
            pack_of=self.shop.pack_of,
            texts=self.shop.texts,
            shelf=self.shelf,
            engine_works=self.engine.works,
            flows_dir=self.shop.flows.folder,
        )
        app.register_blueprint(webhook.blueprint)
        app.register_blueprint(health.blueprint)
        init_console(app, with_entry=with_entry, streams=Streams(wait=self.ending.wait))
        return app


@cache
def _pack(name: str, flows: str) -> Pack:
    """Read once a process: what a pack is does not change while we run."""
    return load_pack(find_pack(name, flows))


@cache
def _words(flows: Path, pack: Path) -> Words:
    """The same for the words that are understood."""
    return Words.load(flows, pack)


def load_shop(settings: Settings, shelf: Shelf) -> Shop:
    """The shop's flows, texts, pack and words, each checked.

    Raises BrokenShop with file, place and remedy for anything that does not fit.
    """
    flows = Flows.load(settings.flows)
    texts = Texts.load(flows.folder / "texts")
    flows.check(texts)

    def pack_of(account: Account) -> Pack:
        return _pack(account.pack, settings.flows)

    def words_of(account: Account) -> Words:
        return _words(flows.folder, pack_of(account).folder)

    def delete_pictures(session: Session, message_id: int) -> None:
        photos.delete_evidence(session, shelf, message_id)

    _words(flows.folder, _pack(settings.pack, settings.flows).folder)
    return Shop(settings, flows, texts, pack_of, words_of, delete_pictures)


def build(settings: Settings, *, courteous: bool = True, http: graph.Session | None = None) -> Product:
    """Everything for one shop's database, not yet started.

    `courteous` shows "seen" and "typing" to customers; `http` is the way to Meta, if not the usual one.
    Raises BrokenShop if the shop does not fit. Whether the tables are there is for `schema` to say.
    """
    db = Database(settings.database)
    shelf = Shelf(settings.storage)
    shop = load_shop(settings, shelf)
    with db.transaction() as session:
        accounts.ensure_first(session, settings)
    http = http or graph.open_session()
    collector = photos.Collector(db, shelf, shop.pack_of, settings.media_hosts)
    turns = Turns(
        db,
        shop,
        look_up=profiles.Profiles(db, settings, http).look_up,
        collect_photos=collector.collect,
        photos_waiting=photos.waiting,
        sender=Sender(db, settings, http, courteous=courteous),
    )
    lock = EngineLock(Path(db.url.database)) if db.is_sqlite and db.url.database else None
    product = Product(settings, db, shop, shelf, turns, Threads(turns.run), lock)
    product.engine.every(SWEEP_SECONDS, product.sweep)
    return product


NEEDED = ("account_id", "access_token", "app_secrets", "verify_token", "app_id")
"""Settings without which a shop cannot receive or answer anything."""


def create_app() -> Flask:
    """The whole product in this process, engine included, from the environment: for `wsgi.py`.

    Raises BrokenShop with one sentence that names everything that is missing.
    """
    settings = settings_module.read()
    logs.set_up(settings.log_format, settings.log_level)
    settings_module.require(settings, *NEEDED)
    schema.require_current(settings.database)
    product = build(settings)
    product.start()
    return product.pages()
