"""Every mistake that Concord tells a person about, as one small tree.

::

    ConcordError                 anything below; catch this one
    ├── UsageError               a command or parameter that cannot be meant
    ├── StudyError               study.yml does not describe a study
    ├── DataError                a file in source/ does not hold what it should
    ├── ClaimsError              claims.yml cannot be judged
    ├── AgreementError           ratings that no coefficient can be computed from
    ├── DisclosureError          something that may not be shown was about to be
    └── RunError                 a notebook did not end well

To handle any of them::

    try:
        corpus = read_study(workspace, study)
    except ConcordError as error:
        print(error)          # a few lines: what is wrong, where, what to do
        for problem in error.problems:
            ...

A message never quotes interview text: only names of files, columns, ids, codes and counts.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "AgreementError",
    "ClaimsError",
    "ConcordError",
    "DataError",
    "DisclosureError",
    "Problem",
    "RunError",
    "StudyError",
    "UsageError",
    "cell",
    "did_you_mean",
    "is_name",
    "quoted",
]

SHOWN = 5
LONGEST = 60
MOST_WORDS = 5


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where.

    Parameters
    ----------
    what : str
        The sentence: what was found, what was expected, what to do.
    file : str, optional
        File name relative to the study's folder.
    row : int, optional
        Row as a spreadsheet counts it: the header is row 1.
    column : str, optional
        Column, or dotted name in a YAML file.
    line : int, optional
        Line of a text file such as study.yml.

    Examples
    --------
    >>> print(Problem("empty.", file="segments.csv", row=88, column="case_id"))
    segments.csv, row 88, column 'case_id': empty.
    """

    what: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return self.describe(with_file=True)

    def describe(self, *, with_file: bool) -> str:
        """Return the problem as one line, with or without the file's name."""
        place = [self.file] if self.file and with_file else []
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            is_setting = self.line is not None or str(self.file).endswith((".yml", "overrides"))
            place.append(f"'{self.column}'" if is_setting else f"column '{self.column}'")
        return f"{', '.join(place)}: {self.what}" if place else self.what


class ConcordError(Exception):
    """Something a person can put right. Holds every problem; shows the first five.

    Parameters
    ----------
    problems : str, Problem or iterable of Problem
        All that is wrong, not only the first thing met.
    title : str, optional
        What the problems are about, when they are not all in one file.
    next_step : str, optional
        The one thing to do next.
    """

    exit_status = 2

    def __init__(
        self,
        problems: str | Problem | Iterable[Problem],
        *,
        title: str | None = None,
        next_step: str | None = None,
    ) -> None:
        if isinstance(problems, str):
            problems = [Problem(problems)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.title = title
        self.next_step = next_step
        super().__init__(self._message())

    def __reduce__(self):  # survives the way back from a worker process
        return _rebuild, (type(self), self.problems, self.title, self.next_step)

    def _message(self) -> str:
        if len(self.problems) == 1 and not self.title:
            lines = [str(self.problems[0])]
        else:
            files = {problem.file for problem in self.problems}
            one_file = len(files) == 1 and None not in files
            title = self.title or (str(next(iter(files))) if one_file else "This")
            said = one_file and str(next(iter(files))) in title
            lines = [f"{title} has {_count(self.problems)}:"]
            lines += [f"  {p.describe(with_file=not said)}" for p in self.problems[:SHOWN]]
            if len(self.problems) > SHOWN:
                lines.append(f"  ... and {len(self.problems) - SHOWN} more.")
        if self.next_step:
            lines.append(self.next_step)
        return "\n".join(lines)


class UsageError(ConcordError):
    """A command, option or parameter that cannot be meant."""


class StudyError(ConcordError):
    """study.yml does not describe a study."""


class DataError(ConcordError):
    """A file in source/ does not hold what it should."""


class ClaimsError(ConcordError):
    """claims.yml cannot be judged."""


class AgreementError(ConcordError, ValueError):
    """Ratings that no coefficient can be computed from, or a measure that does not exist."""


class DisclosureError(ConcordError):
    """Something that may not be shown was about to be."""


class RunError(ConcordError):
    """A notebook did not end well."""

    exit_status = 1


def did_you_mean(found: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return ``' Did you mean "x"?'`` when a known name is close, else an empty string.

    `cutoff` says how close, from 0 (anything) to 1 (the same).

    Examples
    --------
    >>> did_you_mean("segmnet_id", ["segment_id", "value"])
    ' Did you mean "segment_id"?'
    >>> did_you_mean("zzz", ["segment_id"])
    ''
    """
    names = {str(name).casefold(): str(name) for name in known}
    close = difflib.get_close_matches(str(found).casefold(), list(names), n=1, cutoff=cutoff)
    return f' Did you mean "{names[close[0]]}"?' if close else ""


def quoted(value: object) -> str:
    """Return an id, code or name in double quotes, cut where it is long.

    Examples
    --------
    >>> quoted("AK")
    '"AK"'
    """
    text = str(value)
    return f'"{text[: LONGEST - 1]}…"' if len(text) > LONGEST else f'"{text}"'


def cell(value: object) -> str:
    """Return a cell of a table as a message may show it: in quotes where it can be a name, else its length.

    Where columns were mixed up, what stands for an id may be somebody's words.

    Examples
    --------
    >>> cell("Q5: trust"), cell("I have never told anyone about that before.")
    ('"Q5: trust"', 'a text of 43 characters')
    """
    return quoted(value) if is_name(value) else f"a text of {len(str(value))} characters"


def is_name(value: object) -> bool:
    """Return whether a cell can be an id or a name: short, and no sentence.

    Examples
    --------
    >>> is_name("P10-s003"), is_name("I have never told anyone about that before.")
    (True, False)
    """
    return len(str(value)) <= LONGEST and len(str(value).split()) <= MOST_WORDS


def _count(problems: tuple[Problem, ...]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def _rebuild(kind, problems, title, next_step):
    return kind(problems, title=title, next_step=next_step)
