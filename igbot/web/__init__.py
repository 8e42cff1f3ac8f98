"""What answers HTTP: Meta's webhook, the owner's console, health.

Views are handed what they need as `parts()`; nothing here builds a database or an engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from igbot.evidence.shelf import Shelf
    from igbot.policy import Pack
    from igbot.settings import Settings
    from igbot.store.tables import Account
    from igbot.store.unit import Database, Nudge
    from igbot.texts import Texts


@dataclass(frozen=True)
class Parts:
    """The running product, as its pages see it; put together in `igbot.app`."""

    settings: Settings
    db: Database
    nudge: Nudge
    """Call inside a transaction with the conversations that have something new."""
    pack_of: Callable[[Account], Pack]
    texts: Texts
    shelf: Shelf
    engine_works: Callable[[], bool]
    """Is the engine of this process running? Asked by /readyz."""
    flows_dir: Path


def parts() -> Parts:
    """The parts of the application that handles this request."""
    return cast("Parts", current_app.extensions["igbot"])
