"""Put question and passages into a model's context, within its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rare_app.language import ENGLISH, language_of
from rare_app.library import Passage
from rare_app.model import GENERIC, Example, LanguageModel, Profile, Prompt, PromptTooLongError
from rare_app.prompt import (
    OPENING,
    SEARCH_CLOSE,
    SYSTEM,
    THINK_OPEN,
    Turn,
    completion,
    passage_block,
    question_block,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a prompt is laid out.

    Attributes
    ----------
    profile : Profile
        Says what the prefix holds.
    in_steps : bool
        Whether the completion is to reason, and not to be the answer alone.
    anew : int or None
        The passage that is read anew, behind the others and right before the question. Blocks that
        know nothing of each other are read badly; with one that was read in their sight they are
        read nearly as well as all in a row (docs/memory.md).
    """

    profile: Profile = GENERIC
    in_steps: bool = True
    anew: int | None = None


def assemble(
    question: str,
    passages: Sequence[Passage],
    *,
    model: LanguageModel,
    reserve: int,
    layout: Layout = Layout(),
    history: Sequence[Turn] = (),
) -> tuple[Prompt, int]:
    """Build the prompt; what does not fit is left out from its least important end.

    The oldest turns of the chat go first, then the lowest-ranked passages. The question is never
    cut.

    Parameters
    ----------
    reserve : int
        Tokens that are kept free for the completion.

    Returns
    -------
    prompt : Prompt
    used : int
        How many of the passages it holds: the first ``used`` ones.

    Raises
    ------
    PromptTooLongError
        The question, or the question with the first passage, does not fit into the context.
    """
    profile, in_steps = layout.profile, layout.in_steps
    frame = model.frame(profile.system or SYSTEM)
    opens = in_steps and not frame.after.rstrip().endswith(THINK_OPEN)
    opening = OPENING if opens else ""
    prefix = prefix_tokens(model, profile)
    worked = (example_tokens(model, profile),) if profile.answers_first and in_steps else ()
    ending = [*model.tokenise(frame.after, special=True), *model.tokenise(opening)]
    room = model.context_tokens - reserve - len(prefix) - sum(map(len, worked)) - len(ending)
    language = language_to_tell(question, profile) if in_steps else ""
    asked = _question_tokens(model, question, history, language=language, room=room)
    blocks = _blocks_in(room - len(asked), model, passages)
    used = len(blocks)
    read_last: tuple[int, ...] = ()
    if layout.anew is not None and blocks:
        read_last = blocks.pop(layout.anew if layout.anew < used else 0)
    prompt = Prompt(
        prefix=prefix,
        blocks=(*worked, *blocks),
        anew=read_last,
        question=(*asked, *ending),
        adapted=profile.adapts == "all" or not in_steps,
    )
    return prompt, used


def _question_tokens(
    model: LanguageModel, question: str, history: Sequence[Turn], *, language: str, room: int
) -> list[int]:
    """Write the question behind as much of the chat as takes half of the room at most."""
    turns = list(history)
    asked = model.tokenise(question_block(question, turns, language=language))
    while turns and len(asked) > room // 2:
        turns.pop(0)
        asked = model.tokenise(question_block(question, turns, language=language))
    if len(asked) > room:
        raise PromptTooLongError(
            f"The question takes {len(asked):,} tokens, more than “{model.path.stem}” can read at "
            f"once ({model.context_tokens:,} with the answer): shorten it, or choose a model with "
            "a longer context."
        )
    return asked


def _blocks_in(
    room: int, model: LanguageModel, passages: Sequence[Passage]
) -> list[tuple[int, ...]]:
    """Write the first passages that there is room for."""
    blocks: list[tuple[int, ...]] = []
    for passage in passages:
        block = block_tokens(model, passage)
        if len(block) > room:
            break
        room -= len(block)
        blocks.append(block)
    if passages and not blocks:
        raise PromptTooLongError(
            f"The question leaves no room for a passage in the context of “{model.path.stem}” "
            f"({model.context_tokens:,} tokens): shorten it, or choose a model with a longer one."
        )
    return blocks


def prefix_tokens(model: LanguageModel, profile: Profile = GENERIC) -> tuple[int, ...]:
    """Tokens of the prompt's constant beginning: system text and worked examples."""
    turns = [] if profile.answers_first else [example_turn(one) for one in profile.examples]
    return tuple(model.start_tokens(model.frame(profile.system or SYSTEM, turns).before))


def example_tokens(model: LanguageModel, profile: Profile) -> tuple[int, ...]:
    """Tokens of the block that shows how to reason in steps; it stands before the passages."""
    turns = [example_turn(one) for one in profile.examples]
    system = profile.system or SYSTEM
    alone, shown = model.frame(system).before, model.frame(system, turns).before
    steps = f"{profile.steps.strip()}\n\n{shown.removeprefix(alone)}"
    return tuple(model.tokenise(steps, special=True))


def language_to_tell(question: str, profile: Profile) -> str:
    """Give the language that a model is told to answer in, by its ISO 639-1 code.

    Empty for English, and for a model whose answers are words of the passages.
    """
    language = language_of(question) if profile.style == "sentence" else ENGLISH
    return "" if language == ENGLISH else language


def example_turn(example: Example) -> tuple[str, str]:
    """Write a worked example as what the user says and what the assistant writes."""
    blocks = "".join(passage_block(text=text, title=title) for title, text in example.passages)
    parts = [part.lstrip() for part in example.reasoning.split(SEARCH_CLOSE)]
    found = [passage_block(text=text, title=title) for title, text in example.found]
    put_in = [f"{SEARCH_CLOSE}\n{block}{OPENING}" for block in found]
    reasoning = "".join(f"{part}{more}" for part, more in zip_longest(parts, put_in, fillvalue=""))
    said = completion(reasoning=reasoning, answer=example.answer)
    language = language_of(example.question)
    asked = question_block(example.question, language="" if language == ENGLISH else language)
    return f"{blocks}{asked}", f"{OPENING}{said}"


def block_tokens(model: LanguageModel, passage: Passage) -> tuple[int, ...]:
    """Tokens of a passage's block, the same whatever its place."""
    block = passage_block(
        text=passage.text, title=passage.title, section=passage.section, head=passage.head
    )
    return tuple(model.tokenise(block))
