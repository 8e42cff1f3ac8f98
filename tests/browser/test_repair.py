"""A fallen stone, from the customer's first words to the owner's last: two people, two real pages, one demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.demo import Demo
from tests.browser.pages import Album, Console, Phone

PASSWORD = "moonstone and silver"


@dataclass(frozen=True)
class Story:
    """Who says what, in one language, on screens of one size."""

    name: str
    language: str
    size: ViewportSize
    customer: str
    report: str
    hello: str
    answers: tuple[str, ...]
    photo_wanted: str
    sample: str
    verdict: str
    clauses: tuple[str, ...]
    needs_quote: str
    outcome: str
    quote: tuple[str, ...]
    yes: str
    agreed: str
    accepted: str
    second_report: str
    second_question: str
    steps_in: str
    answer: str
    wrote: str
    in_the_app: str
    fact: tuple[str, str]
    back: str


KOREAN_ON_PHONES = Story(
    name="korean-on-phones",
    language="ko",
    size=PHONE,
    customer="김지우",
    report="오늘 받은 귀걸이 큐빅이 빠졌어요ㅠㅠ",
    hello="자동 상담 도우미",
    answers=("당김·떨어뜨림·물 닿음", "네, 가지고 있어요"),
    photo_wanted="사진을 보내 주시겠어요?",
    sample="빠진 큐빅",
    verdict="유상으로 고쳐 드릴 수 있어요",
    clauses=("J-20", "J-21", "J-26", "J-29"),
    needs_quote="수리 견적을 적어 주세요",
    outcome="견적 후 수리",
    quote=("Q-", "수리비: ₩8,000", "합계 ₩11,500"),
    yes="네, 진행할게요",
    agreed="합계 ₩11,500으로 진행할게요",
    accepted="고객이 견적을 수락했어요",
    second_report="참, 다른 한쪽은 고리가 헐거워졌어요",
    second_question="그랬나요",
    steps_in="안녕하세요, 사장이에요. 제가 직접 볼게요!",
    answer="네 감사합니다! 어제부터 그랬어요",
    wrote="답장을 기다리는 메시지가 있어요",
    in_the_app="사진 보니 만들 때부터 헐거웠네요, 죄송해요",
    fact=("어떻게 생겼나", "받았을 때부터 그랬어요"),
    back="사진을 보내 주시겠어요?",
)
ENGLISH_ON_DESKS = Story(
    name="english-on-desks",
    language="en",
    size=DESK,
    customer="Emma Clarke",
    report="hi! the stone fell out of one of my earrings",
    hello="automatic assistant",
    answers=("With ordinary wear", "Yes, I have it"),
    photo_wanted="Could you send photos?",
    sample="Missing stone",
    verdict="a repair may be",
    clauses=("J-06", "J-20", "J-21", "J-24"),
    needs_quote="A quote is wanted",
    outcome="Repair with a quote",
    quote=("Q-", "Repair: ₩8,000", "Total ₩11,500"),
    yes="Yes, go ahead",
    agreed="₩11,500 in total",
    accepted="The customer accepted the quote",
    second_report="oh and the hinge of the other one came loose",
    second_question="?",
    steps_in="Hi Emma, this is the owner. Let me look at it myself!",
    answer="thank you! it started yesterday",
    wrote="A message waits for your answer",
    in_the_app="I see, that one left us with a loose hinge. Sorry!",
    fact=("How it came about", "Like that on arrival"),
    back="Could you send photos?",
)


@pytest.fixture(params=[KOREAN_ON_PHONES, ENGLISH_ON_DESKS], ids=lambda story: story.name)
def story(request: pytest.FixtureRequest) -> Story:
    told: Story = request.param
    return told


@pytest.fixture
def phone(window: Open, demo: Demo, story: Story) -> Phone:
    return Phone(window(story.size, story.language), demo.phone, story.language, story.customer)


@pytest.fixture
def console(window: Open, demo: Demo, story: Story) -> Iterator[Console]:
    """The console on a screen of its own, its owner just signed in; it is loaded no more once a chat is open."""
    demo.add_owner(story.name, PASSWORD, story.language)
    console = Console(window(story.size, story.language), demo.console, story.language)
    console.signs_in(story.name, PASSWORD)
    yield console
    assert console.was_never_reloaded()


def test_a_fallen_stone_is_quoted_and_accepted_and_the_owner_steps_in_and_out(
    story: Story, phone: Phone, console: Console
) -> None:
    album = Album(story.name)
    last_day = _in_ten_days()

    phone.writes(story.report)
    phone.hears(story.hello)
    album.take(phone.page, "phone-first-question")
    expect(console.finds(story.customer)).to_be_visible()
    for answer in story.answers:
        phone.taps(answer)
    phone.hears(story.photo_wanted)
    phone.sends_sample(story.sample)
    phone.hears(story.verdict, *story.clauses)
    album.take(phone.page, "phone-verdict")

    expect(console.finds(story.customer)).to_contain_text(story.needs_quote)
    album.take(console.page, "console-list")
    console.opens(story.customer)
    expect(console.case).to_contain_text(story.outcome)
    for clause in story.clauses:
        expect(console.case.locator(".clauses")).to_contain_text(clause)
    expect(console.case.locator(".strip img")).to_be_visible()
    album.take(console.page, "console-case")
    console.quotes("8,000", "3500", last_day)
    album.take(console.page, "console-quote-sent")

    phone.hears(*story.quote, str(last_day.day))
    album.take(phone.page, "phone-quote")
    phone.taps(story.yes)
    phone.hears(story.agreed)
    album.take(phone.page, "phone-agreed")
    expect(console.needs).to_contain_text(story.accepted)
    album.take(console.page, "console-accepted")
    console.is_done()

    phone.writes(story.second_report)
    phone.hears(story.second_question)
    album.take(phone.page, "phone-second-question")
    console.writes(story.steps_in)
    phone.hears(story.steps_in)
    phone.writes(story.answer)
    expect(console.needs).to_contain_text(story.wrote)
    phone.owner_types(story.in_the_app)
    expect(console.said.last).to_contain_text(story.in_the_app)
    album.take(phone.page, "phone-owner-in-the-app")
    album.take(console.page, "console-taken-over")

    console.hands_back(*story.fact)
    phone.hears(story.back)
    expect(console.said.last).to_contain_text(story.back)
    expect(console.case).to_contain_text(story.fact[1])
    album.take(phone.page, "phone-handed-back")
    album.take(console.page, "console-handed-back")

    assert console.speakers_after(story.second_report)[:5] == ["bot", "owner", "customer", "owner", "bot"]


def _in_ten_days() -> date:
    return datetime.now(ZoneInfo("Asia/Seoul")).date() + timedelta(days=10)
