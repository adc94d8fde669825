"""A teacher that is a GGUF model on this machine, asked as the app asks it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rare_app.answer import Clock, LocalRun, Question, Read
from rare_app.lab.tuning.examiner import Examiner, shown_passages
from rare_app.lab.tuning.teacher import Reply, Task
from rare_app.model import Cancelled, Engine, choose_model
from rare_app.prompt import completion
from rare_app.settings import Settings

_ALL_PASS = 1000.0
"""Nats that are added to what speaks for an answer."""


class LocalTeacher:
    """Lets a local model reason without an adapter, by the app's own run: guide and memory are on.

    It says first, in a sentence of its own, what it looks for. Where the passages answer, the gate
    lets the question pass, as the reader's does in use, and a quote follows; where they do not, the
    gate is off, and to refuse is the model's own doing. The rules of code have no say: what they
    write is not the model's. What it has read of passages is stored in `folder`.

    Parameters
    ----------
    settings : Settings
        Says how much is stored (``memory_gb``) and how long reasoning and answer may be.
    model : str
        Name or path of a GGUF model.
    folder : Path
        Gets the memory.
    examiner : Examiner
        Its guide leads to the evidence.
    temperature : float
    cancelled : callable
        Asked often; once it is true :class:`rare_app.model.Cancelled` is raised.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        model: str,
        folder: Path,
        examiner: Examiner,
        temperature: float,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        profile = Engine(settings=settings).profile(model, "none")
        self._profile = replace(
            profile.in_steps(), rules=frozenset(), opens_with_quote=True, thinks_first=True
        )
        self._settings = replace(
            settings,
            home=folder,
            model=str(choose_model(settings, model).path),
            adapter="none",
            gate_nats=_ALL_PASS,
            memory="on",
            temperature=temperature,
        )
        self._engine = Engine(settings=self._settings)
        self._examiner, self._cancelled = examiner, cancelled

    def close(self) -> None:
        """Free the model."""
        self._engine.close()

    def write(self, task: Task, *, seed: int) -> Reply:
        """Write one try.

        Raises
        ------
        Cancelled
            The run is to end.
        """
        passages = shown_passages(task.passages)
        with self._engine.use() as loaded:
            asked = Question(
                text=task.question,
                settings=replace(self._settings, seed=seed, gate="on" if task.answers else "off"),
                choices=task.choices,
                aside=task.aside,
                cancelled=self._cancelled,
            )
            run = LocalRun(
                asked,
                Read(passages, self._examiner.around(task.question, passages)),
                loaded=replace(loaded, profile=self._profile),
                guide=self._examiner.guide,
                clock=Clock(begun=time.perf_counter()),
            )
            for _ in run.events(memory=True):
                pass
        answer = run.answer()
        if answer.stopped:
            raise Cancelled
        return Reply(
            completion(reasoning=answer.reasoning, answer=answer.answer),
            read=answer.tokens.prompt - answer.tokens.prompt_from_memory,
            written=answer.tokens.generated,
            steps=answer.steps,
        )
