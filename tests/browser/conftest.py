"""A browser, and JupyterLab on a copy of the workspace."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Return Debian's Chromium, driven by Playwright; skip where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def lab_root(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of notebooks and data."""
    root = tmp_path_factory.mktemp("workspace")
    shutil.copytree(checkout / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(checkout / "data" / "raw", root / "data" / "raw")
    return root


@pytest.fixture(scope="session")
def lab(lab_root: Path) -> Iterator[str]:
    """Return the address of a JupyterLab on that copy, as `concord lab` starts it."""
    root = lab_root
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        "--no-browser", "--ip=127.0.0.1", "--allow-root", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    private = {f"JUPYTER_{name}_DIR": str(root / ".jupyter" / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **private, "CONCORD_ROOT": str(root)}
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={root}", *settings]
    with (root / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=root)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, root / "lab.log")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            pytest.fail(f"JupyterLab ended: {log.read_text()[-500:]}")
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("JupyterLab did not answer in 60 s")
