"""Who a source speaks for: cases, variables and sets of a REFI-QDA project, each tool's own way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..schemas import ROW, TABLES
from .consents import STRICTER, as_variable, attribute_column, say, stricter, unreadable
from .ids import unique_ids
from .refi_rows import ProjectXml

__all__ = ["Cases", "cases_of"]

PAIR = re.compile(r"\s*([^:]{1,60}?)\s*:\s+(\S.*?)\s*")
GROUP = "document_group"


@dataclass
class Cases:
    """Participants, and what belongs to each.

    Parameters
    ----------
    attributes : dict
        Case id -> attribute -> value.
    of_source : dict
        Source GUID -> case id.
    of_selection : dict
        Selection GUID -> case id.
    of_guid : dict
        Case GUID -> case id: tools may code text to a case as to a code.
    line : dict
        Case id -> line of the XML.
    """

    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    of_source: dict[str, str] = field(default_factory=dict)
    of_selection: dict[str, str] = field(default_factory=dict)
    of_guid: dict[str, str] = field(default_factory=dict)
    line: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def table(self) -> pd.DataFrame:
        """Return the cases with their attributes."""
        rows = [
            {"case_id": case, **attributes, ROW: self.line.get(case, 1)}
            for case, attributes in self.attributes.items()
        ]
        frame = pd.DataFrame(rows, columns=None if rows else ["case_id", ROW])
        return frame.astype({column: "string" for column in frame.columns if column != ROW})


def cases_of(project: ProjectXml, documents: Mapping[str, str], file: str) -> Cases:
    """Return the cases of a project.

    Named cases are participants; a nameless one with one source (Quirkos, QualCoder) takes that source's
    name; variables in sources (MAXQDA) and sets called `gender: male` (ATLAS.ti) describe the source's case,
    or make one of its name. Other sets of sources become the attribute document_group. Group, order of
    interviews, consent and withdrawal are ours where every value of theirs can be read; of two statements
    about consent the stricter holds, and what is not stated is no consent.

    Parameters
    ----------
    project : ProjectXml
    documents : mapping
        Source GUID -> document id.
    file : str
    """
    cases = Cases()
    variables = _variable_names(project)
    _named(project, documents, variables, cases, file)
    extra = _of_sources(project, documents, variables)
    for source, attributes in extra.items():
        case = cases.of_source.get(source)
        if case is None:
            case = _fresh(documents[source], cases)
            cases.of_source[source] = case
            cases.line[case] = project.sources[source].line
        held = cases.attributes.setdefault(case, {})
        for name, value in attributes.items():
            held[name] = stricter(name, held[name], value) if name in held else value
    _rename_unreadable(cases, file)
    return cases


def _rename_unreadable(cases: Cases, file: str) -> None:
    """Give a variable that is called as a column of ours but holds something else a name of its own.

    What takes consent away is plain enough to be taken none the less.
    """
    for name in unreadable(cases.table(), file):
        other = as_variable(name)
        for held in cases.attributes.values():
            if name in held:
                held[other] = held[name]
                if held[name].casefold() not in STRICTER.get(name, ()):
                    del held[name]
        then = " Nothing was taken for consent: a missing flag is no consent." if name in STRICTER else ""
        cases.warnings.append(
            f"{file}: the variable {name} holds what {name} cannot be; it is kept as {other}.{then}"
        )


def _named(
    project: ProjectXml, documents: Mapping[str, str], variables: Mapping[str, str], cases: Cases, file: str
) -> None:
    kept = [each for each in project.cases if each.name or each.sources or each.selections or each.values]
    names: dict[str, Sequence[str]] = {}
    for number, each in enumerate(kept):
        only = documents.get(each.sources[0]) if len(each.sources) == 1 else None
        names[str(number)] = [each.name.strip() or only or f"case {each.guid[:8] or number + 1}"]
    ids = unique_ids(names)
    claims: dict[str, list[tuple[int, str]]] = {}
    for number, each in enumerate(kept):
        case = ids[str(number)]
        cases.of_guid[each.guid] = case
        cases.line[case] = each.line
        cases.attributes[case] = _told(each.values, variables)
        cases.of_selection |= dict.fromkeys(each.selections, case)
        for source in each.sources:
            if source in documents:
                claims.setdefault(source, []).append((len(each.sources), case))
    torn = 0
    for source, wanting in claims.items():
        least = min(wanting)
        if sum(size == least[0] for size, _ in wanting) > 1:
            torn += 1
        else:
            cases.of_source[source] = least[1]
    if torn:
        cases.warnings.append(
            f"{file}: {torn} documents belong to several cases alike and were given to none. Say in a table "
            "documents.csv (document_id, case_id) whose they are."
        )


def _of_sources(
    project: ProjectXml, documents: Mapping[str, str], variables: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for source in documents:
        told = _told(project.sources[source].values, variables)
        if told:
            found[source] = told
    for each in project.sets:
        pair = PAIR.fullmatch(each.name)
        name, value = (attribute_column(pair[1]), pair[2]) if pair else (GROUP, each.name)
        for source in each.sources:
            if source not in documents or not value:
                continue
            held = found.setdefault(source, {})
            if name in held and name not in STRICTER:
                held[name] += f"; {value}"
            else:
                say(held, name, value)
    return found


def _told(values: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for variable, value in values.items():
        if variable in variables:
            say(told, variables[variable], value)
    return told


def _variable_names(project: ProjectXml) -> dict[str, str]:
    """Return variable GUID -> column; those of one name are kept apart unless the name is ours."""
    names = {guid: attribute_column(name) for guid, name in project.variables.items() if name.strip()}
    times = Counter(names.values())
    alone = {name for name in times if times[name] == 1 or name in TABLES["cases"].columns}
    return {g: name if name in alone else f"{name} ({g[:8]})" for g, name in names.items()}


def _fresh(name: str, cases: Cases) -> str:
    number, fresh = 1, name
    while fresh in cases.attributes:
        number += 1
        fresh = f"{name} ({number})"
    return fresh
