"""Forty runs by ``concord batch``, beside papermill's command line two at a time; two workers beside one.

Run ``python -m benchmarks.batch [RUNS [TIMES [STUDY]]]`` on a quiet machine: RUNS (40 by default) settings of
one study (simon2021_simulated), its five notebooks each, nothing cached. Medians of TIMES (3) in turns. The
settings are choices that papers differ in: on which units agreement is computed, by which coefficient, with
which interval, and what counts for a theme. Runs share the notebooks that their settings do not touch;
``--force`` shows what it would take if they did not.

papermill is given the same notebooks, parameters and environment, a workspace and a staging folder a run, and
``xargs -P 2`` over runs; a run's notebooks follow each other, since each reads what those before it left. Its
kernels write the same files to the staging folders, and `cp` puts them where the next notebook finds them.
That both left the same files, byte for byte but for records, pages of notebooks and run.json, is checked.
"""

from __future__ import annotations

import itertools
import json
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from analysis.batch import workspace_of
from analysis.graph import STEPS
from analysis.grid import Grid, Run, load_grid
from analysis.paths import CHECKOUT, Workspace

from .runs import CONCORD, STUDY, Took, took, unlike, workspace

PAPERMILL = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
RESULTS = "import json, sys; json.dump(json.load(open(sys.argv[1]))['results'], open(sys.argv[2], 'w'))"
OR_SHOW = "|| { tail -n 20 papermill.log >&2; exit 1; }"
WAYS = (
    "papermill, two at a time", "batch --jobs 1", "batch --jobs 2",
    "batch --jobs 1 --force", "batch --jobs 2 --force",
)  # fmt: skip
CHOICES: dict[str, list[str]] = {
    "agreement.primary": ["krippendorff_alpha", "cohen_kappa", "gwet_ac1", "scott_pi", "percent"],
    "themes.counted": ["any", "all"],
    "agreement.interval.method": ["linearised", "jackknife"],
    "agreement.unit": ["segment", "case"],
}


def grid_of(root: Path, study: str, runs: int) -> Grid:
    """Return a grid of that many settings, taken evenly from all combinations of the choices."""
    every = [dict(zip(CHOICES, values, strict=True)) for values in itertools.product(*CHOICES.values())]
    if runs > len(every):
        raise SystemExit(f"There are {len(every)} combinations, fewer than {runs}.")
    chosen = [every[number * len(every) // runs] for number in range(runs)]
    path = root / "grid.yml"
    path.write_text(json.dumps({"studies": [study], "runs": chosen}), "utf-8")
    return load_grid(Workspace(root), path)


def by_batch(root: Path, way: str) -> Took:
    """Run the grid as the command line does."""
    return took([*CONCORD, "--root", str(root), "batch", str(root / "grid.yml"), *way.split()[1:]])


def by_papermill(root: Path, grid: Grid) -> Took:
    """Run the same notebooks by papermill's command line."""
    scripts = [script(root / "papermill" / run.name, root / "data" / "raw", run) for run in grid.runs]
    listed = root / "scripts.txt"
    listed.write_text("".join(f"{path}\n" for path in scripts), "utf-8")
    return took(["xargs", "-a", str(listed), "-P", "2", "-n", "1", "sh"])


def script(own: Path, raw: Path, run: Run) -> Path:
    """Write what a person would write to run five notebooks by papermill in a folder of their own."""
    study, q = run.study.study, shlex.quote
    (own / "data").mkdir(parents=True)
    (own / "data" / "raw").symlink_to(raw, target_is_directory=True)
    parameters = own / "parameters.yml"
    parameters.write_text(json.dumps({"study": study, "overrides": dict(run.overrides)}), "utf-8")
    derived, reports = own / "data" / "derived" / study, own / "reports" / study
    lines = ["set -e", f"cd {q(str(own))}", f"export CONCORD_ROOT={q(str(own))}"]
    for step in STEPS:
        if run.study.not_applicable(step.name):
            continue
        stage = own / "stage" / step.name
        notebook = CHECKOUT / "notebooks" / f"{step.name}.ipynb"
        target = reports / "notebooks" / f"{step.name}.ipynb"
        results = derived / "results" / f"{step.name}.json"
        told = [sys.executable, "-S", "-c", RESULTS, str(stage / "step.json"), str(results)]
        execute = [*PAPERMILL, "-f", str(parameters), str(notebook), str(target)]
        folders = [stage / "derived", stage / "reports", target.parent, results.parent]
        lines += [
            f"mkdir -p {shlex.join(map(str, folders))}",
            f"CONCORD_STAGE={q(str(stage))} {shlex.join(execute)} 2>> papermill.log {OR_SHOW}",
            f"cp -r {q(str(stage / 'derived'))}/. {q(str(derived))}/",
            f"cp -r {q(str(stage / 'reports'))}/. {q(str(reports))}/",
            shlex.join(told),
        ]
    path = own / "run.sh"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def require_same(root: Path, ours: Path, grid: Grid) -> None:
    """End where papermill's runs did not leave the files that `concord batch` leaves, byte for byte."""
    own = ("/.records/", "/notebooks/", "/run.json", "/results.json")
    for run in grid.runs:
        place, study = workspace_of(Workspace(ours), grid, run), run.study.study
        theirs = root / "papermill" / run.name
        pairs = ((place.derived(study), theirs / "data" / "derived" / study),
                 (place.reports(study), theirs / "reports" / study))  # fmt: skip
        for mine, other in pairs:
            odd = unlike(mine, other, own)
            if odd:
                raise SystemExit(
                    f"papermill left {odd[0]} otherwise or not at all, so the two cannot be compared."
                )


def main(runs: int = 40, times: int = 3, study: str = STUDY) -> None:
    """Measure and print both ratios, each with its medians."""
    found: dict[str, list[Took]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="concord-benchmark-") as scratch:
        for number in range(times):
            roots = {way: workspace(Path(scratch) / f"{number}-{n}", study) for n, way in enumerate(WAYS)}
            grids = {way: grid_of(root, study, runs) for way, root in roots.items()}
            for way, root in roots.items():
                grid = grids[way]
                found[way].append(by_papermill(root, grid) if way == WAYS[0] else by_batch(root, way))
                print(f"  {way}: {found[way][-1].wall:.1f} s", file=sys.stderr)
            require_same(roots[WAYS[0]], roots["batch --jobs 2"], grids[WAYS[0]])
            for root in roots.values():
                shutil.rmtree(root)
    walls = {way: median(took.wall for took in tooks) for way, tooks in found.items()}
    processor = {way: median(took.cpu for took in tooks) for way, tooks in found.items()}
    print(f"{runs} runs of {study}, medians of {times}:")
    for way in WAYS:
        print(f"  {way:<32} {walls[way]:8.1f} s wall {processor[way]:8.1f} s processor")
    for way in WAYS[1:]:
        ratio, cpu = walls[WAYS[0]] / walls[way], processor[WAYS[0]] / processor[way]
        print(f"papermill / {way}: {ratio:.1f}x wall, {cpu:.1f}x processor")
    for how in ("", " --force"):
        ratio = walls[f"batch --jobs 1{how}"] / walls[f"batch --jobs 2{how}"]
        print(f"one worker / two{how}: {ratio:.2f}x wall")


if __name__ == "__main__":
    asked = [*sys.argv[1:], *("40", "3", STUDY)[len(sys.argv) - 1 :]]
    main(int(asked[0]), int(asked[1]), asked[2])
