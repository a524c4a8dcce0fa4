"""The language that does not exist: recognisable, longer, and harmless to what a program fills in."""

from django.utils.translation import gettext, ngettext, override, pgettext, trans_real

from tools import pseudo


def test_text_is_odd_longer_and_closed_and_placeholders_stay() -> None:
    said = pseudo.pseudo('See <a href="%(url)s">{count} places</a> &amp; 50%% more')
    assert said.startswith('«Ŝéé <a href="%(url)s">{count} pļàçéŝ</a> &amp; 50%% môŕé ~')
    assert said.endswith("~»")
    assert said % {"url": "/x/"}
    assert pseudo.pseudo(" ") == " "
    assert max(map(len, pseudo.pseudo("as long as a text of a page can be " * 9).split())) < 10  # it wraps


def test_it_stands_in_the_place_of_a_language_and_of_no_other() -> None:
    before = trans_real._translations.pop("uz", None)  # type: ignore[attr-defined]
    try:
        pseudo.install("uz")
        with override("uz"):
            assert gettext("A text of this minute") == "«À ţéxţ ôf ţĥîŝ mîñûţé ~~~~~~~»"
            assert pgettext("month", "Open") == "«Ôpéñ ~»"
            assert [ngettext("%(n)s day", "%(n)s days", n) % {"n": n} for n in (1, 3)] == [
                "«1 ðàý ~~~»",
                "«3 ðàýŝ ~~~~»",
            ]
        with override("ru"):
            assert "«" not in gettext("A text of this minute")
    finally:
        trans_real._translations.pop("uz")  # type: ignore[attr-defined]
        if before is not None:
            trans_real._translations["uz"] = before  # type: ignore[attr-defined]


def test_what_was_never_marked_is_found_and_names_are_not() -> None:
    assert pseudo.is_unmarked("Send it to the desk")
    assert not pseudo.is_unmarked(pseudo.pseudo("Send it to the desk"))
    assert not pseudo.is_unmarked("Namuna Yordam Uyi")
    assert not pseudo.is_unmarked("a warm room for the night", frozenset({"a warm room for the night"}))
