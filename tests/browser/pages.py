"""The two pages as the people in front of them know them: what they do there, and what they see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"


@dataclass
class Album:
    """Pictures of every step of a story, numbered, in a folder of their own that git ignores."""

    story: str
    taken: int = field(default=0)

    def take(self, page: Page, what: str) -> None:
        """Take one more. (The caret stays: hiding it would be refused by the console's security policy.)"""
        self.taken += 1
        page.screenshot(path=SCREENSHOTS / self.story / f"{self.taken:02}-{what}.png", caret="initial")


@dataclass(frozen=True)
class PhoneWords:
    """What is written on the customer's phone, in one language."""

    message: str
    send: str
    more: str
    menu: str
    unsend: str
    tools: str
    close: str
    as_owner: str


PHONE_WORDS = {
    "ko": PhoneWords(
        "메시지 보내기…", "보내기", "더 보내기", "메시지 메뉴", "보내기 취소", "도구", "닫기", "사장님으로 쓰기…"
    ),
    "en": PhoneWords(
        "Message…", "Send", "More to send", "Message menu", "Unsend", "Tools", "Close", "Write as the owner…"
    ),
}


class Phone:
    """A customer's phone in the pretend Instagram."""

    def __init__(self, page: Page, link: str, language: str, customer: str) -> None:
        """Open the page and pick up this customer's phone."""
        self.page = page
        self._words = PHONE_WORDS[language]
        page.goto(f"{link}?lang={language}")
        page.get_by_role("button", name=customer).click()

    def writes(self, text: str) -> None:
        """Type it and press Enter."""
        box = self.page.get_by_placeholder(self._words.message)
        box.fill(text)
        box.press("Enter")
        expect(self._mine.last).to_contain_text(text)

    def taps(self, label: str) -> None:
        """A quick reply below the newest message."""
        self.page.locator("#chips").get_by_role("button", name=label, exact=True).click()
        expect(self._mine.last).to_have_text(label)

    def sends_sample(self, name: str) -> None:
        """One of the sample pictures, from the tray."""
        self.page.get_by_role("button", name=self._words.more).click()
        self.page.get_by_role("button", name=name).click()
        expect(self.page.locator(".mine").last.locator(".media img")).to_be_visible()

    def hears(self, *texts: str) -> None:
        """The shop's newest message says all of this."""
        for text in texts:
            expect(self.page.locator(".theirs .bubble").last).to_contain_text(text)

    def is_offered(self, *labels: str) -> None:
        """These quick replies and no others."""
        expect(self.page.locator("#chips .chip")).to_have_text(labels)

    def owner_types(self, text: str) -> None:
        """The owner answers in the Instagram app: on a small screen its tools are folded away."""
        tools = self.page.get_by_role("button", name=self._words.tools)
        is_folded = tools.is_visible()
        if is_folded:
            tools.click()
        self.page.get_by_placeholder(self._words.as_owner).fill(text)
        self.page.get_by_placeholder(self._words.as_owner).press("Enter")
        if is_folded:
            self.page.get_by_role("button", name=self._words.close, exact=True).click()
        self.hears(text)

    def takes_back(self, message: Locator) -> None:
        """Unsend it from its menu."""
        count = self.page.locator(".mine").count()
        message.get_by_role("button", name=self._words.menu).click()
        self.page.get_by_role("button", name=self._words.unsend).click()
        expect(self.page.locator(".mine")).to_have_count(count - 1)

    @property
    def messages(self) -> Locator:
        """What the customer sent, each a line of the chat."""
        return self.page.locator(".mine")

    @property
    def _mine(self) -> Locator:
        return self.page.locator(".mine .bubble")


@dataclass(frozen=True)
class ConsoleWords:
    """What is written in the console, in one language."""

    name: str
    password: str
    sign_in: str
    send: str
    work: str
    way_back: str
    last_day: str
    send_quote: str
    seen: str
    hand_back: str
    done: str


CONSOLE_WORDS = {
    "ko": ConsoleWords(
        name="이름",
        password="비밀번호",
        sign_in="로그인",
        send="보내기",
        work="수리비",
        way_back="보내는 배송비",
        last_day="견적 유효 기한",
        send_quote="견적 보내기",
        seen="직접 확인한 내용 적기",
        hand_back="봇에게 돌려주기",
        done="처리했어요",
    ),
    "en": ConsoleWords(
        name="Name",
        password="Password",
        sign_in="Sign in",
        send="Send",
        work="Work",
        way_back="Shipping to the customer",
        last_day="Last day of this price",
        send_quote="Send the quote",
        seen="Set what you have seen",
        hand_back="Hand back to the bot",
        done="Done",
    ),
}


class Console:
    """The owner's console."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        """Go there; nobody is signed in yet."""
        self.page = page
        self._words = CONSOLE_WORDS[language]
        page.goto(address)

    def signs_in(self, name: str, password: str) -> None:
        """With a name and a password, on the page for it."""
        self.page.get_by_label(self._words.name).fill(name)
        self.page.get_by_label(self._words.password).fill(password)
        self.page.get_by_role("button", name=self._words.sign_in).click()

    def finds(self, customer: str) -> Locator:
        """This customer's row in the list."""
        return self.page.locator(".row").filter(has_text=customer)

    def opens(self, customer: str) -> None:
        """Tap the row. From here on the page is never loaded again: `was_never_reloaded`."""
        self.finds(customer).click()
        expect(self.page.locator("#chat")).to_be_visible()
        self.page.evaluate("window.isStillTheSame = true")

    def was_never_reloaded(self) -> bool:
        """All that was seen since `opens` came by itself."""
        return bool(self.page.evaluate("window.isStillTheSame"))

    @property
    def needs(self) -> Locator:
        """What needs the owner."""
        return self.page.locator("#needs")

    @property
    def case(self) -> Locator:
        """The newest case."""
        return self.page.locator(".case").first

    @property
    def said(self) -> Locator:
        """All that was said, oldest first."""
        return self.page.locator("#chat .bubble")

    def speakers_after(self, text: str) -> list[str]:
        """Who said something since this was said, in order: `customer`, `bot` or `owner`."""
        classes = self.said.evaluate_all("bubbles => bubbles.map((each) => [each.className, each.textContent])")
        start = next(place for place, (_, words) in enumerate(classes) if text in words)
        return [_speaker(names.split()) for names, _ in classes[start + 1 :]]

    def quotes(self, work: str, way_back: str, last_day: date) -> None:
        """Write a quote and send it."""
        self.case.get_by_label(self._words.work, exact=True).fill(work)
        self.case.get_by_label(self._words.way_back).fill(way_back)
        self.case.get_by_label(self._words.last_day).fill(last_day.isoformat())
        self.case.get_by_role("button", name=self._words.send_quote).click()

    def is_done(self) -> None:
        """Take what needed her off her list."""
        self.needs.get_by_role("button", name=self._words.done).click()
        expect(self.needs.get_by_role("heading")).to_have_count(0)

    def writes(self, text: str) -> None:
        """Answer the customer, which is to take the chat over."""
        self.page.locator("#reply-text").fill(text)
        self.page.get_by_role("button", name=self._words.send, exact=True).click()

    def hands_back(self, fact: str, value: str) -> None:
        """Give the chat back to the bot with a fact of the newest case."""
        form = self.case.locator("details.act").filter(has=self.page.get_by_text(self._words.seen))
        form.get_by_text(self._words.seen).click()
        form.get_by_label(fact).select_option(value)
        form.get_by_role("button", name=self._words.hand_back).click()


def _speaker(classes: list[str]) -> str:
    if "theirs" in classes:
        return "customer"
    return "bot" if "bot" in classes else "owner"
