"""Migrations lead to exactly the tables of `igbot.store.tables`, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from igbot.errors import BrokenShop
from igbot.store import schema
from igbot.store.tables import Table
from igbot.store.unit import Database
from tests.postgres import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'igbot.db'}"
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


def test_it_lays_the_tables_the_code_expects(empty: str) -> None:
    schema.upgrade(empty)
    database = Database(empty)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": Table.metadata})
        differences = compare_metadata(context, Table.metadata)
    database.close()
    assert differences == [], "tables.py and the migrations differ: see `make migration`"


def test_every_index_is_there_with_its_condition(empty: str) -> None:
    schema.upgrade(empty)
    database = Database(empty)
    kind = "sqlite" if database.is_sqlite else "postgresql"
    inspector = sa.inspect(database.engine)
    found = {
        (table, index["name"], tuple(index["column_names"]), f"{kind}_where" in index["dialect_options"])
        for table in Table.metadata.tables
        for index in inspector.get_indexes(table)
        if "duplicates_constraint" not in index
    }
    database.close()
    assert found == {
        (table.name, index.name, tuple(index.columns.keys()), index.dialect_options[kind]["where"] is not None)
        for table in Table.metadata.tables.values()
        for index in table.indexes
    }


def test_it_says_where_a_database_stands(empty: str) -> None:
    before = schema.status(empty)
    assert before.current is None
    assert not before.is_current
    after = schema.upgrade(empty)
    assert after.is_current
    assert schema.status(empty) == after


def test_a_second_upgrade_changes_nothing(empty: str) -> None:
    assert schema.upgrade(empty) == schema.upgrade(empty)


def test_asking_makes_no_file(tmp_path: Path) -> None:
    schema.status(f"sqlite:///{tmp_path / 'igbot.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_refused_with_the_way_out(empty: str) -> None:
    with pytest.raises(BrokenShop, match=r"no tables yet\. Run `igbot db upgrade`"):
        schema.open_current(empty)


def test_a_database_of_another_version_is_refused_with_the_way_out(empty: str) -> None:
    schema.upgrade(empty)
    database = Database(empty)
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(BrokenShop, match=r"is at 9999, this igbot needs \d{4}.*igbot db upgrade"):
        schema.open_current(empty)


def test_a_current_database_is_opened(empty: str) -> None:
    schema.upgrade(empty)
    database = schema.open_current(empty)
    with database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM account")) == 0
    database.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "igbot.db").write_text("not a database, but long enough to look like something")
    with pytest.raises(BrokenShop, match="cannot be used"):
        schema.upgrade(f"sqlite:///{tmp_path / 'igbot.db'}")


def test_a_server_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenShop, match="cannot be used"):
        schema.status(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
