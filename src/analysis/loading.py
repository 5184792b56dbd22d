"""What a process has behind it before it makes copies of itself: imports, and first uses that bring more.

Nothing here may start a thread, open a socket of zmq or make an event loop: no copy would have them whole.
What is used is the libraries' own and holds nothing of a study.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from .passedover import SLOW

__all__ = ["load"]

FIRST = {
    "client": (
        *("papermill", "nbclient", "nbconvert", "analysis.worker", "analysis.notebookpage"),
        *("IPython.paths", "ipykernel.kernelspec", "psutil", "encodings.ascii"),
    ),
    "kernel": (
        *("ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.debugger"),
        *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger"),
        *("IPython.core.oinspect", "IPython.extensions.storemagic", "psutil", "tornado.platform.asyncio"),
        *("pandas", "matplotlib.pyplot", "pyarrow.parquet", "pyarrow.dataset", "pyarrow.pandas_compat"),
        *("pandas.core.arrays.arrow.extension_types", "pandas.core.methods.to_dict"),
        *("pandas.core.reshape.reshape", "pandas.io.formats.csvs"),
        *("encodings.cp437", "encodings.unicode_escape", "encodings.utf_8_sig", "encodings.utf_16_le"),
        *("pandera.pandas", "krippendorff", "PIL.PngImagePlugin", "matplotlib.backends.backend_svg"),
        *("xlsxwriter", "docx", "great_tables", "jinja2", "openpyxl"),
    ),
}
ABSENT: dict[str, tuple[str, ...]] = {"client": SLOW, "kernel": ()}
ANY_NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "*a*"},
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "b",
            "metadata": {},
            "outputs": [],
            "source": "1",
        },
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
INLINE = "matplotlib_inline.backend_inline"  # must be imported under the shell that it is to show figures in


def load(role: str, modules: Sequence[str]) -> None:
    """Import what a role needs, and use once what would otherwise be slow once in every copy.

    Parameters
    ----------
    role : str
        ``client`` executes notebooks, ``kernel`` runs their code.
    modules : sequence of str
        To import besides.
    """
    for name in ABSENT[role]:
        sys.modules[name] = None  # type: ignore[assignment]
    # pandas sets its widths and encoding by the shell and the stream that it is imported under
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    try:
        with Path(os.devnull).open("w", encoding="UTF-8") as nowhere, redirect_stdout(nowhere):
            for name in (*FIRST[role], *modules):
                importlib.import_module(name)
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]
    {"client": _make_any_page, "kernel": _check_any_table}[role]()
    sys.modules.pop(INLINE, None)


def _make_any_page() -> None:
    """Compile templates and the notebook format's schema, and list what can start kernels."""
    import nbformat
    from jupyter_client.provisioning import KernelProvisionerFactory

    sys.modules["analysis.notebookpage"].render(ANY_NOTEBOOK, "")
    nbformat.validate(nbformat.from_dict(ANY_NOTEBOOK))
    KernelProvisionerFactory.instance()


def _check_any_table() -> None:
    """Let pandera find its checks, for which it imports hypothesis where that is installed."""
    import pandas as pd
    import pandera.pandas as pa

    pa.DataFrameSchema({"a": pa.Column(str)}).validate(pd.DataFrame({"a": ["a"]}))
