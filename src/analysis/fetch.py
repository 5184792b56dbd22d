"""Named public data sets, brought into source/ and checked against their sha256."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import manifest
from .contents import file_digest
from .errors import DataError, Problem, UsageError, did_you_mean, quoted
from .paths import Workspace

__all__ = ["DATASETS", "Dataset", "fetch"]


@dataclass(frozen=True)
class Dataset:
    """One file of a public data set.

    Parameters
    ----------
    study : str
        Study whose source/ it belongs to.
    file : str
    sha256 : str
    address : str
        Where its authors publish it.
    terms : str
        What is known of its licence.
    """

    study: str
    file: str
    sha256: str
    address: str
    terms: str


DATASETS = {
    "annomi": Dataset(
        study="annomi",
        file="AnnoMI-full.csv",
        sha256="3b60fec5e9d83cbb18ade0e412fb9afaef3b81724748a5d715f844bdd7432c9f",
        address="https://raw.githubusercontent.com/uccollab/AnnoMI/"
        "42936645ec3857a9c84ab296a36a3c34b779ef49/AnnoMI-full.csv",
        terms="its authors state no licence at present; use it, do not pass it on",
    )
}


def fetch(workspace: Workspace, name: str, folder: Path | None = None) -> Path:
    """Bring a data set's file into its study's source/ and return it.

    Parameters
    ----------
    workspace : Workspace
    name : str
        A key of :data:`DATASETS`.
    folder : Path, optional
        Take it from here instead of its public address.

    Raises
    ------
    UsageError
        If there is no such data set, or no such file in the folder.
    DataError
        If what came is not the file that the study was written for.
    """
    if name not in DATASETS:
        known = ", ".join(DATASETS)
        raise UsageError(f"no data set {quoted(name)} is known ({known}).{did_you_mean(name, DATASETS)}")
    dataset = DATASETS[name]
    workspace.require(dataset.study)
    target = workspace.source(dataset.study) / dataset.file
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and file_digest(target) == dataset.sha256:
        return target
    if folder is None:
        _download(dataset, target)
    else:
        _copy(folder / dataset.file, target, dataset)
    manifest.update(workspace, dataset.study, only=[dataset.file])
    return target


def _copy(origin: Path, target: Path, dataset: Dataset) -> None:
    if not origin.is_file():
        raise UsageError(f"{quoted(origin.parent.name)} holds no {dataset.file}.")
    if file_digest(origin) != dataset.sha256:
        raise DataError(_not_the_file(dataset))
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(origin, part)
    part.replace(target)


def _download(dataset: Dataset, target: Path) -> None:
    import pooch

    try:
        pooch.retrieve(
            dataset.address,
            known_hash=f"sha256:{dataset.sha256}",
            fname=target.name,
            path=target.parent,
            progressbar=False,
        )
    except ValueError:
        raise DataError(_not_the_file(dataset)) from None
    except OSError as error:
        step = f"Fetch it elsewhere and run `concord fetch {dataset.study} --from FOLDER`."
        what = f"could not be fetched ({type(error).__name__}) from {dataset.address}"
        raise DataError(Problem(what, file=dataset.file), next_step=step) from None


def _not_the_file(dataset: Dataset) -> Problem:
    what = f"is not the version that this study was written for (sha256 {dataset.sha256[:12]}...)."
    return Problem(what, file=dataset.file)
