"""Which codes coders applied, worked out once for all the tables that are made of it."""

from __future__ import annotations

from .corpus import Corpus
from .presence import Presence, presence
from .study import Study

__all__ = ["applied"]


def applied(corpus: Corpus, study: Study, round_: int | None = None) -> Presence:
    """Return the presence of codes in a round of independent codings, the same object to all who ask.

    It is kept with the corpus and for this very study, so it ends with the corpus and no setting is missed.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    round_ : int, optional
        The last one where not given.

    Raises
    ------
    AgreementError
        As `presence`.
    """
    if round_ is None:
        round_ = max(corpus.rounds("codes"), default=1)
    # the study is kept beside it: while it is there, no other can have its id
    about = id(study), round_
    found, _ = corpus.once(about, lambda: (presence(corpus, study, round_=round_), study))
    return found
