"""Real codings with numbers that others printed; data beside the checkout, never in it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import Marks, coefficient, encode, per_code


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    return shared / "data"


def expected(folder: Path) -> dict[str, tuple[str, int]]:
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as lines:
        return {row["key"]: (row["expected"], int(row["decimals"])) for row in csv.DictReader(lines)}


def printed(number: float, decimals: int) -> str:
    return f"{number:.{decimals}f}"


class TestPerfectFitCoach:
    """Ekinci 2022: two coders, 480 answers, 62 codes."""

    @pytest.fixture
    def numbers(self, data: Path) -> dict[str, tuple[str, int]]:
        return expected(data / "perfectfit_coach")

    @pytest.fixture
    def kappas(self, data: Path) -> dict[str, float]:
        folder = data / "perfectfit_coach"
        tables = []
        for coder in ("first", "second"):
            with (folder / f"{coder}_coders_hot_one_encoding.csv").open(
                encoding="utf-8", newline=""
            ) as lines:
                rows = list(csv.reader(lines))
            tables.append(np.array([row[6:] for row in rows[21:]], dtype=float))  # 20 answers were training
        names = rows[0][6:]
        coder, unit, code = np.nonzero(np.array(tables))
        marks = Marks(unit, coder, code, np.ones((2, len(tables[0])), bool), len(names))
        found = per_code(marks, "cohen_kappa", interval="")
        return dict(zip(names, (kappa.estimate for kappa in found), strict=True))

    def test_every_kappa_is_as_published_and_one_is_undefined(self, numbers, kappas):
        published = {
            key.removeprefix("kappa:"): value for key, value in numbers.items() if key.startswith("kappa:")
        }
        undefined = [name for name, kappa in kappas.items() if np.isnan(kappa)]

        assert undefined == ["Felt prioritized"]
        assert {n: printed(np.nan_to_num(k), 6) for n, k in kappas.items()} == {
            n: v for n, (v, _) in published.items()
        }

    def test_the_published_mean_counts_the_undefined_kappa_as_zero(self, numbers, kappas):
        values = np.array(list(kappas.values()))

        assert printed(np.nan_to_num(values).mean(), 4) == numbers["mean_kappa_undefined_as_0_4dp"][0]
        assert printed(np.nanmean(values), 4) == numbers["mean_kappa_undefined_excluded_4dp"][0]
        assert np.count_nonzero(values == 1) == int(numbers["codes_kappa_exactly_1"][0])


class TestHappyr:
    """Rajeg 2019: two coders, three groups, before and after discussion."""

    @pytest.mark.parametrize(
        ("file", "columns", "name"),
        [
            ("df_cxn_pattern", ["pattern_coder", "pattern_author"], "construction_pattern"),
            ("df_meta_use_1st", ["use_coder", "use_author"], "metaphoricity_pre"),
            ("df_meta_use_2nd", ["use_2nd_coder", "use_2nd_author"], "metaphoricity_post"),
            ("df_cm", ["cm_coder_pre", "cm_author_pre"], "conceptual_metaphor_pre"),
            ("df_cm", ["cm_coder_post", "cm_author_post"], "conceptual_metaphor_post"),
        ],
    )
    def test_kappas_by_group_their_mean_and_the_pooled_one(self, data, file, columns, name):
        numbers = expected(data / "happyr_rounds")
        lines = pd.read_csv(data / "happyr_rounds" / f"{file}.csv", dtype=str, keep_default_na=False)
        kappas = {
            group: coefficient(encode(part[columns]).values, "cohen_kappa").estimate
            for group, part in lines.groupby("synonyms")
        }
        values = np.array(list(kappas.values()))
        pooled = coefficient(encode(lines[columns]).values, "cohen_kappa").estimate

        for group, kappa in kappas.items():
            assert printed(kappa, 6) == numbers[f"kappa:{name}:{group}_6dp"][0]
        for key, value in ((f"mean_kappa:{name}", values.mean()), (f"sd_kappa:{name}", values.std(ddof=1))):
            assert printed(value, numbers[key][1]) == numbers[key][0]
        assert printed(pooled, 4) == numbers[f"pooled_kappa:{name}_4dp"][0]


class TestAnnoMI:
    """Wu et al. 2022: ten coders, 428 utterances of counselling, "n/a" a category."""

    @pytest.fixture
    def utterances(self, data: Path) -> pd.DataFrame:
        rows = pd.read_csv(data / "annomi" / "AnnoMI-full.csv", dtype=str, keep_default_na=False)
        coders = rows.groupby("transcript_id")["annotator_id"].transform("nunique")
        return rows[coders == 10]

    @pytest.mark.parametrize(
        ("column", "key"),
        [
            ("main_therapist_behaviour", "main_therapist_behaviour"),
            ("question_subtype", "question_subtype"),
            ("reflection_subtype", "reflection_subtype"),
            ("therapist_input_subtype", "therapist_input_subtype"),
            ("client_talk_type", "client_talk_type"),
            ("question_exists", "question_exists"),
            ("reflection_exists", "reflection_exists"),
            ("therapist_input_exists", "therapist_input_exists"),
        ],
    )
    def test_fleiss_kappa_and_alpha(self, data, utterances, column, key):
        numbers = expected(data / "annomi")
        speaker = "client" if column.startswith("client") else "therapist"
        spoken = utterances[utterances["interlocutor"] == speaker]
        wide = spoken.pivot_table(
            index=["transcript_id", "utterance_id"], columns="annotator_id", values=column, aggfunc="first"
        )
        values = encode(wide).values

        assert printed(coefficient(values, "fleiss_kappa").estimate, 4) == numbers[f"fleiss_{key}_4dp"][0]
        assert (
            printed(coefficient(values, "krippendorff_alpha").estimate, 4)
            == numbers[f"alpha_nominal_{key}_4dp"][0]
        )
        if f"fleiss_{key}" in numbers:
            assert printed(coefficient(values, "fleiss_kappa").estimate, 2) == numbers[f"fleiss_{key}"][0]
