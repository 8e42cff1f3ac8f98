"""The long drill runs when it is asked for: `pytest -m drill`."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "drill: takes minutes; left out unless asked for with -m drill")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave drills out of a run that does not choose by markers."""
    if not config.option.markexpr:
        drills = [item for item in items if item.get_closest_marker("drill")]
        config.hook.pytest_deselected(items=drills)
        items[:] = [item for item in items if item not in drills]
