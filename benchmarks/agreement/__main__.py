"""One command, one table: ``python -m benchmarks.agreement [--write FILE]``.

Each package gets an environment of its own in a temporary folder, each task a process of its own, all of them
the same data. Nothing is left behind unless --keep names a folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path

from .data import MATRICES, write_all

WORKER = Path(__file__).with_name("worker.py")
PEERS = {
    "krippendorff": ["krippendorff"],
    "interrater": ["interrater"],
    "irrcac": ["irrCAC"],
    "simpledorff": ["simpledorff", "numpy", "pandas"],
    "nltk": ["nltk", "numpy"],
}
TASKS = [
    *[(f"alpha, nominal, {name}", "alpha", name, "nominal") for name in MATRICES],
    ("one read, 5 x 1M", "read", "5 x 1M", ""),
    *[(f"alpha, {level}, 5 x 1M", "alpha", "5 x 1M", level) for level in ("ordinal", "interval", "ratio")],
    ("alpha with its default interval, 5 x 10k", "interval", "5 x 10k", ""),
    ("1,000 draws of units, 3 x 1k", "bootstrap", "3 x 1k", "1000"),
    ("10,000 draws of units, 3 x 1k", "bootstrap", "3 x 1k", "10000"),
    ("1,000 draws of units, 5 x 10k", "bootstrap", "5 x 10k", "1000"),
    ("10,000 draws of units, 5 x 10k", "bootstrap", "5 x 10k", "10000"),
    ("200 codes, 5 x 20k", "codes", "codes", ""),
    ("200 codes, 5 x 20k, linearised intervals (peer: no intervals)", "codes", "codes", "linearised"),
    ("200 codes, 5 x 20k, 1,000 shared draws (peer: no intervals)", "codes", "codes", "bootstrap"),
    ("sets, MASI, 3 x 2k", "sets", "sets", "masi"),
    ("sets, Jaccard, 3 x 2k", "sets", "sets", "jaccard"),
]
"""What is asked, the worker's task, its data and its option."""


def pythons(folder: Path, peers: Iterable[str]) -> dict[str, Path]:
    """Make an environment for every peer that can be installed; return their Pythons, ours first."""
    found = {"concord": Path(sys.executable)}
    for peer in peers:
        home = folder / peer
        python = home / "bin" / "python"
        if not python.exists():
            venv.create(home, with_pip=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "-q", *PEERS[peer]], capture_output=True, text=True
        )
        if done.returncode == 0:
            found[peer] = python
        else:
            print(f"{peer} cannot be installed here and is left out.", file=sys.stderr)
    return found


def run(python: Path, tool: str, task: tuple, data: Path, patience: float) -> dict:
    """Return what a worker measured; empty where the tool does not do the task."""
    _, kind, name, option = task
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    try:
        done = subprocess.run(
            [python, WORKER, tool, kind, data / f"{name}.npz", option],
            env=os.environ | one_thread,
            capture_output=True,
            text=True,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return {"late": patience}
    if done.returncode:
        print(f"{tool}, {task[0]}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return {}
    return json.loads(done.stdout)


def page(found: dict[str, dict[str, dict]], tools: list[str]) -> Iterable[str]:
    """Yield a table: median time, memory added, and how many times Concord's."""
    yield "# Agreement beside other packages\n"
    yield (
        "Written by `python -m benchmarks.agreement`: medians of CPU time, from the same array of floats "
        "with nan (bringing it into the tool's own form is counted), one process a cell, one thread; memory "
        "added to the process's peak; and how many times as long as Concord. Empty: the tool does not do it. "
        "The row *one read* is the least that any tool could take: looking at every rating once.\n"
    )
    yield "| | " + " | ".join(tools) + " |"
    yield "|---" * (len(tools) + 1) + "|"
    for what, cells in found.items():
        ours = cells["concord"]
        yield f"| {what} | " + " | ".join(cell(cells.get(tool, {}), ours, tool) for tool in tools) + " |"


def cell(measured: dict, ours: dict, tool: str) -> str:
    if "late" in measured:
        return f"> {measured['late']:.0f} s"
    if measured.get("value") is None:
        return ""
    text = f"{duration(measured['seconds'])}, {max(measured['mb'], 0):.0f} MB"
    if tool != "concord" and ours.get("seconds"):
        text += f" (x{measured['seconds'] / ours['seconds']:.0f})"
        if abs(measured["value"] - ours["value"]) > 1e-9:
            text += f" differs: {measured['value']:.6f} v {ours['value']:.6f}"
    return text


def duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def main() -> None:
    """Read the options, measure, print or write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--only", default="", help="only tasks whose name holds this")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds a cell may take")
    parser.add_argument("--keep", type=Path, help="folder for environments and data, used again next time")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        write_all(data)
        tools = pythons(folder, options.peers)
        found = {
            task[0]: {tool: run(python, tool, task, data, options.patience) for tool, python in tools.items()}
            for task in TASKS
            if options.only in task[0]
        }
    text = "\n".join(page(found, list(tools))) + "\n"
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
