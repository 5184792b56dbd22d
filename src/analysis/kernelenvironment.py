"""The environment that kernels run in: nothing of a person's own set-up can change what is computed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .kernels import Job

__all__ = ["environment", "shared_environment"]

FIXED = {
    "COLUMNS": "80",
    "LC_ALL": "C.UTF-8",
    "LINES": "24",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "0",
    "TZ": "UTC",
}
PERSONAL = ("CONCORD_", "IPYTHON", "JPY_", "JUPYTER", "LC_", "MPL", "MATPLOTLIB", "PAPERMILL", "PYTHON")
ALSO_PERSONAL = {
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "FORCE_COLOR",
    "LANG",
    "LANGUAGE",
    "NO_COLOR",
    "TERM",
}
# not PYTHONDONTWRITEBYTECODE: with it every kernel would compile pandas anew
NEEDED = {"PYTHONHOME", "PYTHONPATH", "PYTHONPYCACHEPREFIX"}


def environment(job: Job) -> dict[str, str]:
    """Return the environment of the kernel that a notebook is executed in."""
    own = job.stage.folder / "jupyter"
    isolated = {
        "IPYTHONDIR": own / "ipython",
        "JUPYTER_CONFIG_DIR": own / "config",
        "JUPYTER_DATA_DIR": own / "data",
        "JUPYTER_RUNTIME_DIR": own / "runtime",
        "MATPLOTLIBRC": own / "matplotlibrc",
        "TMPDIR": job.stage.folder / "tmp",
    }
    given = {"CONCORD_ROOT": str(job.root)}
    if not job.by_hand:
        given["CONCORD_STAGE"] = str(job.stage.out)
    return {**shared_environment(), **given, **{name: str(path) for name, path in isolated.items()}}


def shared_environment() -> dict[str, str]:
    """Return the part of a kernel's environment that is the same for all."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in NEEDED or not (name.startswith(PERSONAL) or name in ALSO_PERSONAL)
    }
    return {**kept, **FIXED, "JUPYTER_NO_CONFIG": "1"}
