"""Faults that are planted, one at a time, and what must be said of each."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, fields

import pandas as pd
import pytest

from analysis import decisions, manifest, provenance, themes
from analysis.agreement import sheet
from analysis.records import Records

from .conftest import NAME, Lab, as_csv

REFUSED, FAILED, WELL = 2, 1, 0
Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    Parameters
    ----------
    name : str
    plant : callable
        Takes the copy of the study, and a patch that lasts as long as the test.
    status : int
        Exit status of `concord verify`.
    verdict : str
        What the command says of the fault.
    cause : str
        What it must name; with `claim`, first below that claim.
    claim : str
        The claim that fails.
    soak : bool
        Whether another fault of the kind stands for it in the short run.
    """

    name: str
    plant: Callable[[Lab, Patch], None]
    status: int
    verdict: str
    cause: str
    claim: str = ""
    soak: bool = False


def value(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.source / "codings.csv", "S1-1,B,rating,2", "S1-1,B,rating,3")


def code(lab: Lab, patch: Patch) -> None:
    text = (lab.source / "codings.csv").read_text("utf-8")
    (lab.source / "codings.csv").write_text(
        re.sub(r"(S4-\d),team,codes,waiting", r"\1,team,codes,cost", text), "utf-8"
    )


def group(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.source / "cases.csv", "P1,patient", "P1,staff")


def gone_row(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.source / "codings.csv", "S1-1,B,rating,2,independent,1\n", "")


def row_twice(lab: Lab, patch: Patch) -> None:
    lab.edit(
        lab.source / "codings.csv", "S1-1,B,rating,2,independent,1\n", "S1-1,B,rating,2,independent,1\n" * 2
    )


def another_row(lab: Lab, patch: Patch) -> None:
    """Settle one more segment as waiting, of a participant who had none."""
    lab.edit(
        lab.source / "codings.csv",
        "S6-1,team,codes,contact,consensus,1\n",
        "S6-1,team,codes,contact,consensus,1\nS6-1,team,codes,waiting,consensus,1\n",
    )


def other_coder(lab: Lab, patch: Patch) -> None:
    """Swap the coders of one file."""
    head, *rows = lab.rows("codings")
    swapped = {"A": "B", "B": "A"}
    lab.put("codings", [head, *([r[0], swapped.get(r[1], r[1]), *r[2:]] for r in rows)])


def team_as_coder(lab: Lab, patch: Patch) -> None:
    """Give the team's ratings to B: two values for one segment by one coder."""
    head, *rows = lab.rows("codings")
    taken = [[r[0], "B", *r[2:4], "independent", "1"] if r[1:3] == ["B", "rating"] else r for r in rows]
    by_a = {r[0]: r[3] for r in rows if r[1:3] == ["A", "rating"]}
    lab.put(
        "codings", [head, *([*r[:3], by_a[r[0]], *r[4:]] if r[1:3] == ["B", "rating"] else r for r in taken)]
    )


def withdrawn(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.source / "cases.csv", "P1,patient,1,yes,yes,no", "P1,patient,1,yes,yes,yes")


def text(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.source / "documents.csv", "D1,P1,Interview 1", "D1,P2,Interview 1")


def gone_file(lab: Lab, patch: Patch) -> None:
    (lab.source / "assignments.csv").unlink()


def extra_file(lab: Lab, patch: Patch) -> None:
    (lab.source / "more.csv").write_text("a\n1\n", "utf-8")


def order(lab: Lab, patch: Patch) -> None:
    head, *rows = lab.rows("codings")
    lab.put("codings", [head, *reversed(rows)])


def gone_line(lab: Lab, patch: Patch) -> None:
    path = lab.source / "MANIFEST"
    path.write_text("".join(line for line in path.open("r") if "coders.csv" not in line), "utf-8")


def wrong_line(lab: Lab, patch: Patch) -> None:
    path = lab.source / "MANIFEST"
    path.write_text(re.sub(r"^[0-9a-f]{6}", "000000", path.read_text("utf-8")), "utf-8")


def no_manifest_line(lab: Lab, patch: Patch) -> None:
    path = lab.source / "MANIFEST"
    path.write_text(path.read_text("utf-8") + "all is well\n", "utf-8")


def refreshed(plant: Callable[[Lab, Patch], None]) -> Callable[[Lab, Patch], None]:
    """Plant a fault and make MANIFEST agree with it."""

    def planted(lab: Lab, patch: Patch) -> None:
        plant(lab, patch)
        assert manifest.update(lab.workspace, NAME)

    return planted


def setting(name: str, to: object) -> Callable[[Lab, Patch], None]:
    return lambda lab, patch: lab.setting(name, to)


def claim(name: str, **changes: object) -> Callable[[Lab, Patch], None]:
    return lambda lab, patch: lab.claim(name, **changes)


def notebook(step: str, old: str, new: str) -> Callable[[Lab, Patch], None]:
    return lambda lab, patch: lab.edit(lab.workspace.notebooks / f"{step}.ipynb", old, new)


def computes_otherwise(patch: Patch) -> None:
    """Let every coefficient come out a little lower, as another version of a package might."""
    honest = sheet.agreement_table

    def lower(*given: object, **named: object) -> pd.DataFrame:
        table = honest(*given, **named)
        return table.assign(estimate=table["estimate"] - 0.05)

    patch.setattr(sheet, "agreement_table", lower)


def fewer_themes(patch: Patch) -> None:
    honest = themes.theme_table

    def fewer(*given: object, **named: object) -> pd.DataFrame:
        table = honest(*given, **named)
        return table.assign(n_cases=(table["n_cases"] - 1).clip(lower=0))

    patch.setattr(themes, "theme_table", fewer)


def function(file: str, name: str, change: Callable[[Patch], None]) -> Callable[[Lab, Patch], None]:
    """Edit a function in a copy of the library, and let this process compute otherwise."""

    def planted(lab: Lab, patch: Patch) -> None:
        copy = lab.root / "library" / "analysis"
        shutil.copytree(provenance.PACKAGE, copy)
        lines = (copy / file).read_text("utf-8").splitlines(keepends=True)
        defined = (node for node in ast.walk(ast.parse("".join(lines))) if isinstance(node, ast.FunctionDef))
        last = next(node for node in defined if node.name == name).body[-1]
        lines.insert(last.lineno - 1, f"{' ' * last.col_offset}unused = 0\n")
        (copy / file).write_text("".join(lines), "utf-8")
        patch.setattr(provenance, "PACKAGE", copy)
        change(patch)

    return planted


def version(name: str, to: str, *, moves: bool) -> Callable[[Lab, Patch], None]:
    def planted(lab: Lab, patch: Patch) -> None:
        installed = provenance.package_versions()
        assert name in installed
        patch.setattr(provenance, "package_versions", lambda: {**installed, name: to})
        if moves:
            computes_otherwise(patch)

    return planted


def python(lab: Lab, patch: Patch) -> None:
    patch.setattr("platform.python_version", lambda: "3.12.1")
    patch.setattr("platform.python_version_tuple", lambda: ("3", "12", "1"))
    computes_otherwise(patch)


def file(label: str, old: str, new: str) -> Callable[[Lab, Patch], None]:
    """Edit a file that a step left."""
    return lambda lab, patch: lab.edit(Records(lab.workspace, NAME).output(label), old, new)


def without_outputs(lab: Lab, patch: Patch) -> None:
    """Strip the executed notebook of a step."""
    path = lab.reports / "notebooks" / "02_agreement.ipynb"
    nb = json.loads(path.read_text("utf-8"))
    for cell in nb["cells"]:
        cell.update(execution_count=None, outputs=[])
    path.write_text(json.dumps(nb), "utf-8")


def gone_table(lab: Lab, patch: Patch) -> None:
    (lab.derived / "agreement.csv").unlink()


def gone_record(lab: Lab, patch: Patch) -> None:
    (lab.derived / ".records" / "02_agreement.json").unlink()


def forged(label: str, old: str, new: str) -> Callable[[Lab, Patch], None]:
    """Edit what a step left, and its record so that it fits."""

    def planted(lab: Lab, patch: Patch) -> None:
        records = Records(lab.workspace, NAME)
        path = records.output(label)
        before = provenance.file_digest(path)
        content = path.read_text("utf-8")
        assert old in content
        path.write_text(content.replace(old, new), "utf-8")
        now = provenance.file_digest(path)
        for record in (lab.derived / ".records").glob("*.json"):
            record.write_text(record.read_text("utf-8").replace(before, now), "utf-8")

    return planted


def retyped_alpha(lab: Lab, patch: Patch) -> None:
    printed = lab.printed("alpha")
    lab.edit(lab.raw / "findings.md", f"Alpha was {printed}", f"Alpha was {float(printed) + 0.1:.3f}")


def misspelt_key(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.raw / "findings.md", "themes.waiting.n_cases", "themes.wating.n_cases")


def edited_decision(lab: Lab, patch: Patch) -> None:
    """Rewrite a line of a person's decisions, which nobody ever does."""
    names = [field.name for field in fields(decisions.Decision)]
    line = ["0" * 12, "2026-01-01T00:00:00Z", "ann", "rating", "S1-5", "", "A: 3; B: 1", "1", "", ""]
    folder = lab.workspace.decisions(NAME)
    folder.mkdir()
    (folder / "ann.csv").write_text(as_csv([names, line[: len(names)]]), "utf-8")


def raising(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.workspace.notebooks / "02_agreement.ipynb", "step.finish()", "raise ValueError('no')")


def unfinished(lab: Lab, patch: Patch) -> None:
    lab.edit(lab.workspace.notebooks / "02_agreement.ipynb", "\\nstep.finish()", "")


RAW = "data/raw/pair/source/"
NOT_FROZEN = "is not the file that MANIFEST froze"
BY_HAND = "was changed by hand"
FAULTS = [
    # raw data
    Fault("a changed rating", value, FAILED, "differs", f"{RAW}codings.csv changed: values", "alpha"),
    Fault(
        "a changed code", code, FAILED, "differs", f"{RAW}codings.csv changed: values", "waiting", soak=True
    ),
    Fault("a changed group", group, FAILED, "differs", f"{RAW}cases.csv changed: values", "cell", soak=True),
    Fault(
        "a deleted row",
        gone_row,
        FAILED,
        "differs",
        f"{RAW}codings.csv changed: 1 row fewer",
        "percent",
        soak=True,
    ),
    Fault("a duplicated row", row_twice, REFUSED, "", "codings.csv"),
    Fault(
        "an added row",
        another_row,
        FAILED,
        "differs",
        f"{RAW}codings.csv changed: 1 row more",
        "waiting",
        soak=True,
    ),
    Fault("swapped coders", other_coder, FAILED, NOT_FROZEN, "source/codings.csv", soak=True),
    Fault(
        "one coder's ratings for another's",
        team_as_coder,
        FAILED,
        "differs",
        f"{RAW}codings.csv changed: values",
        "alpha",
        soak=True,
    ),
    Fault(
        "an interview of somebody else",
        text,
        FAILED,
        "differs",
        f"{RAW}documents.csv changed: values",
        "waiting",
        soak=True,
    ),
    Fault("rows in another order", order, FAILED, NOT_FROZEN, "source/codings.csv", soak=True),
    Fault("a participant who withdrew", withdrawn, FAILED, "changed_by_withdrawal", "source/cases.csv"),
    # frozen files
    Fault("a missing file", gone_file, REFUSED, "is in MANIFEST and is not there", "source/assignments.csv"),
    Fault("an extra file", extra_file, FAILED, "is not in MANIFEST", "source/more.csv", soak=True),
    Fault(
        "a line gone from MANIFEST", gone_line, FAILED, "is not in MANIFEST", "source/coders.csv", soak=True
    ),
    Fault("a wrong line in MANIFEST", wrong_line, FAILED, NOT_FROZEN, "source/assignments.csv", soak=True),
    Fault(
        "MANIFEST with prose",
        no_manifest_line,
        FAILED,
        "is no line of `sha256sum`",
        "MANIFEST, line 8",
        soak=True,
    ),
    Fault(
        "MANIFEST refreshed over a changed rating",
        refreshed(value),
        FAILED,
        "differs",
        f"{RAW}codings.csv changed: values",
        "alpha",
    ),
    Fault(
        "MANIFEST refreshed over a deleted row",
        refreshed(gone_row),
        FAILED,
        "differs",
        f"{RAW}codings.csv changed: 1 row fewer",
        "percent",
        soak=True,
    ),
    Fault(
        "MANIFEST refreshed over another group",
        refreshed(group),
        FAILED,
        "differs",
        f"{RAW}cases.csv changed: values",
        "cell",
        soak=True,
    ),
    # study settings
    Fault(
        "another unit",
        setting("agreement.unit", "case"),
        FAILED,
        "",
        "the setting agreement.unit of study.yml changed: segment -> case",
        "codes",
        soak=True,
    ),
    Fault(
        "another seed",
        setting("seed", 8),
        FAILED,
        "differs",
        "the seed of study.yml changed: 7 -> 8",
        "interval",
    ),
    Fault(
        "fewer draws",
        setting("agreement.interval.draws", 100),
        FAILED,
        "differs",
        "the setting agreement.interval.draws of study.yml changed: 200 -> 100",
        "interval",
        soak=True,
    ),
    Fault(
        "another confidence",
        setting("agreement.interval.confidence", 0.9),
        FAILED,
        "differs",
        "the setting agreement.interval.confidence of study.yml changed: 0.95 -> 0.9",
        "interval",
        soak=True,
    ),
    Fault(
        "another measure",
        setting("agreement.companions", ["gwet_ac1"]),
        FAILED,
        "missing",
        "the setting agreement.companions.0 of study.yml changed: percent -> gwet_ac1",
        "percent",
        soak=True,
    ),
    Fault(
        "one group alone",
        setting("agreement.where", {"group": "patient"}),
        FAILED,
        "differs",
        "the setting agreement.where.group of study.yml changed",
        "percent",
        soak=True,
    ),
    Fault(
        "a coder left out",
        setting("exclude", {"coder": ["B"]}),
        FAILED,
        "",
        "the setting exclude.coder",
        "percent",
        soak=True,
    ),
    Fault(
        "codings counted otherwise",
        setting("themes.counted", "coder:B"),
        FAILED,
        "differs",
        "the setting themes.counted of study.yml changed",
        "often",
        soak=True,
    ),
    Fault(
        "another level",
        setting("variables.rating.kind", "ordinal"),
        FAILED,
        "differs",
        "the setting variables.rating.kind of study.yml changed: nominal -> ordinal",
        "alpha",
        soak=True,
    ),
    # notebooks and functions
    Fault(
        "a changed notebook",
        notebook(
            "02_agreement",
            "step.record(summary.agreement_results(table,",
            "table['estimate'] = table['estimate'] / 2\\nstep.record(summary.agreement_results(table,",
        ),
        FAILED,
        "differs",
        "notebooks/02_agreement.ipynb changed",
        "alpha",
        soak=True,
    ),
    Fault(
        "another changed notebook",
        notebook(
            "03_themes",
            "themes.theme_table(step.corpus, step.study, counted)",
            "themes.theme_table(step.corpus, step.study, counted).assign(n_cases=1)",
        ),
        FAILED,
        "differs",
        "notebooks/03_themes.ipynb changed",
        "waiting",
        soak=True,
    ),
    Fault(
        "a changed function",
        function("agreement/lines.py", "estimates", computes_otherwise),
        FAILED,
        "differs",
        "the function estimates in src/analysis/agreement/lines.py changed",
        "alpha",
    ),
    Fault(
        "another changed function",
        function("themes.py", "theme_table", fewer_themes),
        FAILED,
        "differs",
        "the function theme_table in src/analysis/themes.py changed",
        "waiting",
        soak=True,
    ),
    # packages
    Fault(
        "an updated package",
        version("numpy", "99.0", moves=True),
        FAILED,
        "differs",
        "the package numpy is another version",
        "alpha",
    ),
    Fault(
        "another updated package",
        version("krippendorff", "99.0", moves=True),
        FAILED,
        "differs",
        "the package krippendorff is another version",
        "alpha",
        soak=True,
    ),
    Fault("another Python", python, FAILED, "differs", "Python is another version", "alpha", soak=True),
    Fault(
        "an updated package that moves nothing",
        version("scipy", "99.0", moves=False),
        WELL,
        "run 02_agreement",
        "package scipy changed",
        soak=True,
    ),
    # what is stated
    Fault(
        "a wrong claim",
        claim("alpha", printed="0.900"),
        FAILED,
        "differs",
        "the claim alpha changed in claims.yml (printed 0.",
        "alpha",
    ),
    Fault(
        "another wrong claim",
        claim("people", printed="7"),
        FAILED,
        "differs",
        "the claim people changed in claims.yml (printed 6 -> 7)",
        "people",
        soak=True,
    ),
    Fault(
        "a wrong base",
        claim("waiting", printed="4 of 7"),
        FAILED,
        "differs",
        "the claim waiting changed in claims.yml (printed 4 of 6 -> 4 of 7)",
        "waiting",
        soak=True,
    ),
    Fault(
        "a wrong decision",
        claim("alpha", decision={"at_least": 0.9}),
        FAILED,
        "decision_flips",
        "the claim alpha changed in claims.yml",
        "alpha",
    ),
    Fault(
        "a wrong interval",
        claim("interval", interval="0.1000 to 0.2000"),
        FAILED,
        "differs",
        "the claim interval changed in claims.yml",
        "interval",
        soak=True,
    ),
    Fault(
        "a key that nothing computes",
        claim("percent", result="agreement.rating.precent"),
        FAILED,
        "missing",
        "the claim percent changed in claims.yml",
        "percent",
        soak=True,
    ),
    Fault(
        "a wrong cell",
        claim("cell", printed="2"),
        FAILED,
        "differs",
        "the claim cell changed in claims.yml (printed 3 -> 2)",
        "cell",
        soak=True,
    ),
    Fault(
        "a figure read wrongly",
        claim("figure", printed="5"),
        FAILED,
        "differs",
        "the claim figure changed in claims.yml (printed 4 -> 5)",
        "figure",
        soak=True,
    ),
    Fault("a number retyped in findings.md", retyped_alpha, FAILED, "line 3", "alpha"),
    Fault(
        "a placeholder misspelt",
        misspelt_key,
        REFUSED,
        "findings.md, line 1",
        "themes.wating.n_cases",
        soak=True,
    ),
    Fault("a decision rewritten", edited_decision, REFUSED, "decisions", "ann.csv"),
    # what was left by a run
    Fault(
        "an edited derived table",
        lambda lab, patch: (lab.derived / "themes.csv").write_text("code_id\n", "utf-8"),
        WELL,
        BY_HAND,
        "data/derived/pair/themes.csv",
    ),
    Fault(
        "edited results",
        lambda lab, patch: (lab.derived / "results" / "02_agreement.json").write_text("[]", "utf-8"),
        WELL,
        BY_HAND,
        "data/derived/pair/results/02_agreement.json",
        soak=True,
    ),
    Fault(
        "a changed figure",
        file("reports/figures/themes.svg", "<svg>", "<svg><circle/>"),
        WELL,
        BY_HAND,
        "reports/pair/figures/themes.svg",
    ),
    Fault(
        "a figure's changed data",
        file("reports/figures/themes.csv", "waiting,4", "waiting,6"),
        WELL,
        BY_HAND,
        "reports/pair/figures/themes.csv",
        soak=True,
    ),
    Fault(
        "a number retyped in the report",
        file("reports/index.html", "<li>cases.n: 6</li>", "<li>cases.n: 60</li>"),
        WELL,
        BY_HAND,
        "reports/pair/index.html",
        soak=True,
    ),
    Fault("a stripped notebook", without_outputs, WELL, BY_HAND, "reports/pair/notebooks/02_agreement.ipynb"),
    Fault("a lost table", gone_table, WELL, "is missing", "data/derived/pair/agreement.csv", soak=True),
    Fault("a lost record", gone_record, WELL, "no record of an earlier run", "run 02_agreement", soak=True),
    Fault(
        "a forged table",
        forged("derived/themes.csv", "waiting", "wailing"),
        FAILED,
        "missing",
        "nothing upstream differs from the baseline",
        "cell",
    ),
    Fault(
        "forged results",
        forged("derived/results/01_prepare.json", '"value": 6', '"value": 5'),
        FAILED,
        "differs",
        "nothing upstream differs from the baseline",
        "people",
        soak=True,
    ),
    # notebooks that do not end well
    Fault("a notebook that raises", raising, FAILED, "02_agreement", "ValueError", soak=True),
    Fault(
        "a notebook that records nothing",
        unfinished,
        FAILED,
        "02_agreement",
        "without recording its results",
        soak=True,
    ),
]
