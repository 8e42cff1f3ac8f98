"""How Alembic meets our database: run by `igbot.store.schema`, and by `make migration` when one is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from alembic import context

from igbot import settings
from igbot.store.tables import Instant, Table
from igbot.store.unit import Database

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def migrate(connection: sa.Connection) -> None:
    """Run what Alembic was asked to, all or nothing, also on SQLite."""
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        transactional_ddl=True,
        render_item=as_it_is_today,
    )
    with context.begin_transaction():
        context.run_migrations()


def as_it_is_today(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types by the names each migration defines: a migration must not change when our code does."""
    if kind == "type":
        for name, ours in (("INSTANT", Instant), ("JSON", sa.JSON), ("ID", sa.BigInteger)):
            if isinstance(item, ours):
                return name
    return False


connection: sa.Connection | None = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    with Database(settings.read().database).engine.connect() as own:
        migrate(own)
