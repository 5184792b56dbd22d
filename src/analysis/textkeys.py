"""Hashes of texts that nobody can guess: keyed by what only those who hold the study's texts can compute."""

from __future__ import annotations

import hashlib
import hmac

from .corpus import Corpus
from .errors import DisclosureError

__all__ = ["keyed_hash", "text_key"]

LEAST = 7  # bytes


def text_key(corpus: Corpus) -> bytes:
    """Return the key of a study's hashes: the digest of all of its texts together.

    It is kept nowhere. Who holds the texts computes it anew and gets the same hashes; who does not would have
    to guess every text of the study at once, not one short answer.

    Examples
    --------
    >>> len(text_key(Corpus()))
    32
    """
    made = hashlib.sha256(b"concord text key")
    for frame, name in ((corpus.documents, "document_id"), (corpus.segments, "segment_id")):
        for row in frame[[name, "text"]].dropna().sort_values(name, kind="stable").itertuples(index=False):
            for part in row:
                content = str(part).encode("utf-8", "surrogatepass")
                made.update(len(content).to_bytes(8, "big") + content)
    return made.digest()


def keyed_hash(text: str, key: bytes) -> str:
    """Return a hash of a text that nobody can guess without the key, which stays with the data.

    The plain hash of a short answer can be found by hashing likely answers.

    Examples
    --------
    >>> keyed_hash("yes", b"one key") == keyed_hash("yes", b"another key")
    False

    Raises
    ------
    DisclosureError
        If the key is too short to protect anything.
    """
    if len(key) < LEAST:
        raise DisclosureError(f"the key of a keyed hash must have {LEAST} bytes or more.")
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
