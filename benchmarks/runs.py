"""What papermill, kernels and truthful records cost beside the bare calls; and what nothing stale costs.

Run ``python -m benchmarks.runs [TIMES]``. Five notebooks of a simulated study, nothing cached, by ``concord
reproduce`` and as one plain script in one cold process that writes the same files; then ``status`` and
``reproduce`` where nothing is stale, four studies. Medians of TIMES (default 3) runs in turns; wall time is
what people wait for, processor time is what a busy machine does not spoil.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from analysis.graph import STEPS
from analysis.kernelenvironment import shared_environment
from analysis.paths import CHECKOUT

STUDY, SMALL = "simon2021_simulated", "krippendorff2011"
FOUR = ("duffy2023_simulated", SMALL, "krippendorff_again", STUDY)
CONCORD = [sys.executable, "-m", "analysis.cli"]
PLAIN = '''\
"""The same calls as the notebooks', one after another in one process, leaving the same files."""
import json, os, shutil, sys
from pathlib import Path

root, notebooks, study = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
os.environ["CONCORD_ROOT"] = str(root)
tops = {"derived": root / "data" / "derived" / study, "reports": root / "reports" / study}
for name in sys.argv[4:]:
    stage = root / "stage" / name
    stage.mkdir(parents=True)
    os.environ["CONCORD_STAGE"] = str(stage)
    said = {}
    for cell in json.loads((notebooks / f"{name}.ipynb").read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), name, "exec"), said)
            said["study"] = study
    for top, folder in tops.items():
        if (stage / top).is_dir():
            shutil.copytree(stage / top, folder, dirs_exist_ok=True)
    results = json.loads((stage / "step.json").read_text("utf-8"))["results"]
    path = tops["derived"] / "results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=2, sort_keys=True), "utf-8")
'''


@dataclass(frozen=True)
class Took:
    """What one run took, in seconds."""

    wall: float
    cpu: float


def took(command: list[str]) -> Took:
    """Run a command and return what it and everything that it started took."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # the same settings for all: one thread, one hash seed, modules from where these come from
    path = os.pathsep.join([str(CHECKOUT / "src"), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env={**shared_environment(), "PYTHONPATH": path}
    )
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def workspace(folder: Path, *studies: str) -> Path:
    """Return a new workspace with copies of bundled studies; one may be there twice."""
    for name in studies:
        source = SMALL if name == "krippendorff_again" else name
        target = folder / "data" / "raw" / name
        shutil.copytree(CHECKOUT / "data" / "raw" / source, target)
        settings = target / "study.yml"
        settings.write_text(
            settings.read_text("utf-8").replace(f"study: {source}", f"study: {name}"), "utf-8"
        )
    return folder


def unlike(ours: Path, other: Path, own: Sequence[str]) -> list[str]:
    """Return the files of a folder that another does not hold, or not with the same bytes.

    Parameters
    ----------
    ours, other : Path
    own : sequence of str
        Parts of the names of files that only we write, or that tell of time or place.
    """
    names = [path.relative_to(ours).as_posix() for path in sorted(ours.rglob("*")) if path.is_file()]
    return [
        name
        for name in names
        if not any(part in f"/{name}" for part in own)
        and not ((other / name).is_file() and _content(ours / name) == _content(other / name))
    ]


def _content(path: Path) -> object:
    """Return a file's bytes; of recorded results what the notebook said, without what the runner adds."""
    if path.parent.name != "results":
        return path.read_bytes()
    added = ("notebook", "cell", "inputs")
    entries = json.loads(path.read_text("utf-8"))
    return [{name: value for name, value in entry.items() if name not in added} for entry in entries]


def require_same(ours: Path, plain: Path, study: str) -> None:
    """End where the plain script did not leave the files that a run leaves."""
    own = ("/.records/", "/notebooks/", "/run.json", "/results.json", "/verification.")
    for folder in (f"data/derived/{study}", f"reports/{study}"):
        odd = unlike(ours / folder, plain / folder, own)
        if odd:
            raise SystemExit(
                f"the plain script left {odd[0]} otherwise or not at all, so the two cannot be compared."
            )


def five_notebooks(scratch: Path, times: int) -> dict[str, list[Took]]:
    """Return what five notebooks took, nothing cached, in each of the three ways."""
    script = scratch / "plain.py"
    script.write_text(PLAIN, "utf-8")
    steps = [step.name for step in STEPS]
    found: dict[str, list[Took]] = {"plain script": [], "reproduce": [], "reproduce --plain-kernels": []}
    for number in range(times):
        roots = {way: workspace(scratch / f"{way.replace(' ', '-')}-{number}", STUDY) for way in found}
        for way, root in roots.items():
            command = [*CONCORD, "--root", str(root), *way.split(), STUDY]
            if way == "plain script":
                command = [sys.executable, str(script), str(root), str(CHECKOUT / "notebooks"), STUDY, *steps]
            found[way].append(took(command))
        require_same(roots["reproduce"], roots["plain script"], STUDY)
        kernels = json.loads((roots["reproduce"] / "reports" / STUDY / "run.json").read_text("utf-8"))[
            "steps"
        ]
        if any(step["ran"]["kernel"] != "forked" for step in kernels.values()):
            raise SystemExit("kernels were not forked, so this says nothing of forked ones.")
    return found


def nothing_stale(scratch: Path, times: int) -> dict[str, list[Took]]:
    """Return what it takes to find that nothing is stale in four studies."""
    root = workspace(scratch / "four", *FOUR)
    took([*CONCORD, "--root", str(root), "reproduce"])
    ways: dict[str, Callable[[], Took]] = {
        f"{command}, four studies, nothing stale": lambda command=command: took(  # type: ignore[misc]
            [*CONCORD, "--root", str(root), command]
        )
        for command in ("status", "reproduce")
    }
    return {name: [run() for _ in range(times)] for name, run in ways.items()}


def show(found: dict[str, list[Took]], base: str | None = None) -> None:
    """Print the medians, and their ratios to the first."""
    middle = {
        way: Took(median(each.wall for each in runs), median(each.cpu for each in runs))
        for way, runs in found.items()
    }
    for way, each in middle.items():
        line = f"{way:<42} {each.wall:6.2f} s   cpu {each.cpu:6.2f} s"
        if base is not None and way != base:
            line += f"   ratio {each.wall / middle[base].wall:.2f}, of cpu {each.cpu / middle[base].cpu:.2f}"
        print(line)


def main() -> None:
    """Print times and ratios."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        show(five_notebooks(Path(folder), times), "plain script")
        show(nothing_stale(Path(folder), 3 * times))


if __name__ == "__main__":
    main()
