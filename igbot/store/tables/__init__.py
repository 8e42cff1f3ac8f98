"""The tables: one class each, in the words of DESIGN 2.

Everything belongs to one account. Ids from Meta are text (CONTRACT 0.3). Instants are UTC and
aware on both databases; days are days; money is whole minor units beside an ISO 4217 code.
"""

from igbot.store.tables.base import Id, Instant, Json, Table
from igbot.store.tables.claims import Article, Claim, Evidence, Fact, Item, Job, Line, Order, Quote, Verdict
from igbot.store.tables.happenings import Event, Message, Reply, Timer
from igbot.store.tables.people import Account, Audit, Conversation, Customer, Owner

__all__ = [
    "Account",
    "Article",
    "Audit",
    "Claim",
    "Conversation",
    "Customer",
    "Event",
    "Evidence",
    "Fact",
    "Id",
    "Instant",
    "Item",
    "Job",
    "Json",
    "Line",
    "Message",
    "Order",
    "Owner",
    "Quote",
    "Reply",
    "Table",
    "Timer",
    "Verdict",
]
