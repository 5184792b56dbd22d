"""A new study that runs at once: a commented study.yml and example tables to be replaced by one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, get_args

import jinja2
import yaml

from .errors import Problem, StudyError, UsageError, did_you_mean, quoted
from .paths import Workspace, refusal
from .settings import Method
from .simulate.tables import Table, as_csv
from .study import METHOD_NAMES, load_study
from .wholefile import write_text

__all__ = ["new_study"]

FOLDER = resources.files("analysis").joinpath("templates/new")
ASKS, ANSWERS = "Interviewer: ", "Participant: "
CODERS = ("A", "B")


def new_study(workspace: Workspace, name: str, method: str) -> list[str]:
    """Write data/raw/<name> with everything that a method needs; return the files, relative to that folder.

    Parameters
    ----------
    workspace : Workspace
    name : str
    method : str
        A method of study.yml.

    Raises
    ------
    StudyError
        If the name cannot be a folder's, or the folder is there: nothing is overwritten.
    UsageError
        If there is no such method.
    """
    known = get_args(Method)
    if method not in known:
        hint = did_you_mean(method, known)
        raise UsageError(f"--method must be one of {', '.join(known)}.{hint} Found {quoted(method)}.")
    if why := refusal(name):
        raise StudyError(Problem(f"a study's name {why}"))
    if workspace.raw(name).exists():
        raise StudyError(
            Problem(f"data/raw/{name} is there already; nothing was changed. Choose another name.")
        )
    example = yaml.safe_load(FOLDER.joinpath("example.yml").read_text("utf-8"))
    made = list(_tables(example, method))
    files = {f"source/{table.name}.csv": as_csv(table).decode() for table in made}
    files["study.yml"] = _settings(name, method, [table.name for table in made])
    for file, text in files.items():
        write_text(workspace.raw(name) / file, text, scratch=workspace.scratch)
    load_study(workspace, name)
    return sorted(files)


def _settings(name: str, method: str, tables: list[str]) -> str:
    template = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    ).from_string(FOLDER.joinpath("study.yml.j2").read_text("utf-8"))
    return template.render(
        study=name,
        method=method,
        method_name=METHOD_NAMES[method],
        tables=tables,
        agreement=_compares(method),
    )


def _compares(method: str) -> bool:
    """Return whether a method has coders work independently and compares them."""
    return method in ("coding_reliability", "codebook", "framework")


def _tables(example: Mapping[str, Any], method: str) -> Iterator[Table]:
    talks = [_talk(interview, example["questions"]) for interview in example["interviews"]]
    cases = [
        (talk["case"], talk["group"], order, "yes", "no", "no") for order, talk in enumerate(talks, start=1)
    ]
    yield Table(
        "cases",
        ("case_id", "group", "interview_order", "consent_quote", "consent_share", "withdrawn"),
        tuple(cases),
    )
    documents = [(f"{talk['case']}-interview", talk["case"], talk["text"]) for talk in talks]
    yield Table("documents", ("document_id", "case_id", "text"), tuple(documents))
    columns = ("segment_id", "document_id", "case_id", "start", "end", "speaker", "question")
    yield Table("segments", columns, tuple(row for talk in talks for row in talk["segments"]))
    yield _codebook(example)
    yield _coders(method)
    yield _codings(example, talks, method)
    if method == "framework":
        rows = tuple((c["case_id"], c["code_id"], c["summary"], "A") for c in example["charting"])
        yield Table("charting", ("case_id", "code_id", "summary", "author"), rows)
    if method in ("gdi_qr", "cqr"):
        told = ("item", "auditor", "comment", "resolution")
        yield Table("audit", told, tuple(tuple(each[c] for c in told) for each in example["audit"]))


def _talk(interview: Mapping[str, Any], questions: list[str]) -> dict[str, Any]:
    """Return an interview's text and where each answer stands in it."""
    text, segments = "", []
    case = interview["case"]
    for number, (question, turn) in enumerate(zip(questions, interview["turns"], strict=True), start=1):
        text += f"{ASKS}{question}\n{ANSWERS}"
        start, end = len(text), len(text) + len(turn["text"])
        row = (f"{case}-s{number}", f"{case}-interview", case, start, end, "participant", f"Q{number}")
        segments.append(row)
        text += f"{turn['text']}\n\n"
    return {
        "case": case,
        "group": interview["group"],
        "text": text,
        "segments": segments,
        "turns": interview["turns"],
    }


def _codebook(example: Mapping[str, Any]) -> Table:
    columns = ("code_id", "name", "parent_id", "domain", "influence", "definition")
    rows = tuple(tuple(code.get(column, "") for column in columns) for code in example["codes"])
    return Table("codes", columns, rows)


def _coders(method: str) -> Table:
    people = [(coder, "human", "coder") for coder in CODERS] if _compares(method) else []
    last = ("A", "human", "researcher") if method == "reflexive" else ("team", "human", "consensus")
    return Table("coders", ("coder_id", "kind", "role"), (*people, last))


def _codings(example: Mapping[str, Any], talks: list[dict[str, Any]], method: str) -> Table:
    """Return what coders gave independently, where the method compares them, and what was settled.

    A reflexive study's one researcher settles nothing with anybody: theirs are the codings.
    """
    passes = [(coder, "independent", coder) for coder in CODERS] if _compares(method) else []
    last = ("A", "independent", "settled") if method == "reflexive" else ("team", "consensus", "settled")
    rows: list[tuple[object, ...]] = []
    for coder, stage, name in [*passes, last]:
        for talk in talks:
            for segment, turn in zip(talk["segments"], talk["turns"], strict=True):
                memos = example["memos"] if coder == "A" else {}
                rows += [(segment[0], coder, code, stage, memos.get(code, "")) for code in turn[name]]
    return Table("codings", ("segment_id", "coder_id", "value", "stage", "memo"), tuple(rows))
