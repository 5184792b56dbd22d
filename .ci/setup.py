"""Make .venv from requirements.lock, with nothing but Python 3.11+; near instant when nothing changed.

The fast installer comes from the lock itself, by hash. Where it cannot be had, pip does the same, slower.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "concord.stamp"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"


def main() -> int:
    """Bring .venv up to the lock; return an exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that any Python may be asked to run
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    wanted = _state()
    if STAMP.is_file() and STAMP.read_text() == wanted and PYTHON.exists():
        return 0
    print("Setting up .venv from requirements.lock ...", flush=True)
    STAMP.unlink(missing_ok=True)
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    _install()
    STAMP.write_text(wanted)
    return 0


def _state() -> str:
    """Return what the environment follows from: lock, project file, Python, and where the checkout stands."""
    digest = hashlib.sha256()
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    digest.update(f"{sys.version} {ROOT}".encode())
    return digest.hexdigest()


def _install() -> None:
    uv = [str(BIN / "uv"), "pip"]
    target = ["--python", str(PYTHON)]
    with tempfile.TemporaryDirectory() as folder:
        pin = Path(folder) / "uv.txt"
        pin.write_text(_pin_of("uv"))
        if _quiet([str(PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(pin)]):
            synced = _quiet([*uv, "sync", "-q", "--require-hashes", "--compile-bytecode", *target, str(LOCK)])
            if synced and _quiet(
                [*uv, "install", "-q", "--no-deps", "--no-build-isolation", *target, "-e", "."]
            ):
                return
    pip = [str(PYTHON), "-m", "pip", "install", "-q"]
    subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True, cwd=ROOT)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], check=True, cwd=ROOT)


def _quiet(command: list[str]) -> bool:
    """Run a command; show what it said only when it failed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip()[-2000:], file=sys.stderr)
    return done.returncode == 0


def _pin_of(name: str) -> str:
    """Return a package's pin and hashes as they stand in the lock."""
    lines = LOCK.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    return "\n".join(lines[start:end]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
