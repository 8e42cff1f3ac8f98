"""What all tables are made of: keys, links, instants, and names of constraints that migrations can rely on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite, which knows no zones, stores it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant; hand over UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """What all tables share. No `repr`: a row may hold a customer's words, and reprs end up in logs."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy, never changed
        str: Text,
        datetime: Instant,
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
    }


def key() -> Mapped[int]:
    """Our own id of a row."""
    return mapped_column(Id, primary_key=True, init=False)


def link(column: str, *, index: bool = False) -> Any:  # noqa: ANN401 - as mapped_column
    """A row of another table that this one belongs to."""
    return mapped_column(Id, ForeignKey(column), index=index)


def link_maybe(column: str, *, index: bool = False) -> Any:  # noqa: ANN401 - as mapped_column
    """The same, where there may be none."""
    return mapped_column(Id, ForeignKey(column), index=index, default=None)
