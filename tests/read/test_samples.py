"""Every public sample reads with exactly the counts that its notes state; none is without a line here."""

from __future__ import annotations

import pytest

from analysis.inputs import Input
from analysis.read import read_draft

from . import mutants

NAMED = ("atlasti", "dedoose", "rqda", "labelstudio")  # their files name the coder
NOT_CODINGS = {"rqda/expected_opcw.csv"}  # what is counted elsewhere: see test_rqda and cli/test_exchange
SCHEMAS_AND_NOTES = (".xsd", ".pdf", ".md")  # the schemas: see write/test_refi_out and cli/test_exchange
ATLASTI = {
    "held": {"User": 3, "Code": 14, "Set": 16, "Coding": 16, "PlainTextSelection": 8, "PDFSelection": 4,
             "TextSource": 6, "PDFSource": 2, "PictureSource": 1, "AudioSource": 1, "VideoSource": 2,
             "Transcript": 3, "Note": 2, "Link": 1, "Graph": 1},
    "taken": {"codings": 9, "coders": 1, "codes": 14, "texts": 0},
    "left": {"codings on pictures": 2, "codings on video": 1, "codings on areas of PDF pages": 1,
             "codings of PDF pages that the text beside them holds too": 2,
             "further pages of a coded passage": 1, "groups of codes": 4, "graphs": 1, "links": 1,
             "notes": 2},
}  # fmt: skip
EXPECTED = {
    "atlasti/sky-loom_Project.qde": ATLASTI,
    "atlasti/sky-loom_TestProject.qdpx": ATLASTI,
    "dedoose/coder_a.docx": {"held": {"paragraphs": 8, "comments": 6}, "taken": {"codings": 6, "codes": 6}},
    "dedoose/coder_b.docx": {"held": {"paragraphs": 8, "comments": 5}, "taken": {"codings": 5, "codes": 5}},
    "dedoose/coder_c.docx": {"held": {"paragraphs": 8, "comments": 5}, "taken": {"codings": 5, "codes": 5}},
    "doccano/sequence_labeling_example.jsonl": {"taken": {"documents": 3, "codings": 4, "codes": 3}},
    "doccano/text_classification_example.csv": {"taken": {"documents": 3, "codings": 3, "codes": 2}},
    "doccano/text_classification_example.jsonl": {"taken": {"documents": 3, "codings": 3, "codes": 2}},
    "inception/testSentenceWithEmoji_reference.tsv": {
        "held": {"sentences": 1, "tokens": 5, "spans": 1}, "taken": {"codings": 1}
    },
    "inception/testTokenBoundedStackedSpanWithFeatureValue_reference.tsv": {
        "held": {"sentences": 1, "tokens": 5, "spans": 10},
        "taken": {"codings": 5}, "left": {"codings that repeat another": 5},
    },
    "labelstudio/previous_export.json": {
        "held": {"tasks": 1, "annotations": 1, "results": 1}, "taken": {"codings": 1, "coders": 1}
    },
    "requal/test_basic.requal": {"taken": {"codings": 0, "coders": 0}, "left": {"rows of the log": 1}},
    "rqda/OPCW.rqda": {
        "held": {"source": 16, "freecode": 8, "coding": 1039},
        "taken": {"documents": 16, "codes": 8, "codings": 1023, "coders": 1},
        "left": {"deleted rows of coding": 16},
    },
}  # fmt: skip


def test_no_sample_is_without_a_test(shared):
    folder = shared / "samples"
    held = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and "LICENSES" not in str(path)
    }
    data = {name for name in held if not name.endswith(SCHEMAS_AND_NOTES)}
    assert data == set(EXPECTED) | NOT_CODINGS
    assert set(mutants.SAMPLES) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_reads_with_the_counts_of_its_notes(sample, name):
    path = sample(name)
    coder = None if name.startswith(NAMED) else "Ada"
    facts = read_draft(path, Input(file=path.name, stage="independent", coder=coder)).facts
    assert facts["format"] == mutants.SAMPLES[name][0]
    for part, counts in EXPECTED[name].items():
        assert {what: facts[part].get(what) for what in counts} == counts, part
    if "left" not in EXPECTED[name]:
        assert facts["left"] == {}
