"""Answers that a change must not break: six small documents, with the standard model.

The questions are of ``benchmarks/rule_questions.jsonl``; those that it answers rightly today, of
every kind, among them some that the documents do not answer.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.own_documents import describe
from benchmarks.rules import DOCUMENTS, QUESTIONS, holds
from rare_app.machine import total_memory
from rare_app.packaged import STANDARD_MEMORY
from rare_app.services import Services, services
from rare_app.settings import load_settings

GUARDED = {
    "meaning-31": "distribution_agreement.md",
    "meaning-37": "hyperkalaemia_ward.md",
    "meaning-41": "heatpump_service.md",
    "follows-28": "heatpump_service.md",
    "whether-12": "heatpump_service.md",
    "figures-74": "office_lease_costs.html",
    "figures-92": "norvik_annual_figures.md",
    "figures-72": "",
    "figures-93": "",
    "meaning-35": "",
}
"""Question to the document that its answer rests on; empty for one that none of them answers."""

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.skipif(
        total_memory() < STANDARD_MEMORY, reason="the standard model asks for more memory"
    ),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = replace(load_settings(home=tmp_path_factory.mktemp("home")), model="", adapter="")
    with services(settings) as opened:
        opened.library.add(sorted(DOCUMENTS.iterdir()))
        yield opened


def asked() -> dict[str, dict[str, object]]:
    lines = Path(QUESTIONS).read_text("utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


@pytest.mark.parametrize("name", GUARDED)
def test_the_standard_model_still_answers(app: Services, name: str) -> None:
    row = asked()[name]
    answer = app.assistant.answer(str(row["question"]))
    assert holds({**row, **describe(answer)}), answer.answer or answer.withheld
    if GUARDED[name]:
        cited = {one.document for claim in answer.claims for one in claim.citations}
        assert GUARDED[name] in cited
    else:
        assert not answer.answered
