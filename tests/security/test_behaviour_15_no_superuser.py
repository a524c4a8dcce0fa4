"""Behaviour 15: no superuser, no Django admin and no command on the server opens a case."""

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.test import Client
from guardian.core import ObjectPermissionChecker

from accounts.models import Agency, Membership, Person
from audit.errors import Denied
from referrals import access
from tests import people
from tests.people import Network, seed_of
from tests.referrals import making

pytestmark = pytest.mark.django_db

# What this site's own commands are for: none asks for a case. A new one is decided here.
COMMANDS = {
    *("setup_agency", "sweep_accounts", "make_checkpoints"),
    "setup_demo",  # makes invented cases in an empty demo database and opens none
    *("check_backups", "export_directory", "import_directory", "load_demo_directory", "load_places"),
    *("send_availability_reminders", "work_imports", "send_check_reminders", "find_duplicates", "run_clock"),
}
ROOMS = {"vault", "audit", "accounts", "services", "referrals", "config"}


def test_superuser_flag_set_by_hand_opens_nothing(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """guardian shows a superuser everything; our doors ask for a row with a key."""
    case, _, referral = making.make_referral(network)
    monkeypatch.setattr(Person, "is_superuser", True)
    colleague, desk = people.unlock(network.colleague), people.unlock(network.b.intake2)
    assert ObjectPermissionChecker(colleague.person).has_perm("view_case", case)
    for to in ("view", "edit"):
        with pytest.raises(Denied):
            access.case_for(colleague, case.id, to=to)
    with pytest.raises(Denied):
        access.sent_referral_for(colleague, referral.id)
    with pytest.raises(Denied):
        access.identity_for(desk, referral.id)
    assert list(access.cases_for(colleague)) == []


def test_models_know_no_password_and_no_superuser(network: Network) -> None:
    columns = {field.name for field in Person._meta.get_fields()}
    assert not columns & {"password", "is_superuser", "is_staff", "last_login", "user_permissions"}
    with pytest.raises(AttributeError):
        network.owner.is_superuser = True  # type: ignore[misc]
    assert seed_of(network.owner)
    assert Membership.objects.filter(person=network.owner).exists()
    assert Agency.objects.count() == 3


def test_there_is_no_admin_and_no_command_that_opens_a_case() -> None:
    assert not [app.name for app in apps.get_app_configs() if app.name.startswith("django.contrib.admin")]
    for url in ("/admin/", "/admin/login/", "/api/v1/admin/"):
        assert Client().get(url).status_code == 404
    assert {name for name, app in get_commands().items() if str(app) in ROOMS} == COMMANDS
