"""Are the tables of this database the ones this igbot needs, and how do they become so?

Migrations are numbered and go forward only. Each runs in one transaction on both databases, so an
upgrade that fails leaves the tables as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from igbot.errors import BrokenShop
from igbot.store.unit import Database


@dataclass(frozen=True)
class Status:
    """Where a database stands: its migration (None: no tables yet) and the newest one there is."""

    current: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        """May this igbot work on this database?"""
        return self.current == self.newest


def upgrade(url: str) -> Status:
    """Bring the database at a SQLAlchemy URL up to date; nothing happens if it is. Raises BrokenShop."""
    with _connected(url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return status(url)


def status(url: str) -> Status:
    """Where the database at a SQLAlchemy URL stands; a missing SQLite file is not made. Raises BrokenShop."""
    newest = ScriptDirectory.from_config(_config()).get_current_head() or ""
    file = sa.make_url(url).database if url.startswith("sqlite") else None
    if file and not Path(file).exists():
        return Status(None, newest)
    with _connected(url) as connection:
        return Status(MigrationContext.configure(connection).get_current_revision(), newest)


def require_current(url: str) -> None:
    """Refuse to work on a database whose tables are missing or of another version.

    Raises BrokenShop naming `igbot db upgrade`.
    """
    found = status(url)
    if found.current is None:
        raise BrokenShop("The database has no tables yet. Run `igbot db upgrade`.")
    if not found.is_current:
        raise BrokenShop(
            f"The database is at {found.current}, this igbot needs {found.newest}. "
            "Make a copy of it, then run `igbot db upgrade`."
        )


def open_current(url: str) -> Database:
    """The database at a SQLAlchemy URL, ready for work. Raises BrokenShop as `require_current` does."""
    require_current(url)
    return Database(url)


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    database = Database(url)
    try:
        with database.engine.begin() as connection:
            yield connection
    except sa.exc.DatabaseError as error:
        raise BrokenShop(f"The database cannot be used: {' '.join(str(error.orig).split())}.") from error
    finally:
        database.close()


def _config() -> Config:
    """Alembic's settings, found beside this file, so that they come along with an installed package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
