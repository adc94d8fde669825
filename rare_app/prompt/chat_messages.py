"""The app's prompt as chat messages, for models behind a server that have not learned its form."""

import re

from rare_app.prompt.layout import ANSWER_CLOSE, ANSWER_OPEN, SYSTEM, THINK_OPEN

FORM_SYSTEM = (
    f"{SYSTEM}\n\nWrite exactly in this form:\n<think>\n<quote>words copied from a passage, letter "
    "by letter</quote> what follows from them\n</think>\n<answer>the answer, as short as possible"
    "</answer>"
)
"""The system text with the form of a completion spelt out."""

ANSWER_NOW = f"Now write only the answer, inside {ANSWER_OPEN} and {ANSWER_CLOSE}."
"""What is said where the reasoning has ended without an answer."""


# Texts of control tokens of the usual chat templates: ChatML, Llama 2 to 4, Gemma, Phi, Mistral,
# DeepSeek. Servers tokenise a message together with its template, so that such a text would act.
_CONTROL = re.compile(
    r"<(?=[|｜]|/?s>|(?:bos|eos|pad|unk)>|(?:start|end)_of_turn>|</?SYS>>|/?tool_)"
    r"|\[(?=/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|SYSTEM_PROMPT)\])",
    re.IGNORECASE,
)


def defuse_control_tokens(text: str) -> str:
    """Take the force from texts of control tokens, keeping every offset: ``<|`` becomes ``‹|``.

    The model of this machine needs none of it: what documents say is never tokenised as control
    tokens there (:meth:`rare_app.model.LanguageModel.tokenise`).
    """
    return _CONTROL.sub(lambda found: "‹" if found[0] == "<" else "⟦", text)


def chat_messages(asked: str) -> list[dict[str, str]]:
    """Write a question over passages as messages.

    Parameters
    ----------
    asked : str
        The passage blocks and the question block.
    """
    return [
        {"role": "system", "content": FORM_SYSTEM},
        {"role": "user", "content": f"{defuse_control_tokens(asked)}\n\nBegin with {THINK_OPEN}"},
    ]
