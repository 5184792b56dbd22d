"""What the report's page needs to show the segments behind a number, and what may not be in it."""

from __future__ import annotations

import json

import pytest

from analysis.agreement.sheet import agreement_table
from analysis.counting import counted_or_none
from analysis.evidence import evidence
from analysis.reportpage import page
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
            if wanted & set(marks) and line.group in ("all", data["groups"][data["homes"][data["cases"][n]]])
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
            if seen & 3 == 3:
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
