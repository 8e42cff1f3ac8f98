"""Reading what customers write: words and patterns as data, no model, the same answer every time.

`Words.load` once, then `read` for each message. See `reading` for what comes out and `flows/words/` for the words.
"""

from __future__ import annotations

from igbot.understand.dates import Received
from igbot.understand.reading import Evidence, Reading, read
from igbot.understand.words import Words

__all__ = ["Evidence", "Reading", "Received", "Words", "read"]
