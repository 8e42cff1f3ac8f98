"""Every conversation in this folder, from the webhook to the pretend Instagram and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.player import Player
from tests.stage import stage

CHATS = sorted(Path(__file__).parent.glob("*.chat"))


@pytest.mark.parametrize("path", CHATS, ids=[path.stem for path in CHATS])
def test_it_goes_as_written(path: Path, tmp_path: Path) -> None:
    with stage(tmp_path, send_rate=1000) as scene:  # the clock stands still, so no second ever passes
        Player(path, scene).play()
