"""One-time links: what opens, what is kept, and that one of two wins."""

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from services import links
from services.codes import LinkKind
from services.errors import Missing, NotAllowed
from services.models import OneTimeLink, Service
from tests.referrals import making
from tests.referrals.test_at_once import both
from tests.security.thief import dump

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def service(db: None) -> Service:
    return making.make_service(None)


def new(service: Service, lasts: timedelta = HOUR) -> tuple[OneTimeLink, str]:
    return links.make(kind=LinkKind.PROVIDER, service=service, lasts=lasts, by=None)


def moved(link: OneTimeLink, **fields: timedelta) -> None:
    """Move times of a link into the past."""
    now = timezone.now()
    OneTimeLink.objects.filter(pk=link.pk).update(**{name: now - ago for name, ago in fields.items()})


def test_a_link_opens_until_it_is_used_and_looking_uses_nothing_up(service: Service) -> None:
    link, token = new(service)
    assert len(token) == 43
    for _ in range(3):
        opened = links.open_link(token, kind=LinkKind.PROVIDER)
        assert (opened.pk, opened.service_id) == (link.pk, service.pk)
    links.use(opened)
    for again in (lambda: links.open_link(token, kind=LinkKind.PROVIDER), lambda: links.use(opened)):
        with pytest.raises(Missing):
            again()


def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(service: Service) -> None:
    expired, revoked, used, other = (new(service) for _ in range(4))
    moved(expired[0], expires_at=timedelta())
    links.revoke(revoked[0])
    links.use(used[0])
    odd = ["", "x", "a" * 43, "ü" * 43, "\x00", other[1][:-1], other[1] + "A", f"{other[1]}="]
    answers = set()
    for token in (expired[1], revoked[1], used[1], *odd):
        with pytest.raises(Missing) as raised:
            links.open_link(token, kind=LinkKind.PROVIDER)
        answers.add((type(raised.value), str(raised.value)))
    with pytest.raises(Missing):
        links.open_link(other[1], kind=LinkKind.STILL_CORRECT)
    assert answers == {(Missing, "")}
    for link, _ in (expired, revoked):
        with pytest.raises(Missing):
            links.use(link)
    assert OneTimeLink.objects.filter(uses__gt=0).count() == 1


def test_a_slip_may_be_mended_a_few_times_and_not_for_long(service: Service) -> None:
    link, token = new(service)
    mending = {"corrections": 2, "within": timedelta(minutes=10)}
    for _ in range(3):
        links.use(links.open_link(token, kind=LinkKind.PROVIDER, **mending), **mending)  # type: ignore[arg-type]
    with pytest.raises(Missing):
        links.use(link, **mending)  # type: ignore[arg-type]
    second, _ = new(service)
    links.use(second)
    moved(second, used_at=timedelta(minutes=11))
    with pytest.raises(Missing):
        links.use(second, **mending)  # type: ignore[arg-type]


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(seconds=-1), timedelta(days=32)])
def test_a_link_for_ever_is_not_made(service: Service, lasts: timedelta) -> None:
    with pytest.raises(NotAllowed):
        new(service, lasts)
    assert not OneTimeLink.objects.exists()


def test_a_thief_of_the_database_opens_no_link(service: Service) -> None:
    link, token = new(service)
    stolen = dump()
    secret = base64.urlsafe_b64decode(token + "=")

    def stands(value: bytes) -> bool:
        return value in stolen or value.hex().encode() in stolen

    assert stands(bytes(link.token_hash)), "the search works"
    assert not stands(secret)
    assert not stands(token.encode())


def test_of_two_at_once_one_uses_it(service: Service) -> None:
    link, _ = new(service)
    results = both(*[lambda: links.use(link)] * 2)
    assert sorted(type(one).__name__ for one in results) == ["Missing", "NoneType"]
    connection.close()
    assert OneTimeLink.objects.get().uses == 1


def test_what_ended_long_ago_is_deleted(service: Service) -> None:
    old, taken_back, late, waiting = (new(service)[0] for _ in range(4))
    moved(old, made_at=timedelta(days=50), expires_at=timedelta(days=36))
    moved(taken_back, revoked_at=timedelta(days=36))
    moved(late, expires_at=timedelta(days=34))
    assert links.sweep(now=timezone.now()) == 2
    assert set(OneTimeLink.objects.values_list("pk", flat=True)) == {late.pk, waiting.pk}
