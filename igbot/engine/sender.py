"""From the outbox to Meta: the replies of a conversation leave in order, each through the one gate.

A reply is marked in one transaction, sent outside any, and settled in the next, which also marks the
one behind it: n replies cost n + 1 commits, at most four statements each. What Meta says no to changes
the account or the conversation and puts the reply back in line: the gate then says what follows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from igbot import clock
from igbot.engine import control, gate
from igbot.engine.connect import connect
from igbot.engine.pace import Pace
from igbot.errors import (
    AccessRefused,
    AccountRestricted,
    CustomerGone,
    IgbotError,
    MetaBusy,
    MetaUnreachable,
    NotThreadOwner,
    OutcomeUnknown,
    OwnerNeeded,
    TokenRefused,
    WindowClosed,
)
from igbot.graph import client as graph
from igbot.graph import codes
from igbot.graph.usage import Usage
from igbot.logs import log, warn
from igbot.settings import Settings
from igbot.store import accounts, outbox
from igbot.store.tables import Account, Conversation, Reply
from igbot.store.unit import Database

_AFTER_HIGH_USAGE = timedelta(minutes=1)
_MEDIA_WAIT = timedelta(minutes=1)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=1)

_TROUBLE: dict[type[IgbotError], accounts.Trouble] = {
    TokenRefused: "token",
    AccessRefused: "access",
    AccountRestricted: "restricted",
}


@dataclass(frozen=True)
class _Try:
    """One send about to be made."""

    reply: Reply
    account: Account
    igsid: str


@dataclass(frozen=True)
class _Sent:
    """Meta took it."""

    mid: str
    usage: Usage


@dataclass(frozen=True)
class _Case:
    """A refused reply and all that the refusal may be about."""

    session: Session
    reply: Reply
    conversation: Conversation
    account: Account
    now: datetime


class Sender:
    """Sends what stands in line. One for a process; `flush` is called for one conversation at a time."""

    def __init__(
        self, db: Database, settings: Settings, http: graph.Session | None = None, *, courteous: bool = True
    ) -> None:
        """`courteous` shows "seen" and "typing" before the bot's first reply of a batch."""
        self._db = db
        self._settings = settings
        self._http = http or graph.open_session()
        self._courteous = courteous
        self._echo_wait = timedelta(seconds=settings.echo_wait)
        self._pace = Pace(settings.send_rate)
        self.discourtesies: Counter[str] = Counter()
        """Courtesies that failed, by error class: counted, never acted on (CONTRACT 3.2)."""

    def flush(self, conversation_id: int) -> None:
        """Send all that may leave now, in order. Never waits: what may not leave yet is found by a later sweep."""
        attempt = self._step(conversation_id)
        if attempt and self._courteous and attempt.reply.sender == "bot":
            self._show_courtesy(attempt)
        while attempt:
            attempt = self._step(conversation_id, (attempt, self._send(attempt)))

    # -------------------------------------------------------------- one transaction

    def _step(self, conversation_id: int, done: tuple[_Try, _Sent | IgbotError] | None = None) -> _Try | None:
        """Settle the try that was made, mark the next one; None when nothing may leave now."""
        now = clock.now()
        with self._db.transaction() as session:
            line = outbox.line(session, conversation_id, now)
            if done:
                self._settle(session, *done, now)
            return self._next(line, now) if line else None

    def _next(self, line: outbox.Line, now: datetime) -> _Try | None:
        for reply in line.replies:
            self._resolve_doubt(reply, line.conversation, now)
            if reply.status not in {"queued", "unknown"}:
                continue
            through = gate.passage(
                reply, line.conversation, line.account, now, person_may_have_acted=line.person_may_have_acted
            )
            match through:
                case gate.Leave(tag):
                    return self._mark(reply, line, tag, now)
                case gate.Wait():
                    return None
                case gate.Hold(reason, needs):
                    outbox.hold(reply, reason)
                    control.needs_owner(line.conversation, needs, now)
                case gate.Drop(reason):
                    outbox.cancel(reply, reason)
            line.conversation.changed_at = now
        return None

    def _mark(self, reply: Reply, line: outbox.Line, tag: str | None, now: datetime) -> _Try | None:
        if wait := self._pace.wait(line.account.id, now):
            reply.not_before = now + wait
            return None
        outbox.mark_sending(reply, now, self._echo_wait, tag)
        line.conversation.changed_at = now
        return _Try(reply, line.account, line.igsid)

    def _resolve_doubt(self, reply: Reply, conversation: Conversation, now: datetime) -> None:
        """A try nobody settled is one whose outcome is unknown; an unknown one is not tried for ever."""
        if reply.status == "sending":  # we died in the middle of it: nobody else sends in this conversation
            outbox.mark_unknown(reply, now + self._echo_wait)
        elif reply.status != "unknown" or (reply.not_before and reply.not_before > now):
            return
        elif codes.surely_delivered(reply.error_code, reply.error_subcode):
            outbox.mark_sent(reply, None, reply.sending_since or now)
        elif reply.tries >= codes.TRANSIENT_TRIES:
            conversation.unreachable |= codes.often_blocked(reply.error_code)
            outbox.hold(reply, OutcomeUnknown.__name__)
            control.needs_owner(conversation, "customer_gone" if conversation.unreachable else "send_failed", now)
        else:
            return
        conversation.changed_at = now

    # -------------------------------------------------------------- the network, outside any transaction

    def _send(self, attempt: _Try) -> _Sent | IgbotError:
        reply = attempt.reply
        try:
            client = connect(attempt.account, self._settings, self._http)
            if reply.image_url:
                mid = client.send_image(attempt.igsid, reply.image_url, tag=reply.tag)
            else:
                mid = client.send_text(attempt.igsid, reply.text, quick_replies=reply.quick_replies, tag=reply.tag)
        except IgbotError as error:
            return error
        return _Sent(mid, client.usage)

    def _show_courtesy(self, attempt: _Try) -> None:
        try:
            client = connect(attempt.account, self._settings, self._http)
            client.act(attempt.igsid, "mark_seen")
            client.act(attempt.igsid, "typing_on")
        except IgbotError as error:
            self.discourtesies[type(error).__name__] += 1

    # -------------------------------------------------------------- what Meta's answer means

    def _settle(self, session: Session, attempt: _Try, outcome: _Sent | IgbotError, now: datetime) -> None:
        reply = session.get(Reply, attempt.reply.id)
        if reply is None:
            return  # erased while it was on its way
        conversation = session.get_one(Conversation, reply.conversation_id)
        account = session.get_one(Account, reply.account_id)
        if isinstance(outcome, _Sent):
            self._sent(reply, account, outcome, now)
        elif reply.status in {"sending", "unknown"}:  # else its echo was quicker than the answer
            self._refused(_Case(session, reply, conversation, account, now), outcome)
        conversation.changed_at = now

    def _sent(self, reply: Reply, account: Account, sent: _Sent, now: datetime) -> None:
        outbox.mark_sent(reply, sent.mid, now)
        self._pace.went_well(account.id)
        if sent.usage.is_high:
            accounts.pause(account, now + (timedelta(minutes=sent.usage.regain_minutes) or _AFTER_HIGH_USAGE))
        log("reply.sent", reply=reply.id, conversation=reply.conversation_id, sender=reply.sender)

    def _refused(self, case: _Case, error: IgbotError) -> None:
        """Let the error change what it is about (CONTRACT 5.2); a reply put back meets the gate again at once."""
        reply, now = case.reply, case.now
        match error:
            case OutcomeUnknown():
                outbox.mark_unknown(reply, now + self._echo_wait, error)
            case MetaUnreachable():
                outbox.put_back(reply, now + _patience(reply, now), error)
            case MetaBusy() | OwnerNeeded():
                outbox.put_back(reply, None, error)
                self._stop_account(case.account, error, now)
            case WindowClosed() | CustomerGone() | NotThreadOwner():
                self._shut_conversation(case, error)
            case _:
                _refuse_words(case, error)
        warn(
            "reply.not_sent",
            reply=reply.id,
            conversation=reply.conversation_id,
            error=type(error).__name__,
            code=reply.error_code,
            subcode=reply.error_subcode,
            fbtrace_id=reply.fbtrace_id,
        )

    def _stop_account(self, account: Account, error: MetaBusy | OwnerNeeded, now: datetime) -> None:
        if isinstance(error, MetaBusy):
            accounts.pause(account, now + self._pace.refused(account.id, now, error.wait_seconds))
        else:
            accounts.stop(account, _TROUBLE[type(error)])

    def _shut_conversation(self, case: _Case, error: WindowClosed | CustomerGone | NotThreadOwner) -> None:
        reply, conversation = case.reply, case.conversation
        match error:
            case CustomerGone():
                outbox.put_back(reply, None, error)
                conversation.unreachable = True
            case WindowClosed() if reply.tag is None:
                outbox.put_back(reply, None, error)
                conversation.window_shut = True
            case WindowClosed():
                outbox.hold(reply, "owner_writes_in_app", error)
                control.needs_owner(conversation, "window_shut", case.now)
            case NotThreadOwner() if reply.sender == "bot":
                outbox.put_back(reply, None, error)
                control.take_over(case.session, conversation, case.now, self._settings.takeover_hours)
            case NotThreadOwner():
                outbox.hold(reply, type(error).__name__, error)
                control.needs_owner(conversation, "standby", case.now)
                control.take_over(case.session, conversation, case.now, self._settings.takeover_hours)


def _refuse_words(case: _Case, error: IgbotError) -> None:
    """Our bug, or a picture Meta could not fetch: that is worth a second try."""
    reply = case.reply
    same_again = reply.error_code is not None and reply.error_code == getattr(error, "code", None)
    if getattr(error, "tries", 1) > 1 and not same_again:
        outbox.put_back(reply, case.now + _MEDIA_WAIT, error)
    else:
        outbox.fail(reply, error)
        control.needs_owner(case.conversation, "send_failed", case.now)


def _patience(reply: Reply, now: datetime) -> timedelta:
    """How long to wait when Meta cannot be reached: half as long as the reply has been waiting already."""
    return min(max((now - reply.created_at) / 2, _SHORTEST_WAIT), _LONGEST_WAIT)
