"""Answer a case in llama.cpp: by the app's assistant, or by a plain prompt."""

import time
from collections.abc import Sequence

from rare_app.answer import Assistant, is_refusal
from rare_app.lab.evaluation.cases import Case
from rare_app.lab.evaluation.variants import Variant, Wording
from rare_app.library import Passage
from rare_app.model import Engine, LanguageModel, Sampler, Usage, generate
from rare_app.prompt import REFUSAL
from rare_app.settings import Settings
from rare_app.types import Answer, Timings, TokenCounts


class ModelAnswerer:
    """Answers with one engine, so that the model is loaded once for all variants.

    Parameters
    ----------
    settings : Settings
    assistant : Assistant
    engine : Engine
    model, adapter : str
        Names; the adapter is used by the variants that are adapted.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        assistant: Assistant,
        engine: Engine,
        model: str = "",
        adapter: str = "",
    ) -> None:
        self._settings = settings
        self._assistant = assistant
        self._engine = engine
        self._model, self._adapter = model, adapter

    def __call__(
        self, case: Case, passages: Sequence[Passage] | None, *, variant: Variant
    ) -> Answer:
        """Answer a case over these passages; ``None`` for no passages at all."""
        adapter = self._adapter if variant.adapted else "none"
        if variant.wording is None:
            return self._assistant.answer(
                case.question,
                passages=list(passages or ()),
                model=self._model,
                adapter=adapter,
                memory=variant.memory,
                choices=case.choices or (),
            )
        return self._plain(case, list(passages or ()), wording=variant.wording, adapter=adapter)

    def _plain(
        self, case: Case, passages: list[Passage], *, wording: Wording, adapter: str
    ) -> Answer:
        begun = time.perf_counter()
        first: float | None = None
        usage, text = Usage(), ""
        with self._engine.use(model=self._model, adapter=adapter) as loaded:
            tokens = _fit(case, passages, wording, loaded.model, self._settings.answer_tokens)
            usage.prompt = len(tokens)
            usage.prompt_from_memory = loaded.model.read(tokens)
            for piece in generate(
                loaded.model,
                sampler=Sampler(temperature=0.0, seed=0),
                longest=self._settings.answer_tokens,
                stop=("\n\n",),
                usage=usage,
            ):
                first = first or time.perf_counter() - begun
                text += piece
            name = loaded.file.name
        answer = next((line.strip() for line in text.splitlines() if line.strip()), "")
        said = bool(answer) and not is_refusal(answer)
        return Answer(
            answered=said,
            answer=answer if said else REFUSAL,
            passages=tuple(passages),
            model=name,
            timings=Timings(first_token_s=first, total_s=time.perf_counter() - begun),
            tokens=TokenCounts(
                prompt=usage.prompt,
                prompt_from_memory=usage.prompt_from_memory,
                generated=usage.generated,
            ),
        )


def _fit(
    case: Case, passages: list[Passage], wording: Wording, model: LanguageModel, reserve: int
) -> list[int]:
    """Write the prompt; the last passages are left out where the context is too short."""
    frame = model.frame(wording.system)
    choices = f" ({', '.join(case.choices)}?)" if case.choices else ""
    start, end = model.start_tokens(frame.before), model.tokenise(frame.after, special=True)
    shown = len(passages)
    while True:
        text = wording.user.format(
            passages="\n\n".join(one.text for one in passages[:shown]),
            question=case.question,
            choices=choices,
        )
        tokens = [*start, *model.tokenise(text), *end]
        if len(tokens) + reserve <= model.context_tokens or not shown:
            return tokens
        shown -= 1
