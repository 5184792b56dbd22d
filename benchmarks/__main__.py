"""Every benchmark, one after another: python -m benchmarks [NAME ...]."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the benchmarks named, else all; return the worst exit status."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(HERE)]) if module.name != "__main__")
    unknown = [name for name in sys.argv[1:] if name not in names]
    if unknown:
        print(f"There is no benchmark {unknown[0]}. There are: {', '.join(names)}.", file=sys.stderr)
        return 2
    chosen = sys.argv[1:] or names
    return max(
        subprocess.call([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent) for name in chosen
    )


if __name__ == "__main__":
    sys.exit(main())
