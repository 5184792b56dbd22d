"""One bad document among many is named with its score; the others stand."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.read.positions import Selection, judge
from analysis.read.rqda import read_rqda
from analysis.read.ruler import Ruler
from analysis.read.verdicts import Verdict, verdicts_of

from .conftest import Span, Truth
from .test_rqda import twin


def many(make_team, documents=50):
    """Return a team's coding of many short documents."""
    texts, spans = {}, []
    for n in range(documents // 2):
        one = make_team(seed=n, lines=8)
        for name, text in one.texts.items():
            texts[f"{name} {n}"] = text
            spans += [Span(f"{name} {n}", *span[1:]) for span in one.spans if span.document == name]
    return Truth(texts, tuple(spans))


def shifted(database, truth, bad, by=3):
    """Write a project whose text of one document was changed after coding."""
    _, rows = twin(database, truth)
    number = 1 + list(truth.texts).index(bad)
    coding = [
        (*row[:3], row[3] + by, row[4] + by, *row[5:]) if row[1] == number else row for row in rows["coding"]
    ]
    return twin(database, truth, coding=coding)[0]


def test_one_bad_document_among_fifty_is_named_and_the_others_stand(database, make_team, given, spans_of):
    truth = many(make_team)
    bad = list(truth.texts)[17]
    draft = read_rqda(*_opened(shifted(database, truth, bad), given))
    mine = [span for span in truth.spans if span.document == bad]
    assert spans_of(draft) == {span for span in truth.spans if span.document != bad}
    assert draft.facts["left"]["codings of documents whose positions do not fit"] == len(mine)
    assert draft.facts["positions"]["verdict"] != "refused"
    assert draft.facts["positions"]["score"] > 0.95
    (exception,) = draft.facts["positions"]["exceptions"]
    assert exception.startswith(f"{bad}: 0 of {len(mine)} fit (0.0 %)")
    assert any(bad in warning and "0 of" in warning for warning in draft.warnings)


def test_a_refused_file_names_the_documents_that_fit_worst_and_their_scores(database, make_team, given):
    truth = make_team()
    bad = list(truth.texts)[1]
    mine = sum(span.document == bad for span in truth.spans)
    with pytest.raises(DataError, match=rf'"{bad}": 0 of {mine} fit \(0.0 %\)'):
        read_rqda(*_opened(shifted(database, truth, bad), given))


def test_a_file_in_which_all_fits_has_no_exception(database, truth, given):
    draft = read_rqda(*_opened(twin(database, truth)[0], given))
    assert draft.facts["positions"]["exceptions"] == []


def test_documents_are_judged_by_word_edges_where_there_are_no_excerpts():
    words = "one two three four five six seven eight nine ten "
    texts = dict.fromkeys("abc", words * 10)
    starts = [n * len(words) + at for n in range(10) for at in (0, 4, 8, 14)]
    good = [Selection(name, at, texts[name].index(" ", at)) for name in "ab" for at in starts]
    bad = [Selection("c", at + 1, texts["c"].index(" ", at) - 1) for at in starts]
    rulers = {name: Ruler(text) for name, text in texts.items()}
    worst, *others = verdicts_of(judge(rulers, [*good, *bad]))
    assert (worst.document, worst.refused) == ("c", True)
    assert [(each.document, each.score, each.doubtful) for each in others] == [
        ("a", 1, False),
        ("b", 1, False),
    ]


@pytest.mark.parametrize(
    ("fits", "n", "doubtful", "refused"),
    [
        (0, 2, False, False),
        (1, 3, True, True),
        (18, 20, True, False),
        (17, 19, False, False),
        (20, 20, False, False),
    ],
)
def test_few_selections_are_not_held_against_a_document(fits, n, doubtful, refused):
    verdict = Verdict("d", fits, n)
    assert (verdict.doubtful, verdict.refused) == (doubtful, refused)


def _opened(path, given):
    return path, given(path)
