"""A PostgreSQL server for tests: one that is named, or one started for this run and thrown away.

PostgreSQL refuses to run as root, so root starts it as Debian's system user `postgres`. It listens
on a socket in a temporary folder only, keeps nothing safe (`fsync=off`) and is gone with the run.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import sqlalchemy as sa
from psycopg import sql

from igbot.store.tables import Table

HOW_TO_GET_IT = "`apt-get install postgresql` brings it, or name a server in IGBOT_TEST_POSTGRES."

_OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "autovacuum=off",  # it would learn from emptied tables that they are small, and plans would differ by chance
)


class Missing(Exception):
    """PostgreSQL is not to be had here; the message says how to get it."""


class Server:
    """A running server that hands out databases."""

    def __init__(self, url: str) -> None:
        """`url`: an existing database on the server, for a role that may create others."""
        self.url = sa.make_url(url).set(drivername="postgresql+psycopg")
        self._numbers = itertools.count(1)

    @classmethod
    def found(cls, url: str | None, folder: Path) -> Server:
        """The server at `url`, else one of our own whose files go below `folder`. Raises Missing."""
        return cls(url) if url else OwnServer(folder)

    def __enter__(self) -> Self:
        """The server, ready for connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A named server goes on."""

    @contextmanager
    def database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a new database without tables; dropped at the end."""
        name = f"igbot_test_{os.getpid()}_{next(self._numbers)}"
        with _connected(self.url) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            with _connected(self.url) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class OwnServer(Server):
    """A server started for this run."""

    def __init__(self, folder: Path) -> None:
        """Nothing runs yet. Raises Missing."""
        self._programs = _programs()
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user and self._user not in {entry.pw_name for entry in pwd.getpwall()}:
            raise Missing(f"PostgreSQL cannot run as root and there is no user `postgres`. {HOW_TO_GET_IT}")
        # A socket's path may have 107 bytes at most, and `postgres` may not enter a folder of root's.
        self._home = Path(tempfile.mkdtemp(prefix="igbot-postgres-"))
        self._log = folder / "postgres.log"
        super().__init__(f"postgresql://igbot@/postgres?host={self._home}")

    def __enter__(self) -> Self:
        """Make the cluster and start it."""
        if self._user:
            shutil.chown(self._home, self._user)
        cluster = self._home / "cluster"
        self._call("initdb", "-D", cluster, "-U", "igbot", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = " ".join(f"-c {option}" for option in (*_OPTIONS, f"unix_socket_directories={self._home}"))
        self._call("pg_ctl", "start", "-w", "-D", cluster, "-l", self._home / "log", "-o", options)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and take its files away."""
        self._call("pg_ctl", "stop", "-m", "immediate", "-D", self._home / "cluster")
        shutil.rmtree(self._home)

    def _call(self, program: str, *arguments: str | Path) -> None:
        with self._log.open("a") as log:
            subprocess.run(
                [self._programs / program, *arguments],
                check=True,
                cwd=self._home,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )


def make_empty(url: str) -> None:
    """Take every row out of a database, count ids from 1 again, and end connections a test forgot.

    A tenth of the time that making a new database takes.
    """
    with _connected(sa.make_url(url)) as connection, connection.transaction():
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
        )


def _connected(url: sa.URL) -> psycopg.Connection:
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)


def _programs() -> Path:
    """The folder with initdb and pg_ctl: the newest of Debian's, else the one on the PATH. Raises Missing."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise Missing(f"PostgreSQL is missing: {HOW_TO_GET_IT}")
