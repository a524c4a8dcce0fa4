"""How much two entries look like the same service: what is compared, and the score.

Only the comparing lives here, over plain values; which entries are compared at all is decided in
``actions.duplicates`` by the keys they share. The score says whether a person should look: nothing is
ever merged by it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from uuid import UUID

from services.folding import folded_words
from services.places import distance_km

SUGGESTED = 0.82
WORTH_A_LOOK = 0.68
NEAR_KM = 0.3
_CELL = 0.005  # degrees: some 500 m, wider than NEAR_KM in both directions at these latitudes

# Sites on which everybody has a page: to share one says nothing.
_EVERYBODYS = frozenset({
    "facebook.com", "fb.com", "instagram.com", "t.me", "telegram.me", "telegram.org", "youtube.com", "vk.com",
    "ok.ru", "linkedin.com", "twitter.com", "x.com", "gmail.com", "mail.ru", "inbox.ru", "bk.ru", "list.ru",
    "yandex.ru", "yandex.com", "yahoo.com", "hotmail.com", "outlook.com", "umail.uz", "gov.uz", "google.com",
})  # fmt: skip
_DIGITS = re.compile(r"\d+")
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^@/?#]*@)?([^:/?#]+)", re.IGNORECASE)


class Sign(StrEnum):
    """What two entries share (or, the last two, do not)."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    WEBSITE = "website"
    NEAR = "near"
    KIND = "kind"
    DISTRICT = "district"
    OTHER_KIND = "other_kind"
    OTHER_DISTRICT = "other_district"


# Together the contacts count for no more than _CONTACT_MOST: without a like name, kind and place they
# stay below both tiers. One line and one house serve all services of an organization, so there they
# count half.
_WEIGHTS = {Sign.PHONE: 0.22, Sign.EMAIL: 0.18, Sign.WEBSITE: 0.10}
_CONTACT_MOST = 0.32
_ONE_ORGANIZATION = 0.5
_NAME, _KIND, _NEAR, _DISTRICT = 0.42, 0.11, 0.15, 0.08
_OTHER_KIND, _OTHER_DISTRICT = -0.25, -0.20
LIKE_NAME = 0.75  # from here on the names count as alike, and are given as a reason


@dataclass(frozen=True)
class Profile:
    """What of one entry is compared. Make it with ``profile``."""

    id: UUID
    organization: UUID | None
    names: tuple[frozenset[str], ...]
    spellings: tuple[str, ...]
    numbers: frozenset[int]
    phones: frozenset[str]
    emails: frozenset[str]
    hosts: frozenset[str]
    service_type: str
    districts: frozenset[str]
    positions: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Likeness:
    """``score`` is between 0 and 1; ``is_suggested`` the upper of the two tiers."""

    score: float
    signs: list[Sign] = field(default_factory=list)
    is_suggested: bool = False

    @property
    def is_worth_a_look(self) -> bool:
        return self.score >= WORTH_A_LOOK


def phone_key(number: str) -> str:
    """Return the last nine digits of a number, however it is written; empty for short ones.

    Short numbers (102, 112, hotlines) are shared by many services on purpose.
    """
    digits = "".join(_DIGITS.findall(unicodedata.normalize("NFKC", number)))
    return digits[-9:] if len(digits) >= 7 else ""


def email_key(email: str) -> str:
    email = email.strip().lower()
    return email if "@" in email else ""


def host_key(address: str) -> str:
    """Return the host of a website without ``www.``; empty where everybody has a page there."""
    found = _HOST.match(address.strip().lower())
    host = found[1].removeprefix("www.").strip(".") if found else ""
    return host if "." in host and host not in _EVERYBODYS else ""


def numbers_in(name: str) -> frozenset[int]:
    """Return the numbers in a name: School No 5 is not School No 12."""
    return frozenset(int(found[:18]) for found in _DIGITS.findall(unicodedata.normalize("NFKC", name)))


def profile(
    *,
    pk: UUID,
    names: Iterable[str],
    organization: UUID | None = None,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    websites: Iterable[str] = (),
    service_type: str = "",
    districts: Iterable[str] = (),
    positions: Iterable[tuple[float, float]] = (),
) -> Profile:
    """Return what is compared of one entry. ``names`` are its names in all languages, the main one first."""
    listed = [name for name in names if name.strip()]
    words = {frozenset(folded): " ".join(sorted(folded)) for name in listed if (folded := folded_words(name))}
    addresses = [key for email in emails if (key := email_key(email))]
    hosts = {key for website in websites if (key := host_key(website))}
    return Profile(
        id=pk,
        organization=organization,
        names=tuple(words),
        spellings=tuple(words.values()),
        numbers=numbers_in(listed[0]) if listed else frozenset(),
        phones=frozenset(key for phone in phones if (key := phone_key(phone))),
        emails=frozenset(addresses),
        hosts=frozenset(hosts),
        service_type=service_type,
        districts=frozenset(districts),
        positions=tuple(positions),
    )


def name_likeness(one: Profile, other: Profile) -> float:
    """Return how alike the names are at best, in any of their languages: 0 to 1."""
    best = 0.0
    for words, spelled in zip(one.names, one.spellings, strict=True):
        for others, spelled_otherwise in zip(other.names, other.spellings, strict=True):
            if words == others:
                return 1.0
            shared = 2 * len(words & others) / (len(words) + len(others))
            best = max(best, shared, _alike(spelled, spelled_otherwise))
    return best


def _alike(one: str, other: str) -> float:
    """Return how alike two spellings are; the same whichever comes first."""
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def is_near(one: Profile, other: Profile) -> bool:
    return any(distance_km(a, b) <= NEAR_KM for a in one.positions for b in other.positions)


def _may_be_one_place(some: Iterable[str], others: Iterable[str]) -> bool:
    """Say whether an entry that is placed by its region only may be in a district of the other's.

    A district's code begins with the code of its region, in small letters.
    """
    return any(
        longer.startswith(f"{shorter.lower()}-")
        for a in some
        for b in others
        for shorter, longer in ((a, b), (b, a))
    )


def likeness(one: Profile, other: Profile) -> Likeness:
    """Compare two entries. Symmetric. Names with different numbers veto: the score is 0."""
    if one.numbers and other.numbers and one.numbers != other.numbers:
        return Likeness(0.0)
    alike = name_likeness(one, other)
    score = _NAME * alike
    signs = [Sign.NAME] if alike >= LIKE_NAME else []
    contacts = [
        sign
        for sign, common in (
            (Sign.PHONE, one.phones & other.phones),
            (Sign.EMAIL, one.emails & other.emails),
            (Sign.WEBSITE, one.hosts & other.hosts),
        )
        if common
    ]
    signs += contacts
    shared = min(sum(_WEIGHTS[sign] for sign in contacts), _CONTACT_MOST)
    if is_near(one, other):
        shared += _NEAR
        signs.append(Sign.NEAR)
    same_house = one.organization is not None and one.organization == other.organization
    score += shared * _ONE_ORGANIZATION if same_house else shared
    strong = len(signs)
    if one.service_type and other.service_type:
        same = one.service_type == other.service_type
        score += _KIND if same else _OTHER_KIND
        signs.append(Sign.KIND if same else Sign.OTHER_KIND)
    if one.districts & other.districts:
        score += _DISTRICT
        signs.append(Sign.DISTRICT)
    elif one.districts and other.districts and not _may_be_one_place(one.districts, other.districts):
        score += _OTHER_DISTRICT
        signs.append(Sign.OTHER_DISTRICT)
    score = round(max(0.0, min(score, 1.0)), 3)
    # A phone and a name are what branches of one organization share: that alone is for a person to judge.
    only_phone_and_name = strong <= 2 and set(signs[:strong]) <= {Sign.PHONE, Sign.NAME}
    return Likeness(score, signs, is_suggested=score >= SUGGESTED and not only_phone_and_name)


def block_keys(one: Profile) -> Iterator[tuple[str, ...]]:
    """Yield the keys under which an entry is put: only entries that share one are ever compared."""
    for kind, values in (("phone", one.phones), ("email", one.emails), ("host", one.hosts)):
        for value in values:
            yield kind, value
    for spelled in one.spellings:
        yield "name", spelled
    for name in one.names:
        # Two words shared in one district: the same name with a word more, less or misspelt.
        rare = sorted(name, key=lambda word: (-len(word), word))[:3]
        for place in one.districts or {""}:
            for word in rare:
                yield "word", one.service_type, place, word
    for latitude, longitude in one.positions:
        row, column = round(latitude / _CELL), round(longitude / _CELL)
        # The neighbours too, one way: of two sites on both sides of a line one finds the other's cell.
        for down in (0, 1):
            for right in (-1, 0, 1):
                if (down, right) != (0, -1):
                    yield "cell", one.service_type, str(row + down), str(column + right)
