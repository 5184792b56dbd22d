"""What codes and segments are called where no text may be shown: ids that are nobody's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from .corpus import Corpus
from .policies import shows_text
from .study import Study
from .textkeys import keyed_hash, text_key

__all__ = [
    "CODE_COLUMNS",
    "code_labels",
    "code_names",
    "public_ids",
    "public_warnings",
    "segment_labels",
    "unlinked",
]

CODE_COLUMNS = ("code_id", "parent_id", "code_a", "code_b", "code", "theme")
IN_VIVO_WORDS = 3
_ID = re.compile(
    r"[A-Za-z]{0,3}[-_. ]?\d+(?:[-_. ]?[A-Za-z]?\d*)*|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
)
_HASHED = re.compile(r":[0-9a-f]{12}$")  # read.codedtables names a segment without positions by its text
_EXTENSION = re.compile(r"\.\w{2,5}$")


def code_labels(corpus: Corpus, study: Study) -> dict[str, str]:
    """Return code id -> what stands for it in print.

    Where text may be shown that is the id itself. Elsewhere an id that is made of words may be a
    participant's; a running number in codebook order stands for it.

    Examples
    --------
    >>> study = Study.model_validate({"study": "demo", "title": "Demo", "method": "codebook",
    ...     "inputs": [{"file": "codings.csv"}], "disclosure": {"policy": "text_free"}})
    >>> codes = pd.DataFrame({"code_id": ["T1", "it just clicked"], "name": ["Access", "it just clicked"]})
    >>> code_labels(Corpus(codes=codes), study)
    {'T1': 'T1', 'it just clicked': 'code 2'}
    """
    ids = [str(code) for code in corpus.codes["code_id"]]
    if shows_text(study):
        return dict(zip(ids, ids, strict=True))
    return {code: code if _ID.fullmatch(code) else f"code {place}" for place, code in enumerate(ids, start=1)}


def code_names(corpus: Corpus, study: Study) -> dict[str, str]:
    """Return code id -> name as it may be shown.

    Where no text may be shown, a name stays only if it cannot be a participant's words: the codebook says
    that the code was there beforehand (``a_priori``), or study.yml says that names are the researchers' own
    (``disclosure.code_names: researchers``). A name in quotation marks, or a phrase of three words that was
    said, never stays. What goes is replaced by the code's label.
    """
    names = corpus.codes.set_index("code_id")["name"]
    if shows_text(study):
        return names.to_dict()
    labels = code_labels(corpus, study)
    beforehand = corpus.codes.set_index("code_id").get("a_priori", pd.Series(False, index=names.index))
    own = beforehand.fillna(False).astype(bool) | (study.disclosure.code_names == "researchers")
    said = _said(corpus) if own.any() else ""
    return {
        str(code): str(name) if own[code] and not _in_vivo(str(name), said) else labels[str(code)]
        for code, name in names.items()
    }


def segment_labels(corpus: Corpus, study: Study) -> dict[str, str]:
    """Return segment id -> what stands for it in print: the id itself, unless that tells too much.

    Where no text may be shown, an id that holds the name of its document, or a plain hash of its text, is
    replaced by a keyed hash. So is one that holds its participant's or document's id where quotes are
    numbered anew under each code (``themes.quotes.labels: by_code``), so that ids do not link them.
    """
    ids = corpus.segments["segment_id"].astype(str)
    if shows_text(study) and not unlinked(study):
        return dict(zip(ids, ids, strict=True))
    key = text_key(corpus)
    told = [_told_by(corpus, "name")] if not shows_text(study) else []
    if unlinked(study):
        told += [corpus.segments["case_id"], corpus.segments["document_id"]]
    names = list(zip(*told, strict=True))
    return {
        each: f"segment {keyed_hash(each, key)[:12]}" if _tells(each, name, shows_text(study)) else each
        for each, name in zip(ids, names, strict=True)
    }


def unlinked(study: Study) -> bool:
    """Return whether nothing may show which quotes are one participant's."""
    return study.themes.quotes.labels == "by_code"


def public_ids(frame: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return a table with its codes and segments called as they may be shown."""
    changed = {}
    if not shows_text(study):
        codes = code_labels(corpus, study)
        for column in frame.columns.intersection(CODE_COLUMNS):
            changed[column] = frame[column].map(lambda code: codes.get(code, code), na_action="ignore")
    if "segment_id" in frame and not (shows_text(study) and not unlinked(study)):
        segments = segment_labels(corpus, study)
        changed["segment_id"] = frame["segment_id"].map(
            lambda each: segments.get(each, each), na_action="ignore"
        )
    return frame.assign(**changed) if changed else frame


def public_warnings(corpus: Corpus, study: Study) -> list[str]:
    """Return the remarks of the reading with codes, documents and speakers called as they may be shown."""
    if shows_text(study):
        return list(corpus.warnings)
    called = {code: label for code, label in code_labels(corpus, study).items() if code != label}
    recoded = corpus.recodes[["old_code", "new_code"]].to_numpy(object).ravel()
    called |= {str(code): "a code" for code in recoded if not pd.isna(code) and str(code) not in called}
    named = [corpus.documents["name"], corpus.turns["speaker"], corpus.segments["speaker"]]
    called |= {str(name): "[name]" for name in pd.concat(named).dropna().unique()}
    if not called:
        return list(corpus.warnings)
    words = "|".join(re.escape(word) for word in sorted(called, key=lambda word: (-len(word), word)))
    pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)")
    return [pattern.sub(lambda found: called[found.group()], warning) for warning in corpus.warnings]


def _told_by(corpus: Corpus, column: str) -> pd.Series:
    """Return what each segment's document is called, without the ending of a file."""
    named = corpus.documents.dropna(subset=[column]).set_index("document_id")[column].astype(str)
    return corpus.segments["document_id"].map(named.map(lambda name: _EXTENSION.sub("", name)))


def _tells(segment: str, names: Iterable[object], shown: bool) -> bool:
    """Return whether a segment's id holds one of these names or, without text, a hash of its text."""
    if not shown and _HASHED.search(segment):
        return True
    return any(not pd.isna(name) and str(name).casefold() in segment.casefold() for name in names)


def _said(corpus: Corpus) -> str:
    texts = [*corpus.segments["text"].dropna(), *corpus.documents["text"].dropna()]
    return f" {' '.join(_plain(text) for text in texts)} "


def _in_vivo(name: str, said: str) -> bool:
    """Return whether a code's name is somebody's words: in quotation marks, or a phrase that was said."""
    quoted = bool(re.search('["“”„«»]', name)) or name.startswith(("'", "‘"))
    return quoted or (len(name.split()) >= IN_VIVO_WORDS and f" {_plain(name)} " in said)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", str(text).casefold()))
