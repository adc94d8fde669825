"""A teacher that is a GGUF model on this machine, and answers in one sentence."""

from collections.abc import Callable
from dataclasses import replace

from rare_app.answer import Layout, assemble, plain_sentence
from rare_app.lab.tuning.examiner import shown_passages
from rare_app.lab.tuning.teacher import Reply, Task
from rare_app.model import Engine, Sampler, Usage, choose_model, generate
from rare_app.prompt import REFUSAL_THOUGHTS
from rare_app.settings import Settings

TOLD = (
    "(Known, and not to be mentioned: the answer is “{answer}”. Say it in one short whole sentence "
    "that answers the question.)"
)
"""What the teacher is told that has not found the answer by itself."""
TOLD_VERDICT = (
    "(Known, and not to be mentioned: the answer is “{answer}”. Begin with it, and say in one "
    "short whole sentence what follows from the passages.)"
)
"""The same where yes or no is asked for."""


class SentenceTeacher:
    """Lets a local model answer as it is asked in use, over passages in one piece.

    There is no guide, no gate and no memory: passages that are read in a row are read best, and
    what was read stays in the context for the next question over them. Where no passage answers,
    what is to be learned is the profile's own sentence, and nothing is asked.

    Parameters
    ----------
    settings : Settings
        Says how long an answer may be.
    model : str
        Name or path of a GGUF model.
    temperature : float
    cancelled : callable
        Asked often; once it is true :class:`rare_app.model.Cancelled` is raised.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        model: str,
        temperature: float,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        path = choose_model(settings, model).path
        self._settings = replace(settings, model=str(path), adapter="none", memory="off")
        self._engine = Engine(settings=self._settings)
        self._temperature, self._cancelled = temperature, cancelled

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
        if not task.answers:
            return Reply(REFUSAL_THOUGHTS[0])
        told = TOLD_VERDICT if task.verdict else TOLD
        hint = f"\n{told.format(answer=task.answers[0])}" if task.told else ""
        longest, usage = self._settings.answer_tokens, Usage()
        with self._engine.use() as loaded:
            model = loaded.model
            prompt, _ = assemble(
                task.question + hint,
                shown_passages(task.passages),
                model=model,
                reserve=longest,
                layout=Layout(profile=loaded.profile, in_steps=False),
            )
            tokens = prompt.tokens
            known = model.read(tokens, cancelled=self._cancelled)
            written = generate(
                model,
                sampler=Sampler(temperature=self._temperature, seed=seed),
                longest=longest,
                stop=("\n",),
                usage=usage,
                cancelled=self._cancelled,
            )
            said = plain_sentence("".join(written), task.question)
        return Reply(said, read=len(tokens) - known, written=usage.generated)
