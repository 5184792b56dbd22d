"""Label Studio: JSON exports, old and new."""

from __future__ import annotations

import json

import pytest

from analysis.errors import DataError
from analysis.read.labelstudio import read_labelstudio, recognises

NUMBER = {"Ada": 11, "Ben": 12}


def units(text, place, unit):
    return place if unit == "code point" else len(text[:place].encode("utf-16-le")) // 2


def twin(tmp_path, truth, by="int", unit="code point", excerpts=True, **more):
    tasks = []
    for n, (name, text) in enumerate(truth.texts.items(), start=1):
        annotations = []
        for coder, number in NUMBER.items():
            result = [_result(truth, s, unit, excerpts) for s in truth.by(coder) if s.document == name]
            who = number if by == "int" else {"id": number, "email": f"{coder}@example.org"}
            annotations.append({"id": n, "completed_by": who, "was_cancelled": False, "result": result})
        tasks.append({"id": n, "data": {"text": text, "source": name}, "annotations": annotations, **more})
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path


def _result(truth, span, unit, excerpts):
    text = truth.texts[span.document]
    value = {
        "start": units(text, span.start, unit),
        "end": units(text, span.end, unit),
        "labels": [span.code],
    }
    if excerpts:
        value["text"] = truth.words(span)
    return {"id": "r", "type": "labels", "from_name": "label", "to_name": "text", "value": value}


def as_told(truth):
    """Return the team's spans as the export names them: tasks and numbers."""
    task = {name: f"task {n}" for n, name in enumerate(truth.texts, start=1)}
    return {s._replace(document=task[s.document], coder=str(NUMBER[s.coder])) for s in truth.spans}


@pytest.mark.parametrize("by", ["int", "object"])
@pytest.mark.parametrize("unit", ["code point", "utf-16"])
@pytest.mark.parametrize("excerpts", [True, False], ids=["with text", "without text"])
def test_spans_and_coders_are_recovered_exactly(tmp_path, truth, given, spans_of, by, unit, excerpts):
    path = twin(tmp_path, truth, by, unit, excerpts)
    assert recognises(path.read_bytes()[:65536], path)
    draft = read_labelstudio(path, given(path))
    assert draft.facts["positions"]["unit"] == unit
    assert spans_of(draft) == as_told(truth)


def test_the_sample_is_one_choice_about_a_whole_picture(sample, given):
    path = sample("labelstudio/previous_export.json")
    draft = read_labelstudio(path, given(path))
    (coding,) = draft.tables["codings"].to_dict("records")
    assert (coding["coder_id"], coding["value"]) == ("42", "Cat")
    assert not {"start", "end", "text"} & set(draft.tables["segments"].columns)
    assert "text" not in draft.tables["documents"]


def test_an_email_is_no_coder_where_there_is_a_number(tmp_path, truth, given):
    draft = read_labelstudio(twin(tmp_path, truth, "object"), given("export.json"))
    assert not draft.tables["codings"]["coder_id"].str.contains("@").any()


def test_cancelled_work_predictions_and_drafts_are_counted_and_left(tmp_path, truth, given):
    path = twin(tmp_path, truth, predictions=[{"result": []}], drafts=[{"result": []}, {"result": []}])
    tasks = json.loads(path.read_text())
    tasks[0]["annotations"][0]["was_cancelled"] = True
    path.write_text(json.dumps(tasks))
    left = read_labelstudio(path, given(path)).facts["left"]
    assert left == {"cancelled annotations": 1, "predictions": 2, "drafts": 4}


def test_a_span_with_two_labels_is_two_codings_and_ratings_are_left(tmp_path, given):
    value = {"start": 0, "end": 4, "text": "Well", "labels": ["Waiting", "Trust"]}
    result = [
        {"type": "labels", "from_name": "label", "to_name": "text", "value": value},
        {"type": "rating", "from_name": "stars", "to_name": "text", "value": {"rating": 4}},
    ]
    path = tmp_path / "export.json"
    task = {"id": 1, "data": {"text": "Well, yes."}, "annotations": [{"completed_by": 3, "result": result}]}
    path.write_text(json.dumps([task]))
    draft = read_labelstudio(path, given(path))
    assert draft.tables["codings"]["value"].tolist() == ["Waiting", "Trust"]
    assert draft.facts["left"] == {"results of type rating": 1}


def test_a_flattened_export_is_refused_with_the_way_out(tmp_path, given):
    path = tmp_path / "min.json"
    path.write_text(json.dumps([{"id": 1, "text": "a", "annotator": 1, "annotation_id": 2, "label": []}]))
    with pytest.raises(DataError, match="JSON_MIN"):
        read_labelstudio(path, given(path))
