"""INCEpTION and WebAnno TSV 3: two reference files, and a twin of several sentences and layers."""

from __future__ import annotations

import re
import zipfile

import pytest

from analysis.errors import DataError
from analysis.read.webanno import read_webanno, recognises


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


def escaped(text):
    return re.sub(r"([\\\[\]|_*;>-])", r"\\\1", text)


def twin(truth, name, coder, unit=utf16):
    """Write a document's lines as sentences; a span over several tokens carries a number."""
    text, mine = truth.texts[name], sorted(s for s in truth.by(coder) if s.document == name)
    out = ["#FORMAT=WebAnno TSV 3.3", "#T_SP=webanno.custom.Theme|value", "", ""]
    at = 0
    for n, line in enumerate(text.split("\n")[:-1], start=1):
        out.append(f"#Text={line}")
        for t, match in enumerate(re.finditer(r"\S+", line), start=1):
            begin, end = at + match.start(), at + match.end()
            marks = [
                f"{escaped(s.code)}[{mine.index(s) + 1}]" for s in mine if s.start <= begin and end <= s.end
            ]
            place = f"{unit(text[:begin])}-{unit(text[:end])}"
            out.append(f"{n}-{t}\t{place}\t{match[0]}\t{'|'.join(marks) or '_'}\t")
        at += len(line) + 1
        out.append("")
    return "\n".join(out) + "\n"


def test_an_emoji_is_one_character(sample, given):
    path = sample("inception/testSentenceWithEmoji_reference.tsv")
    assert recognises(path.read_bytes(), path)
    draft = read_webanno(path, given(path, coder="Ada"))
    held = draft.facts["held"]
    assert (held["sentences"], held["tokens"], held["spans"]) == (1, 5, 1)
    assert draft.facts["positions"]["unit"] == "utf-16"
    (segment,) = draft.tables["segments"].to_dict("records")
    assert (segment["start"], segment["end"], segment["text"]) == ("10", "11", "😊")
    assert draft.tables["documents"]["text"][0][12:13] == "."
    assert draft.tables["codings"]["value"].tolist() == ["Span"]


def test_stacked_spans_are_all_seen_and_repeats_counted(sample, given):
    path = sample("inception/testTokenBoundedStackedSpanWithFeatureValue_reference.tsv")
    draft = read_webanno(path, given(path, coder="Ada"))
    assert draft.facts["held"]["spans"] == 10 and draft.facts["held"]["tokens"] == 5
    assert draft.tables["codings"]["value"].tolist() == ["NE"] * 5
    assert draft.facts["left"] == {"codings that repeat another": 5}


@pytest.mark.parametrize("unit", [utf16, len], ids=["utf-16", "code points"])
def test_spans_of_each_annotators_file_are_recovered_exactly(tmp_path, truth, given, spans_of, unit):
    found = set()
    for name in truth.texts:
        for coder in ("Ada", "Ben"):
            path = tmp_path / f"{name}.tsv"
            path.write_text(twin(truth, name, coder, unit), encoding="utf-8")
            draft = read_webanno(path, given(path, coder=coder))
            found |= spans_of(draft)
            assert draft.tables["documents"]["text"][0] == truth.texts[name].removesuffix("\n")
    assert found == set(truth.spans)


def test_the_document_is_the_folder_and_the_coder_must_be_named(tmp_path, truth, given):
    folder = tmp_path / "Interview 1.txt"
    folder.mkdir()
    path = folder / "ada.tsv"
    path.write_text(twin(truth, "Interview 1", "Ada"), encoding="utf-8")
    with pytest.raises(DataError, match="none of the codings names a coder"):
        read_webanno(path, given(path))
    draft = read_webanno(path, given(path, coder="Ada"))
    assert draft.tables["documents"]["document_id"].tolist() == ["Interview 1.txt"]


def test_several_layers_and_features_name_their_codes_apart(tmp_path, given):
    path = tmp_path / "d.tsv"
    path.write_text(
        "#FORMAT=WebAnno TSV 3.2\n#T_SP=a.Theme|name|strength\n#T_SP=a.Mood|value\n"
        "#T_RL=a.Rel|kind|BT_a.Theme\n\n"
        "#Text=We waited\n1-1\t0-2\tWe\t_\t_\tlow\t_\t_\n1-2\t3-9\twaited\tQueue\t*\t_\tbecause\t1-1\n",
        encoding="utf-8",
    )
    draft = read_webanno(path, given(path, coder="Ada"))
    assert draft.tables["codings"]["value"].tolist() == ["Queue", "low"]
    parents = draft.tables["codes"].set_index("code_id")["parent_id"].dropna().to_dict()
    assert parents == {"name": "Theme", "Queue": "name", "value": "Mood", "low": "value"}
    assert draft.facts["left"] == {"layers of relations or chains": 1}


def test_a_line_that_is_no_token_is_named(tmp_path, given):
    path = tmp_path / "d.tsv"
    path.write_text("#FORMAT=WebAnno TSV 3.3\n#T_SP=a.Theme|name\n#Text=We\n1-1\t0:2\tWe\tX\n")
    with pytest.raises(DataError, match="line 4"):
        read_webanno(path, given(path, coder="Ada"))


def project(path, truth, **more):
    """Write the zip of a project: a file a document and annotator, what was curated apart."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("exportedproject123.json", "{}")
        for name in truth.texts:
            archive.writestr(f"source/{name}.txt", truth.texts[name])
            for coder in ("Ada", "Ben"):
                archive.writestr(f"annotation/{name}.txt/{coder}.tsv", twin(truth, name, coder))
            archive.writestr(f"annotation/{name}.txt/INITIAL_CAS.tsv", twin(truth, name, "nobody"))
            archive.writestr(f"curation/{name}.txt/CURATION_USER.tsv", twin(truth, name, "Ben"))
        for member, content in more.items():
            archive.writestr(member, content)
    return path


class TestProjectExport:
    def test_each_annotator_is_a_coder_of_one_text(self, tmp_path, truth, given, spans_of):
        path = project(tmp_path / "export.zip", truth)
        assert recognises(path.read_bytes()[:100], path)
        draft = read_webanno(path, given(path))
        names = {f"{name}.txt": name for name in truth.texts}
        found = {span._replace(document=names[span.document]) for span in spans_of(draft)}
        assert found == set(truth.spans)
        assert len(draft.tables["documents"]) == len(truth.texts)
        assert draft.facts["held"]["files"] == 4
        left = draft.facts["left"]
        assert (left["files of curation"], left["files that nobody annotated"], left["other files"]) == (
            2,
            2,
            3,
        )

    def test_what_was_curated_is_read_as_consensus(self, tmp_path, truth, given, spans_of):
        path = project(tmp_path / "export.zip", truth)
        with pytest.raises(DataError, match="none of the codings names a coder"):
            read_webanno(path, given(path, stage="consensus"))
        draft = read_webanno(path, given(path, stage="consensus", coder="team"))
        assert {span.coder for span in spans_of(draft)} == {"team"}
        assert len(spans_of(draft)) == len(truth.by("Ben"))
        assert draft.facts["left"]["files of annotators"] == 6

    def test_a_zip_without_such_files_says_what_to_export(self, tmp_path, given):
        path = tmp_path / "export.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("annotation/d.txt/Ada.xmi", "<x/>")
        assert not recognises(path.read_bytes()[:100], path)
        with pytest.raises(DataError, match="in the format WebAnno TSV 3"):
            read_webanno(path, given(path))
