"""What the public tells without an account: screened, slowed down, nothing kept of who told it."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Throttle
from audit.models import Entry
from services import actions, limits
from services.actions.suggestions import MOST_OPEN
from services.errors import ChangedMeanwhile
from services.models import Proposal, Service, Suggestion
from services.queries import search
from services.queries.proposals import open_suggestions
from services.queries.search import SearchFilters
from tests.services.editors import Editors, client, make_editors, propose

from .conftest import Make

pytestmark = pytest.mark.django_db


@pytest.fixture
def editors(db: None) -> Editors:
    return make_editors()


def tell(service: Service, text: str = "They moved to the second floor.", **more: str) -> Suggestion:
    key = uuid4()
    actions.suggest(key=key, service_id=service.pk, about="moved", text=text, **more)
    return Suggestion.objects.get(pk=key)


def test_anybody_tells_and_an_editor_makes_a_change_of_it(make: Make, editors: Editors) -> None:
    service = make()
    stranger, first = Client(), client(editors.first)
    page = reverse("services:wrong", args=[service.pk])
    public = reverse("services:service", args=[service.pk])
    assert page in stranger.get(public).content.decode()
    data = {"key": str(uuid4()), "about": "hours", "text": "On Sundays nobody is there."}
    for _click in range(2):
        answer = stranger.post(page, data)
        assert (answer.status_code, answer["Location"]) == (303, f"{public}?done=told")
    told = Suggestion.objects.get()
    # Nothing of who told it, in no column of any table but a keyed mark that is gone in an hour.
    assert {field.name for field in Suggestion._meta.concrete_fields} == {
        "id", "service", "about", "text", "told_on", "state", "reason",
        "decided_by", "decided_role", "decided_agency", "decided_at",
    }  # fmt: skip
    assert all(b"127.0.0" not in bytes(row.key) for row in Throttle.objects.all())
    assert "sessionid" not in stranger.cookies

    assert "Somebody told us something" in first.get(reverse("services:edit")).content.decode()
    one = reverse("services:told_one", args=[told.pk])
    body = first.get(one).content.decode()
    assert "On Sundays nobody is there." in body
    change = (
        f"{reverse('services:edit_section', args=[service.pk, 'service_hours', service.pk])}?told={told.pk}"
    )
    assert change in body
    form = first.get(change).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if form[name].value() is not False}
    sent |= {"hours-6-0-opens": "", "hours-6-0-closes": ""}
    assert first.post(change, sent).status_code == 303
    proposal = Proposal.objects.get()
    assert proposal.suggestion_id == told.pk
    assert open_suggestions()[0] == []
    actions.approve(proposal_id=proposal.pk, by=editors.second)
    told.refresh_from_db()
    assert (told.state, told.text) == ("closed", "")


def test_what_is_turned_down_comes_back_to_the_queue(make: Make, editors: Editors) -> None:
    service = make()
    told = tell(service)
    proposal = propose(service, "service_names", editors.first, name="Because of it")
    Proposal.objects.filter(pk=proposal.pk).update(suggestion=told)
    Suggestion.objects.filter(pk=told.pk).update(state="taken")
    actions.reject(proposal_id=proposal.pk, reason="No.", by=editors.second)
    assert [one.pk for one in open_suggestions()[0]] == [told.pk]


@pytest.mark.parametrize("text", ["Call me: +998 00 123 45 67", "AA1234567", "3 1 2 0 3 9 5 1 2 3 4 5 6 7"])
def test_numbers_of_people_are_refused_and_what_was_typed_is_kept(make: Make, text: str) -> None:
    service = make()
    page = reverse("services:wrong", args=[service.pk])
    answer = Client().post(page, {"key": str(uuid4()), "about": "other", "text": text})
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Suggestion.objects.exists()


def test_hidden_entries_take_none_and_shelters_take_no_text(make: Make) -> None:
    hidden, shelter = make(), make()
    actions.hide([hidden.pk])
    Service.objects.filter(pk=shelter.pk).update(service_type="safe_house")
    actions.reindex([shelter.pk])
    assert Client().get(reverse("services:wrong", args=[hidden.pk])).status_code == 404
    assert Client().get(reverse("services:wrong", args=[uuid4()])).status_code == 404
    page = reverse("services:wrong", args=[shelter.pk])
    assert "<textarea" not in Client().get(page).content.decode()
    Client().post(page, {"key": str(uuid4()), "about": "moved", "text": "Behind the bazaar"})
    assert Suggestion.objects.get().text == ""


def test_many_from_one_network_are_slowed_down_and_others_are_not(make: Make) -> None:
    service = make()
    page = reverse("services:wrong", args=[service.pk])

    def send(address: str):  # type: ignore[no-untyped-def]
        data = {"key": str(uuid4()), "about": "closed", "text": "Kept while waiting"}
        return Client(REMOTE_ADDR=address).post(page, data)

    for _number in range(limits.SUGGESTIONS.free):
        assert send("198.51.100.7").status_code == 303
    slow = send("198.51.100.99")
    assert slow.status_code == 429
    assert 0 < int(slow["Retry-After"]) <= limits.SUGGESTIONS.longest
    assert "Kept while waiting" in slow.content.decode()
    assert send("203.0.113.7").status_code == 303


def test_a_full_queue_of_one_entry_takes_no_more(make: Make) -> None:
    service = make()
    for _number in range(MOST_OPEN):
        tell(service)
    actions.suggest(key=uuid4(), service_id=service.pk, about="moved", text="One more")
    assert Suggestion.objects.count() == MOST_OPEN


def test_closing_keeps_the_reason_only_and_spam_leaves_nothing(make: Make, editors: Editors) -> None:
    service = make()
    first = client(editors.first)
    closed, spam = tell(service), tell(service, "Buy this")
    page = reverse("services:told_one", args=[closed.pk])
    assert first.post(page, {"key": str(uuid4()), "reason": ""}).status_code == 422
    assert first.post(page, {"key": str(uuid4()), "reason": "Called them."}).status_code == 303
    closed.refresh_from_db()
    assert (closed.state, closed.text, closed.reason) == ("closed", "", "Called them.")
    before = Entry.objects.count()
    first.post(reverse("services:told_one", args=[spam.pk]), {"spam": "yes"})
    assert not Suggestion.objects.filter(pk=spam.pk).exists()
    assert Entry.objects.count() == before + 1
    assert first.get(page).status_code == 404
    with pytest.raises(ChangedMeanwhile):
        actions.close_suggestion(suggestion_id=closed.pk, reason="Twice", by=editors.second)
    for address in (page, reverse("services:told")):
        assert client(editors.caseworker).get(address).status_code == 404
    assert search(SearchFilters(words="Buy")).cards == []
