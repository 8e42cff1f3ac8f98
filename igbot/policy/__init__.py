"""A shop's policy: packs read and checked, clocks, and the decision on a line.

Pure but for reading the pack's folder: facts go in, a decision comes out, and nothing is sent, stored
or waited for. The reasoning follows the shop's rules as data; no number or rule of a shop is in code.
"""

from igbot.policy.clocks import Age, Received, Span
from igbot.policy.decide import REMEDIES, asked_together, decide, known
from igbot.policy.facts import Choice, FactSpec, Known, Raw
from igbot.policy.loading import check, find_pack, load_pack
from igbot.policy.lookup import lookup
from igbot.policy.pack import Money, Pack
from igbot.policy.periods import Period
from igbot.policy.problems import BrokenPack, Problem
from igbot.policy.product import Clause, Row
from igbot.policy.reasoning import Decision
from igbot.policy.timed import age, send_lane

__all__ = [
    "REMEDIES",
    "Age",
    "BrokenPack",
    "Choice",
    "Clause",
    "Decision",
    "FactSpec",
    "Known",
    "Money",
    "Pack",
    "Period",
    "Problem",
    "Raw",
    "Received",
    "Row",
    "Span",
    "age",
    "asked_together",
    "check",
    "decide",
    "find_pack",
    "known",
    "load_pack",
    "lookup",
    "send_lane",
]
