"""How long adding documents takes, and which stage takes it.

``python -m benchmarks.ingest FOLDER`` adds the PDF files of a folder to an empty library and prints
reading, splitting, embedding and storing as shares of the run. Reading happens in its own process
while earlier files are embedded, so the shares may add up to more than 100 %.
"""

import argparse
import tempfile
from pathlib import Path

from rare_app.library import IngestReport, Library
from rare_app.log import quiet_environment
from rare_app.settings import load_settings


def measure(folder: Path) -> IngestReport:
    """Add all PDF files of a folder to an empty library in a temporary home."""
    with tempfile.TemporaryDirectory() as home:
        library = Library(settings=load_settings(home=home))
        library.embedder.load()
        report = library.add(sorted(folder.glob("*.pdf")))
        library.close()
    return report


def main() -> int:
    """Print the table; 1 when splitting and storing take more than 15 % of the run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    quiet_environment()
    report = measure(folder)
    pages = sum(one.pages for one in report.added)
    chunks = sum(one.chunks for one in report.added)
    print(f"{len(report.added)} files, {pages} pages, {chunks} chunks, {report.seconds:.1f} s")
    for stage, seconds in report.shares.items():
        print(f"  {stage:<10} {seconds:7.2f} s  {seconds / report.seconds:6.1%} of the run")
    serial = sum(report.shares.values())
    print(
        f"  stages one after the other would take {serial:.1f} s: {serial / report.seconds:.2f} x"
    )
    own = (report.shares["splitting"] + report.shares["storing"]) / report.seconds
    print(f"  splitting + storing: {own:.1%} (at most 15 %)")
    return int(own > 0.15)


if __name__ == "__main__":
    raise SystemExit(main())
