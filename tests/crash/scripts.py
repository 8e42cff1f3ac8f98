"""What the customers of the drill do: ten acts each, told as in a chat file.

text · `(whole close_up) text` sample pictures · `[title]` a quick reply · `♥` a reaction to the shop's last message ·
`x` takes the last message back · `o text` the owner, in the Instagram app. A line with `&` follows on the heels of
the one before; otherwise a customer waits until the shop has dealt with what was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_SCRIPTS = {
    "clasp": """ko other
        안녕하세요
        & 오늘 목걸이 받았는데 잠금장치가 아예 안 열려요
        (close_up whole) 열자마자 그랬어요
        [교환]
        ♥
        감사합니다
        & 언제쯤 연락 주시나요?
        (close_up)
        x
        네""",
    "wrong piece": """ko earring
        (whole) 다른 게 왔어요;; 진주 시켰는데 하트가 왔어요
        진주로 다시 보내주세요
        ♥
        네
        & 감사합니다
        (dark)
        (close_up whole close_up)
        x
        상자도 같이 보내요?
        네""",
    "bent": """en earring
        hi
        & one of my studs is bent, the little stick
        [With ordinary wear]
        omg it worked thank u
        ♥
        hello again
        my studs are discoloured, can I exchange them?
        it was fine at first, I wore them a lot
        & can you check?
        ok thanks""",
    "ring size": """en ring
        hello
        Hi, my ring is too small, can I get US 7 instead of 6?
        [Yes, only the size]
        ok
        ♥
        o Hi, this is the owner, I have a 7 here for you
        thank you so much
        & when will it arrive?
        (whole)
        great""",
    "scratch": """en other
        there's a tiny scratch on the back of the pendant? I'd like a refund please
        [Small and wearable]
        ok
        ♥
        hi there
        & I changed my mind about it, refund? I have not worn it
        (close_up)
        but the law says 7 days
        & hello?
        ok""",
    "change of mind": """ko ring
        안녕하세요
        받아보니까 저랑 안어울려서요 환불될까요? 착용 안했어요
        ♥
        네 알겠습니다ㅠ
        안녕하세요
        귀걸이 침이 부러졌는데 침만 다시 붙여주실 수 있나요
        & 끼다가 똑 부러졌어요
        (close_up)
        네
        감사합니다""",
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One thing somebody does: an act of the pretend Instagram, and the body that goes with it."""

    name: str
    body: Json

    @classmethod
    def told(cls, line: str) -> Act:
        """The act a line of a script tells."""
        if line in {"♥", "x"}:
            return cls("reactions" if line == "♥" else "unsend", {})
        if line.startswith("o "):
            return cls("owner", {"text": line.removeprefix("o ")})
        if tapped := re.fullmatch(r"\[(.+)\]", line):
            return cls("taps", {"label": tapped[1]})
        if pictures := re.fullmatch(r"\(([a-z_ ]+)\)\s*(.*)", line):
            return cls("samples", {"samples": pictures[1].split(), "text": pictures[2]})
        return cls("messages", {"text": line})

    @property
    def leaves_a_trace(self) -> bool:
        """Can one see in the shop's books that it was dealt with?"""
        return self.name != "reactions"


@dataclass(frozen=True)
class Script:
    """All that one customer does, in bursts; what is in a burst may reach the shop in another order."""

    name: str
    language: str
    article: str
    bursts: tuple[tuple[Act, ...], ...]

    @classmethod
    def read(cls, name: str, text: str) -> Script:
        """The script a text tells."""
        head, *lines = (line.strip() for line in text.splitlines())
        bursts: list[list[Act]] = []
        for line in lines:
            if line.startswith("& "):
                bursts[-1].append(Act.told(line.removeprefix("& ")))
            else:
                bursts.append([Act.told(line)])
        language, article = head.split()
        return cls(name, language, article, tuple(map(tuple, bursts)))

    @property
    def length(self) -> int:
        """How many acts."""
        return sum(map(len, self.bursts))


SCRIPTS = tuple(Script.read(name, text) for name, text in _SCRIPTS.items())
