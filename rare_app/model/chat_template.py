"""A model's own chat template, split round the place where passages and question stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_MARK = "RARE-BODY-7f3a"
_PLAIN = ("", "\n\nAnswer:\n")


@dataclass(frozen=True, slots=True)
class ChatFrame:
    """What the chat template puts before and after the user's text.

    Attributes
    ----------
    before : str
        From the start of the prompt (system text included) up to the user's text.
    after : str
        From the end of the user's text up to where the assistant goes on.
    """

    before: str
    after: str


def frame_chat(
    template: str | None,
    *,
    system: str,
    examples: Sequence[tuple[str, str]] = (),
    bos_token: str = "",
    eos_token: str = "",
) -> ChatFrame:
    """Render a Jinja chat template once and split it round the user's text.

    Parameters
    ----------
    template : str or None
        The model's template (``tokenizer.chat_template``); ``None`` for a model without one.
    system : str
        The system text. It goes in front of the user's text where the template knows no system
        role (Gemma, for example).
    examples : sequence of (str, str)
        Turns of user and assistant that stand before the user's text.
    bos_token, eos_token : str
        Texts of the special tokens that the template may name.

    Returns
    -------
    ChatFrame
        Both parts hold special tokens as text and are to be tokenised as such; what the user and
        the documents say is not in them.
    """
    shown = "".join(f"{asked}{_PLAIN[1]}{said}\n\n" for asked, said in examples)
    plain = ChatFrame(before=f"{system}\n\n{shown}", after=_PLAIN[1])
    if not template:
        return plain
    turns = [
        {"role": role, "content": text}
        for pair in examples
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    turns.append({"role": "user", "content": _MARK})
    as_system = [{"role": "system", "content": system}, *turns]
    first = {"role": "user", "content": f"{system}\n\n{turns[0]['content']}"}
    as_user = [first, *turns[1:]]
    for messages in (as_system, as_user):
        try:
            text = _render(template, messages, bos_token=bos_token, eos_token=eos_token)
        except (TemplateError, TypeError, ValueError, KeyError):
            continue
        if text.count(_MARK) == 1 and system in text:
            before, after = text.split(_MARK)
            return ChatFrame(before=before, after=after)
    return plain


def _render(template: str, messages: list[dict[str, str]], **tokens: str) -> str:
    def raise_exception(message: str) -> None:
        raise TemplateError(message)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda form: date(2025, 1, 1).strftime(form)
    values: dict[str, Any] = {**tokens, "messages": messages, "add_generation_prompt": True}
    # Thinking is asked for by our own prompt, in our own tags.
    values["enable_thinking"] = False
    return environment.from_string(template).render(**values)
