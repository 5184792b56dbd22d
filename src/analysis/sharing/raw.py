"""data/raw/<study> as it goes into a bundle: as it is where all may be shared, else written anew."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import yamlfile
from ..clearance import clear_for
from ..consensus import settled_corpus
from ..contents import files_below
from ..corpus import Corpus
from ..errors import ClaimsError, DisclosureError, Problem
from ..paths import Workspace
from ..policies import policy_of, shows_text
from ..study import Study, load_study
from ..write.tables import write_tables
from .consent import shared_corpus, withheld_cases, withholds_nothing
from .renaming import Renaming, renaming
from .settings import shared_cells, shared_claims, shared_settings
from .textfree import text_free_corpus

__all__ = ["Shared", "Tier", "require_shareable", "share"]

Tier = Literal["as_it_is", "consented", "text_free"]
PLAIN = (".csv", ".tsv", ".txt")
SAID: dict[Tier, str] = {
    "as_it_is": "Raw data as they are: everybody agreed to share, nobody withdrew.",
    "consented": "Tables written from the raw data; words of people who did not agree to share are left out.",
    "text_free": "Tables written from the raw data without any text: codings, positions and keyed hashes.",
}


@dataclass(frozen=True)
class Shared:
    """What went into a bundle's raw data.

    Parameters
    ----------
    tier : str
        as_it_is, consented or text_free.
    names : Renaming or None
        New names, in a bundle without text.
    withheld : int
        Participants whose words are left out.
    """

    tier: Tier
    names: Renaming | None
    withheld: int

    @property
    def said(self) -> str:
        """The tier in words."""
        return SAID[self.tier]

    def key(self, key: str) -> str:
        """Return a result's key as the bundle names it."""
        return key if self.names is None else self.names.key(key)


def require_shareable(study: Study) -> None:
    """Refuse a study whose policy hides small counts: codings by participant would give them away.

    Raises
    ------
    DisclosureError
    """
    if not policy_of(study).counts_as_they_are:
        what = (
            f"the policy {study.disclosure.policy} hides small counts, and codings by participant would give "
            "them away. There is no bundle of this study; its report in reports/ is made to be shared."
        )
        raise DisclosureError(Problem(what, file="study.yml", column="disclosure.policy"))


def share(workspace: Workspace, study: Study, target: Workspace, *, text_free: bool) -> Shared:
    """Write data/raw/<study> of a bundle into another workspace.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    target : Workspace
        Where it is written.
    text_free : bool
        Leave out every text, whatever the policy lets be shown.

    Raises
    ------
    DisclosureError
        If the policy hides small counts, which codings by participant would give away, or if something looks
        like a name, an address or a number of somebody.
    """
    require_shareable(study)
    text_free = text_free or not shows_text(study)
    whole = load_study(workspace, study.study, {"exclude": {}})  # exclusions stay a setting of the bundle
    corpus = settled_corpus(workspace, whole)
    own, to = workspace.raw(study.study), target.raw(study.study)
    to.mkdir(parents=True, exist_ok=True)
    if not text_free and withholds_nothing(corpus) and _is_plain(study):
        _copy(own, to)
        shared = Shared("as_it_is", None, 0)
    else:
        shared = _written_anew(own, to, corpus, whole, text_free)
    clear_for(workspace, study, _contents(to))
    return shared


def _is_plain(study: Study) -> bool:
    """Return whether every input is a text table, which can be searched for identifiers."""
    files = all(Path(given.file).suffix.casefold() in PLAIN for given in study.inputs)
    return files and study.disclosure.names is None


def _copy(own: Path, to: Path) -> None:
    for path in files_below(own):
        target = to / path.relative_to(own)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _written_anew(own: Path, to: Path, corpus: Corpus, study: Study, text_free: bool) -> Shared:
    names: Renaming | None = None
    if text_free:
        policy = study.disclosure.model_copy(update={"policy": "text_free"})
        silent = study.model_copy(update={"disclosure": policy})
        names = renaming(corpus, silent)
        kept = text_free_corpus(corpus, silent, names)
    else:
        kept = shared_corpus(corpus, study)
    tables = write_tables(kept, to / "source")
    _write(to / "study.yml", shared_settings(own / "study.yml", tables, names))
    if (own / "claims.yml").is_file():
        _write(to / "claims.yml", shared_claims(own / "claims.yml", names))
    for name, claim in _printed_tables(own / "claims.yml").items():
        if (own / name).is_file():
            _write(to / name, shared_cells((own / name).read_text("utf-8-sig"), names, claim))
    for name in ("findings.md", "README.md"):
        if not text_free and (own / name).is_file():
            shutil.copyfile(own / name, to / name)
    withheld = len(corpus.cases) if text_free else len(withheld_cases(corpus))
    return Shared("text_free" if text_free else "consented", names, withheld)


def _printed_tables(claims: Path) -> dict[str, dict[str, Any]]:
    """Return the files of printed cells that claims point to, each with its claim."""
    stated = yamlfile.load(claims, ClaimsError)[0] if claims.is_file() else []
    return {str(claim["cells"]): claim for claim in stated if claim.get("cells")}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_below(folder)}
