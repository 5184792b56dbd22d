"""Public data sets: the right file or none, from a folder or from their address."""

from __future__ import annotations

import hashlib
import re
import threading
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest

from analysis import fetch as module
from analysis.errors import DataError, UsageError
from analysis.fetch import DATASETS, Dataset, fetch

CONTENT = b"id,A,B\n1,x,y\n"


@pytest.fixture
def dataset(monkeypatch, small):
    """Return a data set of the small study that stands in for a public one."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    small.write()
    digest = hashlib.sha256(CONTENT).hexdigest()
    made = Dataset("small", "public.csv", digest, "http://127.0.0.1:9/public.csv", "free")
    monkeypatch.setitem(module.DATASETS, "demo", made)
    return made


@pytest.fixture
def origin(tmp_path):
    folder = tmp_path / "origin"
    folder.mkdir()
    (folder / "public.csv").write_bytes(CONTENT)
    return folder


@pytest.fixture
def served(origin, monkeypatch, dataset):
    """Serve the folder on this machine, as the data set's public address."""
    server = HTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(origin)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/public.csv"
    monkeypatch.setitem(module.DATASETS, "demo", Dataset(**{**vars(dataset), "address": address}))
    yield origin
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_from_a_folder(small, dataset, origin):
    path = fetch(small.workspace, "demo", origin)
    assert path == small.workspace.source("small") / "public.csv"
    assert path.read_bytes() == CONTENT


def test_from_its_address(small, served):
    assert fetch(small.workspace, "demo").read_bytes() == CONTENT


def test_a_file_that_is_there_already_is_left_alone(small, dataset, origin):
    path = fetch(small.workspace, "demo", origin)
    before = path.stat().st_mtime_ns
    (origin / "public.csv").unlink()
    assert fetch(small.workspace, "demo", origin).stat().st_mtime_ns == before


def test_a_damaged_file_is_replaced(small, dataset, origin):
    path = fetch(small.workspace, "demo", origin)
    path.write_bytes(CONTENT[:5])
    assert fetch(small.workspace, "demo", origin).read_bytes() == CONTENT


def test_another_file_of_that_name_is_refused_and_nothing_is_left(small, dataset, origin):
    (origin / "public.csv").write_bytes(CONTENT + b"2,x,x\n")
    before = sorted(small.workspace.source("small").iterdir())
    with pytest.raises(DataError, match="is not the version that this study was written for"):
        fetch(small.workspace, "demo", origin)
    assert sorted(small.workspace.source("small").iterdir()) == before


def test_another_file_at_the_address_is_refused_and_nothing_is_left(small, served):
    (served / "public.csv").write_bytes(b"changed\n")
    before = sorted(small.workspace.source("small").iterdir())
    with pytest.raises(DataError, match="is not the version"):
        fetch(small.workspace, "demo")
    assert sorted(small.workspace.source("small").iterdir()) == before


def test_no_network_names_the_other_way(small, dataset):
    with pytest.raises(DataError, match="concord fetch small --from FOLDER"):
        fetch(small.workspace, "demo")


def test_a_folder_without_the_file(small, dataset, tmp_path):
    with pytest.raises(UsageError, match=r"holds no public\.csv"):
        fetch(small.workspace, "demo", tmp_path)


def test_unknown_data_set_names_the_nearest(small):
    with pytest.raises(UsageError, match=re.escape('Did you mean "annomi"?')):
        fetch(small.write(), "anomi")


def test_every_data_set_has_a_study_that_reads_it(checkout):
    for name, dataset in DATASETS.items():
        text = (checkout / "data" / "raw" / dataset.study / "study.yml").read_text("utf-8")
        assert f"file: {dataset.file}" in text, name
        assert len(dataset.sha256) == 64
        assert dataset.address.startswith("https://")
