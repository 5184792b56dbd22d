"""What a step found: the numbers it records under keys, and the files it leaves."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from .clearance import clear_for
from .consensus import with_decisions
from .consulted import NOTES, Notes
from .corpus import Corpus
from .disclosure import check_indirect, public_ids, shows_text
from .errors import DataError, Problem, UsageError
from .figures import Drawn
from .graph import STEPS
from .inforce import DECLARED, GIVEN, InForce
from .keys import Result
from .ledger import Ledger
from .paths import Workspace
from .plainform import csv_text, dump_json, plain, read_csv
from .read import read_drafts
from .read.assemble import assemble
from .study import Study, load_study
from .tables import SIMULATED, Shown, note
from .watched import watched

__all__ = ["Step", "open_step"]

RECORD = "record"  # id of the cell that records results in every notebook


def open_step(name: str, study: str, overrides: Mapping[str, Any] | None = None) -> Step:
    """Return the step that a notebook is, for a study with single settings replaced.

    Parameters
    ----------
    name : str
        The notebook's name, such as ``02_agreement``.
    study : str
    overrides : mapping, optional
        Dotted name of study.yml -> value.

    Raises
    ------
    ConcordError
        If the study cannot be read.
    """
    workspace = Workspace.find()
    given, declared = load_study(workspace, study, overrides), load_study(workspace, study)
    stage = os.environ.get("CONCORD_STAGE")
    # a step that is opened beside another takes no notes: the first one's say by now that all was read
    if stage is not None and not (Path(stage) / NOTES).exists():
        notes = Notes(Path(stage), InForce(given, declared))
        notes.watch()
        given, declared = (
            watched(given, partial(notes.add, GIVEN)),
            watched(declared, partial(notes.add, DECLARED)),
        )
    return Step(workspace, name, given, declared)


class Step:
    """One notebook at work on one study.

    Under the runner (CONCORD_STAGE names a folder) files go there and the runner moves them into place; by
    hand they go to ``.lab/<study>``, which no claim reads.

    Parameters
    ----------
    workspace : Workspace
    name : str
    study : Study
        With single settings replaced.
    declared : Study, optional
        As study.yml has it, if the two differ.
    """

    def __init__(self, workspace: Workspace, name: str, study: Study, declared: Study | None = None) -> None:
        self.workspace = workspace
        self.name = name
        self.study = study
        self.declared = declared or study
        stage = os.environ.get("CONCORD_STAGE")
        self.staged = stage is not None
        self.out = Path(stage) if stage else workspace.lab(study.study)
        self._records: dict[str, dict[str, Any]] = {}

    @cached_property
    def drafts(self) -> list:
        """What each file of source/ held."""
        return read_drafts(self.workspace, self.study)

    @cached_property
    def corpus(self) -> Corpus:
        """The study's tables: read anew by 01_prepare and by hand, else as 01_prepare left them."""
        if self.name == "01_prepare" or not self.staged:
            taken = Ledger(self.workspace.decisions(self.study.study)).read()
            return with_decisions(assemble(self.drafts, self.study), self.study, taken, self.declared)
        folder = self.workspace.derived(self.study.study)
        facts = self._imports()
        return Corpus.load(folder, facts["withdrawn"], facts["warnings"])

    @property
    def banner(self) -> Shown:
        """What a reader must know first: the title, and that data are simulated where they are."""
        title = note(self.study.title, "study")
        if not self.study.simulated:
            return title
        warning = note(SIMULATED, "simulated")
        return Shown(warning.markup + title.markup, f"{SIMULATED} {self.study.title}")

    def keep_corpus(self) -> None:
        """Leave the tables in data/derived, with imports.json: what each file held and how it was read."""
        self.corpus.save(self.out / "derived")
        facts = {
            "files": self.files(),
            "warnings": list(self.corpus.warnings),
            "withdrawn": self.corpus.withdrawn,
        }
        self._write("derived/imports.json", dump_json(facts))

    def keep(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        """Leave a table in data/derived as CSV; return it."""
        self._write(f"derived/{name}", csv_text(frame))
        return frame

    def table(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return a table of an earlier step: under the runner as it was left, by hand made anew.

        Either way it has been through CSV, so both read the same.

        Raises
        ------
        DataError
            If an earlier step should have left it and did not.
        """
        if not self.staged:
            return read_csv(io.StringIO(csv_text(make())))
        path = self.workspace.derived(self.study.study) / name
        if not path.is_file():
            raise DataError(Problem("is not there. Run `concord reproduce` first.", file=name))
        return read_csv(path)

    def recorded(self, make: Callable[[], Iterable[Result]]) -> list[dict[str, Any]]:
        """Return the results of earlier steps: under the runner as recorded, by hand made anew."""
        if not self.staged:
            return [{name: plain(value) for name, value in asdict(result).items()} for result in make()]
        folder = self.workspace.derived(self.study.study) / "results"
        files = [folder / f"{need}.json" for step in STEPS if step.name == self.name for need in step.needs]
        return [entry for path in files if path.is_file() for entry in json.loads(path.read_text("utf-8"))]

    def files(self) -> list[dict[str, Any]]:
        """Return what each file of source/ held and how it was read."""
        if self.staged and self.name != "01_prepare":
            return self._imports()["files"]
        return [{"file": d.file, "sha256": d.sha256, **d.facts} for d in self.drafts]

    def _imports(self) -> dict[str, Any]:
        return json.loads((self.workspace.derived(self.study.study) / "imports.json").read_text("utf-8"))

    def publish(self, name: str, text: str | bytes) -> None:
        """Leave a file in reports/<study>.

        Raises
        ------
        DisclosureError
            If it holds what looks like a direct identifier.
        """
        self.publish_all({name: text})

    def publish_all(self, files: Mapping[str, str | bytes]) -> None:
        """Leave files in reports/<study>, or none of them; faster than :meth:`publish` for each.

        Raises
        ------
        DisclosureError
            If one holds what looks like a direct identifier.
        """
        below = {f"reports/{name}": content for name, content in files.items()}
        clear_for(self.workspace, self.study, below)
        for name, content in below.items():
            self._write(name, content)

    def figure(self, name: str, drawn: Drawn | None) -> Shown:
        """Leave a figure and its data in reports/<study>/figures; return it for show.

        Raises
        ------
        DisclosureError
            If it holds what looks like a direct identifier, or its data too many indirect ones.
        """
        if drawn is None:
            return note("Not applicable: there is nothing to draw.")
        check_indirect(drawn.data.columns, self.corpus, self.study)
        self.publish(f"figures/{name}.svg", drawn.svg)
        self.publish(f"figures/{name}.csv", csv_text(public_ids(drawn.data, self.corpus, self.study)))
        return drawn.shown()

    def record(self, found: Iterable[Result]) -> None:
        """Record numbers under their keys.

        Raises
        ------
        UsageError
            If a key was recorded already in this step.
        """
        inputs = [given.file for given in self.study.inputs]
        for result in found:
            if result.key in self._records:
                raise UsageError(f"the result {result.key} is recorded twice in {self.name}.")
            entry = {name: plain(value) for name, value in asdict(result).items()}
            entry |= {"notebook": self.name, "cell": RECORD, "inputs": inputs}
            self._records[result.key] = entry

    def finish(self) -> Shown:
        """Leave everything recorded; the last act of a notebook."""
        entries = [self._records[key] for key in sorted(self._records)]
        self._write("step.json", dump_json({"step": self.name, "results": entries}))
        return note(f"{len(entries)} results recorded.")

    @property
    def shows_text(self) -> bool:
        """Whether interview text may be shown at all."""
        return shows_text(self.study)

    def _write(self, relative: str, text: str | bytes) -> None:
        path = self.out / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
