"""A teacher that is a GGUF model on this machine."""

from rare_app.evaluation import given_passages
from rare_app.model import Engine, Sampler, Usage, generate
from rare_app.reasoning.assemble import assemble
from rare_app.reasoning.prompt import ANSWER_CLOSE
from rare_app.settings import Settings
from rare_app.tuning.teacher import Reply, Task


class LocalTeacher:
    """Asks a local model with the app's own prompt, without an adapter.

    Parameters
    ----------
    settings : Settings
    model : str
        Name or path of a GGUF model.
    temperature : float
    longest : int
        Most tokens of a completion.
    """

    def __init__(
        self, *, settings: Settings, model: str, temperature: float, longest: int = 800
    ) -> None:
        self._engine = Engine(settings=settings)
        self._name, self._temperature, self._longest = model, temperature, longest

    def close(self) -> None:
        """Free the model."""
        self._engine.close()

    def write(self, task: Task, *, seed: int) -> Reply:
        """Write one try."""
        choices = f" (one of: {', '.join(task.choices)})" if task.choices else ""
        usage = Usage()
        with self._engine.use(model=self._name, adapter="none") as loaded:
            prompt, _ = assemble(
                f"{task.question}{choices}",
                given_passages([one.text for one in task.passages]),
                model=loaded.model,
                reserve=min(self._longest, loaded.model.context_tokens // 2),
            )
            loaded.model.read(prompt.tokens)
            text = "".join(
                generate(
                    loaded.model,
                    sampler=Sampler(temperature=self._temperature, seed=seed),
                    longest=self._longest,
                    stop=(ANSWER_CLOSE,),
                    usage=usage,
                )
            )
        return Reply(text, read=len(prompt.tokens), written=usage.generated)
