"""A kernel forked from a loaded process is as good as a new one; where none can be had a new one does."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from jupyter_client.kernelspec import KernelSpec
from nbformat.v4 import new_code_cell, new_notebook

from analysis import kernels, nursery
from analysis.executors import LocalExecutor
from analysis.kernelenvironment import shared_environment
from analysis.kernels import Ending, Job, Limits
from analysis.nursery import Forked, Nursery
from analysis.paths import Workspace
from analysis.staging import Stage
from analysis.warmkernel import Provisioner

pytestmark = [
    pytest.mark.notebooks,
    pytest.mark.skipif(not nursery.possible(), reason="kernels are forked on Linux alone"),
]

RECORD = """\
import json, os
from pathlib import Path
_ = (Path(os.environ["CONCORD_STAGE"]) / "step.json").write_text(json.dumps({"results": []}))"""

PROCESS = """\
import builtins, gc, locale, logging, os, random, signal, sys, tempfile, threading, warnings
print(os.getcwd(), os.path.relpath(tempfile.gettempdir(), os.environ["TMPDIR"]), os.umask(0o22))
print(sorted(name for name in os.environ))
print(sys.path, sys.argv[0], sys.executable, sys._xoptions, hash("a"), sys.getrecursionlimit())
print(sorted(thread.name.split()[0].rstrip("0123456789") for thread in threading.enumerate()))
print([signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)])
print(locale.setlocale(locale.LC_ALL), sys.getdefaultencoding(), sys.stdout.encoding, gc.get_threshold())
print(logging.getLogger().level, logging.getLogger().handlers, sorted(vars(builtins)))
print(os.getsid(0) == os.getpid(), os.path.samefile("/dev/fd/1", "/dev/fd/2"), sys.stdin.isatty())
print(sys.displayhook.__class__, sys.excepthook.__name__, __name__, sorted(vars(sys.modules["__main__"])))"""
OPTIONS = """\
import matplotlib, numpy as np, pandas as pd
import matplotlib.pyplot as plt
from pandas._config.config import _registered_options, get_option
print({name: repr(get_option(name)) for name in sorted(_registered_options)})
print(np.get_printoptions(), np.geterr(), matplotlib.get_backend(), matplotlib.matplotlib_fname()[-12:])
print(dict(matplotlib.rcParams), plt.isinteractive(), plt.get_fignums())"""
WIDE = 'pd.DataFrame({f"a rather long name {n}": range(90) for n in range(30)})'
WIDE_TEXT = f"print({WIDE})\nprint(np.arange(3000).reshape(3, 1000))"
FIGURE = "_ = plt.plot([1, 3, 2], label='a')\n_ = plt.legend()"
TWO_FIGURES = "plt.figure()\nfor n in range(2):\n    plt.bar([1, 2], [n, 3])\n    plt.show()"
OWN_FIGURE = "from matplotlib.figure import Figure\nFigure(figsize=(2, 1))"
DISPLAYED = (
    "from IPython.display import HTML, display\ndisplay(HTML('<b>a</b>'))\nprint('x')\npd.Series([1.5, None])"
)
WARNED = "import warnings\nwarnings.warn('careful')\npd.Series([1])"
SOURCES = (PROCESS, OPTIONS, WIDE, WIDE_TEXT, FIGURE, TWO_FIGURES, OWN_FIGURE, DISPLAYED, WARNED)

SPOIL = """\
import os, random, sys, threading, time, warnings
import matplotlib, numpy as np, pandas as pd
import analysis.errors
pd.options.display.max_columns = 2
matplotlib.rcParams["lines.linewidth"] = 9
os.environ["LEFT"] = "1"
os.chdir("/")
sys.path.insert(0, "/left")
np.random.seed(1); random.seed(1)
analysis.errors.quoted = None
left = open("/dev/null")
threading.Thread(target=time.sleep, args=[60], daemon=True).start()
warnings.simplefilter("error")
print(np.random.rand())"""
LOOK = """\
import os, sys, threading, warnings
import matplotlib, numpy as np, pandas as pd
import analysis.errors
print(pd.options.display.max_columns, matplotlib.rcParams["lines.linewidth"], os.environ.get("LEFT"))
print(os.getcwd() == os.environ["CONCORD_ROOT"], "/left" in sys.path, analysis.errors.quoted is not None)
print("left" in globals(), len([t for t in threading.enumerate() if t.name.startswith("Thread-1 (sleep")]))
print(any(kind == "error" for kind, *_ in warnings.filters[:1]))"""
FIRST_USES = """\
import sys
from pathlib import Path
import pandas as pd, pandera.pandas as pa
there = set(sys.modules)
table = pa.DataFrameSchema({"a": pa.Column(str)}).validate(pd.DataFrame({"a": ["b"]}))
table.to_parquet("table.parquet"); Path("table.parquet").unlink()
table.to_csv("table.csv", encoding="utf-8-sig"); Path("table.csv").unlink()
print(sorted(set(sys.modules) - there))"""
DRAW = (
    "import numpy as np, random\nprint(np.random.rand(), random.random(), np.random.default_rng().random())"
)


def notebook(root: Path, name: str, *sources: str) -> Path:
    """Write a small notebook whose cells are called work-0, work-1 and so on."""
    texts = {"parameters": 'study: str = "other"\noverrides: dict = {}'}
    texts |= {f"work-{n}": source for n, source in enumerate(sources)} | {"record": RECORD}
    cells = [new_code_cell(text, id=cell) for cell, text in texts.items()]
    cells[0].metadata = {"tags": ["parameters"]}
    path = root / f"{name}.ipynb"
    path.write_text(json.dumps(new_notebook(cells=cells)), "utf-8")
    return path


def job(root: Path, *sources: str, limits: Limits | None = None) -> Job:
    path = notebook(root, f"book-{time.monotonic_ns()}", *sources)
    stage = Stage(Workspace(root), "demo", "01_prepare")
    return Job(path, root, stage, {"study": "demo"}, limits=limits or Limits())


def outputs(done: Job) -> list[list]:
    """Return the outputs of each cell, without the folder that the run was given."""
    text = done.stage.notebook.read_text("utf-8").replace(str(done.stage.folder), "STAGE")
    return [cell["outputs"] for cell in json.loads(text)["cells"]]


def printed(done: Job, cell: int = 1) -> str:
    return "".join(outputs(done)[cell][0]["text"])


@pytest.fixture(scope="module")
def loaded() -> Iterator[Nursery]:
    made = Nursery(shared_environment(), ["analysis", "analysis.errors", "analysis.figures"])
    yield made
    made.close()


def completed(given: Job, loaded: Nursery | None) -> Job:
    ending = kernels.run(given, Event(), loaded)
    assert (ending.status, ending.failure) == ("completed", None), given.stage.log.read_text("utf-8")[-2000:]
    assert ending.kernel == ("new" if loaded is None else "forked")
    return given


@pytest.fixture(scope="module")
def both(loaded: Nursery, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list], list[list]]:
    """Return what each cell gave in a new kernel and in a forked one."""
    root = tmp_path_factory.mktemp("both")
    given = job(root, *SOURCES)
    other = replace(given, stage=Stage(Workspace(root), "demo", "01_prepare"))
    return outputs(completed(given, None)), outputs(completed(other, loaded))


class TestAForkedKernelGivesWhatANewOneGives:
    @pytest.mark.parametrize(
        "what",
        ["process", "options", "table", "text", "figure", "two figures", "own figure", "display", "warning"],
    )
    def test_cell_by_cell(self, both: tuple[list[list], list[list]], what: str) -> None:
        new, forked = both
        names = [
            "process",
            "options",
            "table",
            "text",
            "figure",
            "two figures",
            "own figure",
            "display",
            "warning",
        ]
        cell = names.index(what) + 1
        assert new[cell] == forked[cell]

    def test_and_each_cell_gave_something(self, both: tuple[list[list], list[list]]) -> None:
        assert [len(each) > 0 for each in both[0][1:-1]] == [True] * len(SOURCES)

    def test_figures_are_pictures(self, both: tuple[list[list], list[list]]) -> None:
        for cell, count in ((5, 1), (6, 2)):
            kinds = [kind for output in both[1][cell] for kind in output.get("data", {})]
            assert kinds.count("image/png") == count


def test_what_tables_are_checked_and_written_with_is_loaded(loaded: Nursery, tmp_path: Path) -> None:
    assert printed(completed(job(tmp_path, FIRST_USES), loaded)) == "[]\n"


class TestNothingGoesFromOneKernelToTheNext:
    def test_no_state(self, loaded: Nursery, tmp_path: Path) -> None:
        untouched = printed(completed(job(tmp_path, LOOK), loaded))
        completed(job(tmp_path, SPOIL), loaded)
        assert printed(completed(job(tmp_path, LOOK), loaded)) == untouched
        assert untouched.splitlines() == ["20 1.5 None", "True False True", "False 0", "False"]

    def test_no_seed(self, loaded: Nursery, tmp_path: Path) -> None:
        drawn = [printed(completed(job(tmp_path, DRAW), loaded)).split() for _ in range(2)]
        assert all(one != other for one, other in zip(*drawn, strict=True))

    def test_no_open_file(self, loaded: Nursery, tmp_path: Path) -> None:
        # half a second later every channel of the client is connected
        count = "import os, time\ntime.sleep(0.5)\nprint(len(os.listdir('/proc/self/fd')))"
        found = {printed(completed(job(tmp_path, count), loaded)) for _ in range(3)}
        assert len(found) == 1


class TestWhereForkingFails:
    def test_a_new_kernel_does_if_the_forking_process_is_gone_before(self, tmp_path: Path) -> None:
        made = Nursery(shared_environment())
        for server in made.servers:
            server.kill()
            server.wait()
        assert kernels.run(job(tmp_path, "1"), Event(), made) == Ending("completed")
        made.close()

    def test_a_new_kernel_does_if_what_is_to_be_loaded_cannot_be(self, tmp_path: Path) -> None:
        made = Nursery(shared_environment(), ["analysis.there_is_none"])
        assert kernels.run(job(tmp_path, "1"), Event(), made).kernel == "new"
        assert made.broken
        made.close()

    def test_a_new_kernel_does_if_the_forking_process_dies_meanwhile(self, tmp_path: Path) -> None:
        made = Nursery(shared_environment())
        begun = tmp_path / "begun"
        once = (
            f"import os, signal\nfrom pathlib import Path\nfirst = not Path({str(begun)!r}).exists()\n"
            f"Path({str(begun)!r}).touch()\nif first: os.kill(os.getppid(), signal.SIGKILL)\n"
            "import time; time.sleep(1)"
        )
        assert kernels.run(job(tmp_path, once), Event(), made) == Ending("completed")
        made.close()

    def test_new_kernels_do_for_all_that_were_under_way_then(self, tmp_path: Path) -> None:
        made = Nursery(shared_environment())
        given = []
        for number in range(3):
            (tmp_path / str(number)).mkdir()
            given.append(job(tmp_path / str(number), "import time; time.sleep(1.5)"))
        with ThreadPoolExecutor(3) as pool:
            running = [pool.submit(kernels.run, each, Event(), made) for each in given]
            while not all((each.stage.folder / "current.json").is_file() for each in given):
                time.sleep(0.01)
            made.servers[1].kill()
            assert [each.result() for each in running] == [Ending("completed")] * 3
        made.close()

    @pytest.mark.parametrize("way", ["switch", "environment"])
    def test_it_is_off_by_one_switch(self, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
        if way == "environment":
            monkeypatch.setenv("CONCORD_WARM", "0")
        with LocalExecutor(1, False if way == "switch" else None) as executor:
            executor.prepare()
            assert executor.nursery is None

    def test_a_kernel_that_dies_by_its_own_hand_is_told_as_such(
        self, loaded: Nursery, tmp_path: Path
    ) -> None:
        given = job(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        ending = kernels.run(given, Event(), loaded)
        assert ending.kernel == "forked"
        assert ending.failure is not None
        assert ending.failure.kind == "DeadKernelError"


BY_PAPERMILL = """\
import sys
import papermill
from papermill.engines import papermill_engines
from analysis.kernelenvironment import shared_environment
from analysis.nursery import Forked, Nursery
from analysis.worker import Engine
papermill_engines.register("concord", Engine)
nursery = Nursery(shared_environment(), ["analysis"])
nursery.offer()
for number in range(2):
    nb = papermill.execute_notebook(
        sys.argv[1], None, engine_name="concord", kernel_name="python3", progress_bar=False
    )
    print(nb.cells[-1].outputs[0].text)
nursery.close()
"""


def test_papermills_own_api_can_be_given_forked_kernels(tmp_path: Path) -> None:
    path = notebook(tmp_path, "book", "1")
    book = json.loads(path.read_text("utf-8"))
    book["cells"][-1]["source"] = "import sys\nprint('pandas' in sys.modules)"
    path.write_text(json.dumps(book), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", BY_PAPERMILL, str(path)], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.split() == ["True", "True"], done.stderr[-2000:]


class Sleeping(Forked):
    """A process that stands for a forked kernel."""

    def __init__(self) -> None:
        self.child = subprocess.Popen(["sleep", "60"])

    def send_signal(self, number: int) -> None:
        self.child.send_signal(number)

    def wait(self, timeout: float | None = None) -> int:
        return self.child.wait(timeout)


def test_a_kernel_that_was_killed_is_seen_to_end_at_once() -> None:
    provisioner = Provisioner(kernel_id="a", kernel_spec=KernelSpec())
    provisioner.process = kernel = Sleeping()
    with ThreadPoolExecutor(1) as pool:  # a browser of other tests has this thread's event loop running
        pool.submit(lambda: asyncio.run(provisioner.kill())).result()
    assert kernel.child.returncode == -signal.SIGKILL


def children_of(*parents: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) in parents and state != "Z":
                found.append(int(folder.name))
    return found


class TestLimitsAndEnds:
    def test_a_notebook_over_its_memory_is_ended_and_says_so(self, loaded: Nursery, tmp_path: Path) -> None:
        greedy = "import time\nheld = b'x' * 700_000_000\ntime.sleep(60)"
        ending = kernels.run(job(tmp_path, greedy, limits=Limits(memory=6e8)), Event(), loaded)
        assert ending.failure is not None
        assert str(ending.failure) == (
            "cell work-0: MemoryLimit: the notebook held more than 0.6 GB in memory, its limit."
        )

    def test_a_notebook_over_its_time_is_ended(self, loaded: Nursery, tmp_path: Path) -> None:
        slow = job(tmp_path, "import time; time.sleep(60)", limits=Limits(notebook=3))
        ending = kernels.run(slow, Event(), loaded)
        assert ending.failure is not None
        assert ending.failure.kind == "NotebookTimeout"

    def test_nothing_that_was_forked_is_left(self, loaded: Nursery) -> None:
        until = time.monotonic() + 5
        while (left := children_of(*(each.pid for each in loaded.servers))) and time.monotonic() < until:
            time.sleep(0.05)
        assert left == []
