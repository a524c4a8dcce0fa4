"""The main job in a browser, from signing in to the survivor's own answer.

One journey of seven steps: open a case, find a place, take consent, send, answer at the desk, deliver
and close, look into the log. Run on a phone in English, on a desktop in Uzbek by keyboard alone, and in
Russian on the smallest phone without JavaScript; in every way by ``make journeys``. What is pressed is
named by ``data-test`` and field names, which no language changes. The watch (conftest) fails on console
errors and on any request to another origin.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from services.actions import report_availability
from services.codes import AvailabilitySource
from services.models import Organization, Service
from tests import people
from tests.browser.conftest import DESKTOP, NewPage, Way
from tests.people import Network
from tests.services.conftest import DIRECTORY

pytestmark = pytest.mark.django_db(transaction=True)

SHELTER = "Safe house Sinov B"
STALE = "Longer-stay rooms Sinov V"
EXCLUDED = "Safe house Namuna A"
ALIAS = "Bahor"
PHONE_NUMBER = "+998 00 111 22 33"
SAFE_WORD = "pomegranate"
PLAN = "the green bag behind the door"


@pytest.fixture
def directory(network: Network) -> None:
    """The invented directory; agency B stands behind the centre with the shelter."""
    DIRECTORY.get()
    Organization.objects.filter(name="Sinov Markazi No. 3").update(agency=network.b.agency)
    for name, hours in ((SHELTER, 0), (STALE, 30)):
        report_availability(
            service_id=Service.objects.get(name=name).pk,
            status="capacity",
            places_total=8,
            places_free=2,
            source=AvailabilitySource.PROVIDER_PAGE,
            reported_at=timezone.now() - timedelta(hours=hours),
        )


class Hands(Protocol):
    """How somebody works a page: with a mouse or a finger, or with the keys alone."""

    def press(self, target: Locator) -> None: ...
    def choose(self, target: Locator) -> None: ...
    def write(self, target: Locator, text: str) -> None: ...


class Mouse:
    def press(self, target: Locator) -> None:
        target.click()

    def choose(self, target: Locator) -> None:
        target.check()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)


# How often Tab leads from the focus to an element, or a lower number: 1 where in doubt. 0 is there, or in its
# question: radios are one stop.
TABS_AWAY = """(e) => {
  const from = document.activeElement;
  if (e === from || (e.type === "radio" && from.type === "radio" && from.name === e.name)) return 0;
  const stops = [...document.querySelectorAll("a[href], button, summary, select, input, textarea")]
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "radio" && one.checkVisibility());
  const before = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  return Math.max(1, stops.filter((one) => before(from, one) && before(one, e)).length);
}"""


class Keys:
    """Tab, Enter, Space and the arrows; nothing is clicked and nothing is set from outside."""

    def press(self, target: Locator) -> None:
        self._reach(target)
        target.page.keyboard.press("Enter")

    def choose(self, target: Locator) -> None:
        if target.is_checked():
            return
        if target.get_attribute("type") == "radio":
            self._turn_to(target)
        else:
            self._reach(target)
            target.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        target.page.keyboard.press("Control+A")
        target.page.keyboard.type(text)

    def _reach(self, target: Locator) -> None:
        """Press Tab as often as it should take, then look; the browser is not asked after each press."""
        for _ in range(250):
            away: int = target.evaluate(TABS_AWAY)
            if away == 0:
                return
            for _ in range(away):
                target.page.keyboard.press("Tab")
        pytest.fail(f"Tab never reaches {target}")

    def _turn_to(self, target: Locator) -> None:
        """Reach a question's radios, and turn to this one with the arrows."""
        self._reach(target)
        for _ in range(20):
            if target.is_checked():
                return
            if target.evaluate("(e) => e === document.activeElement"):
                target.page.keyboard.press("Space")
            else:
                target.page.keyboard.press("ArrowDown")
        pytest.fail(f"The arrows never reach {target}")


def button(page: Page, name: str) -> Locator:
    return page.locator(f'[data-test="{name}"]').first


def answer(page: Page, name: str, value: str) -> Locator:
    return page.locator(f'main [name="{name}"][value="{value}"]')


def listed(page: Page, name: str) -> Locator:
    """Return the card of a service by its name in the demo files; on the page it is translated."""
    return page.locator(f'[data-service="{Service.objects.get(name=name).pk}"]')


def sign_in(page: Page, hands: Hands, name: str) -> None:
    page.goto("/sign-in/")
    hands.write(page.locator("[name=name]"), name)
    hands.write(page.locator("[name=password]"), people.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


class Journey:
    """The steps, on the pages of the people who take them. ``look`` is called on every page shown."""

    def __init__(self, *, owner: Page, desk: Page, hands: Hands, look: Callable[[Page], None]) -> None:
        self.owner = owner
        self.desk = desk
        self.hands = hands
        self.look = look

    def open_a_case(self) -> str:
        page, hands = self.owner, self.hands
        sign_in(page, hands, "a.owner")
        page.wait_for_url("**/work/")
        self.look(page)
        hands.press(button(page, "case-new"))
        self.look(page)
        hands.write(page.locator("[name=alias]"), ALIAS)
        hands.choose(answer(page, "age_band", "26-40"))
        hands.choose(answer(page, "sex", "female"))
        hands.press(button(page, "save"))
        self.look(page)
        hands.choose(answer(page, "channel", "call"))
        hands.write(page.locator("[name=phone]"), PHONE_NUMBER)
        hands.write(page.locator("[name=safe_word]"), SAFE_WORD)
        hands.press(button(page, "save"))
        self.look(page)
        hands.press(button(page, "skip"))
        self.look(page)
        excluded = Organization.objects.get(services__name=EXCLUDED)
        hands.choose(answer(page, "excluded_organizations", str(excluded.pk)))
        hands.press(button(page, "save"))
        self.look(page)
        hands.press(button(page, "checked"))
        expect(button(page, "safe-contact")).to_contain_text(SAFE_WORD)
        self.look(page)
        case = page.url.partition("?")[0]
        hands.press(button(page, "edit-plan"))
        hands.write(page.locator("[name=safety_plan]"), PLAN)
        hands.press(button(page, "save"))
        expect(page.locator("h1")).to_have_text(ALIAS)
        return case

    def find_a_place(self) -> None:
        page, hands = self.owner, self.hands
        hands.press(button(page, "find"))
        self.look(page)
        hands.choose(answer(page, "service_type", "safe_house"))
        hands.press(button(page, "search"))
        places = button(page, "matches").locator("> li")
        expect(places.and_(listed(page, SHELTER))).to_have_attribute("data-available", "yes")
        expect(places.and_(listed(page, STALE))).to_have_attribute("data-available", "no")
        expect(listed(page, EXCLUDED)).to_have_count(0)
        self.look(page)

    def take_consent(self) -> None:
        page, hands = self.owner, self.hands
        hands.press(self._place(SHELTER))
        expect(button(page, "duty")).to_be_visible()
        self.look(page)
        hands.choose(page.locator("[name=read_aloud]"))
        hands.press(button(page, "go-on"))
        self.look(page)
        for field in ("age_band", "alias", "phone", "safe_contact", "needs"):
            hands.choose(answer(page, "told", field))
        hands.write(page.locator("[name=purpose]"), "a safe place tonight")
        hands.choose(answer(page, "given_by", "survivor"))
        hands.press(button(page, "read-it"))
        expect(button(page, "reading")).to_contain_text("a safe place tonight")
        self.look(page)
        hands.choose(answer(page, "how", "spoken_with_witness"))
        hands.choose(answer(page, "witness", "colleague"))
        for point in ("what_is_shared", "may_refuse", "may_withdraw", "legal_duty"):
            hands.choose(answer(page, "points", point))
        hands.press(button(page, "agrees"))
        expect(button(page, "told")).to_contain_text(PHONE_NUMBER)
        self.look(page)

    def refuse(self) -> None:
        """Say no to the other place: one tap, and nothing else changes."""
        page, hands = self.owner, self.hands
        hands.press(self._place(STALE))
        hands.press(button(page, "refuse-place"))
        page.wait_for_url("**/work/cases/**")
        expect(button(page, "consents").locator("> li")).to_have_count(1)

    def send(self) -> str:
        page, hands = self.owner, self.hands
        hands.choose(answer(page, "urgency", "urgent"))
        hands.write(page.locator("[name=needs]"), "a room on the ground floor")
        hands.choose(page.locator("[name=duty_known]"))
        hands.press(button(page, "check"))
        expect(button(page, "told")).to_contain_text("a room on the ground floor")
        self.look(page)
        hands.press(button(page, "send-now"))
        expect(button(page, "state")).to_have_attribute("data-state", "sent")
        self.look(page)
        return page.url.partition("?")[0]

    def open_at_the_desk(self) -> str:
        page, hands = self.desk, self.hands
        if "/work/inbox/" not in page.url:
            sign_in(page, hands, "b.intake")
        page.goto("/work/inbox/")
        self.look(page)
        hands.press(button(page, "inbox").locator("a").first)
        expect(button(page, "opaque")).to_be_visible()
        self._nothing_of_her(page)
        self.look(page)
        hands.press(button(page, "claim"))
        expect(button(page, "accept")).to_be_visible()
        self._nothing_of_her(page)
        self.look(page)
        return page.url.partition("?")[0]

    def accept_and_deliver(self) -> None:
        page, hands = self.desk, self.hands
        hands.press(button(page, "accept"))
        identity = button(page, "identity")
        expect(identity).to_contain_text(ALIAS)
        expect(identity).to_contain_text(PHONE_NUMBER)
        expect(button(page, "safe-contact")).to_contain_text(SAFE_WORD)
        # Nothing that was not ticked, and nothing of the case.
        assert PLAN not in page.content()
        expect(identity.locator("dt")).to_have_count(4)
        self.look(page)
        hands.press(button(page, "start"))
        hands.press(button(page, "deliver"))
        self.look(page)
        hands.choose(answer(page, "outcome", "service_received"))
        hands.press(button(page, "answer"))
        expect(button(page, "identity")).to_be_visible()

    def decline(self) -> None:
        page, hands = self.desk, self.hands
        hands.press(button(page, "decline"))
        self.look(page)
        hands.choose(answer(page, "reason", "no_capacity"))
        hands.press(button(page, "answer"))
        self.look(page)
        hands.press(button(page, "confirm"))
        expect(button(page, "places")).to_be_visible()
        self.look(page)

    def say_how_many_places(self) -> None:
        """Three taps: the button at hand, how many, save."""
        page, hands = self.desk, self.hands
        page.goto("/directory/desk/")
        shelter = Service.objects.get(name=SHELTER)
        hands.press(page.locator(f'a.bigtap[href*="{shelter.pk}"]').first)
        self.look(page)
        choice = page.locator("[name=places]")
        if choice.count():
            hands.choose(choice.nth(1))
        hands.press(button(page, "save"))
        page.wait_for_url("**/directory/desk/**")

    def ask_her_and_close(self, referral: str) -> None:
        page, hands = self.owner, self.hands
        page.goto("/work/")
        expect(button(page, "attention").locator("[data-kind=delivered]")).to_be_visible()
        self.look(page)
        page.goto(referral)
        self.look(page)
        hands.press(button(page, "asked"))
        self.look(page)
        hands.choose(answer(page, "answer", "yes"))
        hands.press(button(page, "answer"))
        expect(button(page, "state")).to_have_attribute("data-state", "closed")
        self.look(page)

    def withdraw(self, referral: str) -> None:
        page, hands = self.owner, self.hands
        page.goto(referral)
        hands.press(button(page, "withdraw"))
        self.look(page)
        hands.press(button(page, "confirm"))
        page.wait_for_url(lambda url: "/withdraw/" not in url)  # keys do not wait for what they began
        page.goto(referral)
        expect(button(page, "state")).to_have_attribute("data-state", "consent_withdrawn")
        self.look(page)

    def _place(self, name: str) -> Locator:
        return listed(self.owner, name).locator('[data-test="refer"]')

    def _nothing_of_her(self, page: Page) -> None:
        for word in (ALIAS, PHONE_NUMBER, SAFE_WORD, PLAN):
            assert word not in page.content()
        expect(button(page, "identity")).to_have_count(0)


@pytest.fixture
def journey(
    way: Way, directory: None, new_page: NewPage, check_accessible: Callable[[Page], None]
) -> Journey:
    """Where there is a keyboard and a script the keys alone work the pages."""
    hands = Keys() if way.javascript and way.size == DESKTOP else Mouse()
    owner, desk = (new_page(**way.options) for _ in range(2))
    return Journey(owner=owner, desk=desk, hands=hands, look=lambda page: way.look(page, check_accessible))


@pytest.mark.journey("en-phone", "uz-desktop", "ru-phone-plain")
def test_from_the_first_word_to_her_own_answer(journey: Journey, way: Way, new_page: NewPage) -> None:
    case = journey.open_a_case()
    journey.find_a_place()
    journey.refuse()
    journey.find_a_place()
    journey.take_consent()
    referral = journey.send()
    journey.open_at_the_desk()
    journey.accept_and_deliver()
    journey.say_how_many_places()
    journey.ask_her_and_close(referral)

    # The desk reads nothing more; the supervisor reads the log, and cannot open the case.
    journey.desk.goto(referral.replace("/referrals/", "/inbox/"))
    expect(button(journey.desk, "ended")).to_be_visible()
    journey._nothing_of_her(journey.desk)
    supervisor = new_page(**way.options)
    sign_in(supervisor, Mouse(), "a.supervisor")
    supervisor.goto("/log/")
    journey.look(supervisor)
    answer_page = supervisor.goto(case)
    assert answer_page is not None
    assert answer_page.status == 404


@pytest.mark.journey("en-phone")
def test_declined_leads_to_other_places_and_withdrawn_ends_at_once(journey: Journey) -> None:
    journey.open_a_case()
    journey.find_a_place()
    journey.take_consent()
    first = journey.send()
    journey.open_at_the_desk()
    journey.decline()
    page = journey.owner
    page.goto("/work/")
    expect(button(page, "attention").locator("[data-kind=declined]")).to_be_visible()
    page.goto(first)
    places = button(page, "alternatives").locator("> li")
    expect(places.and_(listed(page, STALE))).to_have_count(1)
    expect(listed(page, SHELTER)).to_have_count(0)
    expect(listed(page, EXCLUDED)).to_have_count(0)
    journey.look(page)

    listed(page, STALE).locator('[data-test="refer"]').click()
    page.locator("[name=read_aloud]").check()
    button(page, "go-on").click()
    journey_fields = ("alias", "phone", "safe_contact")
    for field in journey_fields:
        answer(page, "told", field).check()
    page.locator("[name=purpose]").fill("a room for longer")
    button(page, "read-it").click()
    answer(page, "how", "written").check()
    for point in ("what_is_shared", "may_refuse", "may_withdraw", "legal_duty"):
        answer(page, "points", point).check()
    # The Enter key alone decides nothing for her, and loses no tick.
    answer(page, "points", "legal_duty").press("Enter")
    expect(page.locator(".summary-of-errors")).to_be_visible()
    expect(answer(page, "points", "may_refuse")).to_be_checked()
    button(page, "agrees").click()
    answer(page, "urgency", "routine").check()
    page.locator("[name=duty_known]").check()
    button(page, "check").click()
    button(page, "send-now").click()
    second = page.url.partition("?")[0]
    packet = journey.open_at_the_desk()
    button(journey.desk, "accept").click()
    expect(button(journey.desk, "identity")).to_contain_text(ALIAS)
    journey.withdraw(second)
    journey.desk.goto(packet)
    expect(button(journey.desk, "ended")).to_be_visible()
    journey._nothing_of_her(journey.desk)
