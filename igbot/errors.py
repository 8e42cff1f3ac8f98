"""What can go wrong, sorted by what the caller does next.

IgbotError
├── TryLater             the same call may work soon         → wait, then try again
│   ├── MetaBusy             a rate limit; carries `wait_seconds`
│   ├── MetaUnreachable      no connection was made, nothing was sent
│   └── OutcomeUnknown       a time-out or 5xx after sending: it may have arrived
├── NeverMind            this call will not work, others will → mark it, go on
│   ├── WindowClosed         Instagram's messaging window is shut
│   ├── CustomerGone         this person cannot be written to
│   ├── NotThreadOwner       another app has the conversation
│   ├── MessageRefused       Meta found a fault in the message itself: our bug
│   ├── ProfileHidden        no profile to be had for this person
│   └── MediaRefused         a file we may not or will not keep
├── OwnerNeeded          a person must do something           → stop sending, tell the console
│   ├── TokenRefused         signed out, expired, or the password changed
│   ├── AccessRefused        a permission or switch is missing
│   └── AccountRestricted    Meta restricted the account
├── BadRequest           what came in is not what it should be → refuse with the sentence
└── BrokenShop           settings, flows, words or packs do not fit → refuse to start

The class docstring is the sentence a person reads when nothing more exact is known.
"""

from __future__ import annotations


class IgbotError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, /, **facts: object) -> None:
        """`facts` become attributes; a message, if given, replaces the class's sentence."""
        self.message = message or (type(self).__doc__ or "").strip()
        self.facts = facts
        super().__init__(self.message)

    def __getattr__(self, name: str) -> object:
        try:
            return self.__dict__["facts"][name]
        except KeyError:
            raise AttributeError(name) from None


class TryLater(IgbotError):
    """This did not work just now and will be tried again."""


class MetaBusy(TryLater):
    """Meta asked us to slow down; sending goes on by itself after the wait."""

    wait_seconds: float


class MetaUnreachable(TryLater):
    """Meta could not be reached; sending goes on by itself as soon as it can."""


class OutcomeUnknown(TryLater):
    """Meta did not say whether this message arrived; we wait for its echo before trying again."""


class NeverMind(IgbotError):
    """This one cannot be done; everything else goes on."""


class WindowClosed(NeverMind):
    """Instagram's messaging window for this customer is shut until they write again."""


class CustomerGone(NeverMind):
    """This person cannot be written to; they may have blocked the shop or left Instagram."""


class NotThreadOwner(NeverMind):
    """Another app connected to this Instagram account has the conversation."""


class MessageRefused(NeverMind):
    """Meta refused the message itself."""


class ProfileHidden(NeverMind):
    """Instagram does not show this person's profile to us."""


class MediaRefused(NeverMind):
    """This file cannot be kept."""


class OwnerNeeded(IgbotError):
    """A person has to look at this before sending can go on."""


class TokenRefused(OwnerNeeded):
    """Instagram no longer accepts the access token; connect the account again."""


class AccessRefused(OwnerNeeded):
    """Instagram refuses a permission that sending needs; look at the app and its permissions in the Meta dashboard."""


class AccountRestricted(OwnerNeeded):
    """Instagram has restricted this account from messaging; open the Instagram app to see why."""


class BadRequest(IgbotError):
    """That is not something igbot can read."""


class BrokenShop(IgbotError):
    """The shop's settings, flows, words or pack do not fit together."""
