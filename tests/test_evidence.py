"""What the report's page needs to show the segments behind a number, and what may not be in it."""

from __future__ import annotations

import json

import pytest

from analysis.agreement.sheet import agreement_table
from analysis.agreement.shown import by_pair
from analysis.counting import counted_or_none
from analysis.evidence import evidence
from analysis.framework import framework_matrix
from analysis.matrixpage import matrix_page
from analysis.matrixview import matrix
from analysis.publicnames import code_labels
from analysis.reportpage import page
from analysis.shown import opposing
from analysis.tables import Linked, note, show_table
from analysis.themes import theme_table


def found(corpus, study):
    return evidence(corpus, study, counted_or_none(corpus, study))


@pytest.mark.parametrize("name", ["simon2021_simulated", "duffy2023_simulated"])
def test_every_count_of_the_theme_table_follows_from_it(bundled, name):
    """The page's filter in Python: segments that carry a code or a subcode, of a group."""
    corpus, study = bundled(name)
    data = found(corpus, study)
    ids = [code["id"] for code in data["codes"]]
    below = {code: {code, *corpus.children(code)} for code in ids}
    for line in theme_table(corpus, study, counted_or_none(corpus, study)).itertuples():
        wanted = {
            ids.index(c) for c in (below[line.code_id] if line.rollup == "descendants" else {line.code_id})
        }
        rows = [
            n
            for n, marks in enumerate(data["counted"])
            if wanted & set(marks) and line.group in ("all", data["groups"][data["homes"][n]])
        ]
        assert len(rows) == line.n_segments
        assert len({data["cases"][n] for n in rows}) == line.n_cases


@pytest.mark.parametrize("name", ["simon2021_simulated", "duffy2023_simulated", "krippendorff2011"])
def test_every_pairs_table_holds_the_units_that_its_coefficient_rests_on(bundled, bundled_agreement, name):
    corpus, study = bundled(name)
    data = found(corpus, study)
    table = bundled_agreement(name)
    table = table[
        (table["measure"] == study.agreement.primary) & table["round"].isna() & table["value"].isna()
    ]
    pairs = table[table["pair"].notna() & (table["level"].fillna("nominal") == "nominal")]
    pairs = pairs[~pairs["pair"].str.contains("round")]
    assert len(pairs)
    for line in pairs.itertuples():
        if line.variable == "codes" and line.aggregation == line.aggregation:
            continue
        name_of = line.code_id if line.variable == "codes" else f"variable {line.variable}"
        crossed = data["crossed"][name_of]["pairs"][line.pair]
        assert sum(map(sum, crossed)) == line.n_units
        diagonal = sum(row[n] for n, row in enumerate(crossed))
        assert diagonal / line.n_units == pytest.approx(line.observed)


def test_the_cells_of_a_table_are_the_segments_on_the_page(bundled):
    corpus, study = bundled("duffy2023_simulated")
    data = found(corpus, study)
    V = len(data["codes"])
    for name, crossed in data["crossed"].items():
        code = [each["id"] for each in data["codes"]].index(name)
        cells = [[0, 0], [0, 0]]
        for marks, seen in zip(data["marks"], data["seen"], strict=True):
            if seen == [0, 1]:
                cells[code in marks][V + code in marks] += 1
        assert cells == crossed["pairs"]["A|B"]


def test_words_without_consent_are_not_in_it(small):
    """P2 gave no consent to be quoted."""
    data = found(*small.both(themes__counted="any"))
    texts = [text for text, case in zip(data["texts"], data["cases"], strict=True) if case == 1]

    assert texts
    assert set(texts) == {None}
    assert any(text and small.secret in text for text in data["texts"])


def test_without_text_only_ids_are_in_it(small):
    data = found(*small.both(disclosure__policy="text_free", themes__counted="any"))

    assert set(data["texts"]) == {None}
    assert small.secret not in json.dumps(data)
    assert "Waiting" not in json.dumps(data)


def test_where_quotes_must_not_link_up_nothing_says_whose_a_segment_is(small):
    """Segments stand in the order of their ids, which tell nothing; that of transcripts would tell."""
    data = found(*small.both(themes__counted="any", themes__quotes__labels="by_code"))
    linked = found(*small.both(themes__counted="any"))

    assert data["people"] == []
    assert set(data["cases"]) == {-1}
    assert all(each.startswith("segment ") for each in data["ids"])
    assert data["ids"] == sorted(data["ids"])
    assert sorted(map(tuple, data["marks"])) == sorted(map(tuple, linked["marks"]))
    groups = [data["groups"][home] for home in data["homes"]]
    assert sorted(groups) == ["patient"] * 4 + ["staff"]


def test_where_quotes_must_not_link_up_no_cell_of_the_matrix_opens_or_holds_them(small):
    for labels, linked in (("running", True), ("by_code", False)):
        corpus, study = small.both(themes__quotes__labels=labels, method="framework")
        table = framework_matrix(corpus, study, counted_or_none(corpus, study))
        cells = matrix(table, corpus, study, code_labels(corpus, study)).markup
        assert ("#segments" in cells) == linked
        assert ("<h2>Quotes</h2>" in matrix_page(table, corpus, study)) == linked


def test_counts_for_and_against_a_code_open_as_many_segments_as_they_say(small):
    small.files["codings.csv"] = (
        "segment_id,coder_id,value,stage,supports\n"
        "P1-2,A,waiting,independent,supports\nP1-3,A,waiting,independent,contradicts\n"
        "P2-2,A,waiting,independent,supports\nP2-2,B,waiting,independent,contradicts\n"
    )
    corpus, study = small.both(themes__counted="any")
    data = found(corpus, study)
    waiting = [code["id"] for code in data["codes"]].index("waiting")
    behind = {
        side: [n for n, codes in enumerate(listed) if waiting in codes]
        for side, listed in data["sides"].items()
    }
    cells = opposing(theme_table(corpus, study), code_labels(corpus, study)).markup

    assert {side: len(rows) for side, rows in behind.items()} == {"supports": 2, "contradicts": 2}
    assert len({data["cases"][n] for n in behind["contradicts"]}) == 2
    for side, n in (("supports", 1), ("contradicts", 2)):
        assert cells.count(f'code=waiting&amp;sub=1&amp;side={side}">2</a>') == n


def test_every_pair_opens_its_tables(small):
    corpus, study = small.both()
    told = by_pair(agreement_table(corpus, study), study, opens=True).markup

    assert 'href="#agreement?pair=A%7CB">A|B</a>' in told
    assert 'href="#agreement?variable=mood&amp;pair=A%7CB">A|B</a>' in told


def test_a_study_without_agreement_has_segments_and_no_tables_of_pairs(small):
    small.edit("study.yml", "method: codebook", "method: reflexive")
    small.edit("study.yml", "segmentation: shared", "segmentation: own")
    data = found(*small.both(themes__counted="any"))

    assert data["crossed"] == {}
    assert len(data["ids"]) == 5


def test_who_saw_a_segment_is_known_of_the_fortieth_coder_too(small):
    coders = [f"K{n:02}" for n in range(40)]
    rows = "".join(f"a,{coder},x\n" for coder in coders)
    study = small.only(
        segments="segment_id,document_id,case_id\na,D1,P1\n", codings=f"segment_id,coder_id,value\n{rows}"
    )
    data = found(*study.both(themes__counted="any"))

    assert data["seen"] == [list(range(40))]
    assert data["crossed"]["x"]["pairs"] == {}  # more coders than there are lines by pair for


def test_under_a_policy_that_hides_counts_there_is_nothing(small):
    assert found(*small.both(disclosure__policy="opensafely")) is None


def test_a_text_cannot_end_the_element_it_stands_in(small):
    corpus, study = small.both(themes__counted="any")
    data = found(corpus, study)
    data["texts"][0] = "</script><script>alert(1)</script>\u2028"
    markup = page(study, note("banner"), [], data)

    assert "alert(1)</script>" not in markup
    assert markup.count("<script") == 2


def test_a_page_without_evidence_holds_no_script(small):
    _, study = small.both()
    markup = page(study, note("banner"), [])

    assert "<script" not in markup
    assert "script-src" not in markup


def test_a_linked_cell_is_an_escaped_link():
    import pandas as pd

    frame = pd.DataFrame(
        {"code": ["a"], "n": pd.Series([Linked("4 (7)", "#segments?code=a&group=b")], dtype=object)}
    )

    assert '<a class="count" href="#segments?code=a&amp;group=b">4 (7)</a>' in show_table(frame, "t").markup


def test_agreement_table_is_unchanged_by_it(small):
    corpus, study = small.both(themes__counted="any")
    before = agreement_table(corpus, study)
    found(corpus, study)

    assert agreement_table(corpus, study).equals(before)
