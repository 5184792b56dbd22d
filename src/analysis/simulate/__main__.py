"""`python -m analysis.simulate [--root DIR]`: write the simulated studies' source tables."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..paths import CHECKOUT, Workspace
from . import write


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both studies below the root and name the files."""
    parser = argparse.ArgumentParser(prog="python -m analysis.simulate", description=__doc__)
    parser.add_argument(
        "--root",
        type=Path,
        default=CHECKOUT,
        metavar="DIR",
        help="folder that holds data/",
    )
    root = parser.parse_args(arguments).root
    for path in write(Workspace(root)):
        print(path.relative_to(root).as_posix())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
