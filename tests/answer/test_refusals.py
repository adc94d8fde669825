"""The refusal is read in the question's language, and known in all of them."""

import pytest

from rare_app.answer.refusals import REFUSALS, in_its_language, is_refusal, refusal_for
from rare_app.prompt.layout import REFUSAL
from rare_app.types import Answer

QUESTIONS = {
    "en": "When does the lease of the workshop end?",
    "ar": "متى ينتهي عقد إيجار الورشة؟",
    "de": "Wann endet der Mietvertrag für die Werkstatt?",
    "es": "¿Cuándo termina el contrato de alquiler del taller?",
    "fr": "Quand se termine le bail de l'atelier ?",
    "it": "Quando scade il contratto d'affitto dell'officina?",
    "ja": "作業場の賃貸契約はいつ終わりますか。",
    "ko": "작업장 임대 계약은 언제 끝납니까?",
    "nl": "Wanneer eindigt de huurovereenkomst van de werkplaats?",
    "pl": "Kiedy kończy się umowa najmu warsztatu?",
    "pt": "Quando termina o contrato de arrendamento da oficina?",
    "ru": "Когда заканчивается договор аренды мастерской?",
    "sv": "När upphör hyresavtalet för verkstaden att gälla?",
    "tr": "Atölyenin kira sözleşmesi ne zaman sona eriyor?",
    "uk": "Коли закінчується договір оренди майстерні?",
    "zh": "车间的租约什么时候到期？",
}


@pytest.mark.parametrize("language", REFUSALS)
def test_a_refusal_is_given_in_the_language_of_the_question(language):
    refused = Answer(answered=False, answer=REFUSAL)
    told = in_its_language(refused, QUESTIONS[language])
    assert told.answer == REFUSALS[language]
    assert not told.answered
    assert is_refusal(told.answer)


def test_another_language_is_refused_in_english():
    assert refusal_for("Milloin verstaan vuokrasopimus päättyy?") == REFUSAL


def test_an_answer_and_other_words_stay_as_they_are():
    answer = Answer(answered=True, answer="Am 4. März.")
    assert in_its_language(answer, QUESTIONS["de"]) is answer
    assert not is_refusal("Die Dokumente beantworten das: am 4. März.")
    assert not is_refusal("")
