"""A pretend Instagram: for trying igbot without Meta, and for tests.

`Instagram` is its whole state with verbs for customers, the owner's phone and trouble; `graph_app` answers as
Meta's Graph API does and refuses what Meta refuses; `media_app` serves customers' pictures; `create_simulator` is
all of that with a phone in the browser.
Written from the API's contract alone: it shares no code with `igbot.graph`.
"""

from igbot.simulator.faults import Faults, RefuseNext
from igbot.simulator.graph import graph_app
from igbot.simulator.instagram import Instagram
from igbot.simulator.media import media_app
from igbot.simulator.page import beside, create_simulator
from igbot.simulator.person import Person
from igbot.simulator.sample import Sample, load_sample
from igbot.simulator.server import Server, over_http

__all__ = [
    "Faults",
    "Instagram",
    "Person",
    "RefuseNext",
    "Sample",
    "Server",
    "beside",
    "create_simulator",
    "graph_app",
    "load_sample",
    "media_app",
    "over_http",
]
