"""Examples as tokens, cut at the same places where the app cuts its prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rare_app.answer import example_turn, language_to_tell
from rare_app.lab.tuning.groups import Group
from rare_app.lab.tuning.items import Form
from rare_app.lab.tuning.weights import Weights, weigh
from rare_app.model import GENERIC, Profile, frame_chat
from rare_app.prompt import (
    OPENING,
    SYSTEM,
    THINK_OPEN,
    completion,
    passage_block,
    question_block,
    with_likely,
)


@dataclass(frozen=True, slots=True)
class AskedTokens:
    """A question up to the assistant's opening, and the completion with its loss weights."""

    question: tuple[int, ...]
    completion: tuple[int, ...]
    weights: tuple[float, ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class GroupTokens:
    """A group as tokens."""

    data_set: str
    blocks: tuple[tuple[int, ...], ...]
    asked: tuple[AskedTokens, ...]

    @property
    def size(self) -> int:
        """Tokens in all."""
        asked = sum(len(one.question) + len(one.completion) for one in self.asked)
        return sum(map(len, self.blocks)) + asked


class PromptTokens:
    """Tokenise as the app does: prefix, each block, the question and the opening separately.

    Parameters
    ----------
    tokenizer : transformers tokenizer
        A fast one, with a chat template or without.
    weights : Weights
        Loss weights.
    profile : Profile
        Says what the prefix holds.
    form : {"steps", "sentence"}
        What is learned: reasoning and answer, or the answer alone, behind the profile's prefix for
        it.

    Attributes
    ----------
    invocation : tuple of int
        What every question begins with: from there on an activated adapter acts.
    """

    def __init__(
        self,
        tokenizer: Any,
        *,
        weights: Weights,
        profile: Profile = GENERIC,
        form: Form = "steps",
    ) -> None:
        self._tokenizer = tokenizer
        self._weights = weights
        profile = profile.tuned()
        self._profile = profile
        self._in_steps = form == "steps"
        frame = frame_chat(
            tokenizer.chat_template,
            system=profile.system or SYSTEM,
            examples=[example_turn(one) for one in profile.examples],
            bos_token=tokenizer.bos_token or "",
            eos_token=tokenizer.eos_token or "",
        )
        opens = self._in_steps and not frame.after.rstrip().endswith(THINK_OPEN)
        opening = OPENING if opens else ""
        self.prefix = tuple(self.special(frame.before))
        self.ending = (*self.special(frame.after), *self.plain(opening))
        self.end = int(tokenizer.eos_token_id)
        self.invocation = tuple(self.plain(question_block("").rstrip()))

    def plain(self, text: str) -> list[int]:
        """Tokenise text in which special tokens' names are mere text."""
        return list(self._encode(text, split_special=True)["input_ids"])

    def special(self, text: str) -> list[int]:
        """Tokenise the chat template's text, in which special tokens stand."""
        return list(self._encode(text, split_special=False)["input_ids"])

    def group(self, group: Group) -> GroupTokens:
        """Tokenise a group."""
        blocks = tuple(
            tuple(self.plain(passage_block(text=passage.text, title=passage.title)))
            for passage in group.passages
        )
        asked = []
        for question in group.questions:
            text = question.answer
            if self._in_steps:
                text = completion(reasoning=question.reasoning, answer=text)
            coded = self._encode(text, split_special=True)
            weights = weigh(text, coded["offset_mapping"], weights=self._weights)
            told = self._in_steps
            language = language_to_tell(question.question, self._profile) if told else ""
            likely = "" if self._in_steps else question.likely
            block = question_block(with_likely(question.question, likely), language=language)
            asked.append(
                AskedTokens(
                    question=(*self.plain(block), *self.ending),
                    completion=(*coded["input_ids"], self.end),
                    weights=(*weights, self._weights.plain),
                    answerable=question.answerable,
                )
            )
        return GroupTokens(group.data_set, blocks, tuple(asked))

    def groups(self, groups: Sequence[Group]) -> list[GroupTokens]:
        """Tokenise groups."""
        return [self.group(group) for group in groups]

    def _encode(self, text: str, *, split_special: bool) -> dict[str, list[Any]]:
        coded: dict[str, list[Any]] = self._tokenizer(
            text,
            add_special_tokens=False,
            split_special_tokens=split_special,
            return_offsets_mapping=True,
        )
        return coded
