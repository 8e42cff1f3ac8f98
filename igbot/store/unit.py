"""One change, all or nothing: the connection to the database and its transactions.

SQLite: WAL, `synchronous=FULL` (once Meta has its 200 the event is ours, also when power fails),
one connection per process and `BEGIN IMMEDIATE`, so that threads queue in Python instead of
spinning in SQLite (ENGINE.md). A second transaction opened inside one would wait for itself;
it raises instead.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from igbot.errors import BrokenShop
from igbot.settings import make_private

Nudge = Callable[[Session, Iterable[int]], None]
"""Says, inside a transaction, "look at these conversations once this is committed" (DESIGN 3)."""

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")
_POSTGRES_CONNECTIONS = 20


class Database:
    """The shop's tables. `transaction()` is the only way to them."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL; nothing is created but SQLite's folder.

        Raises BrokenShop for a URL SQLAlchemy cannot read or a kind of database we do not know.
        """
        try:
            self.url = sa.make_url(url)
        except sa.exc.ArgumentError:
            raise BrokenShop("IGBOT_DATABASE_URL is not a database URL such as sqlite:///shop.db.") from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if not self.is_sqlite and self.url.drivername != "postgresql+psycopg":
            raise BrokenShop("IGBOT_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        self.engine = (
            _sqlite(self.url) if self.is_sqlite else sa.create_engine(self.url, pool_size=_POSTGRES_CONNECTIONS)
        )
        self._inside = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose changes are committed at the end, or not at all if the block raises.

        Objects stay readable after the commit. Never wait, fetch, send or render inside.
        """
        if getattr(self._inside, "open", False):
            raise RuntimeError("a transaction inside a transaction would wait for itself")
        self._inside.open = True
        try:
            with Session(self.engine, expire_on_commit=False, autoflush=False) as session, session.begin():
                yield session
        finally:
            self._inside.open = False

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        make_private(Path(url.database).parent)
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's pool record
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
