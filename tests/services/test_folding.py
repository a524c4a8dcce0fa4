import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.folding import fold, prefix_range, tokens
from services.places import DATA_FILE

PLACES = [
    place["names"]
    for region in json.loads(DATA_FILE.read_text("utf-8"))["regions"]
    for place in [region, *region["districts"]]
]


@pytest.mark.parametrize("names", PLACES, ids=lambda names: names["en"])
def test_every_place_folds_alike_in_latin_and_cyrillic(names: dict[str, str]) -> None:
    assert tokens(names["uz"]) == tokens(names["uz-cyrl"]) != []


@pytest.mark.parametrize("mark", "ʻʼ'’‘`´ʹ′")
def test_any_apostrophe_and_none_give_the_same_word(mark: str) -> None:
    assert fold(f"Yangiyo{mark}l") == fold("Yangiyoʻl") == fold("Yangiyol") == fold("Янгийўл")
    assert tokens(f"G{mark}allaorol") == tokens("Ғаллаорол") == tokens("Ğallaorol")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Shoʻrchi", "Şörçi"), ("Чорток", "Çortok"), ("Samarqand", "Самарканд"), ("Buxoro", "Buhoro")],
)
def test_old_and_new_letters_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_word_with_letters_of_the_other_script_in_it_is_set_right() -> None:
    assert fold("Sаmаrqаnd") == fold("Samarqand")  # three Cyrillic а
    assert fold("Нaмaнгaн") == fold("Namangan")  # three Latin a


@given(st.text(max_size=60))
def test_tokens_are_plain_letters_and_digits(text: str) -> None:
    for token in tokens(text):
        assert token.isascii()
        assert token.isalnum()
        assert token == token.lower()
        assert tokens(token) == [token]


_token = st.text("abcxyz019", min_size=1, max_size=6)


@given(_token, _token)
def test_the_range_of_a_prefix_holds_just_the_words_that_begin_with_it(prefix: str, word: str) -> None:
    low, high = prefix_range(prefix)
    assert (low <= word and (high is None or word < high)) == word.startswith(prefix)
