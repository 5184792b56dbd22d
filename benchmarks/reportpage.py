"""A report of 20,000 segments in the browser: how long it takes to open and to answer a filter.

Run ``python -m benchmarks.reportpage``. The page is the real one over generated codings of three coders; the
browser is Debian's Chromium, the times are its own clock's, medians of five.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from analysis.corpus import Corpus, empty_table
from analysis.counting import counted_or_none
from analysis.disclosure import public_themes
from analysis.evidence import evidence
from analysis.report import Section
from analysis.reportpage import page
from analysis.shown import themes_by_group
from analysis.study import Study
from analysis.tables import note
from analysis.themes import theme_table

SEGMENTS, CASES, CODES, CODERS = 20_000, 60, 120, ("A", "B", "C")
SAID = "we wait for letters that never quite arrive and then somebody rings to ask whether they did"
ASKED = (("q", "letters"), ("group", "patient"), ("code", "c3"), ("agreed", "differently"))
FILTER = """async ([name, value]) => {
    const dialog = document.getElementById('evidence');
    const field = dialog.querySelector(`[name=${name}]`);
    const begun = performance.now();
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return [performance.now() - begun, Number(dialog.dataset.rows)];
}"""


def corpus() -> Corpus:
    """Return a seeded corpus with text and independent codings of three coders."""
    rng = np.random.default_rng(20230101)
    cases = pd.DataFrame({"case_id": [f"P{n:02d}" for n in range(CASES)]})
    cases["group"] = np.array(["patient", "clinician", "manager"])[rng.integers(0, 3, CASES)]
    cases = cases.assign(consent_quote=True, withdrawn=False)
    codes = pd.DataFrame({"code_id": [f"c{n}" for n in range(CODES)]})
    codes["name"] = [f"Code {n}" for n in range(CODES)]
    codes["parent_id"] = [None if n < 20 else f"c{n % 20}" for n in range(CODES)]
    codes["level"] = [1 if n < 20 else 2 for n in range(CODES)]
    segments = pd.DataFrame({"segment_id": [f"s{n}" for n in range(SEGMENTS)]})
    segments["case_id"] = cases["case_id"].to_numpy(object)[np.sort(rng.integers(0, CASES, SEGMENTS))]
    segments["text"] = [" ".join(rng.choice(SAID.split(), 30)) for _ in range(SEGMENTS)]
    parts = []
    for coder in CODERS:
        given = rng.random(SEGMENTS) < 0.9
        part = segments.loc[given, ["segment_id"]].assign(coder_id=coder)
        parts.append(part.assign(value=codes["code_id"].to_numpy(object)[rng.integers(0, CODES, len(part))]))
    codings = pd.concat(parts).assign(variable="codes", stage="independent", round=1)
    told = {"cases": cases, "codes": codes, "segments": segments, "codings": codings}
    frames = {name: frame.reindex(columns=empty_table(name).columns) for name, frame in told.items()}
    typed = {name: frame.astype(empty_table(name).dtypes) for name, frame in frames.items()}
    coders = pd.DataFrame({"coder_id": list(CODERS), "kind": "human"}).reindex(
        columns=empty_table("coders").columns
    )
    return Corpus(**typed, coders=coders.astype(empty_table("coders").dtypes))


def study() -> Study:
    """Return a study that shows everything."""
    told = {"study": "large", "title": "Large (generated)", "method": "codebook", "simulated": True}
    told |= {"inputs": [{"file": "codings.csv"}], "themes": {"counted": "any"}, "segmentation": "shared"}
    return Study.model_validate(told | {"disclosure": {"policy": "as_published"}})


def written(folder: Path) -> Path:
    """Write the page; return where."""
    large, plan = corpus(), study()
    counted = counted_or_none(large, plan)
    data = evidence(large, plan, counted)
    opens = {code: code for code in large.codes["code_id"]}
    public = public_themes(theme_table(large, plan, counted), large, plan)
    table = themes_by_group(public, counted, plan, opens)
    path = folder / "report.html"
    path.write_text(
        page(plan, note("Generated data."), [Section("themes", "Themes", (table,))], data), "utf-8"
    )
    return path


def measured(path: Path) -> dict[str, Any]:
    """Return medians of five, in milliseconds, and the size in MB."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        loads, filters = [], []
        for _ in range(5):
            tab = browser.new_page()
            tab.goto(f"{path.as_uri()}#segments")
            tab.wait_for_selector("#evidence[open] li")
            timing = "performance.getEntriesByType('navigation')[0].loadEventEnd"
            loads.append(tab.evaluate(timing))
            filters += [tab.evaluate(FILTER, list(asked))[0] for asked in ASKED]
            tab.close()
        browser.close()
    return {
        "opens": median(loads),
        "filter": median(filters),
        "worst": max(filters),
        "size": path.stat().st_size / 1e6,
    }


def main() -> int:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        found = measured(written(Path(folder)))
    print(f"{SEGMENTS:,} segments, {CODES} codes, {len(CODERS)} coders: {found['size']:.1f} MB (25 allowed)")
    print(f"opens in {found['opens']:.0f} ms (2,000 allowed)")
    print(f"answers a filter in {found['filter']:.0f} ms, at worst {found['worst']:.0f} ms (100 allowed)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
