"""Write the JSON Schemas of study.yml and claims.yml beside this file: `python docs/schema/write.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.claims import claims_schema
from analysis.study import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Return file name -> text of every schema."""
    made = {
        "study.schema.json": ("study.yml of a Concord study", Study.model_json_schema()),
        "claims.schema.json": ("claims.yml of a Concord study", claims_schema()),
    }
    return {name: _text(title, schema) for name, (title, schema) in made.items()}


def _text(title: str, schema: dict[str, Any]) -> str:
    whole = {"$schema": DIALECT, "title": title, **{k: v for k, v in schema.items() if k != "title"}}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, text in schemas().items():
        Path(__file__).with_name(name).write_text(text, encoding="utf-8", newline="\n")
