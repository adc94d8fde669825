"""Answers that a change must not break: ten small documents, with both models.

The questions are of ``benchmarks/rule_questions.jsonl`` and ``benchmarks/sample_questions.jsonl``;
those that the model answers rightly today, of every kind, among them some that no document answers.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.own_documents import describe
from benchmarks.rules import DOCUMENTS, QUESTIONS, holds
from rare_app.machine import total_memory
from rare_app.packaged import STANDARD_MEMORY, STANDARD_MODEL
from rare_app.services import Services, services
from rare_app.settings import CODE_FOLDER, load_settings

SAMPLES = [
    CODE_FOLDER / "assets" / "samples" / "Pump HX-40 service manual.pdf",
    CODE_FOLDER / "assets" / "samples" / "Residential lease.md",
    CODE_FOLDER / "benchmarks" / "language_documents" / "mietvertrag.md",
    CODE_FOLDER / "benchmarks" / "language_documents" / "betriebsanleitung.md",
]
STANDARD = {
    "meaning-31": "distribution_agreement.md",
    "meaning-37": "hyperkalaemia_ward.md",
    "meaning-41": "heatpump_service.md",
    "follows-16": "distribution_agreement.md",
    "follows-27": "heatpump_service.md",
    "whether-12": "heatpump_service.md",
    "figures-74": "office_lease_costs.html",
    "figures-92": "norvik_annual_figures.md",
    "figures-72": "",
    "figures-93": "",
    "meaning-35": "",
    "fact-s03": "Pump HX-40 service manual.pdf",
    "fact-s09": "Residential lease.md",
    "several-s01": "Residential lease.md",
    "german-s03": "mietvertrag.md",
    "german-s08": "betriebsanleitung.md",
    "german-s05": "",
}
"""Question to the document that its answer rests on; empty for one that none of them answers."""
SMALL = {
    "fact-s02": "Pump HX-40 service manual.pdf",
    "fact-s05": "Pump HX-40 service manual.pdf",
    "fact-s06": "Pump HX-40 service manual.pdf",
    "fact-s08": "Pump HX-40 service manual.pdf",
    "why-s01": "Pump HX-40 service manual.pdf",
    "fact-s09": "Residential lease.md",
    "fact-s10": "Residential lease.md",
    "fact-s12": "Residential lease.md",
    "whether-s02": "Residential lease.md",
    "meaning-s01": "Residential lease.md",
    "whether-05": "distribution_agreement.md",
    "meaning-31": "distribution_agreement.md",
    "meaning-33": "distribution_agreement.md",
    "whether-10": "hyperkalaemia_ward.md",
    "follows-21": "hyperkalaemia_ward.md",
    "follows-22": "hyperkalaemia_ward.md",
    "meaning-36": "hyperkalaemia_ward.md",
    "meaning-37": "hyperkalaemia_ward.md",
    "meaning-38": "hyperkalaemia_ward.md",
    "lists-51": "hyperkalaemia_ward.md",
    "several-67": "hyperkalaemia_ward.md",
    "whether-12": "heatpump_service.md",
    "follows-26": "heatpump_service.md",
    "lists-53": "heatpump_service.md",
    "several-69": "heatpump_service.md",
    "figures-77": "office_lease_costs.html",
    "none-s02": "",
    "none-s04": "",
    "german-s05": "",
    "follows-30": "",
    "meaning-35": "",
    "meaning-45": "",
    "lists-54": "",
}
"""The same for the small model, which knows English alone."""
SMALL_MODEL = "SmolLM2-135M-Instruct.Q4_1"

pytestmark = [pytest.mark.model, pytest.mark.slow]
needs_memory = pytest.mark.skipif(
    total_memory() < STANDARD_MEMORY, reason="the standard model asks for more memory"
)


def opened(folder: Path, model: str) -> Iterator[Services]:
    """Name the model: where it is missing that is an error, and no other one answers."""
    settings = replace(load_settings(home=folder), model=model, adapter="")
    with services(settings) as app:
        app.library.add([*sorted(DOCUMENTS.iterdir()), *SAMPLES])
        yield app


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    yield from opened(tmp_path_factory.mktemp("standard"), Path(STANDARD_MODEL.file).stem)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    yield from opened(tmp_path_factory.mktemp("small"), SMALL_MODEL)


def asked() -> dict[str, dict[str, object]]:
    files = (QUESTIONS, QUESTIONS.with_name("sample_questions.jsonl"))
    lines = [line for one in files for line in Path(one).read_text("utf-8").splitlines()]
    return {row["id"]: row for row in map(json.loads, lines)}


def check(app: Services, name: str, document: str) -> None:
    row = asked()[name]
    answer = app.assistant.answer(str(row["question"]))
    assert holds({**row, **describe(answer)}), answer.answer or answer.withheld
    if document:
        cited = {one.document for claim in answer.claims for one in claim.citations}
        assert document in cited
    else:
        assert not answer.answered


@needs_memory
@pytest.mark.parametrize("name", STANDARD)
def test_the_standard_model_still_answers(standard: Services, name: str) -> None:
    check(standard, name, STANDARD[name])


@pytest.mark.parametrize("name", SMALL)
def test_the_small_model_still_answers(small: Services, name: str) -> None:
    check(small, name, SMALL[name])
