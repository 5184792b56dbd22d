"""What is written as tidy tables is what is read back, in any order of rows, by any spreadsheet's CSV."""

from __future__ import annotations

import csv
import io
import random
import unicodedata

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.corpus import Corpus
from analysis.schemas import TABLES

QUIETLY = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
SPOKEN = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
IDS = ["a", "b", "B2", "B10", "Zoë", "x y", "n/a", "07"]
CODES = ["c", "c c", "Ç"]


@st.composite
def corpora(draw) -> dict[str, list[dict[str, str]]]:
    """Draw the rows of a small study: text with odd characters, spans in it, codings at any stage."""
    people = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True))
    cases, documents, segments = [], [], []
    for person in people:
        text = draw(SPOKEN) + "."
        cases.append({"case_id": person, "group": draw(st.sampled_from(["", "g", "h"])), "withdrawn": "no"})
        documents.append({"document_id": f"{person}-talk", "case_id": person, "text": text})
        spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)))
        for start, end in draw(
            st.lists(spans.filter(lambda s: s[0] < s[1]), min_size=1, max_size=2, unique=True)
        ):
            name = f"{person}-{start}-{end}"
            span = {"start": str(start), "end": str(end), "text": text[start:end]}
            segments.append({"segment_id": name, "document_id": f"{person}-talk", **span})
    keys = st.tuples(
        st.sampled_from([s["segment_id"] for s in segments]),
        st.sampled_from(["A", "B"]),
        st.sampled_from(CODES),
        st.sampled_from(["independent", "consensus", "training"]),
        st.sampled_from(["1", "2"]),
    )
    names = ("segment_id", "coder_id", "value", "stage", "round")
    codings = [
        dict(zip(names, key, strict=True))
        for key in draw(st.lists(keys, min_size=1, max_size=8, unique=True))
    ]
    return {
        "cases": cases,
        "documents": documents,
        "segments": segments,
        "coders": [{"coder_id": name} for name in ("A", "B")],
        "codes": [{"code_id": code, "name": code} for code in CODES],
        "codings": codings,
    }


def written(rows: list[dict[str, str]], separator: str = ",", end: str = "\n", mark: str = "") -> bytes:
    out = io.StringIO(newline="")
    sheet = csv.DictWriter(out, list(rows[0]), delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    sheet.writeheader()
    sheet.writerows(rows)
    return (mark + out.getvalue()).encode()


def read(study, tables: dict[str, bytes]) -> Corpus:
    study.only()
    study.files = {f"{name}.csv": content for name, content in tables.items()}
    return study.corpus()


def same(one: Corpus, other: Corpus) -> None:
    for name, frame in one.tables().items():
        pd.testing.assert_frame_equal(frame, other.tables()[name])


def nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


@settings(max_examples=8, **QUIETLY)
@given(
    drawn=corpora(),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_what_was_written_is_what_is_read(new_small, drawn, separator, end, mark):
    corpus = read(new_small(), {name: written(rows, separator, end, mark) for name, rows in drawn.items()})

    texts = corpus.documents.set_index("document_id")["text"]
    assert texts.to_dict() == {nfc(d["document_id"]): d["text"] for d in drawn["documents"]}
    spans = corpus.segments[["segment_id", "start", "end"]].astype("string")
    assert set(spans.itertuples(index=False, name=None)) == {
        (nfc(s["segment_id"]), s["start"], s["end"]) for s in drawn["segments"]
    }
    for row in corpus.segments.itertuples(index=False):
        assert row.text == texts[row.document_id][row.start : row.end]
    marks = corpus.codings[["segment_id", "coder_id", "value", "stage", "round"]].astype("string")
    assert set(marks.itertuples(index=False, name=None)) == {
        tuple(nfc(cell) for cell in row.values()) for row in drawn["codings"]
    }
    assert len(marks) == len(drawn["codings"])


@settings(max_examples=6, **QUIETLY)
@given(drawn=corpora(), seed=st.integers(0, 2**32))
def test_order_of_rows_does_not_change_the_corpus(new_small, drawn, seed):
    """Coders and codes keep their file's order, which is a statement; everything else is sorted."""
    shuffled = {name: list(rows) for name, rows in drawn.items()}
    for name in shuffled.keys() - {"coders", "codes"}:
        random.Random(seed).shuffle(shuffled[name])
    first = read(new_small(), {name: written(rows) for name, rows in drawn.items()})
    same(first, read(new_small(), {name: written(rows) for name, rows in shuffled.items()}))


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_of_a_whole_study(new_small, seed):
    small, shuffled = new_small(), new_small()
    small.files["segments.csv"] += "P1-02,D1,85,147,,q2\nP01-2,D1,85,147,,q2\n"  # one span under three names
    small.files["codings.csv"] += "P1-02,A,codes,cost,independent,1,\nP01-2,B,codes,cost,independent,1,\n"
    for name in TABLES:
        header, *rows = small.rows(name)
        if name not in ("coders", "codes", "audit", "recodes"):
            random.Random(seed).shuffle(rows)
        shuffled.put(name, [header, *rows])
    same(small.corpus(), shuffled.corpus())


def test_a_corpus_written_out_and_read_again_is_itself(new_small):
    corpus = new_small().corpus()
    again = new_small()
    again.files = {
        f"{name}.csv": frame.to_csv(index=False).encode()
        for name, frame in corpus.tables().items()
        if len(frame)
    }
    del again.files["recodes.csv"]
    back = again.corpus()
    for name, frame in corpus.tables().items():
        if name != "recodes":
            pd.testing.assert_frame_equal(frame, back.tables()[name], check_dtype=False)
