"""The shipped jewellery pack, and a small shop whose pack a test may break."""

from pathlib import Path

import pytest

from igbot.policy import Pack, load_pack

REPOSITORY = Path(__file__).parents[2]
JEWELRY = REPOSITORY / "flows" / "packs" / "jewelry"


@pytest.fixture(scope="session")
def jewelry() -> Pack:
    return load_pack(JEWELRY)
