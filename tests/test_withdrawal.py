"""Who withdrew from a group leaves no word in the text that the others share."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.corpus import Corpus
from analysis.withdrawal import BLOT, WITHDRAWN, without_ids, without_words

TEXT = "Mod: who begins?\nAnn: I was zeugma,\nthen worse.\nBo: and I, zeugma too.\nAnn: unheard aside.\n"


def at(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def frame(columns: list[str], *rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns).convert_dtypes()


@pytest.fixture
def group() -> Corpus:
    """Return a focus group of Ann (A) and Bo (B); Ann's last turn carries no segment."""
    ann, bo = at("I was zeugma,\nthen worse."), at("and I, zeugma too.")
    both = (ann[0] + 6, bo[1])
    turns = [("Mod", at("who begins?")), ("Ann", ann), ("Bo", bo), ("Ann", at("unheard aside."))]
    return Corpus(
        cases=frame(["case_id", "group"], ("A", "all"), ("B", "all")),
        documents=frame(
            ["document_id", "case_id", "name", "text", "sha256"], ("F", None, "group", TEXT, "0" * 64)
        ),
        turns=frame(["document_id", "start", "end", "speaker"], *[("F", *span, who) for who, span in turns]),
        segments=frame(
            ["segment_id", "document_id", "case_id", "start", "end", "text", "speaker"],
            ("s1", "F", "A", *ann, TEXT[slice(*ann)], "Ann"),
            ("s2", "F", "B", *bo, TEXT[slice(*bo)], "Bo"),
            ("s3", "F", "B", *both, TEXT[slice(*both)], None),
        ),
        codings=frame(
            ["segment_id", "coder_id", "variable", "value", "stage", "round"],
            *[(each, "C", "codes", "x", "independent", 1) for each in ("s1", "s2", "s3")],
        ),
    )


def test_words_go_and_every_position_holds(group):
    left = without_words(group, ["A"]).without_cases(["A"])
    text = left.documents["text"].iloc[0]

    assert len(text) == len(TEXT)
    assert "worse" not in text
    assert "unheard" not in text
    assert text.count("\n") == TEXT.count("\n")
    assert "Bo: and I, zeugma too." in text
    for row in left.segments.itertuples():
        assert row.text == text[row.start : row.end]


def test_somebody_elses_segment_that_reaches_into_it_loses_that_part(group):
    left = without_words(group, ["A"]).without_cases(["A"])
    reaching = left.segments.set_index("segment_id").at["s3", "text"]

    assert reaching.startswith(BLOT)
    assert reaching.endswith("and I, zeugma too.")


def test_the_name_of_the_speaker_and_the_hash_of_the_text_go(group):
    left = without_words(group, ["A"])

    assert left.turns["speaker"].tolist() == ["Mod", WITHDRAWN, "Bo", WITHDRAWN]
    assert left.documents["sha256"].isna().all()


def test_a_speaker_who_is_somebody_elses_too_loses_only_the_turns_with_a_segment(group):
    both = group.segments.copy()
    both.loc[both["segment_id"] == "s3", "speaker"] = "Ann"
    left = without_words(Corpus(**{**group.tables(), "segments": both}), ["A"])

    assert "unheard" in left.documents["text"].iloc[0]
    assert "worse" not in left.documents["text"].iloc[0]


def test_nothing_changes_where_documents_are_of_one_person_each(group):
    mine = group.documents.assign(case_id="A")
    corpus = Corpus(**{**group.tables(), "documents": mine})

    assert without_words(corpus, ["A"]) is corpus
    assert without_words(group, []) is group


def test_remarks_of_the_reading_lose_their_ids(group):
    said = without_ids(["s1: no text", "s2: no text", "A: no group", "A-1: none"], group, ["A"])

    assert said == (f"{WITHDRAWN}: no text", "s2: no text", f"{WITHDRAWN}: no group", "A-1: none")
