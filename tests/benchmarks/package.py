"""How big the function's package is, and what is in it."""

import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from tests.benchmarks.tables import show
from tools.common.build import package_function

BIGGEST = 7


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "package"
        package_function(package, "dev")
        size = (package / "deployment.zip").stat().st_size
        parts: Counter[str] = Counter()
        for entry in zipfile.ZipFile(package / "deployment.zip").infolist():
            parts[entry.filename.partition("/")[0]] += entry.compress_size
    rows = [[name, kb(part)] for name, part in parts.most_common(BIGGEST)]
    rows.append(["the rest", kb(size - sum(part for _, part in parts.most_common(BIGGEST)))])
    show("the function's package", ["", "KB"], [["whole", kb(size)], *rows])
    print("limit in the tests 3 MB; 21 MB with boto3 and chalice inside\n", flush=True)


def kb(size: int) -> str:
    return f"{size / 1000:.0f}"
