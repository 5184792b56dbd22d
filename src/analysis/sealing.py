"""What of a study's numbers may be kept in git: no text, no names, no participants' ids, no small counts."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from .corpus import Corpus, natural
from .fingerprints import LETTERS
from .idlabels import is_label
from .paths import Workspace
from .policies import policy_of, shows_text
from .publicnames import code_labels
from .study import Study
from .textkeys import keyed_hash
from .wholefile import read_json, write_text

__all__ = ["SEAL", "Sealer", "is_sealed"]

SEAL = "#"
FIGURES = ("value", "low", "high", "n", "q")
OF_ONE = re.compile(r"[\[,](?:case_id|document_id|segment_id)=")
PART = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z0-9_|-]+')


def is_sealed(value: Any) -> bool:
    """Return whether a value was kept as a keyed hash."""
    return isinstance(value, str) and value.startswith(SEAL)


class Sealer:
    """Makes keys and values of results fit for git.

    - Results about one participant, document or segment are left out.
    - Coders whose ids may be names become running numbers; so do codes whose ids may be participants' words
      where the study's policy shows no text.
    - Where the policy hides small counts, every count and everything with a base is kept as a keyed hash. The
      key is made once, stays in ``.concord`` and never goes into git: on another machine such values cannot
      be compared, and are not.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    """

    def __init__(self, workspace: Workspace, study: Study) -> None:
        self.workspace = workspace
        self.study = study
        self.open = policy_of(study).counts_as_they_are

    def key(self, key: str) -> str | None:
        """Return a result's key as it may be kept, or None where it may not."""
        if OF_ONE.search(key):
            return None
        path, bracket, rest = key.partition("[")
        if self._phrases:
            path = PART.sub(lambda part: self._phrases.get(_bare(part[0]), part[0]), path)
        for name, number in self._coders.items():
            rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", number, rest)
        return f"{path}{bracket}{rest}"

    def result(self, entry: Mapping[str, Any]) -> Any:
        """Return value, interval, base and q of a result, or one keyed hash of them."""
        told = {name: entry[name] for name in FIGURES if entry.get(name) is not None}
        return told if self.open else self.seal(entry["key"], told)

    def count(self, name: str, count: int | None) -> Any:
        """Return a count, or its keyed hash."""
        return count if self.open or count is None else self.seal(name, count)

    def seal(self, name: str, value: Any) -> str:
        """Return the keyed hash of a named value."""
        return SEAL + keyed_hash(json.dumps([self.study.study, name, value]), self._secret)[:16].translate(
            LETTERS
        )

    @property
    def mark(self) -> str:
        """What tells sealed values of one key from those of another; empty where nothing is sealed."""
        return "" if self.open else hashlib.sha256(b"mark" + self._secret).hexdigest()[:8].translate(LETTERS)

    @cached_property
    def _secret(self) -> bytes:
        path = self.workspace.scratch / "freeze.key"
        if not path.is_file():
            write_text(path, secrets.token_hex(32), scratch=self.workspace.scratch)
            path.chmod(0o600)
        return bytes.fromhex(path.read_text("ascii"))

    @cached_property
    def _corpus(self) -> Corpus | None:
        folder = self.workspace.derived(self.study.study)
        facts = read_json(folder / "imports.json")
        return (
            Corpus.load(folder, facts["withdrawn"]) if facts and any(folder.glob("codes.parquet")) else None
        )

    @cached_property
    def _coders(self) -> dict[str, str]:
        """Coder id -> running number, longest first, for ids that may be names."""
        if self._corpus is None:
            return {}
        ids = sorted(self._corpus.coders["coder_id"].astype(str), key=natural)
        numbered = {name: f"coder {n}" for n, name in enumerate(ids, start=1) if not is_label(name)}
        return {name: numbered[name] for name in sorted(numbered, key=lambda each: (-len(each), each))}

    @cached_property
    def _phrases(self) -> dict[str, str]:
        """Code id -> running number, for codes that may be participants' words and may not be shown."""
        if self._corpus is None or shows_text(self.study):
            return {}
        labels = code_labels(self._corpus, self.study)
        return {code: json.dumps(label) for code, label in labels.items() if code != label}


def _bare(part: str) -> str:
    return str(json.loads(part)) if part.startswith('"') else part
