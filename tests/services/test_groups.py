"""Working groups: entries with a place and kinds of members; no person, and no access to anything."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from services import actions
from services.errors import NotAllowed
from services.models import WorkingGroup
from tests.people import Team, sign_in, unlock

from .checkers import OTHERS, make_editors

pytestmark = pytest.mark.django_db

LIST = "/directory/groups/"
GIVEN = {
    "name": "Safe evenings in Namuna",
    "district": "uz-ji-zomin-tumani",
    "mahalla": "Namuna",
    "member_kinds": ["police", "women", "mahalla"],
    "description": "Meets on the first Friday at the school.",
    "is_active": "on",
}


@pytest.fixture
def team(db: None) -> Team:
    return make_editors()


def test_an_editor_lists_a_group_and_everybody_reads_it(
    places_loaded: None, team: Team, client: Client
) -> None:
    sign_in(client, team.editor)
    assert "Add a group" in client.get(LIST).content.decode()
    logged = Entry.objects.count()
    answer = client.post(f"{LIST}new/", GIVEN)
    group = WorkingGroup.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{LIST}{group.pk}/?done=group-saved")
    assert group.member_kinds == ["mahalla", "women", "police"]
    assert Entry.objects.count() == logged + 1
    public = Client()
    page = public.get(f"{LIST}{group.pk}/").content.decode()
    for words in (
        "Safe evenings",
        "Namuna, Zomin",
        "Mahalla, women, police",
        "first Friday",
        "never about people",
    ):
        assert words in page
    assert "Safe evenings" in public.get(f"{LIST}?region=UZ-JI").content.decode()
    assert "Safe evenings" not in public.get(f"{LIST}?region=UZ-TK").content.decode()
    assert "Change" not in page
    changed = GIVEN | {"version": "1", "is_active": ""}
    assert client.post(f"{LIST}{group.pk}/edit/", changed)["Location"].endswith("?done=saved")
    assert public.get(f"{LIST}{group.pk}/").status_code == 404
    assert "Safe evenings" not in public.get(LIST).content.decode()
    assert client.get(f"{LIST}{group.pk}/").status_code == 200
    # Somebody else's page still shows the first version.
    late = client.post(f"{LIST}{group.pk}/edit/", changed | {"description": "Kept as typed."})
    assert late.status_code == 400
    assert "Kept as typed." in late.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "Ask Karim +998 00 111 22 33"},
        {"description": "AA1234567"},
        {"mahalla": "90 111 22 33 44"},
        {"member_kinds": []},
        {"member_kinds": ["nobody"]},
        {"district": "nowhere"},
        {"district": "\x00"},
    ],
)
def test_a_group_never_holds_a_contact_of_a_person(
    wrong: dict[str, object], places_loaded: None, team: Team, client: Client
) -> None:
    answer = sign_in(client, team.editor).post(f"{LIST}new/", GIVEN | wrong)
    assert answer.status_code == 400
    assert not WorkingGroup.objects.exists()
    given = {key: value for key, value in (GIVEN | wrong).items() if key != "is_active"}
    with pytest.raises(NotAllowed):
        actions.save_group(**given, by=unlock(team.editor))  # type: ignore[arg-type]


def test_a_group_of_this_name_stands_once_in_a_place(places_loaded: None, team: Team, client: Client) -> None:
    sign_in(client, team.editor)
    assert client.post(f"{LIST}new/", GIVEN).status_code == 303
    again = client.post(f"{LIST}new/", GIVEN)
    assert again.status_code == 400
    assert "a group of this name already" in again.content.decode()
    assert WorkingGroup.objects.count() == 1


def test_only_editors_write_groups(places_loaded: None, team: Team) -> None:
    editor = sign_in(Client(), team.editor)
    editor.post(f"{LIST}new/", GIVEN)
    group = WorkingGroup.objects.get()
    for name in OTHERS:
        client = sign_in(Client(), getattr(team, name))
        for address in (f"{LIST}new/", f"{LIST}{group.pk}/edit/", f"{LIST}{uuid4()}/edit/"):
            assert client.get(address).status_code == 404
            assert client.post(address, GIVEN | {"name": "Mine"}).status_code == 404
        assert "Add a group" not in client.get(LIST).content.decode()
    assert editor.get(f"{LIST}{uuid4()}/edit/").status_code == 404
    assert [one.name for one in WorkingGroup.objects.all()] == [GIVEN["name"]]


def test_the_list_pages_with_a_constant_number_of_queries(
    places_loaded: None, team: Team, client: Client
) -> None:
    counts, by = [], unlock(team.editor)
    for names in ("a", "bcdefghijklmnopqrstuvw"):
        for name in names:
            actions.save_group(
                name=f"Group {name}", district="uz-ji-zomin-tumani", member_kinds=["youth"], by=by
            )
        with CaptureQueriesContext(connection) as captured:
            page = client.get(LIST).content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Group w" in client.get(following).content.decode()
    for odd in ("x", "x_y", "%00_00000000-0000-0000-0000-000000000000"):
        assert client.get(f"{LIST}?after={odd}").status_code == 404


def test_nothing_hangs_on_a_group_and_no_person_stands_in_it() -> None:
    columns = {column.name: column for column in WorkingGroup._meta.concrete_fields}
    assert {column.related_model.__name__ for column in columns.values() if column.related_model} == {
        "Region",
        "District",
    }
    pointing = [
        model.__name__
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if column.related_model is WorkingGroup
    ]
    assert pointing == []
