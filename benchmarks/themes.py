"""Theme counts, co-occurrence and new codes by interview at size, beside a bare groupby and a bare product.

Run ``python -m benchmarks.themes``: 1,000,000 codings of 5,000 cases with 300 codes in four levels. Each time
is the median of five; ratios, not seconds, are what to compare between machines.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
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


@dataclass(frozen=True)
class Took:
    """What several runs of one call took: median wall and processor time, in seconds."""

    wall: float
    cpu: float


def took(call: Callable[[], Any], times: int = 5) -> Took:
    """Return the median wall and processor time of several runs."""
    found = []
    for _ in range(times):
        begun = time.perf_counter(), time.process_time()
        call()
        found.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    return Took(*(median(each) for each in zip(*found, strict=True)))


def measured(large: Corpus, plan: Study) -> tuple[dict[str, Took], dict[str, Took]]:
    """Return what each part took, and the bare operations that they are held against."""
    counted = counted_codes(large, plan)
    marks, by = counted.marks, ["code_id", "group"]
    segment, code = (pd.factorize(marks[name])[0] for name in ("segment_id", "code_id"))
    present = sparse.csr_array((np.ones(len(code), np.int32), (segment, code)))
    bare = {
        "groupby": took(lambda: marks.groupby(by).agg(n=("case_id", "nunique"), m=("segment_id", "nunique"))),
        "product": took(lambda: (present.T @ present).toarray()),
    }
    ours = {
        "which codings count": took(lambda: counted_codes(large, plan)),
        "theme table, 4 groups, 2 rollups": took(lambda: theme_table(large, plan, counted)),
        "codes in the same segment": took(lambda: together(segment, code, CODES)),
        "segment, span and case": took(lambda: cooccurrence_table(large, counted)),
        "1,000 orders of 4 groups": took(lambda: new_codes(large, plan, counted)),
    }
    return ours, bare


def main() -> None:
    """Print times, ratios and the peak of memory."""
    ours, bare = measured(corpus(), study())
    against = {"theme table, 4 groups, 2 rollups": "groupby", "codes in the same segment": "product"}
    for name, each in bare.items():
        print(f"bare {name:<32} {each.wall:6.2f} s   cpu {each.cpu:6.2f} s")
    for name, each in ours.items():
        base = bare.get(against.get(name, ""))
        ratio = f"   ratio {each.wall / base.wall:.2f}, of cpu {each.cpu / base.cpu:.2f}" if base else ""
        print(f"{name:<37} {each.wall:6.2f} s   cpu {each.cpu:6.2f} s{ratio}")
    whole = [each for name, each in ours.items() if name != "codes in the same segment"]
    wall, cpu = sum(each.wall for each in whole), sum(each.cpu for each in whole)
    print(f"{'all together':<37} {wall:6.2f} s   cpu {cpu:6.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{'peak memory':<37} {peak:6.2f} GiB")


if __name__ == "__main__":
    main()
