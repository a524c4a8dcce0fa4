"""She takes a part back, or is asked again: what was sent is cut in truth; the two are one yes of hers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audit.errors import Denied
from referrals import access, actions, errors
from referrals.access.common import packet_context
from referrals.access.packets import part_key
from referrals.access.sent import open_sent_secrets
from referrals.models import Inquiry, Referral, ReferralHalf
from referrals.models.referrals import Part, State
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import DECISION, HER_ANSWER, client_of, filled, hidden, page, text
from vault.envelope import unseal
from vault.errors import Refused
from vault.sections import part_secret

pytestmark = pytest.mark.django_db

FIELDS = ["age_band", "household_size", "language", "alias", "name", "phone", "safe_contact", "needs"]


def narrow(network: Network, case, consent_id, left, **changes):  # type: ignore[no-untyped-def]
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    return actions.narrow_consent(
        unlocked=owner, opened=opened, consent_id=consent_id, fields=left, **changes
    )


def test_what_she_takes_out_is_cut_before_and_after_acceptance(network: Network) -> None:
    service = making.make_service(network.b.agency)
    case, consent_id, referral = making.make_referral(network, service=service, fields=FIELDS)
    before = Referral.objects.get(pk=referral.pk)
    halves = {half.part: bytes(half.half) for half in ReferralHalf.objects.filter(referral=referral)}
    making.answer(people.unlock(network.owner), case, making.ask(people.unlock(network.b.intake), referral))
    left = ["age_band", "alias", "name", "phone", "safe_contact"]
    assert narrow(network, case, consent_id, left) == 1

    desk = people.unlock(network.b.intake)
    packet = making.packet(desk, referral)
    assert packet.opaque.age_band == "26-40"
    assert (packet.opaque.language, packet.opaque.household_size, packet.answer) == ("", None, None)
    # It is accepted as ever, and narrowed again when the worker has read it already.
    making.take(desk, packet.referral)
    assert access.identity_for(desk, referral.id).name == "Nigora Example"
    assert narrow(network, case, consent_id, ["alias", "safe_contact"]) == 1
    identity = access.identity_for(people.unlock(network.b.intake), referral.id)
    assert set(identity.to_json()) == {"fields", "alias", "safe_contact", "until"}
    assert identity.fields == ("alias", "safe_contact")
    assert access.packet_for(people.unlock(network.b.intake), referral.id).opaque.age_band == ""

    # Who kept the sealed packet opens nothing of it with the halves there are now: the old ones are gone.
    [(now, secret)] = open_sent_secrets(people.unlock(network.owner), [referral.pk])
    for part in (Part.OPAQUE, Part.IDENTITY):
        half = bytes(ReferralHalf.objects.get(referral=referral, part=part).half)
        assert half != halves[part]
        key = part_key(part_secret(secret, part.value), half, now, part)
        with pytest.raises(Refused):
            unseal(key, bytes(getattr(before, f"sealed_{part.value}")), packet_context(now, part))
    # The consent says what she decided at first, what she took out, and what is left.
    kept = making.edit(people.unlock(network.owner), case).consent(consent_id).content
    assert kept.fields == ("alias", "safe_contact")
    assert set(kept.heard.fields) == set(FIELDS)
    assert [set(step.taken_out) for step in kept.narrowed] == [
        {"household_size", "language", "needs"},
        {"age_band", "name", "phone"},
    ]
    # Sent again under it, only what is left goes.
    referral = Referral.objects.get(pk=referral.pk)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    actions.cancel(unlocked=owner, opened=opened, referral_id=referral.pk, version=referral.version)
    with pytest.raises(errors.ConsentDoesNotCover):
        making.send_under(owner, opened, consent_id)


def test_an_earlier_end_is_sealed_and_counts(network: Network) -> None:
    case, consent_id, referral = making.make_referral(network)
    owner = people.unlock(network.owner)
    ends = owner.now.replace(microsecond=0) + timedelta(hours=6)
    narrow(network, case, consent_id, making.FIELDS, ends_at=ends)
    making.take(people.unlock(network.b.intake), Referral.objects.get(pk=referral.pk))
    early = making.at(network.b.intake, ends - timedelta(seconds=1))
    assert access.identity_for(early, referral.id).alias == "Lola"
    late = making.at(network.b.intake, ends)
    for look in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            look(late, referral.id)
    # Whoever moves the date in the database to the day she first agreed to opens nothing.
    Referral.objects.filter(pk=referral.pk).update(consent_expires_at=ends + timedelta(days=20))
    for look in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            look(late, referral.id)


def test_a_narrowing_is_less_and_never_more(network: Network) -> None:
    case, consent_id, referral = making.make_referral(network)
    owner = people.unlock(network.owner)
    before = Referral.objects.get(pk=referral.pk)
    without_contact = [field for field in making.FIELDS if field != "safe_contact"]
    for left, ends, field in (
        ([], None, "fields"),
        (["passport"], None, "fields"),
        (making.FIELDS, None, "fields"),
        ([*making.FIELDS, "name"], None, "fields"),
        (without_contact, None, "fields"),
        (making.FIELDS, owner.now + timedelta(days=31), "ends_at"),
        (making.FIELDS, owner.now - timedelta(seconds=1), "ends_at"),
    ):
        with pytest.raises(errors.Invalid) as caught:
            narrow(network, case, consent_id, left, ends_at=ends)
        assert set(caught.value.fields) == {field}
    # A colleague on the case may cut as well: what was sent is theirs to read.
    opened = making.edit(owner, case)
    actions.share_case(unlocked=owner, opened=opened, person=network.colleague, to="edit")
    second = people.unlock(network.colleague)
    left = [field for field in making.FIELDS if field != "needs"]
    assert Referral.objects.get(pk=referral.pk).version == before.version
    opened = making.edit(second, case)
    assert actions.narrow_consent(unlocked=second, opened=opened, consent_id=consent_id, fields=left) == 1
    making.take(people.unlock(network.b.intake), Referral.objects.get(pk=referral.pk))
    assert access.identity_for(people.unlock(network.b.intake), referral.id).needs == ""
    actions.withdraw_consent(unlocked=second, opened=making.edit(second, case), consent_id=consent_id)
    with pytest.raises(errors.WrongState):
        narrow(network, case, consent_id, ["alias"])


def test_asked_again_and_taken_back_as_one(network: Network) -> None:
    service = making.make_service(network.b.agency)
    case, first, referral = making.make_referral(network, service=service)
    owner = client_of(network.owner)
    shown = text(owner, page("case", case.id))
    assert hidden(shown, "renews") == str(first)
    new = page("consent_new", case.id)
    asked = {"service": str(service.pk), "renews": str(first)}
    duty = owner.post(new, {**asked, "step": "duty"}).content.decode()
    assert hidden(duty, "renews") == str(first)
    decide = owner.post(new, {**filled(duty), **asked, "step": "decide", "read_aloud": "on"}).content.decode()
    assert hidden(decide, "renews") == str(first)
    wishes = {**filled(decide), **asked, **DECISION}
    read = owner.post(new, wishes).content.decode()
    recorded = owner.post(new, {**wishes, **filled(read), **HER_ANSWER})
    # While the first is on its way nothing more is sent there: the case, and no page that would only refuse.
    assert (recorded.status_code, recorded["Location"].partition("?")[0]) == (303, page("case", case.id))
    assert 'data-test="send"' not in text(owner, page("case", case.id))
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, case)
    # Both may have been given within the same second, to which the time is kept.
    [second] = [item for item in opened.consents() if item.content.renews == first]
    # What was sent goes on to the end that was signed, and is cut and ended with the newer yes as well.
    assert (
        actions.narrow_consent(unlocked=unlocked, opened=opened, consent_id=second.id, fields=["alias"]) == 1
    )
    making.take(people.unlock(network.b.intake), Referral.objects.get(pk=referral.pk))
    assert access.identity_for(people.unlock(network.b.intake), referral.id).fields == ("alias",)
    assert actions.withdraw_consent(unlocked=unlocked, opened=opened, consent_id=second.id) == 1
    assert Referral.objects.get(pk=referral.pk).state == State.CONSENT_WITHDRAWN
    assert all(item.content.withdrawn_at for item in making.edit(unlocked, case).consents())
    with pytest.raises(errors.WrongState):
        making.consent_to(unlocked, making.edit(unlocked, case), service, renews=first)
    other = making.make_service(network.b.agency, name="Lawyers")
    fresh = making.consent_to(unlocked, making.edit(unlocked, case), other)
    with pytest.raises(errors.WrongState):
        making.consent_to(unlocked, making.edit(unlocked, case), service, renews=fresh)


def test_a_yes_that_was_recorded_twice_is_taken_back_as_one(network: Network) -> None:
    unlocked, service = people.unlock(network.owner), making.make_service(network.b.agency)
    case = making.make_case(unlocked)
    other = making.consent_to(unlocked, making.edit(unlocked, case), making.make_service(network.b.agency))
    first, second = (making.consent_to(unlocked, making.edit(unlocked, case), service) for _ in range(2))
    actions.withdraw_consent(unlocked=unlocked, opened=making.edit(unlocked, case), consent_id=first)
    with pytest.raises(errors.ConsentMissing):
        making.send_under(unlocked, making.edit(unlocked, case), second)
    assert making.send_under(unlocked, making.edit(unlocked, case), other)


def test_narrowing_and_two_taps_to_take_back_on_the_pages(network: Network) -> None:
    case, consent_id, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    owner = client_of(network.owner)
    url = page("consent_narrow", case.id, consent_id)
    assert url in text(owner, page("case", case.id))
    shown = text(owner, url)
    assert shown.count('name="left"') == len(making.FIELDS)
    same = owner.post(url, filled(shown, left=making.FIELDS))
    assert same.status_code == 422
    assert "Take out what they may no longer read" in same.content.decode()
    form = filled(
        shown,
        left=["alias", "age_band"],
        last_day=(people.unlock(network.owner).today + timedelta(days=3)).isoformat(),
    )
    for _ in range(2):
        assert owner.post(url, form).status_code == 303
    assert "Not any more: " in text(owner, page("case", case.id))
    assert access.identity_for(people.unlock(network.b.intake), referral.id).fields == ("age_band", "alias")
    # Two taps from the case's page: the button, and the yes.
    withdraw = page("consent_withdraw", case.id, consent_id)
    assert withdraw in text(owner, page("case", case.id))
    assert owner.post(withdraw, filled(text(owner, withdraw))).status_code == 303
    with pytest.raises(Denied):
        access.identity_for(people.unlock(network.b.intake), referral.id)


def test_a_link_that_shows_what_she_took_out_ends(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked)
    opened = making.edit(unlocked, case)
    consent_id = making.consent_to(unlocked, opened, making.make_service(None, name="No account"))
    inquiry, token = making.ask_under(unlocked, opened, consent_id)
    left = [field for field in making.FIELDS if field != "language"]
    narrow(network, case, consent_id, left)
    assert Inquiry.objects.get(pk=inquiry).ended_at is not None
    assert client_of(network.owner).get(reverse("referrals:inquiry", args=[token])).status_code == 404
