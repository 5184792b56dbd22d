"""One tool, one task, one process: prints the value, the median time and the memory as JSON.

Run by each tool's own Python, so this file imports nothing but numpy and, inside a function, the tool. Every
tool starts from the same arrays; what it needs to bring them into its own form is part of its time.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

ENOUGH_SECONDS, ENOUGH_RUNS = 4.0, 15


def concord() -> dict[str, Callable]:
    from analysis.agreement import Marks, coefficient, estimate, per_code, set_alpha

    def unpacked(bits: np.ndarray) -> list[list[frozenset | None]]:
        met = {b: frozenset(k for k in range(12) if b >> k & 1) for b in np.unique(bits[bits >= 0]).tolist()}
        return [[None if b < 0 else met[b] for b in row] for row in bits.tolist()]

    def many(data: dict, interval: str) -> float:
        marks = Marks(data["unit"], data["coder"], data["code"], data["assigned"], 200)
        return float(np.mean([f.estimate for f in per_code(marks, interval=interval)]))

    return {
        "read": lambda data, _: int(data["values"].view(np.int64).max()),
        "alpha": lambda data, level: coefficient(data["values"], "krippendorff_alpha", level=level).estimate,
        "interval": lambda data, _: estimate(data["values"], "krippendorff_alpha").estimate,
        "bootstrap": lambda data, draws: (
            estimate(data["values"], "krippendorff_alpha", interval="bootstrap", draws=int(draws)).estimate
        ),
        "codes": lambda data, interval: many(data, interval),
        "sets": lambda data, distance: set_alpha(unpacked(data["bits"]), distance).estimate,
    }


def krippendorff() -> dict[str, Callable]:
    import krippendorff as tool

    def many(data: dict, _: str) -> float:
        found = []
        for code in range(200):
            values = np.where(data["assigned"], 0.0, np.nan)
            of_code = data["code"] == code
            values[data["coder"][of_code], data["unit"][of_code]] = 1
            found.append(tool.alpha(values, level_of_measurement="nominal"))
        return float(np.mean(found))

    return {
        "alpha": lambda data, level: tool.alpha(data["values"], level_of_measurement=level),
        "codes": many,
    }


def interrater() -> dict[str, Callable]:
    from interrater import KrippendorffAlphaAnalyzer, KrippendorffAlphaConfig, NijMatrix
    from interrater.analyzers.agreement_functions.krippendorff import krippendorff_alpha
    from interrater.array_utils import category_counts
    from interrater.contracts import EMPTY

    def counted(values: np.ndarray) -> NijMatrix:
        index = np.where(np.isnan(values), EMPTY, values - 1).astype(np.int16).T
        counts = category_counts(index, 10)
        return NijMatrix(matrix=counts[counts.any(axis=1)])  # it refuses units nobody rated

    def bootstrap(data: dict, draws: str) -> float:
        config = KrippendorffAlphaConfig(
            n_resamples=int(draws),
            alpha=0.05,
            random_state=0,
            ci_method="percentile",
            convergence_test=None,
            hypothesis_test_config=None,
            injection=None,
            balanced_data_only=False,
            rater_jackknife=False,
            weights_type="identity",
            custom_weights_path=None,
        )
        analyzer = KrippendorffAlphaAnalyzer.build_from_nij_matrix(counted(data["values"]), config)
        return analyzer.estimate_from_nij_matrix().point

    return {
        "alpha": lambda data, level: (
            krippendorff_alpha(counted(data["values"])) if level == "nominal" else None
        ),
        "bootstrap": bootstrap,
        "interval": lambda data, _: bootstrap(data, "1000"),
    }


def irrcac() -> dict[str, Callable]:
    import pandas as pd
    from irrCAC.raw import CAC

    def alpha(data: dict, _: str) -> float:
        return CAC(pd.DataFrame(data["values"].T), digits=12).krippendorff()["est"]["coefficient_value"]

    return {
        "alpha": lambda data, level: alpha(data, level) if level == "nominal" else None,
        "interval": alpha,
    }


def simpledorff() -> dict[str, Callable]:
    import pandas as pd
    import simpledorff as tool

    def alpha(data: dict, level: str) -> float | None:
        if level != "nominal":
            return None
        coder, unit = np.nonzero(~np.isnan(data["values"]))
        long = pd.DataFrame({"unit": unit, "coder": coder, "value": data["values"][coder, unit]})
        return tool.calculate_krippendorffs_alpha_for_df(
            long, experiment_col="unit", annotator_col="coder", class_col="value"
        )

    return {"alpha": alpha}


def nltk() -> dict[str, Callable]:
    from nltk.metrics import agreement, jaccard_distance, masi_distance

    def alpha(data: dict, level: str) -> float | None:
        if level != "nominal":
            return None
        coder, unit = np.nonzero(~np.isnan(data["values"]))
        labels = data["values"][coder, unit].tolist()
        return agreement.AnnotationTask(list(zip(coder.tolist(), unit.tolist(), labels, strict=True))).alpha()

    def of_sets(data: dict, distance: str) -> float:
        met = {
            b: frozenset(k for k in range(12) if b >> k & 1)
            for b in np.unique(data["bits"]).tolist()
            if b >= 0
        }
        how = masi_distance if distance == "masi" else jaccard_distance

        def safe(one: frozenset, other: frozenset) -> float:
            return 0.0 if not one and not other else how(one, other)

        triples = [
            (coder, unit, met[b])
            for coder, row in enumerate(data["bits"].tolist())
            for unit, b in enumerate(row)
            if b >= 0
        ]
        return agreement.AnnotationTask(triples, distance=safe).alpha()

    return {"alpha": alpha, "sets": of_sets}


def statsmodels() -> dict[str, Callable]:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    def fleiss(data: dict, _: str) -> float:
        complete = np.nan_to_num(data["values"], nan=1.0).T.astype(int)
        return fleiss_kappa(aggregate_raters(complete)[0])

    return {"fleiss": fleiss}


def measure(call: Callable, data: dict, option: str) -> dict:
    """Run until it is known well enough.

    CPU time, which neighbours on the machine disturb least; memory is what the first run added to the peak.
    """
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times, value = [], None
    while not times or (sum(times) < ENOUGH_SECONDS and len(times) < ENOUGH_RUNS):
        start = time.process_time()
        value = call(data, option)
        times.append(time.process_time() - start)
        if len(times) == 1:
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "value": value,
        "seconds": statistics.median(times),
        "runs": len(times),
        "mb": (after - before) / 1024,
    }


def main() -> None:
    tool, task, path, option = sys.argv[1:]
    with np.load(path) as arrays:
        data = {name: arrays[name] for name in arrays.files}
    call = {
        f.__name__: f for f in (concord, krippendorff, interrater, irrcac, simpledorff, nltk, statsmodels)
    }[tool]()
    print(json.dumps(measure(call[task], data, option) if task in call else {}))


if __name__ == "__main__":
    main()
