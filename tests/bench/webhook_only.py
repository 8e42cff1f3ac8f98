"""igbot's own pages, with an engine that is never started: what does keeping an event cost?"""

from __future__ import annotations

from igbot import logs, settings
from igbot.app import build

chosen = settings.read()
logs.set_up(chosen.log_format, chosen.log_level)
app = build(chosen).pages(nudge=lambda _session, _conversations: None)
