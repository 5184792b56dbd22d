"""The default tests: unit and property tests, then the committed notebooks by nbval, figures included.

Three runs of pytest: units on two processes; what starts kernels or a browser, a file at a time on each of
two; then nbval, a notebook at a time on each of two, whose plugin costs seconds even where none is collected.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEADY = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "0"}
IN_TWO = ("-n2", "--dist=loadfile")
UNITS = (*IN_TWO, "-pno:nbval", "-m", "not soak and not notebooks and not browser", "tests")
KERNELS = (*IN_TWO, "-pno:nbval", "-m", "not soak and (notebooks or browser)", "tests")
NOTEBOOKS = (
    *IN_TWO,
    "--nbval",
    "--nbval-current-env",
    "--nbval-cell-timeout=120",
    "-pno:cacheprovider",
    "--ignore=notebooks/lab",
    "notebooks",
)


def main() -> int:
    """Run all parts; return 0 if all passed."""
    environment = {**os.environ, **STEADY}
    environment.pop("MPLBACKEND", None)
    for name in ("CONCORD_ROOT", "CONCORD_STAGE", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    given = sys.argv[1:]
    parts = [given] if given else [UNITS, KERNELS, NOTEBOOKS]
    codes = [
        subprocess.run([sys.executable, "-m", "pytest", "-q", *part], cwd=ROOT, env=environment).returncode
        for part in parts
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
