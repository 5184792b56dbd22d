"""How fast a large REFI-QDA project is read, beside a plain lxml walk of the same file.

Run ``python -m benchmarks.refi [CODINGS]``; 1,000 sources, 500 codes and 1,000,000 codings unless a number of
codings is given. The limits: a checked Corpus in 60 s and 2 GiB, and at most three times the walk.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from pathlib import Path
from typing import IO

SOURCES, CODES, CODERS, WORDS = 1_000, 500, 4, 6_000
VOCABULARY = [
    "we",
    "waited",
    "for",
    "months",
    "café",
    "and",
    "nobody",
    "rang",
    "back",
    "😀",
    "so",
    "I",
    "gave",
    "up.",
    "שלום",
]
NAMESPACE = "urn:QDA-XML:project:1.0"


def generate(path: Path, codings: int) -> None:
    """Write a project in NVivo's conventions: UTF-16 units, byte-order marks, no excerpts."""
    draw = random.Random(1)
    users, codes = ([_guid(draw) for _ in range(n)] for n in (CODERS, CODES))
    sources: list[tuple[str, list[int]]] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for _ in range(SOURCES):
            guid, words = _guid(draw), draw.choices(VOCABULARY, k=WORDS)
            archive.writestr(f"Sources/{guid}.txt", "\ufeff" + " ".join(words))
            ends, at = [], 0
            for word in words:
                ends.append(at := at + len(word.encode("utf-16-le")) // 2)
                at += 1
            sources.append((guid, ends))
        with archive.open("project.qde", "w", force_zip64=True) as out:
            _write(
                out,
                f'<?xml version="1.0" encoding="utf-8"?>\n<Project name="x" origin="NVivo" '
                f'xmlns="{NAMESPACE}">',
            )
            people = "".join(f'<User guid="{user}" name="Coder {n}"/>' for n, user in enumerate(users))
            book = "".join(
                f'<Code guid="{c}" name="Code {n}" isCodable="true"/>' for n, c in enumerate(codes)
            )
            _write(out, f"<Users>{people}</Users><CodeBook><Codes>{book}</Codes></CodeBook><Sources>")
            for number, (guid, ends) in enumerate(sources):
                _write(
                    out,
                    f'<TextSource guid="{guid}" name="Interview {number}" plainTextPath="internal://{guid}.txt">',
                )
                for _ in range(codings // SOURCES):
                    _write(out, _selection(draw, ends, users, codes))
                _write(out, "</TextSource>\n")
            _write(out, "</Sources></Project>")


def _selection(draw: random.Random, ends: list[int], users: list[str], codes: list[str]) -> str:
    first = draw.randrange(1, len(ends) - 20)
    when = 'creationDateTime="2024-01-01T00:00:00Z"'
    return (
        f'<PlainTextSelection guid="{_guid(draw)}" name="" startPosition="{ends[first - 1] + 1}" '
        f'endPosition="{ends[first + draw.randrange(18)]}" creatingUser="{users[0]}" {when}>\n'
        f'<Coding guid="{_guid(draw)}" creatingUser="{draw.choice(users)}" {when}>\n'
        f'<CodeRef targetGUID="{draw.choice(codes)}"/>\n</Coding>\n</PlainTextSelection>\n'
    )


def _guid(draw: random.Random) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128)))


def _write(out: IO[bytes], text: str) -> None:
    out.write(text.encode())


def walk(path: Path) -> int:
    """Return the number of elements that a plain lxml walk sees."""
    from lxml import etree

    with zipfile.ZipFile(path) as archive, archive.open("project.qde") as stream:
        count = 0
        for _, element in etree.iterparse(stream, events=("end",)):
            count += 1
            element.clear()
    return count


def read(path: Path) -> int:
    """Return the number of codings that Concord's reader takes."""
    from analysis.inputs import Input
    from analysis.read.refi import read_refi

    draft = read_refi(path, Input(file=path.name, stage="independent"))
    return len(draft.tables["codings"])


def whole(path: Path) -> int:
    """Return the number of codings in the corpus: positions proved, all checks made."""
    from analysis.inputs import Input
    from analysis.read import read_draft
    from analysis.read.assemble import assemble
    from analysis.study import Study

    settings = {
        "study": "s",
        "title": "s",
        "method": "codebook",
        "segmentation": "own",
        "inputs": [{"file": "s"}],
    }
    study = Study.model_validate(settings | {"disclosure": {"policy": "text_free"}})
    return len(assemble([read_draft(path, Input(file=path.name, stage="independent"))], study).codings)


STEPS = {"walk": walk, "read": read, "corpus": whole}


def main() -> None:
    """Print each step's time, throughput and peak memory, each in a process of its own."""
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
        return
    codings = int(sys.argv[1]) if len(sys.argv) == 2 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.qdpx"
        generate(path, codings)
        print(f"{SOURCES:,} sources, {CODES} codes, {codings:,} codings, {path.stat().st_size >> 20} MiB")
        limit = 0.0
        for step in STEPS:
            found = in_its_own_process(step, path)
            limit = limit or found["cpu"]
            print(said(step, found, limit), flush=True)


def measured(step: str, path: Path) -> dict[str, float]:
    """Return what a step took in this process: wall and CPU seconds, GiB at the peak, and its count."""
    begun, before = time.perf_counter(), time.process_time()
    count = STEPS[step](path)
    took = {"wall": time.perf_counter() - begun, "cpu": time.process_time() - before}
    return {**took, "count": count, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


def in_its_own_process(step: str, path: Path) -> dict[str, float]:
    """Return what a step takes in a fresh process, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks.refi", step, str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def said(step: str, found: dict[str, float], limit: float) -> str:
    """Return a line for people; `limit` is the CPU time of the plain walk."""
    times = f"{found['wall']:6.1f} s, {found['cpu']:6.1f} s of CPU, {found['cpu'] / limit:.2f} times the walk"
    rate = f"{found['count'] / found['cpu']:>9,.0f} a second of CPU"
    return f"{step:8} {found['count']:>9,} in {times}; {rate}; peak {found['peak']:.2f} GiB"


if __name__ == "__main__":
    main()
