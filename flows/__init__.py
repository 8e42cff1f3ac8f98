"""The shop's conversations, in reading order."""

from flows.claim import CLAIM
from flows.greeting import GREETING
from flows.hand_over import HAND_OVER
from flows.photo_request import PHOTO_REQUEST
from flows.quote import QUOTE

FLOWS = (GREETING, CLAIM, PHOTO_REQUEST, QUOTE, HAND_OVER)
