"""AnnoMI, real data: every value that others print or computed, from the file itself.

The file is not passed on (its licence is unclear). Where it is not beside this checkout these tests skip.
"""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from analysis.agreement.sheet import agreement_table
from analysis.agreement.summary import agreement_results
from analysis.claims import Verdict, judge, load_claims
from analysis.corpus import Corpus
from analysis.differences import difference_results
from analysis.fetch import fetch
from analysis.overview import overview_results
from analysis.paths import Workspace
from analysis.read import read_study
from analysis.study import Study, load_study
from analysis.themes import joint_table, theme_results, theme_table, value_table


@pytest.fixture(scope="module")
def workspace(shared, checkout, tmp_path_factory) -> Workspace:
    """Return a workspace with the committed study.yml and claims.yml, and the file fetched from a folder."""
    if not (shared / "data" / "annomi" / "AnnoMI-full.csv").is_file():
        pytest.skip("AnnoMI-full.csv is not there: fetch it into ../shared/data/annomi")
    workspace = Workspace(tmp_path_factory.mktemp("annomi"))
    workspace.raw("annomi").mkdir(parents=True)
    for name in ("study.yml", "claims.yml"):
        committed = checkout / "data" / "raw" / "annomi" / name
        (workspace.raw("annomi") / name).write_bytes(committed.read_bytes())
    fetch(workspace, "annomi", shared / "data" / "annomi")
    return workspace


@pytest.fixture(scope="module")
def study(workspace) -> tuple[Corpus, Study]:
    study = load_study(workspace, "annomi")
    return read_study(workspace, study), study


@pytest.fixture(scope="module")
def results(study) -> list[dict]:
    """Return everything that notebooks 01 to 03 record."""
    corpus, plan = study
    found = [*overview_results(corpus, plan)]
    # no claim is about a pair, group, case or document
    found += agreement_results(agreement_table(corpus, plan, broken_down=False), plan)
    found += difference_results(corpus, plan)
    found += theme_results(theme_table(corpus, plan), value_table(corpus, plan), joint_table(corpus, plan))
    return [vars(result) for result in found]


@pytest.fixture(scope="module")
def verdicts(workspace, results) -> dict[str, Verdict]:
    return {each.claim.id: each for each in judge(results, load_claims(workspace, "annomi"))}


@pytest.fixture(scope="module")
def expected(shared) -> list[dict[str, str]]:
    with (shared / "data" / "annomi" / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_expected_value_is_found_under_the_key_of_its_claim(expected, results, verdicts):
    """To the decimals that are printed, rounded half up; no claim decides for itself what it expects."""
    values = {entry["key"]: entry["value"] for entry in results}
    for row in expected:
        (key,) = verdicts[row["key"]].claim.expected
        scale = 100 if row["key"].endswith("_percent") else 1
        found = Decimal(repr(float(values[key]))) * scale
        places = Decimal(1).scaleb(-int(row["decimals"]))
        assert found.quantize(places, rounding="ROUND_HALF_UP") == Decimal(row["expected"]), (
            row["key"],
            found,
        )


def test_claims_are_the_expected_values_as_printed(expected, verdicts):
    claimed = {name: verdict.claim.printed for name, verdict in verdicts.items()}
    assert claimed == {
        row["key"]: row["expected"] + ("%" if row["key"].endswith("_percent") else "") for row in expected
    }


def test_every_claim_is_reproduced(verdicts):
    wrong = {
        name: v.why or v.recomputed for name, v in verdicts.items() if not v.verdict.startswith("reproduced")
    }
    assert wrong == {}
    assert {name: v.why for name, v in verdicts.items() if v.why} == {}, (
        "rounded half up, no other rule needed"
    )


def test_no_kappa_is_said_to_be_the_authors_own(verdicts):
    sources = {v.claim.source for name, v in verdicts.items() if name.startswith(("fleiss", "alpha"))}
    assert sources == {"third_party"}


def test_not_applicable_is_a_category_of_the_subtypes(study):
    """Read as missing, alpha of the reflection subtypes would be .1844 instead of .4963."""
    corpus, _ = study
    given = corpus.of("reflection_subtype")["value"].value_counts()
    assert given["n/a"] > given["simple"]
    assert corpus.codings["value"].isna().sum() == 0


def test_agreement_rests_on_what_all_ten_coded(results):
    found = {entry["key"]: entry for entry in results}
    assert found["agreement.main_therapist_behaviour.krippendorff_alpha"]["n"] == 216
    assert found["agreement.client_talk_type.krippendorff_alpha"]["n"] == 212
    assert found["double_coded.cases"]["value"] == 7


def test_nothing_of_the_text_is_in_warnings_or_results(study, results):
    corpus, _ = study
    said = "\n".join([*corpus.warnings, *(entry["key"] + str(entry["note"]) for entry in results)])
    texts = [text for text in corpus.segments["text"].dropna() if len(text) > 20]
    assert not any(text in said for text in texts)
