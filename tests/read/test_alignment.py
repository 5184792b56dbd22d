"""Two people's exports of one transcript meet on one text, whatever else differs."""

from __future__ import annotations

import unicodedata

import pytest

from analysis.read import read_draft
from analysis.read.alignment import align
from analysis.read.assemble import assemble

from . import test_qualcoder, test_rqda, twins
from .conftest import STUDY, Span, Truth


def of_coder(truth: Truth, coder: str, name: str = "{}", change=lambda text: text) -> tuple[Truth, Truth]:
    """Return one coder's part as their tool keeps it, documents renamed and texts changed; and as it was."""
    texts = {name.format(document): change(text) for document, text in truth.texts.items()}
    mine = [
        Span(
            name.format(span.document),
            len(change(truth.texts[span.document][: span.start])),
            len(change(truth.texts[span.document][: span.end])),
            *span[3:],
        )
        for span in truth.spans
        if span.coder == coder
    ]
    return Truth(texts, tuple(mine)), Truth(truth.texts, tuple(truth.by(coder)))


def whole(corpus, truth: Truth) -> set[Span]:
    """Return the codings of a corpus under the names of the truth's texts."""
    names = {text: name for name, text in truth.texts.items()}
    texts = corpus.documents.set_index("document_id")["text"]
    rows = corpus.codings.merge(corpus.segments, on="segment_id")
    code = rows["value"].map(corpus.codes.set_index("code_id")["name"])
    document = [names[texts[each]] for each in rows["document_id"]]
    return {
        Span(*row) for row in zip(document, rows["start"], rows["end"], code, rows["coder_id"], strict=True)
    }


CHANGES = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "CRLF and NFD": lambda text: unicodedata.normalize("NFD", text).replace("\n", "\r\n"),
    "nothing": lambda text: text,
}


@pytest.mark.parametrize("change", CHANGES)
def test_line_ends_names_letters_and_tools_may_differ(database, make_team, given, change):
    """RQDA's file comes first, so that its text is the one that both stand on."""
    truth = make_team()
    truth = Truth(  # one form of each letter, so that a change is a change of all
        {name: unicodedata.normalize("NFC", text) for name, text in truth.texts.items()},
        tuple(
            Span(
                s.document,
                len(unicodedata.normalize("NFC", truth.texts[s.document][: s.start])),
                len(unicodedata.normalize("NFC", truth.texts[s.document][: s.end])),
                s.code,
                s.coder,
            )
            for s in truth.spans
        ),
    )
    _, ada = of_coder(truth, "Ada")
    ben, _ = of_coder(truth, "Ben", "{} (Ben).txt", CHANGES[change])
    first, _ = test_rqda.twin(database, ada)
    second, _ = test_qualcoder.twin(database, ben, mark=change == "CRLF")
    drafts = [read_draft(path, given(path)) for path in (first, second)]
    corpus = assemble(drafts, STUDY)
    assert len(corpus.documents) == len(truth.texts)
    assert whole(corpus, truth) == set(truth.spans)
    assert any("2 documents are the same texts as in another file" in each for each in corpus.warnings)


def test_guids_and_byte_order_marks_may_differ(tmp_path):
    known = twins.truth(newline="\n")
    parts = [twins.Truth(known.texts, {c for c in known.codings if c[3] == coder}) for coder in twins.CODERS]
    one = twins.nvivo(tmp_path / "one.qdpx", parts[0])
    two = twins.atlasti(tmp_path / "two.qdpx", parts[1])
    drafts = [read_draft(path, _given(path)) for path in (one, two)]
    aligned, _ = align(drafts)
    ids = [set(draft.tables["documents"]["document_id"]) for draft in aligned]
    assert ids[0] == ids[1] and len(ids[0]) == 3
    corpus = assemble(drafts, STUDY)
    names = {text: name for name, text in known.texts.items()}
    texts = corpus.documents.set_index("document_id")["text"]
    rows = corpus.codings.merge(corpus.segments, on="segment_id")
    code = rows["value"].map(corpus.codes.set_index("code_id")["name"])
    document = [names[texts[each]] for each in rows["document_id"]]
    found = set(zip(document, rows["start"], rows["end"], rows["coder_id"], code, strict=True))
    assert found == known.codings


def test_another_text_under_the_same_name_is_kept_apart(database, make_team, given):
    ada, _ = of_coder(make_team(seed=1), "Ada")
    ben, _ = of_coder(make_team(seed=2), "Ben")
    first, _ = test_rqda.twin(database, ada)
    second, _ = test_qualcoder.twin(database, ben)
    corpus = assemble([read_draft(path, given(path)) for path in (first, second)], STUDY)
    assert len(corpus.documents) == 4
    assert any("named as in another file but hold another text" in each for each in corpus.warnings)


def test_one_draft_alone_is_left_as_it_is(database, truth, given):
    path, _ = test_rqda.twin(database, truth)
    draft = read_draft(path, given(path))
    aligned, said = align([draft])
    assert aligned[0] is draft and said == []


def _given(path):
    from analysis.inputs import Input

    return Input(file=path.name, stage="independent")
