"""Coefficients for a plain file, by the library and by the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.agreement.coefficients import MEASURES
from analysis.agreement.lines import COLUMNS
from analysis.agreement.plainfile import agreement_of_file, read_plain_file
from analysis.errors import AgreementError, ConcordError, DataError

CONCORD = Path(sys.executable).with_name("concord")
# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: four observers, twelve units
KRIPPENDORFF = """unit,A,B,C,D
1,1,1,,1
2,2,2,3,2
3,3,3,3,3
4,3,3,3,3
5,2,2,2,2
6,1,2,3,4
7,4,4,4,4
8,1,1,2,1
9,2,2,2,2
10,,5,5,5
11,,,1,1
12,,,3,
"""
PUBLISHED = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}


@pytest.fixture
def canonical(tmp_path: Path) -> Path:
    """Return Krippendorff's table as a file."""
    path = tmp_path / "ratings.csv"
    path.write_text(KRIPPENDORFF)
    return path


def concord(*arguments: object) -> subprocess.CompletedProcess:
    """Run the installed command."""
    return subprocess.run([CONCORD, *map(str, arguments)], capture_output=True, text=True)


@pytest.mark.parametrize(("level", "alpha"), PUBLISHED.items())
def test_the_published_alphas_come_out(canonical: Path, level: str, alpha: float) -> None:
    table = agreement_of_file(canonical, level=level, measures=["krippendorff_alpha"])

    assert table["estimate"].round(3).tolist() == [alpha]


def test_json_is_a_list_of_records_with_the_columns_of_agreement_csv(canonical: Path) -> None:
    done = concord("agreement", canonical, "--level", "ordinal", "--json")

    records = json.loads(done.stdout)
    assert done.returncode == 0
    assert {tuple(record) for record in records} == {tuple(COLUMNS)}
    alpha = next(record for record in records if record["measure"] == "krippendorff_alpha")
    assert alpha["estimate"] == pytest.approx(0.8153875037548813, abs=1e-15)
    assert alpha["n_units"] == 11


def test_undefined_is_null_with_its_reason(canonical: Path) -> None:
    done = concord("agreement", canonical, "--measure", "cohen_kappa", "--json")

    (record,) = json.loads(done.stdout)
    assert record["estimate"] is None
    assert "two coders" in record["note"]


def test_without_a_measure_every_one_that_the_data_allow_is_given(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("unit,A,B\n1,0,0\n2,1,1\n3,1,0\n4,0,0\n")

    found = set(agreement_of_file(path)["measure"])

    assert found == set(MEASURES) - {"precision", "recall"}


def test_long_and_wide_say_the_same(canonical: Path, tmp_path: Path) -> None:
    wide = pd.read_csv(canonical, dtype=str)
    long = wide.melt("unit", var_name="coder").dropna()
    path = tmp_path / "long.csv"
    long.sample(frac=1, random_state=1).to_csv(path, index=False)

    pd.testing.assert_series_equal(
        agreement_of_file(path)["estimate"], agreement_of_file(canonical)["estimate"], rtol=1e-12
    )


def test_only_an_empty_cell_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("unit,A,B\n1,nan,nan\n2,n/a,nan\n3,NA,\n4,None,None\n")

    file = read_plain_file(path, "nominal")

    assert sorted(file.words) == ["NA", "None", "n/a", "nan"]
    assert np.isnan(file.values).sum() == 1


def test_clusters_widen_what_they_should(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 200)
    flip = np.repeat(rng.random(10) < 0.3, 20)
    frame = pd.DataFrame({"unit": range(200), "A": truth, "B": np.where(flip, 1 - truth, truth)})
    frame["person"] = np.repeat(range(10), 20)
    path = tmp_path / "clustered.csv"
    frame.to_csv(path, index=False)

    alone = agreement_of_file(path, measures=["krippendorff_alpha"], cluster=None)
    together = agreement_of_file(path, measures=["krippendorff_alpha"], cluster="person")

    assert alone["n_coders"].tolist() == [3]  # without --cluster the third column is a coder
    assert together["n_coders"].tolist() == [2]
    assert float(together["se"].iloc[0]) > 0.1


def test_by_pair_and_by_code_add_their_lines(canonical: Path) -> None:
    pairs = agreement_of_file(canonical, measures=["percent"], by="pair")
    values = agreement_of_file(canonical, measures=["percent"], by="code")

    assert pairs["pair"].dropna().tolist() == ["A|B", "A|C", "A|D", "B|C", "B|D", "C|D"]
    assert values["value"].dropna().tolist() == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("", [], "is empty"),
        ("unit,A,B\n1,x,y\n", ["--level", "interval"], "needs numbers"),
        ("unit,A,B\n1,x,y\n1,x,y\n", [], "stands twice"),
        ("unit,A,B\n1,x,y\n", ["--measure", "kohen_kappa"], 'Did you mean "cohen_kappa"?'),
        ("unit,A,B\n1,x,y\n", ["--level", "nominall"], 'Did you mean "nominal"?'),
        ("unit,A,B,who\n1,x,y,p\n", ["--cluster", "whom"], 'Did you mean "who"?'),
        ("unit,A,B\n1,x,y\n", ["--by", "moon"], "code or pair"),
        ("unit,coder,value\n1,A,x\n1,A,y\n", [], "second rating"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_or_two(
    tmp_path: Path, text: str, arguments: list[str], said: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)

    done = concord("agreement", path, *arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) <= 8


def test_errors_are_concord_errors(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("unit,A,B\n1,x,y\n")

    with pytest.raises(DataError):
        agreement_of_file(path, level="ratio")
    with pytest.raises(AgreementError):
        agreement_of_file(path, measures=["nothing"])
    with pytest.raises(ConcordError):
        agreement_of_file(tmp_path / "absent.csv")


def test_perfectfit_kappas_as_published(shared: Path, tmp_path: Path) -> None:
    """Ekinci 2022, doi 10.5281/zenodo.6621533: 62 kappas at six decimals, one of them 0/0, printed as 0."""
    folder = shared / "data" / "perfectfit_coach"
    first, second = (
        pd.read_csv(folder / f"{who}_coders_hot_one_encoding.csv", dtype=str, keep_default_na=False)
        for who in ("first", "second")
    )
    expected = pd.read_csv(folder / "expected.csv").set_index("key")["expected"]
    codes = first.columns[6:]
    found = {}
    for place, code in enumerate(codes):
        path = tmp_path / f"{place}.csv"
        a, b = (part[code][20:].to_numpy() for part in (first, second))
        pair = pd.DataFrame({"unit": range(480), "A": a, "B": b})
        pair.to_csv(path, index=False)
        found[code] = agreement_of_file(path, measures=["cohen_kappa"]).iloc[0]

    undefined = [code for code, line in found.items() if np.isnan(line["estimate"])]
    assert undefined == ["Felt prioritized"]
    assert found["Felt prioritized"]["note"]
    for code in codes.difference(undefined):
        assert round(found[code]["estimate"], 6) == float(expected[f"kappa:{code}"]), code
    counted_as_zero = np.nanmean(
        [0 if code in undefined else line["estimate"] for code, line in found.items()]
    )
    assert round(counted_as_zero, 2) == 0.83


def test_happyr_kappas_as_published(shared: Path, tmp_path: Path) -> None:
    """Rajeg 2019, doi 10.26180/5cac231a97fb1: kappa of construction patterns by group, three decimals."""
    folder = shared / "data" / "happyr_rounds"
    lines = pd.read_csv(folder / "df_cxn_pattern.csv", dtype=str, keep_default_na=False)
    expected = pd.read_csv(folder / "expected.csv").set_index("key")["expected"]
    for group, part in lines.groupby("synonyms"):
        path = tmp_path / f"{group}.csv"
        both = {"A": part["pattern_coder"], "B": part["pattern_author"]}
        frame = pd.DataFrame({"unit": range(len(part)), **both})
        frame.to_csv(path, index=False)

        kappa = agreement_of_file(path, measures=["cohen_kappa"])["estimate"].iloc[0]

        assert f"{kappa:.3f}" == f"{float(expected[f'kappa:construction_pattern:{group}']):.3f}"
