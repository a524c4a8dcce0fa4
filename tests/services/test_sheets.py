"""Printed sheets, read back from the PDF as a person's machine would read them."""

import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import segno
import typst
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from services.codes import ServiceType, Sex, Status
from services.models import District, Organization, Service
from services.queries.entries import Day
from services.queries.sheets import sheet_place, sheet_services
from services.sheets import printing, words
from services.sheets.content import Kind, PublicPage, content
from services.views.sheets import public_page

from .conftest import Make, hsds_service, imported

ZOMIN = "/directory/sheets/uz-ji-zomin-tumani/"
A4 = (595, 842)
LETTERS = "Oʻzbek gʻisht sanʼat Ўқувчи Ғ Ҳ қ ғ ҳ Qaraqalpaq Á á Ǵ ǵ ı Ń ń Ó ó Ú ú Әә Өө Үү Ңң"


def text_of(pdf: bytes) -> str:
    """Return the words of a PDF in one line: where lines break says nothing."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def content_of(
    code: str = "uz-ji-zomin-tumani", language: str = "en", printed: date = date(2026, 11, 23)
) -> dict[str, Any]:
    with translation.override(language):
        place = sheet_place(code)
        assert place is not None
        page = PublicPage("https://hamroh.example/directory/?region=UZ-JI", "hamroh.example/directory/")
        return content(place, sheet_services(place), page=page, printed=printed)


def strictly(kind: Kind, made: dict[str, Any]) -> bytes:
    """Print as accessible PDF/UA-1: Typst refuses a letter that the font lacks, a picture without text."""
    return typst.compile(
        printing.TEMPLATES / f"{kind}.typ",
        root=printing.TEMPLATES,
        font_paths=printing.fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"content": printing.as_text(made)},
    )


@pytest.mark.django_db
def test_both_papers_are_one_page_in_each_language(demo: None, client: Client) -> None:
    for language, letters in (("en", "w"), ("uz", "ʻ"), ("uz-cyrl", "ўқ"), ("ru", "ы")):
        made = content_of("uz-sa-samarqand-shahri", language, printed=timezone.localdate())
        first = made["entries"][0]
        for name, size in (("numbers", A4), ("notes", A4[::-1])):
            response = client.get(f"/directory/sheets/uz-sa-samarqand-shahri/{name}.pdf?language={language}")
            assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
            pages = PdfReader(io.BytesIO(response.content)).pages
            assert [(round(p.mediabox.width), round(p.mediabox.height)) for p in pages] == [size]
            text = text_of(response.content)
            assert first["name"]["text"] in text
            for expected in ("102", "103", "112", "72", "120", first["phones"][0], made["printed"], *letters):
                assert expected in text
        if language.startswith("uz"):
            strictly(Kind.POCKET if language == "uz" else Kind.SHEET, made)


@pytest.mark.django_db
def test_every_letter_is_drawn_and_read_back(make: Make) -> None:
    make()
    made = content_of()
    made["entries"][0]["name"]["text"] = words.plain(LETTERS, 200)
    for kind in Kind:
        assert LETTERS in text_of(strictly(kind, made))
    made["entries"][0]["name"]["text"] = "漢"
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        strictly(Kind.SHEET, made)


@pytest.mark.django_db
def test_what_is_kept_of_a_text_is_in_the_font(make: Make) -> None:
    make()
    made = content_of()
    everything = [chr(n) for low, high in words._FONT_HAS for n in range(low, high)]
    made["words"]["none"] = words.plain(" ".join(everything), 100_000)
    made["entries"] = []
    strictly(Kind.SHEET, made)


@given(st.text(max_size=300))
@settings(max_examples=50)
def test_any_text_becomes_one_short_visible_line(text: str) -> None:
    line = words.plain(text + "\u202e\u200f\x00\n#", 60)
    assert len(line.replace(words._BREAK, "")) <= 60
    assert not set(line) & set("\u202e\u200f\x00\n")
    assert max(map(len, re.split(f"[ {words._BREAK}]", line))) <= 30


HOSTILE = [
    '#import "@preview/x:1.0.0": y',
    '#panic() #read("/etc/passwd") #sys.inputs',
    "*bold* _it_ `raw` $x^2$ <label> @ref",
    "\\u{41} \\ // no /* comment */ = head",
    '"quote" #"str" ]#[ {} ~ --- https://x.example',
]


@pytest.mark.django_db
@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_of_the_directory_are_never_markup(hostile: str, make: Make) -> None:
    service = make(
        name=hostile,
        required_documents=[{"id": "d", "document": hostile[:50]}],
        description="",
    )
    Organization.objects.filter(pk=service.organization_id).update(name=hostile)
    made = content_of()
    made["place"] = made["region"] = hostile
    for kind in Kind:
        text = text_of(printing.pdf(kind, printing.as_text(made), date(2026, 11, 23)))
        assert re.sub(r"\s+", "", hostile) in re.sub(r"\s+", "", text)


def test_templates_fetch_and_evaluate_nothing() -> None:
    for file in printing.TEMPLATES.glob("*.typ"):
        source = file.read_text("utf-8")
        assert not re.search(r"@preview|\beval\(|\bread\(|\bplugin\(|mode:", source), file.name


@pytest.mark.django_db
@pytest.mark.parametrize("told_by", ["the kind", "the mark"])
def test_a_shelter_gives_a_phone_and_no_place(told_by: str, make: Make) -> None:
    """Even if an address slipped past the import, either of kind and mark keeps it off the paper."""
    service = make(name="Quiet house")
    assert "Namuna street 1" in json.dumps(content_of())
    change = {"service_type": "safe_house"} if told_by == "the kind" else {"is_confidential": True}
    Service.objects.filter(pk=service.pk).update(**change)
    made = content_of()
    [one] = made["entries"]
    assert one["where"] == "Zomin District, the address is told by phone"
    assert one["phones"] == ["+998 00 000 99 01"]
    assert "Namuna street" not in json.dumps(made)
    for kind in Kind:
        text = text_of(printing.pdf(kind, printing.as_text(made), date(2026, 11, 23)))
        assert "Quiet house" in text
        assert "Namuna street" not in text


def of_every_kind(count: int) -> list[dict[str, Any]]:
    """Return services of all kinds by turns; shelters as a careful editor would send them."""
    kinds = [kind.value for kind in ServiceType]
    services = [
        hsds_service(name=f"Place number {n:02}", service_type=kinds[n % len(kinds)]) for n in range(count)
    ]
    for service in services:
        if service["service_type"] == "safe_house":
            location = service["service_at_locations"][0]["location"]
            location["location_type"] = "virtual"
            for key in ("addresses", "latitude", "longitude"):
                del location[key]
    return services


def _modules(svg: str) -> list[list[int]]:
    """Read the dark modules back from segno's path of horizontal strokes."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    dark = [[0] * side for _ in range(side)]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):  # type: ignore[index]
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "h":
            for column in range(int(x), int(x + values[0])):
                dark[int(y)][column] = 1
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return dark


@pytest.mark.django_db
def test_the_qr_code_leads_to_the_page_of_the_district(make: Make, client: Client) -> None:
    service = make()
    place = sheet_place("uz-ji-zomin-tumani")
    assert place is not None
    page = public_page(RequestFactory().get("/directory/sheets/"), place)
    made = content(place, sheet_services(place), page=page, printed=date(2026, 11, 23))
    leads_to = "http://testserver/directory/places/uz-ji-zomin-tumani/"
    expected = segno.make(leads_to, error="m", micro=False)
    assert _modules(made["qr"]) == [list(row) for row in expected.matrix]
    body = client.get(leads_to.removeprefix("http://testserver")).content.decode()
    assert "Zomin" in body
    assert str(service.pk) in body


@pytest.mark.django_db
def test_a_full_district_stays_one_page_and_says_how_many_more(make: Make) -> None:
    make()
    imported(*of_every_kind(50), source="many")
    made = content_of()
    assert len(made["entries"]) == 6 * 7
    for kind in Kind:
        pdf = printing.pdf(kind, printing.as_text(made), date(2026, 11, 23))
        assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
        text = text_of(pdf)
        shown = {entry["name"]["text"] for entry in made["entries"] if entry["name"]["text"] in text}
        assert len(shown) >= 7
        assert {entry["sector"] for entry in made["entries"] if entry["name"]["text"] in shown} == set(
            range(7)
        )
        assert f"{51 - len(shown)} more places are on the public page." in text


@pytest.mark.django_db
def test_the_pocket_has_eight_panels_and_says_nothing_outside(make: Make) -> None:
    imported(*of_every_kind(14), source="many")
    found: dict[tuple[int, int], str] = {}

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            panel = int(x // (842 / 4)), int(y < 595 / 2)
            found[panel] = found.get(panel, "") + text

    pdf = printing.pdf(Kind.POCKET, printing.as_text(content_of()), date(2026, 11, 23))
    reader = PdfReader(io.BytesIO(pdf))
    reader.pages[0].extract_text(visitor_text=visit)
    assert len(found) == 7, "all but the back, which has lines to write on"
    assert (0, 1) not in found
    assert found[(1, 1)].strip() == "Notes"
    assert reader.metadata is not None
    assert reader.metadata.title == "Useful numbers"


@pytest.mark.django_db
def test_who_comes_first_and_who_does_not_come(make: Make) -> None:
    def named(name: str, **changes: Any) -> Service:
        return imported(hsds_service(name=name, **changes), source=name)[0]

    make(name="Hidden one")
    Service.objects.update(publication="hidden")
    closed = named("Closed one")
    Service.objects.filter(pk=closed.pk).update(status=Status.TEMPORARILY_CLOSED)
    men = named("Aaa for men")
    Service.objects.filter(pk=men.pk).update(sex=Sex.MALE)
    elsewhere = hsds_service(name="Far away")
    elsewhere["service_at_locations"][0]["location"]["district"]["name_uz_latn"] = "Forish tumani"
    far = imported(elsewhere, source="far")[0]
    police = hsds_service(name="Far police", service_type="police_security")
    police["service_at_locations"][0]["location"]["district"]["name_uz_latn"] = "Forish tumani"
    imported(police, source="police")
    clinic = named("Zzz clinic", service_type="health_medical")
    care = named("Zzz care", service_type="health_medical")
    Service.objects.filter(pk=care.pk).update(subtypes=["clinical_management_of_rape"])
    Service.objects.filter(pk=clinic.pk).update(assured_date=timezone.localdate() - timedelta(days=300))
    with translation.override("en"):
        place = sheet_place("uz-ji-zomin-tumani")
        assert place is not None
        found = sheet_services(place)
    assert [one.page.card.name for one in found.listed] == [
        "Zzz care",
        "Far away",
        "Zzz clinic",
        "Aaa for men",
    ]
    assert [one.is_elsewhere for one in found.listed] == [False, True, False, False]
    assert [one.is_stale for one in found.listed] == [True, True, False, True]
    assert [page.card.name for page in found.care] == ["Zzz care"]
    assert found.total == 4, "the closed one is on the public page"
    assert far.pk not in {men.pk, closed.pk}


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(make: Make, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{ZOMIN}numbers.pdf").status_code == 200
        return len(captured)

    make()
    few = queries()
    imported(*(hsds_service(name=f"Another {n}") for n in range(8)), source="more")
    assert queries() <= few


@pytest.mark.django_db
def test_a_paper_is_a_file_without_a_telling_name_and_is_not_kept(make: Make, client: Client) -> None:
    make()
    response = client.get(f"{ZOMIN}notes.pdf?language=ru")
    assert response["Content-Disposition"] == 'attachment; filename="notes-uz-ji-zomin-tumani-ru.pdf"'
    assert response["Cache-Control"] == "no-store"
    again = client.get(f"{ZOMIN}notes.pdf?language=ru", headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{ZOMIN}notes.pdf?language=ru").content == response.content
    assert client.head(f"{ZOMIN}notes.pdf?language=ru").content == b""
    other = client.get(f"{ZOMIN}numbers.pdf?language=ru")
    assert other["ETag"] != response["ETag"]
    Service.objects.update(name="New name")
    assert client.get(f"{ZOMIN}notes.pdf?language=ru")["ETag"] != response["ETag"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "uz-ji-nowhere/numbers.pdf",
        "uz-ji-zomin-tumani/numbers.pdf?language=xx",
        "UZ-JI/other.pdf",
        "%00/notes.pdf",
    ],
)
def test_what_is_not_there_is_missing(path: str, make: Make, client: Client) -> None:
    assert client.get(f"/directory/sheets/{path}").status_code == 404


@pytest.mark.django_db
def test_a_former_district_has_no_paper(make: Make, client: Client) -> None:
    District.objects.filter(pk="uz-ji-zomin-tumani").update(valid_to=date(2020, 1, 1))
    assert client.get(f"{ZOMIN}numbers.pdf").status_code == 404


@pytest.mark.django_db
def test_too_many_at_once_are_asked_to_wait(
    make: Make, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    monkeypatch.setattr(printing, "WAIT_SECONDS", 0.01)
    taken = [printing._places.acquire(timeout=1) for _ in range(printing.AT_ONCE)]
    try:
        response = client.get(f"{ZOMIN}numbers.pdf?language=uz")
    finally:
        for _ in taken:
            printing._places.release()
    assert response.status_code == 429
    assert response["Retry-After"] == "15"
    assert client.get(f"{ZOMIN}numbers.pdf?language=uz").status_code == 200


@pytest.mark.django_db
def test_the_page_offers_both_papers_in_the_language_asked_for(make: Make, client: Client) -> None:
    body = client.get("/directory/sheets/").content.decode()
    assert "numbers.pdf" not in body
    assert 'href="/directory/sheets/"' in client.get("/directory/").content.decode()
    page = "/directory/sheets/?region=UZ-JI&district=uz-ji-zomin-tumani&language=uz-cyrl"
    body = client.get(page).content.decode()
    for name in ("numbers", "notes"):
        address = f"{ZOMIN}{name}.pdf?language=uz-cyrl"
        assert f'href="{address}"' in body
        assert client.get(address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["region=", "region=x", "region=%00", "region=UZ-JI&district=x", "region=UZ-JI&language=x"]
)
def test_odd_choices_are_asked_again(query: str, make: Make, client: Client) -> None:
    response = client.get(f"/directory/sheets/?{query}")
    assert response.status_code == 400
    body = response.content.decode()
    assert "summary-of-errors" in body
    assert ".pdf" not in body


WEEK = [("09:00", "13:00"), ("14:00", "18:00")]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], "call and ask when"),
        ([Day(n, WEEK, by_appointment=False) for n in range(5)], "Mon–Fri 09:00–13:00, 14:00–18:00"),
        ([Day(n, [("06:00", "01:00")], by_appointment=False) for n in range(7)], "every day 06:00–01:00"),
        (
            [Day(0, WEEK[:1], True), Day(1, WEEK[:1], True), Day(5, WEEK[1:], False)],
            "Mon, Tue 09:00–13:00 (make an appointment); Sat 14:00–18:00",
        ),
        (
            [Day(2, [("09:00", "13:00"), ("10:00", "16:00")], by_appointment=False)],
            "Wed, hours differ from site to site",
        ),
        (
            [Day(5, [("00:00", "00:00"), ("08:00", "17:00")], False), Day(6, [("00:00", "00:00")], False)],
            "Sat, hours differ from site to site; Sun 00:00–24:00",
        ),
    ],
)  # fmt: skip
def test_hours_are_one_line(days: list[Day], expected: str) -> None:
    with translation.override("en"):
        assert words.hours(days, round_the_clock=False) == expected
        assert words.hours(days, round_the_clock=True) == "day and night"


def test_dates_cannot_be_read_the_wrong_way_round() -> None:
    for language, expected in (("en", "2 March 2026"), ("uz-cyrl", "02.03.2026"), ("ru", "02.03.2026")):
        with translation.override(language):
            assert words.printed_date(date(2026, 3, 2)) == expected


def test_sheets_need_no_colour_and_no_grey_that_a_photocopy_loses() -> None:
    for template in printing.TEMPLATES.glob("*.typ"):
        text = template.read_text("utf-8")
        assert not re.search(r"\b(rgb|cmyk|oklch|color)\b|fill: (red|blue|green|gray)", text), template
        # Words at most a third grey; lines to write or fold on may be lighter.
        greys = [int(grey) for grey in re.findall(r"let (?:ink|soft) = luma\((\d+)%\)", text)]
        assert all(grey <= 33 for grey in greys)
