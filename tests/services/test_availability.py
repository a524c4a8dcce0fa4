"""What is available: closed until a day, places held, the last tap taken back, said by link or phone."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from services import actions, links
from services.codes import AvailabilitySource, HoldKind, LinkKind
from services.errors import Missing, NotAllowed
from services.models import AvailabilityReport, OneTimeLink, Organization, PlaceHold, Service
from services.queries.availability import Availability, derive, has_fresh_room
from services.queries.history import UNKNOWN, history
from tests import people
from tests.people import Network, sign_in
from tests.referrals.test_at_once import both
from tests.security.thief import dump

from .conftest import Make

pytestmark = pytest.mark.django_db

TASHKENT = ZoneInfo("Asia/Tashkent")


def said(
    service: Service, status: str = "capacity", *, hours_ago: float = 0, **more: Any
) -> AvailabilityReport:
    moment = timezone.now() - timedelta(hours=hours_ago)
    source = more.pop("source", AvailabilitySource.PROVIDER_PAGE)
    return actions.report_availability(
        service_id=service.pk, status=status, source=source, reported_at=moment, **more
    )


def at(service: Service, now: datetime | None = None) -> Availability:
    """Derive it; what SQL says of it must be the same, but for the opening hours (round the clock here)."""
    now = now or timezone.now()
    fresh = Service.objects.get(pk=service.pk)
    found = derive(fresh, now)
    assert Service.objects.filter(has_fresh_room(now), pk=service.pk).exists() is found.is_available
    return found


def in_days(days: int) -> datetime:
    """Return the first minute of a day of the place's calendar."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), time.min, TASHKENT)


@pytest.fixture
def shelter(make: Make) -> Service:
    return make(service_type="safe_house", service_at_locations=[])


@pytest.fixture
def ours(network: Network, make: Make) -> Service:
    """A shelter of agency B, whose desk is ``network.b.intake``."""
    service = make(service_type="safe_house", service_at_locations=[])
    Organization.objects.filter(pk=service.organization_id).update(agency=network.b.agency)
    return service


# --- Closed until a day ---


@pytest.mark.parametrize(
    ("before", "then", "available"),
    [
        ("capacity", "capacity", True),
        ("no-capacity", "no-capacity", False),
        ("waitlist", "waitlist", False),
        (None, "additional-assessment-required", False),
        ("temporarily-closed", "additional-assessment-required", False),
    ],
)
def test_closed_until_a_day_is_as_before_from_that_day_on_and_then_ages(
    before: str | None, then: str, available: bool, shelter: Service
) -> None:
    if before:
        said(shelter, before, hours_ago=100, places_free=2 if before == "capacity" else None)
    said(shelter, "temporarily-closed", opens_again=timezone.localdate() + timedelta(days=5))
    opens = in_days(5)
    last_minute = at(shelter, opens - timedelta(minutes=1))
    assert (last_minute.status, last_minute.is_available) == ("temporarily-closed", False)
    assert last_minute.freshness == "ageing", "closed until the 10th stays true, however long ago it was said"
    assert "opens again" in str(last_minute.label)
    assert last_minute.opens_again == timezone.localdate() + timedelta(days=5)
    first = at(shelter, opens + timedelta(minutes=1))
    assert (first.status, first.freshness, first.is_available) == (then, "fresh", available)
    assert first.places_free is None, "the number of long ago is not what is free today"
    assert at(shelter, opens + timedelta(hours=7)).is_available is available
    assert not at(shelter, opens + timedelta(hours=8)).is_available, "stale is never available"


def test_a_new_day_for_the_opening_keeps_what_comes_then(shelter: Service) -> None:
    said(shelter, hours_ago=1)
    for days in (3, 9):
        said(shelter, "temporarily-closed", opens_again=timezone.localdate() + timedelta(days=days))
    assert at(shelter, in_days(4)).status == "temporarily-closed"
    assert at(shelter, in_days(9)).is_available


@pytest.mark.parametrize("days", [0, -1, 367])
def test_an_opening_day_is_later_than_today_and_within_a_year(days: int, shelter: Service) -> None:
    with pytest.raises(NotAllowed):
        said(shelter, "temporarily-closed", opens_again=timezone.localdate() + timedelta(days=days))
    assert not AvailabilityReport.objects.exists()


# --- The same form twice, and the last tap taken back ---


def test_a_form_sent_twice_reports_once(shelter: Service, make: Make) -> None:
    key = uuid4()
    first = said(shelter, places_free=2, once=key)
    assert said(shelter, "no-capacity", once=key).pk == first.pk
    assert at(shelter).places_free == 2
    assert said(make(), "no-capacity", once=key).pk != first.pk, "the key is of one service"


def test_taking_back_restores_what_was_said_with_its_age(network: Network, ours: Service) -> None:
    desk = people.unlock(network.b.intake)
    old = said(ours, places_free=2, hours_ago=10, note="Ring twice.")
    wrong = said(ours, "no-capacity")
    logged = Entry.objects.count()
    restored = actions.undo_report(report_id=wrong.pk, service_id=ours.pk, by=desk)
    again = actions.undo_report(report_id=wrong.pk, service_id=ours.pk, by=desk)
    assert again.pk == restored.pk
    assert AvailabilityReport.objects.count() == 3, "nothing is deleted"
    assert Entry.objects.count() == logged + 1
    state = at(ours)
    assert (state.status, state.places_free, state.note) == ("capacity", 2, "Ring twice.")
    assert state.reported_at == old.reported_at
    assert state.freshness == "stale", "taking back makes nothing fresh"
    for gone in (restored.pk, old.pk, uuid4()):
        with pytest.raises(NotAllowed):
            actions.undo_report(report_id=gone, service_id=ours.pk, by=desk)
    # What was taken back is no step of the history, and the next thing taken back is not it.
    assert [step.status for step in history(ours, timezone.now()).steps] == [UNKNOWN, "capacity"]
    second = said(ours, "waitlist")
    assert actions.undo_report(report_id=second.pk, service_id=ours.pk, by=desk).status == "capacity"


def test_not_taken_back_too_late_nor_the_first_nor_somebody_elses_news(
    network: Network, ours: Service
) -> None:
    desk = people.unlock(network.b.intake)
    first = said(ours)
    with pytest.raises(NotAllowed):
        actions.undo_report(report_id=first.pk, service_id=ours.pk, by=desk)
    phone = said(ours, "no-capacity", source=AvailabilitySource.PHONE_CALL)
    late = said(ours, "waitlist")
    AvailabilityReport.objects.filter(pk=late.pk).update(written_at=timezone.now() - timedelta(minutes=6))
    for report in (late, phone):
        Service.objects.filter(pk=ours.pk).update(latest_report=report)
        with pytest.raises(NotAllowed):
            actions.undo_report(report_id=report.pk, service_id=ours.pk, by=desk)
    assert AvailabilityReport.objects.count() == 3


# --- Holds ---


def test_a_held_place_is_free_for_nobody_else_until_it_ends(network: Network, ours: Service) -> None:
    owner, colleague = people.unlock(network.owner), people.unlock(network.colleague)
    said(ours, places_free=1)
    logged = Entry.objects.count()
    hold = actions.hold_place(service_id=ours.pk, by=owner)
    assert actions.hold_place(service_id=ours.pk, by=owner).pk == hold.pk, "one a person and shelter"
    assert Entry.objects.count() == logged + 1
    state = at(ours)
    assert (state.places_free, state.held, state.is_available) == (0, 1, False)
    assert "held" in str(state.label)
    public = state.for_public(shows_numbers=False)
    assert (public.held, public.places_free, "held" in str(public.label)) == (0, None, True)
    with pytest.raises(NotAllowed):
        actions.hold_place(service_id=ours.pk, by=colleague)
    # By time, derived when read; the row is still there.
    assert at(ours, hold.expires_at).is_available
    assert not at(ours, hold.expires_at - timedelta(seconds=1)).is_available
    # By hand, and only by the hand that made it.
    actions.release_place(service_id=ours.pk, by=colleague)
    assert PlaceHold.objects.count() == 1
    for _ in range(2):
        actions.release_place(service_id=ours.pk, by=owner)
    assert not PlaceHold.objects.exists()
    assert at(ours).is_available
    assert actions.hold_place(service_id=ours.pk, by=colleague)


def test_a_hold_names_nobody(network: Network, ours: Service) -> None:
    said(ours, places_free=2)
    for person in (network.owner, network.colleague):
        actions.hold_place(service_id=ours.pk, by=people.unlock(person))
    first, second = PlaceHold.objects.order_by("made_at")
    assert bytes(first.mark) != bytes(second.mark)
    columns = {field.name for field in PlaceHold._meta.concrete_fields}
    assert columns == {"id", "service", "kind", "mark", "made_at", "expires_at"}
    again = actions.hold_place(service_id=ours.pk, by=people.unlock(network.owner))
    assert again.pk == first.pk, "after signing in again the same key recognises it"


@pytest.mark.parametrize(
    "news",
    [
        None,
        {"status": "no-capacity"},
        {"places_free": None},
        {"places_free": 2, "hours_ago": 9},
        {"status": "waitlist"},
    ],
)
def test_only_places_counted_lately_are_held(
    network: Network, news: dict[str, Any] | None, ours: Service
) -> None:
    if news is not None:
        said(ours, **news)
    with pytest.raises(NotAllowed):
        actions.hold_place(service_id=ours.pk, by=people.unlock(network.owner))
    assert not PlaceHold.objects.exists()


def test_only_places_in_shelters_are_held(network: Network, make: Make) -> None:
    service = make()
    said(service, places_free=2)
    with pytest.raises(NotAllowed):
        actions.hold_place(service_id=service.pk, by=people.unlock(network.owner))


def test_an_acceptance_ends_the_hold_and_counts_until_the_desk_reports(
    network: Network, ours: Service
) -> None:
    said(ours, places_free=1, hours_ago=0.01)
    hold = actions.hold_place(service_id=ours.pk, by=people.unlock(network.owner))
    actions.turn_into_acceptance(service_id=ours.pk, hold_id=hold.pk)
    kept = PlaceHold.objects.get()
    assert (kept.kind, kept.pk != hold.pk) == (HoldKind.ACCEPTED, True)
    assert at(ours).is_held_out
    said(ours, places_free=1)  # the desk has counted her already
    assert at(ours).is_available


@pytest.mark.django_db(transaction=True)
def test_two_holds_on_the_last_place_at_once(network: Network, ours: Service) -> None:
    said(ours, places_free=1)
    pair = [people.unlock(person) for person in (network.owner, network.colleague)]
    for unlocked in pair:
        assert unlocked.keys
    results = both(*[lambda by=by: actions.hold_place(service_id=ours.pk, by=by) for by in pair])  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in results) == ["NotAllowed", "PlaceHold"]
    assert PlaceHold.objects.count() == 1


# --- The desk's pages ---


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the report's form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_the_desk_taps_takes_back_and_looks_back(network: Network, ours: Service, client: Client) -> None:
    sign_in(client, network.b.intake)
    address = f"/directory/desk/{ours.pk}/"
    said(ours, places_free=3, hours_ago=30)
    page = client.get(f"{address}?status=capacity").content.decode()
    sent = form_of(page) | {"places": "2"}
    for _ in range(2):  # sent again after the line broke
        assert client.post(address, sent).status_code == 303
    assert AvailabilityReport.objects.count() == 2
    desk = client.get("/directory/desk/").content.decode()
    assert "2 places free" in desk
    assert "Saved at" in desk
    back = form_of(desk)["report"]
    assert client.post(f"{address}undo/", {"report": back})["Location"].endswith("?done=availability-undone")
    assert client.post(f"{address}undo/", {"report": "x"})["Location"].endswith("?done=nothing-to-undo")
    desk = client.get("/directory/desk/").content.decode()
    assert "Old news" in desk
    assert 'name="report"' not in desk
    past = client.get(f"{address}history/").content.decode()
    assert "<svg" in past
    assert 'class="chart__bar chart__bar--capacity"' in past
    assert "Too old to rely on" in past
    day = timezone.localdate() + timedelta(days=2)
    closing = client.get(f"{address}?status=temporarily-closed").content.decode()
    assert 'type="date"' in closing
    assert "places" not in form_of(closing)
    wrong = client.post(address, {"status": "temporarily-closed", "opens_again": "2001-01-01"})
    assert wrong.status_code == 400
    assert "Choose a day after today" in wrong.content.decode()
    client.post(address, {"status": "temporarily-closed", "opens_again": day.isoformat()})
    assert at(ours).opens_again == day
    assert "opens again" in client.get("/directory/desk/").content.decode()


def test_the_history_is_cut_where_news_went_stale_and_where_it_opened_again(shelter: Service) -> None:
    now = timezone.now()
    said(shelter, places_free=2, hours_ago=40 * 24)
    said(shelter, places_free=4, hours_ago=20)
    said(shelter, "no-capacity", hours_ago=10)
    found = history(shelter, now)
    assert [(step.status, step.free) for step in found.steps] == [
        (UNKNOWN, None),
        ("no-capacity", 0),
        (UNKNOWN, None),
        ("capacity", 4),
        (UNKNOWN, None),
    ]
    lanes = found.chart.lanes
    assert [lane.status for lane in lanes][:2] == ["capacity", "no-capacity"]
    assert found.chart.places is not None
    assert found.chart.places.most == 4
    for lane in lanes:
        assert lane.bars
        for bar in lane.bars:
            assert 0 <= bar.x <= bar.x + bar.width <= found.chart.width + 2
    assert history(shelter, now - timedelta(days=365)).steps == []


def test_a_caseworker_writes_down_what_she_heard(network: Network, ours: Service, client: Client) -> None:
    sign_in(client, network.owner)
    address = f"/directory/services/{ours.pk}/heard/"
    assert "By phone" not in client.get(address).content.decode()
    page = client.get(f"{address}?status=capacity").content.decode()
    answer = client.post(address, form_of(page) | {"places": "1"})
    assert answer["Location"] == f"/directory/services/{ours.pk}/?done=availability-heard"
    report = AvailabilityReport.objects.get()
    assert (report.source, report.reported_by) == ("phone_call", network.owner.pk)
    assert "phone call" in client.get(address).content.decode()
    Service.objects.update(publication="hidden")
    assert client.get(address).status_code == 404
    for person in (network.b.intake, network.a.supervisor):
        assert sign_in(Client(), person).get(address).status_code == 404


# --- By link ---


def link_to(service: Service) -> tuple[str, OneTimeLink]:
    link, token = actions.make_provider_link(service=service, lasts=timedelta(days=1), by=None)
    return f"/directory/link/{token}/", link


def test_a_desk_makes_a_link_and_a_provider_without_account_uses_it(network: Network, ours: Service) -> None:
    desk = sign_in(Client(), network.b.intake)
    address = f"/directory/services/{ours.pk}/link/"
    made = desk.post(address, {"days": "1"}).content.decode()
    assert 'class="backlink" href="/directory/desk/"' in made
    found = re.search(r"https?://[^/]+(/directory/link/[\w-]{43}/)", made)
    assert found is not None
    page = found[1]
    assert page not in desk.get(address).content.decode(), "shown once"
    provider = Client()
    opened = provider.get(page)
    assert opened.headers["Cache-Control"] == "no-store"
    assert opened.headers["Referrer-Policy"] == "same-origin"
    assert "Listening room Namuna" in opened.content.decode()
    form = provider.get(f"{page}?status=capacity").content.decode()
    sent = form_of(form) | {"places": "3"}
    logged = Entry.objects.count()
    for _ in range(2):
        assert provider.post(page, sent).status_code == 303
    assert Entry.objects.count() == logged + 1
    report = AvailabilityReport.objects.get()
    assert (report.source, report.places_free, report.reported_by) == ("provider_link", 3, None)
    # Two slips may be put right, then it is over.
    for places in ("2", "1", "4"):
        answer = provider.post(page, {"status": "capacity", "places": places, "key": str(uuid4())})
        assert answer.status_code == (404 if places == "4" else 303)
    assert at(ours).places_free == 1
    assert "used up" in provider.get(page).content.decode()
    OneTimeLink.objects.update(used_at=timezone.now() - timedelta(minutes=16))
    assert provider.get(page).status_code == 404


def test_a_number_put_right_before_the_form_was_sent_again_is_the_one_that_counts(ours: Service) -> None:
    page, link = link_to(ours)
    sent = form_of(Client().get(f"{page}?status=capacity").content.decode()) | {"places": "3"}
    for places in ("3", "3", "1"):  # the answer was lost, and then the last place but one was given away
        assert Client().post(page, sent | {"places": places}).status_code == 303
    assert at(ours).places_free == 1
    link.refresh_from_db()
    assert link.uses == 2


def test_links_that_open_nothing_are_one_404_and_change_nothing(
    ours: Service, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    pages = [link_to(ours) for _ in range(2)]
    assert client.get(pages[0][0]).status_code == 404, "a new link ends the older one"
    links.revoke(pages[1][1])
    _, other = links.make(kind=LinkKind.STILL_CORRECT, service=ours, lasts=timedelta(days=1), by=None)
    late, link = link_to(ours)
    OneTimeLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    addresses = [page for page, _ in pages] + [late, f"/directory/link/{other}/", "/directory/link/x/"]
    answers = set()
    for address in addresses:
        for answer in (
            client.get(address),
            client.post(address, {"status": "capacity", "key": str(uuid4())}),
        ):
            answers.add((answer.status_code, answer.content))
    assert len(answers) == 1
    assert not AvailabilityReport.objects.exists()
    said_by_server = "\n".join(config_logged(caplog))
    assert "/directory/link/" not in said_by_server


def config_logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the log lines as the site writes them."""
    from config.logs import WithoutDetails

    return [WithoutDetails("%(levelname)s %(name)s %(message)s").format(record) for record in caplog.records]


def test_who_may_make_and_take_back_links(network: Network, ours: Service, make: Make) -> None:
    theirs = make(organization={"id": "o", "name": "Other", "description": "x"})
    _, link = link_to(ours)
    for person, service in (
        (network.b.intake, theirs),
        (network.owner, ours),
        (network.b.administrator, ours),
    ):
        client = sign_in(Client(), person)
        address = f"/directory/services/{service.pk}/link/"
        assert client.get(address).status_code == 404
        assert client.post(address, {"days": "1"}).status_code == 404
        assert client.post(address, {"revoke": str(link.pk)}).status_code == 404
    desk = sign_in(Client(), network.b.intake)
    address = f"/directory/services/{ours.pk}/link/"
    assert desk.post(address, {"days": "400"}).status_code == 400
    for wanted in ("x", str(UUID(int=5)), str(link.pk)):
        assert desk.post(address, {"revoke": wanted})["Location"].endswith("?done=link-revoked")
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert OneTimeLink.objects.count() == 1
    with pytest.raises(Missing):
        links.use(link)


@pytest.mark.django_db(transaction=True)
def test_the_token_is_in_no_table(network: Network, ours: Service) -> None:
    page, _ = link_to(ours)
    Client().get(page)
    Client().post(page, {"status": "no-capacity", "key": str(uuid4())})
    assert AvailabilityReport.objects.exists()
    assert page.split("/")[-2].encode() not in dump()
