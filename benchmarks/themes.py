"""Theme counts, co-occurrence and new codes by interview at size, beside a bare groupby and a bare product.

Run ``python benchmarks/themes.py``: 1,000,000 codings of 5,000 cases with 300 codes in four levels. Each time
is the best of three; ratios, not seconds, are what to compare between machines.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.cooccurrence import cooccurrence_table, together
from analysis.corpus import Corpus
from analysis.counting import counted_codes
from analysis.saturation import new_codes
from analysis.study import Study
from analysis.themes import theme_table

CODINGS, CASES, CODES, SEGMENTS = 1_000_000, 5_000, 300, 400_000


def corpus() -> Corpus:
    """Return a seeded corpus: three groups, four levels of codes, some segments with several codes."""
    rng = np.random.default_rng(20201105)
    parent = np.array([-1] * 6 + [rng.integers(0, 6) for _ in range(24)])
    parent = np.r_[parent, rng.integers(6, 30, 90), rng.integers(30, 120, CODES - 120)]
    ids = np.array([f"c{n}" for n in range(CODES)], dtype=object)
    codes = pd.DataFrame({"code_id": ids, "name": ids, "domain": "all"})
    codes["parent_id"] = np.where(parent >= 0, ids[parent], None)
    codes["level"] = np.repeat([1, 2, 3, 4], [6, 24, 90, CODES - 120])
    codes["a_priori"] = pd.array(rng.random(CODES) < 0.3, dtype="boolean")
    codes = codes.assign(influence=pd.NA, influence_on=pd.NA).astype({"parent_id": "string"})
    cases = pd.DataFrame({"case_id": [f"P{n}" for n in range(CASES)], "interview_order": range(1, CASES + 1)})
    cases["group"] = np.array(["provider", "commercial", "patient"])[rng.integers(0, 3, CASES)]
    home = np.sort(rng.integers(0, CASES, SEGMENTS))
    segments = pd.DataFrame({"segment_id": [f"s{n}" for n in range(SEGMENTS)]})
    segments["case_id"] = cases["case_id"].to_numpy(object)[home]
    segments["document_id"] = segments["case_id"]
    segments["start"] = np.arange(SEGMENTS) * 40
    segments["end"] = segments["start"] + rng.integers(20, 60, SEGMENTS)
    segments = segments.assign(speaker="participant").astype({"start": "Int64", "end": "Int64"})
    pair = rng.choice(SEGMENTS * CODES, CODINGS, replace=False)
    codings = pd.DataFrame({"segment_id": segments["segment_id"].to_numpy(object)[pair // CODES]})
    codings["value"] = ids[pair % CODES]
    codings = codings.assign(coder_id="team", variable="codes", stage="consensus", round=1, supports=pd.NA)
    documents = pd.DataFrame({"document_id": cases["case_id"], "case_id": cases["case_id"]})
    documents = documents.assign(text=pd.NA, guide_version=pd.NA)
    frames = {
        "cases": cases,
        "codes": codes,
        "segments": segments,
        "codings": codings,
        "documents": documents,
    }
    text = {name: frame.select_dtypes([object, "str"]).columns for name, frame in frames.items()}
    frames = {name: frame.astype(dict.fromkeys(text[name], "string")) for name, frame in frames.items()}
    return Corpus(**frames)


def study() -> Study:
    """Return a study that asks for everything."""
    told = {"study": "large", "title": "Large", "method": "codebook", "inputs": [{"file": "codings.csv"}]}
    told |= {"themes": {"counted": "consensus"}, "saturation": {"run": True}, "seed": 1}
    return Study.model_validate(told | {"disclosure": {"policy": "as_published"}})


def best(call: Callable[[], Any], times: int = 3) -> float:
    """Return the shortest of several wall times, in seconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> None:
    """Print times, ratios and the peak of memory."""
    large, plan = corpus(), study()
    counted = counted_codes(large, plan)
    marks = counted.marks
    by = ["code_id", "group"]

    bare = best(lambda: marks.groupby(by).agg(n=("case_id", "nunique"), m=("segment_id", "nunique")))
    counting = best(lambda: counted_codes(large, plan))
    themes = best(lambda: theme_table(large, plan, counted))
    segment, code = (pd.factorize(marks[name])[0] for name in ("segment_id", "code_id"))
    present = sparse.csr_array((np.ones(len(code), np.int32), (segment, code)))
    product = best(lambda: (present.T @ present).toarray())
    ours = best(lambda: together(segment, code, CODES))
    pairs = best(lambda: cooccurrence_table(large, counted))
    orders = best(lambda: new_codes(large, plan, counted), 1)

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"bare groupby of the codings       {bare:6.2f} s")
    print(f"which codings count               {counting:6.2f} s")
    print(f"theme table, 4 groups, 2 rollups  {themes:6.2f} s   ratio {themes / bare:.2f}")
    print(f"one sparse product                {product:6.2f} s")
    print(f"codes in the same segment         {ours:6.2f} s   ratio {ours / product:.2f}")
    print(f"segment, span and case            {pairs:6.2f} s")
    print(f"1,000 orders of 4 groups          {orders:6.2f} s")
    print(f"all together                      {counting + themes + pairs + orders:6.2f} s")
    print(f"peak memory                       {peak:6.2f} GiB")


if __name__ == "__main__":
    main()
