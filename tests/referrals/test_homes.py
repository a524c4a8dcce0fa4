"""Homes by role: what each begins with, hints, the folded menu, ways back, and how long help took."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agreement, Keyring, Membership
from accounts.roles import RoleName
from accounts.views.answers import first_page
from audit.entries import Body
from audit.queries import OpenedEntry, unusual
from config.context import FIRST_FEW, MOST_IN_A_ROW
from config.hints import HINTS
from referrals import access, actions, entries, statistics
from referrals.models import Case, Referral, WaitSum
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.log import newest
from tests.referrals.pages import DECISION, SENDING, client_of, decide, filled, page, text
from tests.referrals.test_feedback import delivered

TASHKENT = ZoneInfo("Asia/Tashkent")
NOON = datetime(2026, 11, 20, 7, tzinfo=UTC)


@pytest.fixture
def network(db: None) -> Network:
    return people.get_network()


# --- What is unusual in the log ---


def entry(action: str = "case.view", *, at: datetime = NOON, **changes: object) -> OpenedEntry:
    values: dict[str, object] = {"actor": ANNA, "kind": "case", "object": str(uuid4()), "outcome": "allowed"}
    return OpenedEntry(1, 1, Body(action=action, time=at, **{**values, **changes}))  # type: ignore[arg-type]


ANNA, BELLA = UUID(int=1), UUID(int=2)


def found(*opened: OpenedEntry) -> list[tuple[str, int, UUID | None]]:
    return [(one.kind, one.number, one.actor) for one in unusual(opened, zone=TASHKENT)]


def test_an_ordinary_day_is_not_unusual() -> None:
    day = [entry(at=NOON + timedelta(minutes=number)) for number in range(24)]
    assert found(*day, *[entry(outcome="denied") for _ in range(2)], entry("case.list", object="")) == []


def test_what_stands_out_is_found_and_the_most_telling_comes_first() -> None:
    same = str(uuid4())
    night = datetime(2026, 11, 20, 21, tzinfo=UTC)  # two in the morning where they work
    assert found(
        *[entry(outcome="denied") for _ in range(3)],
        *[entry(at=NOON, object=same) for _ in range(30)],
        *[entry(actor=BELLA) for _ in range(25)],
        entry(at=night),
        entry(at=night, actor=None),
        entry(entries.EXPORT_TAKEN.name, kind="agency", actor=BELLA),
        OpenedEntry(1, 1, None),
    ) == [
        ("sealed", 1, None),
        ("rare", 1, BELLA),
        ("refused", 3, ANNA),
        ("many", 25, BELLA),
        ("night", 1, ANNA),
    ]


# --- The supervisor's home ---


def test_a_supervisor_begins_with_what_is_late_to_decide_and_unusual(network: Network) -> None:
    supervisor = client_of(network.a.supervisor)
    assert first_page(people.unlock(network.a.supervisor)) == page("oversight")
    html = text(client_of(network.c.supervisor), page("oversight"))
    for sentence in (
        "Nothing waits too long.",
        "Nothing waits. What takes two people",
        "Nothing unusual since",
    ):
        assert sentence in html
    assert "You have not checked the whole log yet." in html
    _, _, referral = making.make_referral(network)
    Referral.objects.update(respond_by=timezone.now() - timedelta(hours=3))
    actions.report_error_as_supervisor(
        unlocked=people.unlock(network.a.supervisor),
        supervised=access.supervised_for(people.unlock(network.a.supervisor), referral.id),
        version=Referral.objects.get().version,
        once=uuid4(),
    )
    actions.ask_for_exports(unlocked=people.unlock(network.a.administrator), role=RoleName.CASEWORKER)
    for _ in range(3):
        client_of(network.colleague).get(page("case", Case.objects.get().id))
    html = text(supervisor, page("oversight"))
    assert "We sent it to Agency B." in html
    assert "reports a referral to Agency B as a mistake" in html
    assert "Waits for a supervisor who neither sent nor reported it." in html, "who is waited for"
    assert "Administrator of A asks to switch copies on" in html
    assert "Asked for what is not theirs: 3 times" in html
    said = supervisor.get("/api/v1/oversight/").json()
    assert [one["is_ours"] for one in said["late"]] == [True]
    assert {one["kind"]: one["mine"] for one in said["waiting"]} == {"mistake": False, "copies": True}
    assert {one["kind"] for one in said["log"]["unusual"]} >= {"refused", "rare"}
    assert (said["log"]["checked"], said["log"]["check_again"]) == (None, True)
    assert "Information-sharing agreement signed: once" in html
    assert making.CARD.alias not in html + str(said)
    assert [one.action for one in newest(network.a)] == ["log.read"]
    supervisor.post("/log/verify/")
    assert "Everything fitted." in text(supervisor, page("oversight"))
    for other in (network.owner, network.a.administrator, network.b.intake):
        assert client_of(other).get(page("oversight")).status_code == 404


def test_the_log_on_the_home_costs_the_same_however_much_was_written(network: Network) -> None:
    supervisor, owner = client_of(network.a.supervisor), client_of(network.owner)
    text(supervisor, page("oversight"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(supervisor, page("oversight"))
        return len(captured)

    # The lesser of two looks: once a while a session's time is written down, which is not the page's.
    few = min(queries(), queries())
    for _ in range(20):
        owner.get(page("case", uuid4()))
    assert min(queries(), queries()) == few


# --- The administrator's home ---


def test_an_administrator_begins_with_people_and_what_ends(network: Network) -> None:
    administrator = people.step_up(client_of(network.a.administrator))
    assert first_page(people.unlock(network.a.administrator)) == page("agency")
    html = text(administrator, page("agency"))
    assert "Nothing waits for you." in html
    assert "Supervisor: only Supervisor of A." in html, "one person alone"
    soon = timezone.localdate() + timedelta(days=10)
    dates = {"trained_until": people.next_year(), "code_signed_until": people.next_year()}
    newcomer = {"name": "newcomer", "display_name": "Newcomer", "roles": ["caseworker"], **dates}
    assert administrator.post("/people/invite/", newcomer).status_code == 200
    Membership.objects.filter(person=network.colleague).update(trained_until=soon)
    Membership.objects.filter(person=network.owner).update(code_signed_until=soon - timedelta(days=11))
    Agreement.objects.filter(agency=network.a.agency).update(valid_until=soon)
    html = text(administrator, page("agency"))
    for sentence in (
        "The paper code is good until",
        "Cases locked",
        "Ends soon",
        "Then nothing can be sent to them.",
    ):
        assert sentence in html
    assert client_of(network.a.supervisor).get(page("agency")).status_code == 404


@pytest.mark.parametrize(
    ("roles", "trained", "begins"),
    [
        ({"caseworker", "supervisor"}, True, "referrals:needs_me"),
        ({"intake", "supervisor"}, True, "referrals:inbox"),
        ({"custodian", "administrator"}, True, "referrals:agency"),
        ({"caseworker", "administrator"}, False, "referrals:agency"),
        ({"caseworker"}, False, "referrals:needs_me"),  # the page that says why nothing opens
        ({"custodian"}, True, "referrals:emergencies"),
        ({"analyst"}, True, "referrals:unmet"),
        (set(), True, "accounts:account"),
    ],
)
def test_who_has_several_roles_begins_where_somebody_waits(
    roles: set[str], trained: bool, begins: str
) -> None:
    class Somebody:
        may_open_cases = trained

    somebody = Somebody()
    somebody.roles = frozenset(RoleName(role) for role in roles)  # type: ignore[attr-defined]
    assert first_page(somebody) == reverse(begins)  # type: ignore[arg-type]


# --- The menu ---


def test_a_long_menu_folds_and_says_where_one_is(network: Network) -> None:
    supervisor = client_of(network.a.supervisor)
    navigation = supervisor.get("/account/").context["page"]
    assert len(navigation["navigation"]) == FIRST_FEW
    assert len(navigation["folded"]["links"]) > MOST_IN_A_ROW - FIRST_FEW
    urls = [link.url for link in (*navigation["navigation"], *navigation["folded"]["links"])]
    assert len(set(urls)) == len(urls)
    html = text(supervisor, page("retention"))
    assert "<details><summary" in html
    assert '<span class="nav__here">: Kept and erased</span>' in html
    assert html.count('aria-current="page"') == 1
    assert client_of(network.owner).get("/account/").context["page"]["folded"] is None


# --- Hints ---


def test_a_hint_stands_until_it_is_put_away_on_every_device_and_comes_back_when_asked(
    network: Network,
) -> None:
    first, title = client_of(network.owner), str(HINTS["needs-me"].title)
    assert title in text(first, page("needs_me"))
    before = bytes(Keyring.objects.get(person=network.owner).sealed)
    away = first.post("/hints/needs-me/", {"next": page("needs_me")})
    assert (away.status_code, away["Location"]) == (303, page("needs_me"))
    assert not away.cookies
    assert bytes(Keyring.objects.get(person=network.owner).sealed) != before
    second = client_of(network.owner)
    assert title not in text(second, page("needs_me"))
    assert title in text(client_of(network.colleague), page("needs_me")), "hers alone"
    assert first.post("/hints/needs-me/", {"next": "https://other.example/"})["Location"] == "/"
    assert first.post("/hints/no-such-hint/").status_code == 404
    html = text(second, "/hints/")
    assert title in html
    assert str(HINTS["inbox"].title) not in html, "of another role"
    assert second.post("/hints/again/")["Location"] == "/hints/?done=hints-again"
    assert title in text(first, page("needs_me"))
    # On the answer to a POST putting it away would lose what was typed.
    assert str(HINTS["case-new"].title) in text(first, page("case_new"))
    refused = first.post(page("case_new"), filled(text(first, page("case_new")), alias="", language="tg"))
    assert str(HINTS["case-new"].title) not in refused.content.decode()


def test_the_hint_of_a_decision_is_put_away_on_its_own_page(network: Network) -> None:
    owner, service = client_of(network.owner), making.make_service(network.b.agency)
    url = page("consent_new", making.make_case(people.unlock(network.owner)).id)
    title = str(HINTS["consent"].title)
    assert title in owner.post(url, {"service": service.pk, "step": "duty"}).content.decode()
    html = owner.post(url, {"service": service.pk, "hint": "consent"}).content.decode()
    assert 'data-test="duty"' in html
    assert title not in html


# --- Pages with a way back ---


def test_a_new_case_can_be_left_gone_back_in_and_checked(network: Network) -> None:
    owner = client_of(network.owner)
    html = text(owner, page("case_new"))
    left = owner.post(page("case_new"), filled(html, alias="Lola", leave="1"))
    assert left["Location"] == f"{page('needs_me')}?done=case-opened"
    case = Case.objects.get()
    url = page("case_edit", case.id, "incident")
    html = text(owner, f"{url}?new=1")
    assert f'href="{page("case_edit", case.id, "contact")}?new=1"' in html, "back"
    left = owner.post(f"{url}?new=1", filled(html, gbv_type="physical_assault", leave="1"))
    assert left["Location"] == f"{page('needs_me')}?done=saved"
    last = page("case_edit", case.id, "never-tell")
    done = owner.post(f"{last}?new=1", filled(text(owner, f"{last}?new=1")))
    assert done["Location"] == page("case_check", case.id)
    html = text(owner, done["Location"])
    assert "Lola" in html
    assert "Nothing written down." in html
    change = f"{page('case_edit', case.id, 'contact')}?check=1"
    assert change in html
    back = owner.post(change, filled(text(owner, change), hours="mornings"))
    assert back["Location"] == page("case_check", case.id)
    assert "mornings" in text(owner, back["Location"])
    assert client_of(network.colleague).get(page("case_check", case.id)).status_code == 404


def test_going_back_from_the_reading_keeps_what_was_ticked_and_records_nothing(network: Network) -> None:
    owner, service = client_of(network.owner), making.make_service(network.b.agency)
    case = making.make_case(people.unlock(network.owner))
    url = page("consent_new", case.id)
    html = owner.post(url, {"service": service.pk, "step": "decide", "read_aloud": "on"}).content.decode()
    shown = owner.post(url, filled(html) | DECISION).content.decode()
    sent = filled(shown) | {name: value for name, value in DECISION.items() if name != "step"}
    back = owner.post(url, {**sent, "step": ["change", "record"]}).content.decode()
    assert 'data-test="read-it"' in back
    assert 'value="a safe place tonight"' in back
    assert 'role="alert"' not in back
    assert access.case_for(people.unlock(network.owner), case.id).consents() == []


def test_before_sending_everything_is_shown_once_more_and_can_be_changed(network: Network) -> None:
    owner, service = client_of(network.owner), making.make_service(network.b.agency)
    case = making.make_case(people.unlock(network.owner))
    url = decide(owner, case, service)["Location"].partition("?")[0]
    answers = {name: value for name, value in SENDING.items() if name != "checked"}
    checked = owner.post(url, filled(text(owner, url)) | answers)
    html = checked.content.decode()
    assert not Referral.objects.exists()
    assert "desk line" in html
    assert 'data-test="send-now"' in html
    change = owner.post(url, filled(html) | answers | {"change": "1"}).content.decode()
    assert 'data-test="check"' in change
    assert 'value="desk line"' in change
    assert owner.post(url, filled(html) | SENDING).status_code == 303
    assert Referral.objects.count() == 1


# --- How long help took ---


@pytest.mark.parametrize("agrees", [True, False])
def test_help_that_reached_her_is_counted_once_and_only_if_she_agreed(network: Network, agrees: bool) -> None:
    referral = delivered(network, card=replace(making.CARD, statistics_consent=agrees))
    Referral.objects.update(delivered_at=referral.sent_at + timedelta(days=2))
    owner = client_of(network.owner)
    asked = page("referral_asked", referral.id)
    answers = filled(text(owner, asked), answer="yes")
    for _ in range(2):
        owner.post(asked, answers)
    sums = list(WaitSum.objects.values_list("service_type", "wait", "number"))
    assert sums == ([("safe_house", "three_days", 1)] if agrees else [])
    assert {column.name for column in WaitSum._meta.concrete_fields} == {
        "id", "quarter", "service_type", "wait", "number",
    }  # fmt: skip


def test_small_numbers_of_waits_are_hidden_in_drawing_and_table(network: Network) -> None:
    quarter = statistics.finished_quarters(timezone.localdate())[0]
    rows: list[tuple[str, str, int]] = [
        ("safe_house", "day", 9),
        ("safe_house", "week", 3),
        ("psychosocial", "day", 8),
        ("psychosocial", "week", 7),
    ]
    for kind, wait, number in rows:
        WaitSum.objects.create(quarter=quarter, service_type=kind, wait=wait, number=number)
    WaitSum.objects.create(
        quarter=statistics.next_quarter(quarter), service_type="livelihoods", wait="day", number=77
    )
    shown = Client().get(page("waits"))
    texts = [number.text for row in shown.context["rows"] for number in row["numbers"]]
    assert "3" not in texts
    assert texts.count("hidden") >= 2, "one alone could be computed from its row"
    bars = {str(bar["label"]): bar["text"] for bar in shown.context["chart"]["bars"]}
    assert set(bars.values()) <= {"hidden", "0", *texts}
    assert len(bars) == 5
    html = shown.content.decode()
    assert "77" not in texts
    assert "style=" not in html
    said = Client().get("/api/v1/waits/").json()
    rows_said = [[*row["numbers"].values(), row["together"]] for row in said["types"]]
    numbers = [*rows_said, [*said["waits"].values(), said["together"]]]
    assert [["hidden" if one is None else str(one) for one in row] for row in numbers] == [
        [number.text for number in row["numbers"]] for row in shown.context["rows"]
    ]
    assert 'role="img" aria-labelledby="all-waits all-waits-same"' in html
    assert Client().get(page("waits"), {"quarter": "2020-01-01"}).status_code == 404
