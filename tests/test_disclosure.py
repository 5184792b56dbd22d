"""What may be shown to whom: only words of people who agreed, only where the policy allows any."""

from __future__ import annotations

import dataclasses
import hashlib

import pandas as pd
import pytest

from analysis.claims import Claim, judge
from analysis.disclosure import (
    case_labels,
    code_labels,
    code_names,
    keyed_hash,
    public_attributes,
    public_corpus,
    public_pairs,
    public_values,
    public_warnings,
    quotable,
    rarely_applied,
    segment_labels,
    shows_text,
)
from analysis.errors import DisclosureError
from analysis.figures import Drawn
from analysis.publicclaims import hides_numbers, public_verdicts
from analysis.results import Step
from analysis.textkeys import text_key

INDIRECT = ["group", "site", "role"]


@pytest.fixture
def small(small):
    return small.without("assignments", "asked", "charting", "audit")


def quoted_cases(study, **overrides) -> set[str]:
    corpus, plan = study.both(**overrides)
    return set(corpus.segments.loc[quotable(corpus, plan), "case_id"])


def test_only_people_who_agreed_are_quoted(small):
    assert quoted_cases(small) == {"P1", "P3"}


@pytest.mark.parametrize("flag", ["", "no"])
def test_a_missing_flag_is_no_consent(small, flag):
    small.edit("cases.csv", "P1,patient,1,yes", f"P1,patient,1,{flag}")
    assert quoted_cases(small) == {"P3"}


def test_no_column_of_consent_is_no_consent(small):
    small.files["cases.csv"] = "case_id,group\nP1,patient\nP2,patient\nP3,staff\n"
    assert quoted_cases(small) == set()


def test_a_policy_without_text_quotes_nobody(small):
    assert quoted_cases(small, disclosure__policy="text_free") == set()
    assert not shows_text(small.study(disclosure__policy="text_free"))
    assert shows_text(small.study())


def test_labels_are_groups_with_running_numbers_not_ids(small):
    assert case_labels(small.corpus()) == {"P1": "patient 1", "P2": "patient 2", "P3": "staff 1"}


def test_one_group_is_of_participants(small):
    small.settings = small.settings.replace("groups: [patient, staff]\n", "")
    small.files["cases.csv"] = "case_id\nP1\nP2\nP3\n"
    assert case_labels(small.corpus())["P2"] == "participant 2"


class TestWithoutText:
    """What text_free leaves of names, ids and hashes."""

    @pytest.fixture
    def free(self, small):
        return small.both(disclosure__policy="text_free")

    def test_tables_hold_no_text_and_join_as_before(self, free, small):
        corpus, plan = free
        public = public_corpus(corpus, plan)
        told = " ".join(frame.to_csv() for frame in public.tables().values())

        assert small.secret not in told
        assert "Waiting" not in told
        assert public.codes["code_id"].equals(corpus.codes["code_id"])
        assert public.documents["sha256"].str.len().eq(64).all()

    def test_hashes_of_texts_are_keyed_and_the_same_whenever_the_texts_are(self, free):
        corpus, plan = free
        text, found = (
            corpus.documents["text"].iloc[0],
            public_corpus(corpus, plan).documents["sha256"].iloc[0],
        )

        assert found == keyed_hash(text, text_key(corpus))
        assert found != hashlib.sha256(text.encode()).hexdigest()
        less = dataclasses.replace(corpus, segments=corpus.segments.iloc[1:])
        assert text_key(less) != text_key(corpus)

    def test_a_short_key_is_refused(self):
        with pytest.raises(DisclosureError, match="7 bytes"):
            keyed_hash("yes", b"short")

    def test_names_that_may_be_somebodys_words_are_replaced_by_ids(self, free):
        corpus, plan = free

        assert code_names(corpus, plan) == {
            "access": "code 1", "waiting": "code 2", "contact": "code 3", "cost": "code 4",
        }  # fmt: skip

    def test_names_that_were_there_beforehand_stay_unless_they_are_a_phrase_that_was_said(self, free):
        corpus, plan = free
        names = ["Getting in", "nobody rang back", "“wait”", "Cost"]
        corpus = dataclasses.replace(
            corpus, codes=corpus.codes.assign(name=names, a_priori=[True, True, True, pd.NA])
        )

        assert list(code_names(corpus, plan).values()) == ["Getting in", "code 2", "code 3", "code 4"]

    def test_a_study_may_say_that_names_are_its_own(self, small):
        corpus, plan = small.both(disclosure__policy="text_free", disclosure__code_names="researchers")

        assert code_names(corpus, plan)["waiting"] == "Waiting"

    @pytest.mark.parametrize("code", ["T1", "B2.1", "12", "c-3a", "5F2A0C11-77aa-4b1c-9d0e-001122334455"])
    def test_ids_that_are_no_words_stay(self, free, code):
        corpus, plan = free
        corpus = dataclasses.replace(corpus, codes=corpus.codes.assign(code_id=[code, "a", "b", "c"]))

        assert code_labels(corpus, plan)[code] == code

    def test_segments_named_by_their_document_or_their_text_get_other_names(self, free):
        corpus, plan = free
        segments = corpus.segments.assign(segment_id=[f"Interview 1.docx:{n}-{n + 1}" for n in range(8)])
        segments.loc[1, "segment_id"] = "D1:0123456789ab"
        segments.loc[2, "segment_id"] = "P1-3"
        labels = list(segment_labels(dataclasses.replace(corpus, segments=segments), plan).values())

        assert [label.startswith("segment ") for label in labels[:3]] == [True, True, False]
        assert len(set(labels)) == len(labels)

    def test_remarks_of_the_reading_name_no_code_document_or_speaker(self, free):
        corpus, plan = free
        said = ("Interview 1: waiting given twice by participant", "price read as cost", "3 rows of D1")
        corpus = dataclasses.replace(corpus, warnings=said)

        assert public_warnings(corpus, plan) == [
            "[name]: code 2 given twice by [name]", "a code read as code 4", "3 rows of D1",
        ]  # fmt: skip

    def test_where_text_may_be_shown_nothing_changes(self, small):
        corpus, plan = small.both()

        assert public_corpus(corpus, plan) is corpus
        assert code_names(corpus, plan)["waiting"] == "Waiting"
        assert code_labels(corpus, plan)["waiting"] == "waiting"
        assert public_warnings(corpus, plan) == list(corpus.warnings)


class TestIndirectIdentifiers:
    """Three attributes of one person together need a review."""

    @pytest.fixture
    def described(self, small):
        rows = small.rows("cases")
        small.put("cases", [[*rows[0], "role"], *([*row, "nurse"] for row in rows[1:])])
        return small

    def test_two_may_stand_together(self, described):
        corpus, plan = described.both(disclosure__indirect=INDIRECT)

        assert list(public_attributes(corpus, plan, ["group", "site"])) == ["participant", "group", "site"]

    def test_three_are_refused_unless_reviewed(self, described):
        corpus, plan = described.both(disclosure__indirect=INDIRECT)
        with pytest.raises(DisclosureError, match="3 indirect identifiers"):
            public_attributes(corpus, plan)

        corpus, plan = described.both(disclosure__indirect=INDIRECT, disclosure__reviewed="ethics 12/3")
        assert public_attributes(corpus, plan)["participant"].tolist() == [
            "patient 1",
            "patient 2",
            "staff 1",
        ]

    def test_a_column_that_is_not_there_is_named(self, described):
        corpus, plan = described.both(disclosure__indirect=["sitee"])
        with pytest.raises(DisclosureError, match="Did you mean"):
            public_attributes(corpus, plan)

    def test_where_small_counts_are_hidden_nobody_has_a_line(self, described):
        corpus, plan = described.both(disclosure__policy="acro")

        assert public_attributes(corpus, plan).empty

    def test_a_figures_data_may_not_hold_three(self, described, monkeypatch):
        monkeypatch.delenv("CONCORD_STAGE", raising=False)
        plan = described.study(disclosure__indirect=INDIRECT)
        step = Step(described.workspace, "03_themes", plan)
        drawn = Drawn("<svg/>", "", "", pd.DataFrame(columns=["group", "site", "role", "n"]))

        with pytest.raises(DisclosureError, match="3 indirect identifiers"):
            step.figure("who", drawn)


class TestSmallCounts:
    """Tables other than themes under policies that hide small counts."""

    def test_values_lose_small_counts_and_another_that_would_give_them_away(self, small):
        table = pd.DataFrame(
            {"variable": "mood", "value": ["low", "high", "n/a"], "rule": "any", "group": "all",
             "n": [3, 20, 9], "share": [3 / 32, 20 / 32, 9 / 32], "ties": 1}
        )  # fmt: skip
        public = public_values(table, small.study(disclosure__policy="hes_before_2018"))

        assert public["n"].isna().tolist() == [True, False, True]
        assert public[["share", "ties"]].isna().all().all()
        pd.testing.assert_frame_equal(public_values(table, small.study()), table)

    def test_values_by_group_are_not_published_where_counts_are_hidden(self, small):
        table = pd.DataFrame(
            {"variable": "mood", "value": ["low", "high"] * 2, "rule": "any", "n": [22, 30, 22, 20],
             "group": ["all"] * 2 + ["a"] * 2, "share": 0.5, "ties": 0}
        )  # fmt: skip
        public = public_values(table, small.study(disclosure__policy="hes_before_2018"))

        assert public[["group", "n"]].to_numpy().tolist() == [["all", 22], ["all", 30]]

    def test_pairs_lose_small_counts_people_and_the_index_that_tells_them(self, small):
        table = pd.DataFrame(
            {"code_a": "a", "code_b": "b", "within": ["segment", "segment", "case"], "n": [2, 12, 9],
             "n_a": [9, 20, 9], "n_b": [30, 13, 9], "jaccard": [0.1, 0.2, 0.3]}
        )  # fmt: skip
        public = public_pairs(table, small.study(disclosure__policy="nhs_mental_health"))

        assert public["within"].tolist() == ["segment", "segment"]
        assert public["n"].tolist() == [pd.NA, 10]
        assert public["n_b"].tolist() == [30, 15]
        assert public["jaccard"].isna().all()

    @pytest.mark.parametrize(
        ("policy", "rare"),
        [
            ("as_published", []),
            ("hes_before_2018", [1, 5]),
            ("ukllc", [0, 1, 5, 6]),
            ("opensafely_midpoint6", [0, 1, 5]),
        ],
    )
    def test_codes_applied_too_rarely_lose_their_coefficients(self, small, policy, rare):
        applied = pd.Series([0, 1, 5, 6, 12])
        found = rarely_applied(applied, small.study(disclosure__policy=policy))

        assert applied[found].tolist() == rare

    def test_claims_about_counts_lose_their_numbers_and_keep_their_verdict(self, small):
        claims = [
            Claim(id="one", result="themes.T1.n_cases", printed="4"),
            Claim(id="two", result="cases.n", printed="19"),
            Claim(id="three", table="themes", where={"code_id": "T1"}, column="n_cases", printed="4"),
        ]
        results = [{"key": "themes.T1.n_cases", "value": 3}, {"key": "cases.n", "value": 19}]
        found = judge(results, claims[:2])
        one, two = public_verdicts(found, small.study(disclosure__policy="acro"))

        assert (one.verdict, one.recomputed, one.why) == ("differs", ("[not shown]",), "")
        assert two.recomputed == ("19",)
        assert [hides_numbers(each, small.study(disclosure__policy="acro")) for each in claims] == [
            True,
            False,
            True,
        ]
        assert public_verdicts(found, small.study()) == found
