"""Labels as people and pandas write them: nothing lost, nothing invented."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import coefficient, encode
from analysis.errors import AgreementError

ALPHA = "krippendorff_alpha"


def alpha(encoded, level: str = "nominal") -> float:
    return coefficient(encoded.values, ALPHA, level=level, domain=encoded.domain).estimate


WORDS = [["a", "b", "b", None, "a"], ["a", "b", "a", "b", "a"]]
EXPECTED = coefficient([[0, 1, 1, np.nan, 0], [0, 1, 0, 1, 0]], ALPHA).estimate


@pytest.mark.parametrize(
    "ratings",
    [
        WORDS,
        np.array(WORDS, dtype=object),
        pd.DataFrame(dict(zip("AB", WORDS, strict=True))),
        pd.DataFrame(dict(zip("AB", WORDS, strict=True)), dtype="category"),
        pd.DataFrame(dict(zip("AB", WORDS, strict=True)), dtype="string"),
        [pd.Series(WORDS[0]).replace({None: pd.NA}), pd.Series(WORDS[1])],
        [["a", "b", "b", float("nan"), "a"], WORDS[1]],
        [["a", "b", "b", pd.NaT, "a"], WORDS[1]],
        [["a", "b", "b", "", "a"], WORDS[1]],
        [pd.array([1, 2, 2, None, 1], dtype="Int64"), pd.array([1, 2, 1, 2, 1], dtype="UInt8")],
        [[True, False, False, None, True], [True, False, True, False, True]],
    ],
    ids=[
        "lists",
        "objects",
        "frame",
        "categories",
        "strings",
        "NA",
        "nan",
        "NaT",
        "empty",
        "integers",
        "truth",
    ],
)
def test_the_same_ratings_in_any_dress_give_the_same_alpha(ratings):
    assert alpha(encode(ratings)) == pytest.approx(EXPECTED)


def test_a_label_called_nan_is_a_label():
    encoded = encode([["nan", "x", "nan", "NA"], ["nan", "x", "x", "NA"]])

    assert encoded.labels == ("NA", "nan", "x")
    assert not np.isnan(encoded.values).any()


def test_unsigned_integers_do_not_wrap():
    small = np.array([[1, 2, 250, 3], [2, 1, 3, 250]], dtype=np.uint8)

    assert alpha(encode(small), "interval") == alpha(encode(small.astype(float)), "interval")
    assert coefficient(small, ALPHA, level="interval").estimate == alpha(encode(small), "interval")


def test_categories_nobody_used_stay_in_the_domain_and_in_their_order():
    column = pd.Series(["low", "high"], dtype=pd.CategoricalDtype(["low", "mid", "high"], ordered=True))
    encoded = encode([column, column])

    assert encoded.labels == ("low", "mid", "high")
    assert encoded.values.tolist() == [[0, 2], [0, 2]]


def test_texts_that_are_all_numbers_are_numbers():
    encoded = encode([["1", "10", "2"], ["1", "10", "10"]])

    assert encoded.domain.tolist() == [1, 2, 10]
    assert encoded.labels == ("1", "2", "10")


def test_texts_that_are_the_same_number_stay_different_labels():
    assert encode([["1", "01"], ["1.0", "1"]]).labels == ("01", "1", "1.0")


def test_whole_numbers_too_long_for_a_float_stay_different():
    encoded = encode([[2**60, 2**60 + 1], [2**60, 2**60]])

    assert encoded.labels == (2**60, 2**60 + 1)


def test_declared_labels_give_the_order_and_refuse_others():
    assert encode([["no", "yes"], ["no", "no"]], labels=["yes", "no"]).values.tolist() == [[1, 0], [1, 1]]
    with pytest.raises(AgreementError, match='Did you mean "maybe"'):
        encode([["no", "mabe"], ["no", "no"]], labels=["yes", "no", "maybe"])


@pytest.mark.parametrize(
    ("ratings", "says"),
    [
        ([["a", 1], ["b", 2]], "mix numbers with text"),
        ([[True, 1], [False, 2]], "mix True and False with numbers"),
        ([[1, 2], [1, 2, 3]], "same units"),
        ([[1.0, np.inf], [1.0, 2.0]], "infinite"),
    ],
)
def test_what_cannot_be_meant_is_refused(ratings, says):
    with pytest.raises(AgreementError, match=says):
        encode(ratings)


def test_no_ratings_at_all_are_undefined_not_an_error():
    assert coefficient(encode([[None, None], [None, None]]).values, ALPHA).note == "nobody rated anything"
