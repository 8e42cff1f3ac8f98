"""Codes in words: what the console calls outcomes, states, reasons and facts.

One table for each kind of code, English here, Korean in `translations/ko.po`. A code that no table
knows is shown with its underscores taken out, so a new one is readable before it has words.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

NEEDS: Mapping[str, str] = {
    "verdict": _("A verdict waits for your yes"),
    "undetermined": _("The rules cannot settle this; please decide"),
    "quote": _("A quote is wanted"),
    "quote_accepted": _("The customer accepted the quote"),
    "quote_declined": _("The customer declined the quote"),
    "quote_haggled": _("The customer asks for another price"),
    "quote_too_late": _("The customer said yes after the quote's last day"),
    "not_understood": _("The bot did not understand the customer"),
    "wrote": _("A message waits for your answer"),
    "photo": _("A photo has arrived"),
    "asks_human": _("The customer wants to talk to a person"),
    "angry": _("The customer is upset"),
    "legal": _("The customer speaks of law or consumer protection"),
    "health": _("The customer tells of a health problem"),
    "payment_dispute": _("The customer disputes the payment"),
    "abuse": _("The customer is abusive"),
    "retold": _("The customer now tells it differently"),
    "conflict": _("The customer's words and the record do not fit together"),
    "window_shut": _("A reply could not be sent in time"),
    "customer_gone": _("This person cannot be written to any more"),
    "send_failed": _("A reply could not be sent"),
    "went_silent": _("The customer has not answered"),
    "set_aside": _("Something could not be handled"),
    "taken_back": _("The customer took back what the verdict rested on"),
    "question": _("The customer asks something only you can answer"),
    "standby": _("Another app has this conversation"),
}

NEXT_STEPS: Mapping[str, str] = {
    "verdict": _("Look at the photos and the verdict, then confirm or decide otherwise."),
    "undetermined": _("Set the missing facts, or decide by hand."),
    "quote": _("Write a quote, or say that it cannot be repaired."),
    "quote_accepted": _("The customer was told where to send the piece. Watch for it."),
    "quote_haggled": _("Write a new quote, or answer in your own words."),
    "quote_too_late": _("Write a new quote if the price still holds."),
}

OUTCOMES: Mapping[str, str] = {
    "free_repair": _("Free repair"),
    "paid_quote": _("Repair with a quote"),
    "exchange": _("Exchange"),
    "refund": _("Refund"),
    "offer": _("Something else is possible"),
    "refuse": _("Not possible under the policy"),
    "advise": _("Advice"),
    "owner": _("You decide"),
    "ask": _("Still asking"),
}

FEES: Mapping[str, str] = {
    "none": _("no cost"),
    "repair_charge_certain": _("repair costs something"),
    "repair_charge_possible": _("repair may cost something"),
    "round_trip_customer": _("customer pays shipping both ways"),
    "return_shipping_customer": _("customer pays the way back"),
    "return_label_shop": _("shop sends a prepaid label"),
    "shipping_owner_decides": _("you decide who pays shipping"),
}

SHIPPING: Mapping[str, str] = {
    "shop": _("Shop pays both ways"),
    "customer": _("Customer pays both ways"),
    "each_one_way": _("Each pays one way"),
}

LINES: Mapping[str, str] = {
    "collecting": _("Bot is asking"),
    "awaiting_owner": _("Waits for you"),
    "refused": _("Explained, not possible"),
    "advised": _("Advice given"),
    "approved": _("Approved"),
    "closed": _("Closed"),
}

JOBS: Mapping[str, str] = {
    "await_quote": _("Waits for your quote"),
    "await_answer": _("Quote sent, waits for the answer"),
    "await_item": _("Waiting for the piece"),
    "received": _("Arrived"),
    "repairing": _("In repair"),
    "ready": _("Ready"),
    "returned": _("Returned"),
    "uncollected": _("Not collected"),
    "cleared": _("Cleared"),
    "closed_declined": _("Quote declined"),
    "closed_expired": _("Quote expired"),
    "closed_no_parts": _("No parts, not repaired"),
    "closed_not_repairable": _("Cannot be repaired"),
    "sent_back": _("Sent back"),
}

ANSWERS: Mapping[str, str] = {
    "none": _("no answer yet"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "haggles": _("asks for another price"),
}

PRICED: Mapping[str, str] = {
    "work": _("Work"),
    "parts": _("Parts"),
    "shipping_in": _("Shipping to you"),
    "shipping_out": _("Shipping to the customer"),
}

REPLIES: Mapping[str, str] = {
    "queued": _("about to be sent"),
    "sending": _("being sent"),
    "unknown": _("sent? Instagram has not said yet"),
    "sent": _("sent"),
    "held": _("not sent yet"),
    "failed": _("could not be sent"),
    "cancelled": _("not sent"),
}

REASONS: Mapping[str, str] = {
    "hold_for_person": _("24 hours are over: only you may write now"),
    "hold_until_customer_writes": _("7 days are over: goes out when the customer writes again"),
    "owner_writes_in_app": _("24 hours are over: please write in the Instagram app"),
    "WindowClosed": _("Instagram's 24 hours are over"),
    "CustomerGone": _("this person cannot be written to"),
    "NotThreadOwner": _("another app has this conversation"),
    "MessageRefused": _("Instagram refused the message"),
    "TokenRefused": _("the Instagram connection has ended"),
    "AccessRefused": _("Instagram refuses a permission"),
    "AccountRestricted": _("Instagram restricted the account"),
    "MetaBusy": _("Instagram asked to slow down"),
    "MetaUnreachable": _("Instagram cannot be reached"),
    "OutcomeUnknown": _("Instagram has not said whether it arrived"),
    "token": _("the Instagram connection has ended"),
    "access": _("Instagram refuses a permission"),
    "restricted": _("Instagram restricted the account"),
    "unreachable": _("this person cannot be written to"),
    "window_shut": _("Instagram's 24 hours are over"),
    "taken_over": _("you had taken the chat over"),
    "unsent": _("taken back in the Instagram app"),
}

TROUBLES: Mapping[str, str] = {
    "token": _("Instagram no longer accepts the access token; until it does, nothing can be sent."),
    "access": _(
        "Instagram refuses a permission that sending needs. Look at the app and its permissions in the Meta dashboard."
    ),
    "restricted": _("Instagram has restricted this account. Open the Instagram app to see why."),
}

FACTS: Mapping[str, str] = {
    "issue": _("What happened"),
    "item": _("Piece"),
    "age": _("Time since receipt"),
    "received": _("Received"),
    "cause": _("How it came about"),
    "part": _("The stone"),
    "severity": _("How bad"),
    "photo": _("Photo"),
    "want": _("Wish"),
    "same_variant": _("Same design"),
    "substitution": _("Substitution on record"),
    "self_help": _("Tried it oneself"),
    "sale": _("Kind of sale"),
    "order": _("Order"),
    "order_no": _("Order"),
    "order_says": _("Order and parcel"),
    "condition": _("Condition"),
    "packaging": _("Packaging"),
    "shipping": _("Shipping"),
    "promise": _("Promised"),
}

VALUES: Mapping[str, str] = {
    "usable": _("usable"),
    "cannot": _("not to be had"),
    "unsure": _("not known"),
    "unknown": _("not asked yet"),
    "h24": _("within 24 hours"),
    "m1": _("within a month"),
    "past": _("over a month"),
    "recorded": _("on record"),
    "not_recorded": _("not on record"),
    "not_tried": _("not tried"),
    "failed": _("tried, did not help"),
    "earring": _("earring"),
    "ring": _("ring"),
    "hair": _("hair accessory"),
    "special": _("special material"),
    "other": _("other"),
    "cleared_repair": _("repair never collected"),
    "matched": _("found"),
    "not_found": _("not found"),
    "other_buyer": _("bought by somebody else"),
    "unasked": _("not asked yet"),
    "withdrawn": _("withdrawn"),
}

SOURCES: Mapping[str, str] = {
    "customer": _("customer"),
    "photo": _("photo"),
    "record": _("order record"),
    "owner": _("you"),
    "clock": _("time"),
}

FAULTS: Mapping[str, str] = {
    "too_small": _("too small"),
    "too_dark": _("too dark"),
    "blurred": _("blurred"),
    "unreadable": _("cannot be opened"),
    "seen_before": _("the same picture again"),
}

FILES: Mapping[str, str] = {
    "wanted": _("being fetched"),
    "refused": _("not a picture, not kept"),
    "failed": _("could not be fetched"),
    "over_limit": _("more than we keep"),
    "deleted": _("deleted"),
    "video": _("Video"),
    "voice": _("Voice message"),
    "file": _("File"),
    "image": _("Photo"),
}

SENT_KINDS: Mapping[str, str] = {
    "image": _("Photo"),
    "video": _("Video"),
    "audio": _("Voice message"),
    "file": _("File"),
    "share": _("Shared post"),
    "ig_post": _("Shared post"),
    "ig_reel": _("Shared reel"),
    "reel": _("Shared reel"),
    "ig_story": _("Story"),
    "story_mention": _("Mention in a story"),
    "ephemeral": _("Disappearing photo"),
}

CLOCKS: Mapping[str, str] = {
    "contact": _("First report"),
    "received": _("Received"),
    "h24": _("24-hour limit"),
    "m1": _("One-month limit"),
    "d7": _("7-day limit"),
    "d14": _("14-day limit"),
    "zone": _("Delivered to"),
}

DONE: Mapping[str, str] = {
    "take-over": _("You have the chat now; the bot keeps still."),
    "hand-back": _("The bot has the chat again."),
    "reply": _("Your message is on its way."),
    "facts": _("Noted. The case is being decided again."),
    "confirm": _("Confirmed. The customer is being told."),
    "overrule": _("Your decision is noted. The customer is being told."),
    "quote": _("The quote is on its way to the customer."),
    "cannot-repair": _("Noted. The customer is being told."),
    "photo": _("The customer is being asked for a photo."),
    "resolved": _("Done. This is off your list."),
}


def word(table: Mapping[str, str], code: str | None) -> str:
    """The words for a code, or the code itself made readable."""
    if not code:
        return ""
    return str(table[code]) if code in table else code.replace("_", " ").replace("-", " ")
