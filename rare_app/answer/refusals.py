"""The refusal as the user reads it: in the language of the question."""

import re
from dataclasses import replace

from rare_app.language import ENGLISH, language_of
from rare_app.prompt import REFUSAL
from rare_app.types import Answer

REFUSALS = {
    ENGLISH: REFUSAL,
    "ar": "لا تجيب المستندات عن هذا السؤال.",
    "de": "Die Dokumente beantworten das nicht.",
    "es": "Los documentos no responden a esta pregunta.",
    "fr": "Les documents ne répondent pas à cette question.",
    "it": "I documenti non rispondono a questa domanda.",
    "ja": "文書はこの質問に答えていません。",
    "ko": "문서에는 이 질문에 대한 답이 없습니다.",
    "nl": "De documenten geven hier geen antwoord op.",
    "pl": "Dokumenty nie odpowiadają na to pytanie.",
    "pt": "Os documentos não respondem a esta pergunta.",
    "ru": "В документах нет ответа на этот вопрос.",
    "sv": "Dokumenten besvarar inte detta.",
    "tr": "Belgeler bu soruyu yanıtlamıyor.",
    "uk": "У документах немає відповіді на це запитання.",
    "zh": "文件没有回答这个问题。",
}
"""The one sentence of the refusal by language (ISO 639-1); the model itself writes the English."""

_WORDS = re.compile(r"[^\W\d_]+")
_KNOWN = tuple(tuple(_WORDS.findall(one.lower())) for one in REFUSALS.values())


def refusal_for(question: str) -> str:
    """Give the refusal in a question's language; in English where it is not among the known."""
    return REFUSALS.get(language_of(question), REFUSAL)


def is_refusal(answer: str) -> bool:
    """Tell whether an answer says, in any of the languages, that the documents do not answer.

    It counts when the refusal sentence is all there is, or opens the answer; capitals and
    punctuation aside.
    """
    words = tuple(_WORDS.findall(answer.lower()))
    return any(words[: len(one)] == one for one in _KNOWN)


def in_its_language(answer: Answer, question: str) -> Answer:
    """Give an answer with its refusal, if it is one, in the language of the question."""
    if answer.answered or not is_refusal(answer.answer):
        return answer
    return replace(answer, answer=refusal_for(question))
