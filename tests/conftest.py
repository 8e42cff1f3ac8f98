"""What every test may ask for: a stopped clock, a database of its own, a browser.

`db` and `db_url` give each test an empty shop, once on SQLite and once on PostgreSQL. The network
is off but for this machine (pytest-socket), and nothing waits for real time. A test that needs
something this machine lacks is skipped with the way to get it; the last lines of the run repeat
that, and with IGBOT_CI=1 a run that left anything out has failed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import coverage
import pytest
from hypothesis import settings as hypothesis_settings

from igbot import clock
from igbot.store.tables import Table
from igbot.store.unit import Database
from tests.postgres import Missing, Server, make_empty

NOON = datetime.fromisoformat("2026-11-21T12:00:00+09:00")
"""When tests happen, unless they say otherwise: a Saturday noon in Seoul."""

hypothesis_settings.register_profile("igbot", deadline=None)
hypothesis_settings.load_profile("igbot")

_IN_CI = bool(os.environ.get("IGBOT_CI"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the text of the specification lies, for comparing the shipped pack with it."""
    parser.addoption("--specification", metavar="FOLDER", help="compare the shipped pack with the specification there")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without the specification there is nothing to compare."""
    is_comparison = collection_path.name == "test_specification.py"
    return True if is_comparison and not config.getoption("specification") else None


def pytest_configure() -> None:
    """Nobody's own shop is read by a test: settings of igbot are taken out of the environment."""
    for name in [name for name in os.environ if name.startswith("IGBOT_") and name != "IGBOT_TEST_POSTGRES"]:
        del os.environ[name]


# ------------------------------------------------------------------ time


@pytest.fixture(autouse=True)
def _clock_runs_again() -> Iterator[None]:
    """What a test did to the clock ends with it."""
    yield
    clock.run()


@pytest.fixture
def clock_at() -> Callable[[str | datetime], datetime]:
    """`clock_at("2026-11-21T12:00:00+09:00")` stops the clock there and gives that instant in UTC."""

    def stop(instant: str | datetime) -> datetime:
        clock.stop_at(datetime.fromisoformat(instant) if isinstance(instant, str) else instant)
        return clock.now()

    return stop


@pytest.fixture
def now(clock_at: Callable[[datetime], datetime]) -> datetime:
    """The clock stands still at NOON; `clock.move` lets time pass."""
    return clock_at(NOON)


# ------------------------------------------------------------------ databases


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server for the whole run: the one named by IGBOT_TEST_POSTGRES, else one of our own."""
    try:
        server = Server.found(os.environ.get("IGBOT_TEST_POSTGRES"), tmp_path_factory.getbasetemp())
    except Missing as missing:
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with all tables and no rows.

    For one kind only: `@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)`.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copyfile(request.getfixturevalue('_sqlite_shop'), tmp_path / 'igbot.db')}"
    else:
        url = request.getfixturevalue("_postgres_shop")
        yield url
        make_empty(url)


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    """An empty shop, on SQLite and on PostgreSQL."""
    database = Database(db_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def _sqlite_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "igbot.db"
    _lay_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_shop(postgres: Server) -> Iterator[str]:
    with postgres.database() as url:
        _lay_tables(url)
        yield url


def _lay_tables(url: str) -> None:
    database = Database(url)
    Table.metadata.create_all(database.engine)
    database.close()


# ------------------------------------------------------------------ a browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that can be driven; start it with `--no-sandbox`."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None or not _has_what_drives_it():
        pytest.skip("Chromium, or what drives it, is missing: `apt-get install chromium libatomic1` brings both.")
    return found


def _has_what_drives_it() -> bool:
    """The driver that comes with Playwright needs one library that a bare Debian has not."""
    try:
        return sys.platform != "linux" or bool(ctypes.CDLL("libatomic.so.1"))
    except OSError:
        return False


# ------------------------------------------------------------------ the end of a run


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI nothing may be left out."""
    if _IN_CI and exitstatus == pytest.ExitCode.OK and _left_out(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how much of the code ran (under `coverage run`), and last of all what was left out."""
    if measuring := coverage.Coverage.current():
        measuring.stop()
        terminalreporter.section("coverage")
        measuring.report(file=sys.stdout)
    for reason, count in sorted(_left_out(config).items()):
        tests = "1 test" if count == 1 else f"{count} tests"
        terminalreporter.write_line(f"Left out {tests}. {reason}", yellow=True, bold=True)


def _left_out(config: pytest.Config) -> dict[str, int]:
    """Why tests were skipped, and how many for each reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    counts: dict[str, int] = {}
    for report in reporter.stats.get("skipped", []) if reporter else []:
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        counts[reason] = counts.get(reason, 0) + 1
    return counts
