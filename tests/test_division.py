"""What a unit is: the same codings rated by character, token, sentence, turn, document and so on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import simulate
from analysis.corpus import Corpus, empty_table
from analysis.division import GATHERED, SPANNED, divide
from analysis.errors import AgreementError
from analysis.paths import Workspace
from analysis.presence import presence
from analysis.read import read_study
from analysis.settings import Where
from analysis.study import Study, load_study

TEXT = "Interviewer: Why? It is hard.\nAnna: I trust it. 👍 It costs £5, though!\n"
SPEAKERS = ["interviewer", "Anna"]


def table(name: str, /, **columns: list) -> pd.DataFrame:
    """Return a typed table with some columns filled."""
    base = empty_table(name)
    n = len(next(iter(columns.values())))
    frame = base.reindex(range(n))
    for column, cells in columns.items():
        frame[column] = pd.Series(cells, dtype=base[column].dtype if column in base else "string")
    return frame


def corpus(spans: list[tuple[str, int, int, str]]) -> Corpus:
    """Return one interview with two turns, and spans (coder, start, end, code) in it."""
    distinct = sorted({(start, end) for _, start, end, _ in spans})
    names = {span: f"s{n}" for n, span in enumerate(distinct)}
    codes = sorted({code for *_, code in spans})
    coders = sorted({coder for coder, *_ in spans})
    return Corpus(
        cases=table("cases", case_id=["P1"], group=["all"]),
        documents=table("documents", document_id=["d"], case_id=["P1"], text=[TEXT]),
        turns=table("turns", document_id=["d", "d"], start=[13, 36], end=[29, 70], speaker=SPEAKERS),
        coders=table("coders", coder_id=coders),
        codes=table("codes", code_id=codes, name=codes),
        segments=table(
            "segments",
            segment_id=[names[span] for span in distinct],
            document_id=["d"] * len(distinct),
            case_id=["P1"] * len(distinct),
            start=[start for start, _ in distinct],
            end=[end for _, end in distinct],
            speaker=["Anna"] * len(distinct),
            question=["q1"] * len(distinct),
        ),
        codings=table(
            "codings",
            segment_id=[names[start, end] for _, start, end, _ in spans],
            coder_id=[coder for coder, *_ in spans],
            variable=["codes"] * len(spans),
            value=[code for *_, code in spans],
            stage=["independent"] * len(spans),
            round=[1] * len(spans),
        ),
    )


def study(unit: str, segmentation: str = "own", **where: str) -> Study:
    """Return a study that compares by `unit`."""
    return Study.model_validate(
        {
            "study": "t",
            "title": "t",
            "method": "codebook",
            "inputs": [{"file": "codings.csv"}],
            "segmentation": segmentation,
            "agreement": {"unit": unit, "where": where},
            "disclosure": {"policy": "text_free"},
        }
    )


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("token", ["I", "trust", "it", ".", "👍", "It", "costs", "£", "5", ",", "though", "!"]),
        ("sentence", ["I trust it.", "👍 It costs £5, though!"]),
        ("paragraph", ["Anna: I trust it. 👍 It costs £5, though!"]),
        ("turn", ["I trust it. 👍 It costs £5, though!"]),
    ],
)
def test_units_are_what_the_participant_said(unit: str, said: list[str]) -> None:
    one = corpus([("A", 36, 47, "x"), ("B", 36, 47, "x")])

    units = divide(one, Where(), unit)

    texts = [TEXT[start:end].strip() for start, end in units[["start", "end"]].itertuples(index=False)]
    if unit == "sentence":
        texts[0] = texts[0].removeprefix("Anna: ")
    assert texts == said


def test_characters_of_the_participant_alone_are_units() -> None:
    one = corpus([("A", 36, 47, "x"), ("B", 36, 47, "x")])

    units = divide(one, Where(), "character")

    assert units["start"].tolist() == list(range(36, 70))


def test_the_interviewer_is_a_unit_where_the_study_says_so() -> None:
    one = corpus([("A", 36, 47, "x"), ("B", 36, 47, "x")])

    assert divide(one, Where(speaker="interviewer"), "turn")["start"].tolist() == [13]


def test_spans_that_overlap_nest_and_repeat_touch_each_unit_once() -> None:
    spans = [("A", 36, 47, "x"), ("A", 38, 43, "x"), ("A", 36, 50, "x"), ("B", 40, 41, "x")]

    seen = presence(corpus(spans), study("token"))

    by_coder = seen.of("x").values
    assert by_coder[0].tolist() == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert by_coder[1].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("unit", [*GATHERED])
def test_gathered_units_hold_what_any_of_their_segments_holds(unit: str) -> None:
    seen = presence(corpus([("A", 36, 47, "x"), ("B", 48, 49, "x"), ("B", 48, 49, "y")]), study(unit))

    assert seen.of("x").values.tolist() == [[1.0], [1.0]]
    assert seen.of("y").values.tolist() == [[0.0], [1.0]]


def test_segments_that_each_coder_drew_are_refused_as_units() -> None:
    with pytest.raises(AgreementError, match="segmentation: own"):
        presence(corpus([("A", 36, 47, "x"), ("B", 36, 47, "x")]), study("segment"))


@pytest.mark.parametrize("unit", SPANNED)
def test_material_without_text_has_no_units_of_text(unit: str) -> None:
    bare = corpus([("A", 36, 47, "x"), ("B", 36, 47, "x")])
    bare.documents["text"] = pd.Series([pd.NA], dtype="string")

    with pytest.raises(AgreementError, match="no document has text"):
        divide(bare, Where(), unit)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(36, 69), st.integers(1, 20), st.sampled_from("xy")),
        min_size=1,
        max_size=12,
        unique=True,
    )
)
def test_characters_are_marked_as_counted_one_by_one(given_spans: list[tuple[str, int, int, str]]) -> None:
    spans = [(coder, start, min(start + length, 70), code) for coder, start, length, code in given_spans]
    spans = list(dict.fromkeys(spans))

    seen = presence(corpus(spans), study("character"), assumption="all_documents")

    for code in seen.codes:
        expected = np.zeros((len(seen.frame.coders), 34))
        for coder, start, end, applied in spans:
            if applied == code:
                expected[seen.frame.coders.index(coder), start - 36 : end - 36] = 1
        assert np.array_equal(seen.of(code).values, expected)


@pytest.mark.parametrize("unit", ["segment", *SPANNED, *GATHERED])
def test_every_unit_can_be_formed_in_a_bundled_study(unit: str) -> None:
    workspace = Workspace.find()
    plan = load_study(workspace, "simon2021_simulated", {"agreement.unit": unit})

    seen = presence(read_study(workspace, plan), plan)

    assert len(seen.frame.coders) == 2
    assert seen.seen.all()
    truth = simulate.truth("simon2021_simulated")
    if unit == "case":
        assert seen.seen.shape[1] == sum(truth.cases.values())
