"""Who codes what: a seeded, stratified sample of transcripts for several coders, the rest shared out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import pandas as pd

from .corpus import Corpus, natural
from .errors import DataError, Problem, UsageError, did_you_mean, quoted
from .paths import Workspace
from .read import read_drafts
from .read.assemble import assemble
from .read.draft import Draft
from .simulate.chance import generator, shuffled
from .study import Study

__all__ = ["Drawn", "draw", "uncoded"]


@dataclass(frozen=True)
class Drawn:
    """A drawn sample.

    Parameters
    ----------
    assignments : DataFrame
        The table assignments: ``coder_id``, ``document_id``, ``stage``, ``round``.
    strata : DataFrame
        ``group``, ``documents``, ``several`` (drawn for all coders).
    """

    assignments: pd.DataFrame
    strata: pd.DataFrame


def uncoded(workspace: Workspace, study: Study, coders: Sequence[str] = ()) -> Corpus:
    """Return the corpus of a study that may have no codings yet.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    coders : sequence of str
        Who is to code.

    Raises
    ------
    DataError
        With every problem in every file, or where there are no documents to assign.
    UsageError
        If there is a table of coders and one of `coders` is not in it.
    """
    drafts = read_drafts(workspace, study)
    _refuse_unlisted(coders, drafts, study)
    # a reflexive study may lack codings: this one may too, for now
    corpus = assemble(drafts, study.model_copy(update={"method": "reflexive"}))
    if corpus.documents.empty:
        what = "holds no documents to assign: add documents.csv, or import the transcripts."
        raise DataError(Problem(what, file=f"study {study.study}"))
    return corpus


def draw(corpus: Corpus, study: Study, coders: Sequence[str], share: float, round_: int = 1) -> Drawn:
    """Return who codes which transcript.

    A share of the transcripts, drawn within each group of participants by largest remainder and at least one
    a group, goes to every coder; the others are dealt out in turn.

    Parameters
    ----------
    corpus : Corpus
    study : Study
        Its seed and the round decide the draw.
    coders : sequence of str
    share : float
        Of all transcripts, 0 to 1.
    round_ : int

    Raises
    ------
    UsageError
        If fewer than two coders are named, one is named twice, or the share is none.
    """
    _check(coders, share)
    rng = generator(study.seed, f"assign:{round_}")
    homes = corpus.documents.merge(corpus.cases[["case_id", "group"]], on="case_id", how="left")
    homes["group"] = homes["group"].fillna("all")
    groups = list(dict.fromkeys([*corpus.groups, *homes["group"]]))
    by_group = {
        group: shuffled(rng, sorted(homes.loc[homes["group"] == group, "document_id"], key=natural))
        for group in groups
    }
    by_group = {group: documents for group, documents in by_group.items() if documents}
    several = _allotted({group: len(documents) for group, documents in by_group.items()}, share)
    rows, dealt = [], 0
    for group, documents in by_group.items():
        rows += [(coder, d) for d in documents[: several[group]] for coder in coders]
        for document in documents[several[group] :]:
            rows.append((coders[dealt % len(coders)], document))
            dealt += 1
    rows.sort(key=lambda row: (list(coders).index(row[0]), natural(row[1])))
    assignments = pd.DataFrame(rows, columns=["coder_id", "document_id"]).assign(
        stage="independent", round=round_
    )
    strata = [(group, len(documents), several[group]) for group, documents in by_group.items()]
    return Drawn(assignments, pd.DataFrame(strata, columns=["group", "documents", "several"]))


def _refuse_unlisted(coders: Sequence[str], drafts: Sequence[Draft], study: Study) -> None:
    """Refuse names that a table of coders lacks: what they are asked to code could not be read back."""
    tables = [draft.tables["coders"] for draft in drafts if "coders" in draft.tables]
    listed = list(dict.fromkeys(name for table in tables for name in table["coder_id"].dropna()))
    for name in coders:
        if listed and study.coders.get(name, name) not in listed:
            raise UsageError(
                f"--coders names {quoted(name)}, who is not in coders.csv ({', '.join(listed)})."
                f"{did_you_mean(name, listed)} Name coders as they are there, or add a row."
            )


def _check(coders: Sequence[str], share: float) -> None:
    if len(set(coders)) < 2:
        raise UsageError("--coders needs two different names at least, such as --coders A,B.")
    if len(set(coders)) < len(coders):
        twice = next(coder for coder in coders if list(coders).count(coder) > 1)
        raise UsageError(f"--coders names {quoted(twice)} twice.")
    if not 0 < share <= 1:
        raise UsageError(f"--share must be above 0 and at most 1, such as 0.2. Found {share:g}.")


def _allotted(sizes: dict[str, int], share: float) -> dict[str, int]:
    """Return how many to draw of each group: the total is rounded up, no group goes without one.

    Examples
    --------
    >>> _allotted({"a": 6, "b": 6, "c": 7}, 0.2)
    {'a': 1, 'b': 1, 'c': 2}
    >>> _allotted({"all": 100}, 0.07)
    {'all': 7}
    """
    part = Fraction(str(share))  # 0.07 as it was written: as a float, 7 of 100 would be a little more than 7
    total = ceil(sum(sizes.values()) * part)
    exact = {group: n * part for group, n in sizes.items()}
    given = {group: max(1, floor(of_group)) for group, of_group in exact.items()}
    order = sorted(sizes, key=lambda group: (given[group] - exact[group], list(sizes).index(group)))
    for group in order:
        if sum(given.values()) < total and given[group] < sizes[group]:
            given[group] += 1
    return given
