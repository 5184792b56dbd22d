"""codecheck.yml: what a codechecker is asked to reproduce (CODECHECK configuration 1.0).

The specification is at https://codecheck.org.uk/spec/config/1.0/ : `manifest`, `codechecker` and `report` are
mandatory in a finished certificate. The last two are the checker's to fill in and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml

from .study import Study

__all__ = ["codecheck_yml"]

VERSION = "https://codecheck.org.uk/spec/config/1.0/"
CHECKERS = "FIXME: the codechecker fills this in"
AUTHORS = "FIXME: the authors fill this in"
HEAD = """\
# CODECHECK configuration file. `concord verify` on the whole bundle makes every file below anew.
# Entries that begin with FIXME are people's to fill in.
"""


def codecheck_yml(study: Study, manifest: Mapping[str, str]) -> str:
    """Return codecheck.yml.

    Parameters
    ----------
    study : Study
    manifest : mapping
        File in the bundle -> what it holds.

    Examples
    --------
    >>> study = Study.model_validate({"study": "demo", "title": "Demo", "method": "codebook",
    ...     "inputs": [{"file": "codings.csv"}], "disclosure": {"policy": "text_free"}})
    >>> codecheck_yml(study, {"results.json": "Every number."}).splitlines()[2]
    'version: https://codecheck.org.uk/spec/config/1.0/'
    """
    data = {
        "version": VERSION,
        "paper": {"title": study.title, "authors": [{"name": AUTHORS}], "reference": _reference(study)},
        "manifest": list(_entries(manifest)),
        "codechecker": [{"name": CHECKERS}],
        "report": CHECKERS,
    }
    return HEAD + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def _entries(manifest: Mapping[str, str]) -> Iterable[dict[str, str]]:
    for file, comment in manifest.items():
        yield {"file": file, "comment": comment}


def _reference(study: Study) -> str:
    source = study.based_on
    if source is None:
        return AUTHORS
    return f"https://doi.org/{source.doi}" if source.doi else source.url or source.citation or AUTHORS
