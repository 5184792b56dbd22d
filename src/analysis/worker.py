"""The process that executes one notebook by papermill, started by `analysis.kernels`.

Its order is one line of JSON on standard input. The input then stays open as a lifeline: when it closes, the
kernel is killed and the process ends at once.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from .passedover import SLOW

if __name__ == "__main__":
    for name in SLOW:
        sys.modules[name] = None  # type: ignore[assignment]

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from . import normalform, notebookpage, warmkernel, wholefile
from .forkserver import Line
from .nursery import Forked
from .promptclient import PromptKernelClient

__all__ = ["execute", "main", "obey"]

IS_OURS = (
    "isinstance(getattr(__import__('sys'), 'last_value', None), "
    "__import__('analysis.errors', fromlist=['errors']).ConcordError)"
)
SETTINGS = Config(
    {
        "KernelManager": {"transport_encryption": "auto"},
        "AsyncKernelManager": {"client_factory": PromptKernelClient},
    }
)


class Watch:
    """What is known of a run while it goes on, so that its end can be told truly.

    Parameters
    ----------
    folder : Path, optional
        Where it is noted for the process that started us.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.kernel: int | None = None
        self.process: Any = None
        self.ready = False
        self.cell: str | None = None
        self.ours = False
        self.notebook: Any = None

    def kernel_started(self, process: Any) -> None:
        """Note the kernel's process, which leads a group of its own."""
        self.process, self.kernel = process, process.pid
        self._write("kernel.json", {"pid": process.pid, "forked": isinstance(process, Forked)})

    @property
    def lost_kernel(self) -> bool:
        """Whether the process that had forked the kernel is gone, and the kernel with it."""
        return isinstance(self.process, Forked) and self.process.lost

    def cell_begun(self, cell: Any) -> None:
        """Note the cell that runs now."""
        injected = "injected-parameters" in cell.metadata.get("tags", [])
        self.cell = "parameters" if injected else cell.id
        self._write("current.json", {"cell": self.cell})

    def kill_kernel(self) -> None:
        """Kill the kernel and whatever a cell started."""
        if self.kernel is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.kernel, signal.SIGKILL)

    def _write(self, name: str, data: Any) -> None:
        if self.folder is not None:
            wholefile.write_json(self.folder / name, data, scratch=self.folder)


class Client(PapermillNotebookClient):
    """papermill's client, which tells a Watch what happens."""

    def __init__(self, nb_man: Any, watch: Watch, **settings: Any) -> None:
        super().__init__(nb_man, **settings)
        self.watch = watch
        watch.notebook = nb_man.nb
        self.on_notebook_start = lambda **_: setattr(watch, "ready", True)
        self.on_cell_start = lambda cell, **_: watch.cell_begun(cell)

    def start_new_kernel(self, **settings: Any) -> None:
        """Start the kernel and note its process; while it gets ready, load what the page will need."""
        super().start_new_kernel(**settings)
        self.watch.kernel_started(self.km.provisioner.process)
        if "nbconvert" in sys.modules:
            return
        threading.Thread(target=importlib.import_module, args=["nbconvert"], daemon=True).start()

    def papermill_execute_cells(self) -> None:
        """Execute the cells; after an error ask the kernel whether its message is one of ours."""
        super().papermill_execute_cells()
        if any(cell.metadata.papermill.get("exception") for cell in self.nb.cells):
            self.watch.ours = self._raised_ours()

    def _raised_ours(self) -> bool:
        asked = self.kc.execute("", silent=True, store_history=False, user_expressions={"ours": IS_OURS})
        reply = self.wait_for_reply(asked)
        told = reply["content"].get("user_expressions", {}).get("ours", {}).get("data", {})
        return told.get("text/plain") == "True"


class Engine(NBClientEngine):
    """papermill's engine with our client: ``papermill --engine concord``, or `engine_name` in its API.

    Its kernels are forked from a loaded process where `Nursery.offer` was called, and new ones elsewhere.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        start_timeout: int = 60,
        execution_timeout: int = 0,
        **settings: Any,
    ) -> Any:
        """Execute the notebook in a kernel whose wire is encrypted where the kernel can."""
        client = Client(
            nb_man,
            settings.get("watch") or Watch(),
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout=execution_timeout,
            record_timing=False,
            shutdown_kernel="immediate",
            config=SETTINGS,
        )
        return client.execute()


def main() -> None:
    """Execute the notebook that standard input names."""
    order = json.loads(sys.stdin.buffer.readline())
    watch = Watch(Path(order["stage"]))
    threading.Thread(target=_end_with_lifeline, args=(watch,), daemon=True).start()
    _finish(order, watch, Path(order["stage"]))


def obey(order: dict[str, Any], kernels: Line) -> NoReturn:
    """Execute a notebook in a process that was forked, in a kernel that is forked too.

    Parameters
    ----------
    order : dict
    kernels : Line
        To the process that forks kernels.
    """
    warmkernel.offer(kernels)
    _finish(order, Watch(Path(order["stage"])), Path(order["stage"]))


def _finish(order: dict[str, Any], watch: Watch, folder: Path) -> NoReturn:
    failure = execute(order, watch)
    wholefile.write_json(folder / "outcome.json", {"failure": failure}, scratch=folder)
    sys.stdout.flush()
    os._exit(0)  # nothing that a client library left running may keep us


def execute(order: dict[str, Any], watch: Watch) -> dict[str, Any] | None:
    """Execute one notebook and write it in normal form; return what went wrong, or None."""
    failure = _execute_with_retry(order, watch)
    watch.kill_kernel()
    if watch.notebook is None:
        return failure
    raw = json.loads(nbformat.writes(watch.notebook, version=4))
    failure = failure or _evidence_against(raw)
    nb = normalform.normal_form(raw)
    if failure is None:
        try:
            if order["page"]:
                copies = Path(order["stage"]) / "out" / "reports" / "notebooks"
                notebookpage.leave(nb, order["title"], copies / Path(order["notebook"]).name)
        except Exception as error:
            traceback.print_exc()
            what = "while the notebook's page was written."
            failure = {"kind": type(error).__name__, "cell": None, "message": what}
    (Path(order["stage"]) / "notebook.ipynb").write_text(normalform.dumps(nb), "utf-8", newline="\n")
    return failure


def _execute_with_retry(order: dict[str, Any], watch: Watch) -> dict[str, Any] | None:
    """Execute the notebook; a kernel that did not start is started once more."""
    for last in (False, True):
        try:
            _execute(order, watch)
            return None
        except Exception as error:
            if last or watch.ready or not isinstance(error, RuntimeError):
                return _failure(error, order["limits"], watch)
            watch.kill_kernel()
    return None


def _execute(order: dict[str, Any], watch: Watch) -> None:
    papermill_engines.register("concord", Engine)
    papermill.execute_notebook(
        order["notebook"],
        None,
        parameters=order["parameters"],
        engine_name="concord",
        kernel_name="python3",
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        start_timeout=order["limits"]["start"],
        execution_timeout=order["limits"]["cell"],
        watch=watch,
    )


def _failure(error: Exception, limits: dict[str, int], watch: Watch) -> dict[str, Any]:
    """Describe an error without quoting anything but our own messages."""
    kind, message = type(error).__name__, ""
    if isinstance(error, PapermillExecutionError):
        kind, message = error.ename, _first_line(error.evalue) if watch.ours else ""
    elif isinstance(error, DeadKernelError) and watch.lost_kernel:
        kind, message = "KernelLost", "the process that had forked the kernel ended."
    elif isinstance(error, DeadKernelError):
        message = "the kernel died: it was killed, or ran out of memory."
    elif isinstance(error, CellTimeoutError):
        message = f"the cell took longer than {limits['cell']} s."
    elif not watch.ready:
        kind, message = "KernelStart", f"the kernel did not start within {limits['start']} s, tried twice."
    return {"kind": kind, "cell": watch.cell, "message": message}


def _first_line(text: str) -> str:
    """Return the first line, and the second where the first only announces it."""
    lines = [line.strip() for line in text.strip().splitlines()] or [""]
    return " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]


def _evidence_against(nb: dict[str, Any]) -> dict[str, Any] | None:
    """Return what speaks against a notebook that papermill calls completed."""
    skipped = normalform.unexecuted(nb)
    if skipped:
        return {"kind": "Unfinished", "cell": skipped[0], "message": "the cell was not executed."}
    for cell in nb["cells"]:
        if any(output["output_type"] == "error" for output in cell.get("outputs", [])):
            return {"kind": "CellError", "cell": cell["id"], "message": "the cell's output holds an error."}
    return None


def _end_with_lifeline(watch: Watch) -> None:
    sys.stdin.buffer.read()
    watch.kill_kernel()
    os._exit(1)


if __name__ == "__main__":
    main()
