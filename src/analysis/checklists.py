"""COREQ and SRQR: the items that data can answer are filled in, the others are the authors' to answer.

COREQ: Tong et al. 2007, Int J Qual Health Care 19(6):349-357, which has no item on agreement. SRQR: O'Brien
et al. 2014, where agreement belongs under item 15. Items are named here by what they ask about, in our words.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .coders import coders_of
from .corpus import Corpus
from .counting import Counted
from .disclosure import CONSENT, shows_people, shows_text
from .saturation import new_codes
from .study import METHOD_NAMES, Study

__all__ = ["AUTHORS", "checklist", "checklist_text"]

AUTHORS = "for the authors to answer"
COREQ = {
    1: "who interviewed", 2: "credentials", 3: "occupation", 4: "gender", 5: "experience and training",
    6: "relationship before the study", 7: "what participants knew of the interviewer",
    8: "interviewer's interests", 9: "methodological orientation", 10: "sampling", 11: "approach",
    12: "sample size", 13: "who declined", 14: "setting", 15: "who else was there",
    16: "description of sample",
    17: "interview guide", 18: "repeat interviews", 19: "recording", 20: "field notes", 21: "duration",
    22: "data saturation", 23: "transcripts returned", 24: "number of coders", 25: "coding tree",
    26: "where themes came from", 27: "software", 28: "participant checking", 29: "quotations",
    30: "data and findings consistent", 31: "major themes", 32: "minor themes and diverse cases",
}  # fmt: skip
SRQR = {
    1: "title", 2: "abstract", 3: "problem", 4: "purpose", 5: "approach and paradigm",
    6: "researchers and reflexivity", 7: "context", 8: "sampling", 9: "ethics", 10: "collection methods",
    11: "instruments", 12: "units of study", 13: "data processing", 14: "data analysis",
    15: "trustworthiness", 16: "synthesis and interpretation", 17: "links to data",
    18: "integration with earlier work", 19: "limitations", 20: "conflicts of interest", 21: "funding",
}  # fmt: skip
TITLES = {"COREQ": COREQ, "SRQR": SRQR}


def checklist(
    name: str,
    corpus: Corpus,
    study: Study,
    counted: Counted | None,
    recorded: Mapping[str, float | int | None],
) -> pd.DataFrame:
    """Return every item of a reporting checklist and what the data say to it.

    Parameters
    ----------
    name : str
        COREQ or SRQR.
    corpus, study, counted :
        As elsewhere.
    recorded : mapping
        Result key -> value.

    Returns
    -------
    DataFrame
        ``item``, ``about``, ``answer`` (from the data, else :data:`AUTHORS`), ``filled``.
    """
    answers = {"COREQ": _coreq, "SRQR": _srqr}[name](corpus, study, counted, recorded)
    rows = [
        {
            "item": item,
            "about": about,
            "answer": answers.get(item) or AUTHORS,
            "filled": bool(answers.get(item)),
        }
        for item, about in TITLES[name].items()
    ]
    return pd.DataFrame(rows)


def checklist_text(name: str, table: pd.DataFrame) -> str:
    """Return a checklist as a Markdown table, how much the data fill said first."""
    filled = int(table["filled"].sum())
    lines = [f"## {name}", "", f"{filled} of {len(table)} items are filled from the data.", ""]
    lines += ["| item | about | answer |", "|---|---|---|"]
    lines += [f"| {row.item} | {row.about} | {_cell(row.answer)} |" for row in table.itertuples(index=False)]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _coreq(
    corpus: Corpus, study: Study, counted: Counted | None, recorded: Mapping[str, float | int | None]
) -> dict[int, str]:
    cases, codes = corpus.cases, corpus.codes
    groups = [f"{group.replace('_', ' ')} {(cases['group'] == group).sum()}" for group in corpus.groups]
    told = {
        9: f"{METHOD_NAMES[study.method]} (the orientation behind it is {AUTHORS})",
        12: f"{len(cases)} participants",
        16: _sample(corpus, groups),
        22: _new_codes(corpus, study, counted),
        24: _coders(corpus),
        25: "in the tables of themes: " + _levels(codes) if not codes.empty else "",
        26: _derived(codes),
        27: "coded segments analysed with Concord; versions stand in run.json beside the report. How coding "
        f"software was used is {AUTHORS}",
    }
    if counted is not None and study.themes.quotes_per_theme and shows_text(study):
        told[29] = "quotes are labelled by group and running number; each carries its segment id"
    if counted is not None:
        told[31] = (
            f"{int((codes['level'] == 1).sum())} themes at the first level, in the table of themes by group"
        )
        told[32] = _diverse(counted)
    if recorded.get("claims.n"):
        told[30] = "numbers recomputed from the codings, claim by claim, in the report"
    return told


def _srqr(
    corpus: Corpus, study: Study, counted: Counted | None, recorded: Mapping[str, float | int | None]
) -> dict[int, str]:
    told = {
        12: f"{len(corpus.cases)} participants, {len(corpus.documents)} transcripts, "
        f"{len(corpus.segments)} segments",
        13: f"codings by stage: {_stages(corpus)}; how texts were transcribed and de-identified is {AUTHORS}",
        14: f"{METHOD_NAMES[study.method]}; codes: {len(corpus.codes)}, changes: {len(corpus.recodes)}",
        15: _trust(corpus, study, recorded),
    }
    if counted is not None:
        told[16] = f"tables of themes by group, counted {counted.said}"
        links = ["quotes with segment ids"] if study.themes.quotes_per_theme and shows_text(study) else []
        if not corpus.charting.empty and shows_people(study):
            links.append("summaries of the framework matrix lead to segments")
        told[17] = "; ".join(links)
    return told


def _sample(corpus: Corpus, groups: list[str]) -> str:
    told = [f"by group: {', '.join(groups)}"] if len(groups) > 1 else []
    attributes = [str(name) for name in corpus.cases if name not in (*CONSENT, "group")]
    if attributes:
        told.append(f"on record of each: {', '.join(attributes)} (how they are told is {AUTHORS})")
    return "; ".join(told)


def _new_codes(corpus: Corpus, study: Study, counted: Counted | None) -> str:
    criteria = new_codes(corpus, study, counted).criteria
    whole = criteria[(criteria["group"] == "all") & (criteria["codes"] == "all")]
    if whole.empty:
        return ""
    met, beyond = (int((whole["status"] == status).sum()) for status in ("reached", "not_assessable"))
    return (
        f"new codes by interview: {met} of {len(whole)} settings met in the recorded order, {beyond} not "
        f"assessable with {whole['n_interviews'].iloc[0]} interviews (table and figure)"
    )


def _coders(corpus: Corpus) -> str:
    coders = coders_of(corpus)
    where = corpus.coders.loc[corpus.coders["coder_id"].isin(coders), "affiliation"]
    counts = where.dropna().value_counts().sort_index()
    told = "; ".join(f"{name}: {count}" for name, count in counts.items())
    return f"{len(coders)} ({told})" if told else f"{len(coders)}"


def _levels(codes: pd.DataFrame) -> str:
    return ", ".join(f"level {level}: {n}" for level, n in codes["level"].value_counts().sort_index().items())


def _derived(codes: pd.DataFrame) -> str:
    if codes.empty or codes["a_priori"].isna().any():
        return ""
    before = int(codes["a_priori"].astype(bool).sum())
    return f"{before} of {len(codes)} codes were set beforehand, {len(codes) - before} came from the data"


def _diverse(counted: Counted) -> str:
    against = counted.marks["supports"].isin(["contradicts", "divided"]).sum()
    return f"{against} segments contradict their code; they stand in a table of their own" if against else ""


def _stages(corpus: Corpus) -> str:
    counts = corpus.codings["stage"].value_counts().sort_index()
    return ", ".join(f"{stage} {n}" for stage, n in counts.items())


def _trust(corpus: Corpus, study: Study, recorded: Mapping[str, float | int | None]) -> str:
    told = []
    if study.not_applicable("02_agreement") is None and any(key.startswith("agreement.") for key in recorded):
        told.append("agreement before discussion, by code, with intervals")
    if not corpus.audit.empty:
        told.append(f"{len(corpus.audit)} audit remarks and what became of them")
    return "; ".join(told)
