"""Scenes of casework: a case from its first word to its last, a child's, one that changes hands, copies.

Each opens a case of its own and erases it at the end, so that the lists of the next language are the same.
"""

from collections.abc import Iterator

from playwright.sync_api import Page

from services.models import Service
from tools.screenshots.acting import Scene, Visit, choose, press, send, write

CASES = "/work/cases/"


def _refer_to(organization: str) -> str:
    """Return what selects the button beside a place of this organisation."""
    found = Service.objects.filter(organization__name=organization).values_list("pk", flat=True)
    return ", ".join(f"[data-service='{one}'] [data-test=refer]" for one in found)


def _open_case(page: Page, alias: str, age: str) -> str:
    """Open a case and stop there; return its address."""
    page.goto(f"{CASES}new/")
    write(page, "alias", alias)
    choose(page, "age_band", age)
    press(page, "save")
    case = page.url.partition("edit/")[0]
    page.goto(case)
    return case


def _erase(page: Page, case: str, alias: str) -> None:
    page.goto(f"{case}erase/now/")
    write(page, "alias", alias)
    send(page)


def _decide(page: Page, case: str, kind: str, button: str) -> None:
    """Go from a case to what may be told, by the button of the place (``button`` selects it)."""
    page.goto(f"{case}find/")
    choose(page, "service_type", kind)
    press(page, "search")
    page.locator(button).first.click()
    page.locator("[name=read_aloud]").check()
    press(page, "go-on")
    page.locator("main [name=purpose]").wait_for()
    page.locator("main [name=told]").first.check()
    write(page, "purpose", "so that they can prepare")


def _agree(page: Page) -> None:
    choose(page, "how", "written")
    for point in page.locator("[name=points]").all():
        point.check()
    press(page, "agrees")


def new_case(visit: Visit) -> Iterator[tuple[str, Page]]:
    """The questions of a new case, its last page, and the case before anything else is known."""
    page = visit("dilnoza")
    page.goto(f"{CASES}new/")
    write(page, "alias", "Bahor")
    press(page, "save")
    yield "new case, contact", page
    choose(page, "channel", "call")
    write(page, "phone", "+998 00 111 22 33")
    write(page, "safe_from", "10:00")
    write(page, "safe_until", "10:00")
    press(page, "save")
    yield "new case, contact refused", page
    write(page, "safe_until", "12:00")
    press(page, "save")
    yield "new case, incident", page
    press(page, "skip")
    yield "new case, never tell", page
    press(page, "skip")
    yield "referrals:case_check", page
    press(page, "checked")
    case = page.url.partition("?")[0]
    yield "case, just opened", page
    send(page, "main form[action$='/notes/']")
    yield "case, note refused", page
    page.goto(f"{case}tasks/")
    send(page)
    yield "task, refused", page
    page.goto(f"{case}documents/")
    send(page)
    yield "document, refused", page
    page.goto(f"{case}find/why/")
    yield "referrals:case_why", page
    page.locator("main summary").click()
    choose(page, "service_type", "legal_assistance")
    write(page, "words", "Tarozi")
    press(page, "ask-why")
    yield "why, answered", page
    page.goto(f"{case}erase/now/")
    write(page, "alias", "Somebody else")
    send(page)
    yield "erase, refused", page
    _erase(page, case, "Bahor")
    yield "needs me, one erased", page


def _sending(page: Page, case: str) -> Iterator[tuple[str, Page]]:
    _decide(page, case, "psychosocial", _refer_to("Namuna Yordam Uyi"))
    choose(page, "told", "alias", "household_size", "needs")
    press(page, "read-it")
    press(page, "agrees")
    yield "consent, answer refused", page
    _agree(page)
    yield "referrals:consent_send", page
    write(page, "how_to_reach_worker", "")
    press(page, "check")
    yield "send, refused", page
    choose(page, "urgency", "urgent")
    write(page, "how_to_reach_worker", "Office +998 00 700 00 10")
    write(page, "needs", "Somebody to talk to in the mornings.")
    page.locator("[name=duty_known]").check()
    press(page, "check")
    yield "send, check", page
    press(page, "send-now")
    yield "referral, just sent", page


def _asking(page: Page, desk: Page, second: Page, sent: str, packet: str) -> Iterator[tuple[str, Page]]:
    desk.goto(packet)
    second.goto(packet)
    press(desk, "claim")
    press(second, "claim")
    yield "desk, too late", second
    press(desk, "ask")
    send(desk)
    yield "desk, ask refused", desk
    choose(desk, "question", "household_size")
    send(desk)
    yield "desk, asked", desk
    page.goto("/work/")
    yield "needs me, one is asked", page
    page.goto(f"{sent}answer/")
    yield "referrals:referral_answer", page
    send(page)
    yield "answer, refused", page
    choose(page, "answer")
    if page.locator("[name=household_size]").count():
        write(page, "household_size", "2")
    send(page)
    yield "referral, answered", page
    desk.goto(packet)
    yield "desk, answered", desk


def _deciding(desk: Page, second: Page, packet: str) -> Iterator[tuple[str, Page]]:
    press(desk, "claim")
    press(desk, "decline")
    send(desk)
    yield "desk, decline refused", desk
    choose(desk, "reason")
    send(desk)
    yield "desk, decline check", desk
    desk.goto(packet)
    press(desk, "accept")
    yield "desk, accepted", desk
    second.goto(packet)
    yield "desk, a colleague works with her", second
    desk.goto(f"{packet}appoint/")
    send(desk)
    yield "appointment, refused", desk
    desk.goto(packet)
    press(desk, "start")
    press(desk, "deliver")
    send(desk)
    yield "desk, deliver refused", desk
    choose(desk, "outcome")
    send(desk)
    yield "desk, delivered", desk


def referring(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A referral from the answer to her own word: read, sent, asked about, accepted, done, and over."""
    page, desk, second = visit("dilnoza"), visit("nodira"), visit("zulfiya")
    page.goto("/work/")
    own = page.locator("[name=language][aria-current]").get_attribute("value")
    page.goto(f"/work/consent-form/{own}/")
    yield "referrals:consent_form", page
    case = _open_case(page, "Saba", "26-40")
    page.goto(f"{case}edit/card/")
    choose(page, "statistics_consent")
    press(page, "save")
    yield from _sending(page, case)
    sent = page.url.partition("?")[0]
    packet = sent.replace("/referrals/", "/inbox/")
    yield from _asking(page, desk, second, sent, packet)
    yield from _deciding(desk, second, packet)
    page.goto(f"{sent}asked/")
    send(page)
    yield "asked, refused", page
    choose(page, "answer", "yes")
    send(page)
    yield "referrals:referral_feedback", page
    send(page)
    yield "feedback, refused", page
    page.goto(sent)
    yield "referral, closed", page
    desk.goto(packet)
    yield "desk, over", desk
    _erase(page, case, "Saba")


def by_link(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A provider without an account is asked by a link: the pages of both sides."""
    page, provider = visit("dilnoza"), visit("")
    case = _open_case(page, "Lola", "26-40")
    _decide(page, case, "legal_assistance", "[data-test=ask]")
    yield "consent by link, decide", page
    press(page, "read-it")
    _agree(page)
    yield "ask by link", page
    write(page, "how_to_reach_worker", "")
    press(page, "ask-now")
    yield "ask by link, refused", page
    choose(page, "urgency", "urgent")
    write(page, "how_to_reach_worker", "Office +998 00 700 00 10")
    page.locator("[name=duty_known]").check()
    press(page, "ask-now")
    yield "the link", page
    provider.goto(page.locator("[data-test=link]").inner_text())
    yield "referrals:inquiry", provider
    send(provider)
    yield "inquiry, refused", provider
    page.goto(case)
    yield "case, asked by link", page
    choose(provider, "answer", "cannot")
    provider.locator("[name=reason]").select_option(index=1)
    send(provider)
    page.goto(case)
    yield "case, answered by link", page
    _erase(page, case, "Lola")


def changing_hands(visit: Visit) -> Iterator[tuple[str, Page]]:
    """A child's consent that a second colleague looks at; then the case is offered, and the offer ends."""
    page, colleague = visit("dilnoza"), visit("malika")
    case = _open_case(page, "Yulduz", "12-17")
    page.goto(f"{case}share/")
    choose(page, "to", "edit")
    write(page, "days", "0")
    send(page)
    yield "share, refused", page
    write(page, "days", "9")
    send(page)
    _decide(page, case, "psychosocial", "[data-test=refer], [data-test=ask]")
    yield "consent of a child, decide", page
    choose(page, "given_by", "best_interest")
    press(page, "read-it")
    _agree(page)
    yield "case, a colleague has to look", page
    colleague.goto(case)
    yield "case, look at a decision", colleague
    colleague.locator("a[href$='/confirm/']").first.click()
    yield "referrals:consent_confirm", colleague
    page.goto(f"{case}transfer/")
    send(page)
    yield "offer, refused", page
    choose(page, "person")
    choose(page, "shares")
    send(page)
    yield "offer, check", page
    send(page)
    yield "case, offered", page
    colleague.goto("/work/")
    offer = colleague.locator("a[href*='/offers/']").first.get_attribute("href") or ""
    page.goto(f"{case}transfer/")
    yield "offer, take back", page
    send(page)
    colleague.goto(offer)
    yield "offer, ended", colleague
    _erase(page, case, "Yulduz")


def copies(visit: Visit) -> Iterator[tuple[str, Page]]:
    """Two people allow copies; one is about to be taken; then they are switched off again."""
    supervisor, admin, page = visit("saida"), visit("karima"), visit("dilnoza")
    supervisor.goto("/work/copies/")
    press(supervisor, "ask-caseworker")
    yield "copies, asked", supervisor
    admin.goto("/work/copies/")
    yield "copies, to approve", admin
    press(admin, "approve-caseworker")
    yield "copies, allowed", admin
    page.goto("/work/copies/take/")
    yield "referrals:copy", page
    send(page)
    yield "copy, refused", page
    press(admin, "off-caseworker")


SCENES: tuple[Scene, ...] = (new_case, referring, by_link, changing_hands, copies)
