"""doccano: its published examples, a zip with a file a user, and what has lost its annotators."""

from __future__ import annotations

import json
import zipfile

import pytest

from analysis.errors import DataError
from analysis.read.doccano import read_doccano, recognises
from analysis.read.graphemes import starts


def lines(truth, coder, style="label"):
    out = []
    for n, (name, text) in enumerate(truth.texts.items(), start=1):
        mine = [s for s in truth.by(coder) if s.document == name]
        labels = [[s.start, s.end, s.code] for s in mine]
        if style == "entities":
            labels = [{"id": 1, "start_offset": s.start, "end_offset": s.end, "label": s.code} for s in mine]
        out.append(json.dumps({"id": n, "text": text, style: labels}, ensure_ascii=False))
    return "\n".join(out) + "\n"


def as_told(truth, coder=None):
    name = {each: f"example {n}" for n, each in enumerate(truth.texts, start=1)}
    return {s._replace(document=name[s.document]) for s in (truth.by(coder) if coder else truth.spans)}


class TestPublishedExamples:
    def test_sequences_are_spans(self, sample, given):
        path = sample("doccano/sequence_labeling_example.jsonl")
        assert recognises(path.read_bytes(), path)
        draft = read_doccano(path, given(path, coder="Ada"))
        assert (draft.facts["taken"]["documents"], draft.facts["taken"]["codings"]) == (3, 4)
        words = draft.tables["segments"]["text"].tolist()
        assert words == ["EU", "German", "Peter Blackburn", "Obama"]
        assert draft.tables["codings"]["value"].value_counts().to_dict() == {"PERSON": 2, "ORG": 1, "MISC": 1}

    @pytest.mark.parametrize("kind", ["csv", "jsonl"])
    def test_classes_are_codings_of_whole_documents(self, sample, given, kind):
        path = sample(f"doccano/text_classification_example.{kind}")
        assert recognises(path.read_bytes(), path)
        draft = read_doccano(path, given(path, coder="Ada"))
        assert draft.facts["taken"]["documents"] == 3
        assert draft.tables["codings"]["value"].tolist() == ["negative", "positive", "positive"]
        assert "start" not in draft.tables["segments"]

    def test_without_an_annotator_the_coder_must_be_named(self, sample, given):
        path = sample("doccano/sequence_labeling_example.jsonl")
        with pytest.raises(DataError, match="none of the codings names a coder"):
            read_doccano(path, given(path))


@pytest.mark.parametrize("style", ["label", "entities"])
def test_a_zip_has_a_file_a_user_who_is_the_coder(tmp_path, truth, given, spans_of, style):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for coder in ("Ada", "Ben"):
            archive.writestr(f"{coder}.jsonl", lines(truth, coder, style))
        archive.writestr("unknown.jsonl", json.dumps({"id": 9, "text": "nobody's", style: []}))
    assert recognises(path.read_bytes(), path)
    draft = read_doccano(path, given(path))
    assert spans_of(draft) == as_told(truth)
    assert draft.facts["taken"]["documents"] == 3


def test_one_users_file_is_read_exactly(tmp_path, truth, given, spans_of):
    path = tmp_path / "ada.jsonl"
    path.write_text("\ufeff" + lines(truth, "Ada"), encoding="utf-8")
    assert spans_of(read_doccano(path, given(path, coder="Ada"))) == as_told(truth, "Ada")


def test_the_merged_file_of_a_collaborative_project_is_refused_with_its_reason(tmp_path, truth, given):
    path = tmp_path / "all.jsonl"
    path.write_text(lines(truth, "Ada"), encoding="utf-8")
    with pytest.raises(DataError, match="without the annotators: agreement cannot be computed"):
        read_doccano(path, given(path))
    assert read_doccano(path, given(path, coder="Ada")).facts["taken"]["coders"] == 1


def test_the_line_of_damaged_json_is_named(tmp_path, given):
    path = tmp_path / "ada.jsonl"
    path.write_text('{"text": "a", "label": []}\n{"text": "b", "lab\n')
    with pytest.raises(DataError, match="line 2"):
        read_doccano(path, given(path, coder="Ada"))


def test_half_a_character_is_replaced_so_that_tables_can_be_written(tmp_path, given):
    path = tmp_path / "ada.jsonl"
    path.write_text('{"text": "a \\ud800 word", "label": [[4, 8, "Waiting"]]}\n')
    draft = read_doccano(path, given(path, coder="Ada"))
    assert draft.tables["documents"]["text"].tolist() == ["a \ufffd word"]
    assert draft.tables["segments"]["text"].tolist() == ["word"]


def test_a_project_that_counts_visible_characters_is_recovered_exactly(tmp_path, truth, given, spans_of):
    path = tmp_path / "ada.jsonl"
    examples = [json.loads(line) for line in lines(truth, "Ada").splitlines()]
    for example in examples:
        seen = starts(example["text"]).tolist()
        example["label"] = [[seen.index(s), seen.index(e), code] for s, e, code in example["label"]]
    path.write_text("".join(f"{json.dumps(each)}\n" for each in examples), encoding="utf-8")
    draft = read_doccano(path, given(path, coder="Ada"))
    assert spans_of(draft) == as_told(truth, "Ada")
    assert draft.facts["characters"] == "graphemes"
    assert any("grapheme mode" in warning for warning in draft.warnings)


def test_a_project_that_counts_code_points_is_not_taken_for_one_that_does_not(
    tmp_path, truth, given, spans_of
):
    path = tmp_path / "ada.jsonl"
    path.write_text(lines(truth, "Ada"), encoding="utf-8")
    draft = read_doccano(path, given(path, coder="Ada"))
    assert spans_of(draft) == as_told(truth, "Ada")
    assert "characters" not in draft.facts
