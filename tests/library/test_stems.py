"""Questions find other inflections than theirs, in the language of the document."""

import sqlite3

import pytest

from rare_app.documents import Page
from rare_app.library.stems import stem_text, stemmed_language
from tests.library.test_schema import found

LEASE = (
    "Der Vermieter übernimmt die Reparaturen. Schäden an den Fenstern sind ihm anzuzeigen.\n\n"
    "Haustiere dürfen nur mit Zustimmung gehalten werden. Die Kündigung bedarf der Schriftform."
)
LEASE_AR = "يتحمل المالك الإصلاحات. ويجب إبلاغه فورا عن أي ضرر يلحق بالنوافذ."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (LEASE, "de"),
        (LEASE_AR, "ar"),
        ("The landlord repairs the roof, and the tenant pays the rent in advance.", ""),
        ("饲养宠物须经书面同意，仓鼠等小动物除外。", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_document_is_told(text, language):
    assert stemmed_language([Page(1, text)]) == language


def test_words_are_cut_and_all_else_stays():
    assert stem_text("Die 3 Schäden (E11.9)", "de") == "die 3 schad (e11.9)"
    assert stem_text("The damages", "") == "The damages"


def test_other_inflections_are_found_and_english_ones_still_are(library, write, settings):
    library.add(
        [
            write("lease.txt", LEASE),
            write("ar.txt", LEASE_AR),
            write("roof.txt", "The roofs leak. Repairs were paid for by the landlord."),
        ]
    )
    for word in (
        "Schaden",
        "Fensters",
        "Zustimmungen",
        "Kündigungen",
        "المالكون",
        "leaking",
        "roof",
    ):
        assert len(found(library, word)) == 1, word
    assert found(library, "Schrift Form") == []
    library.remove("lease.txt")
    assert found(library, "Schaden") == []
    with sqlite3.connect(settings.database_path) as db:
        db.execute("INSERT INTO chunk_words (chunk_words, rank) VALUES ('integrity-check', 1)")


def test_a_phrase_is_found_by_the_stems_of_its_words(library, write):
    library.add([write("lease.txt", LEASE)])
    assert len(found(library, "Schaden an dem Fenster")) == 0
    assert len(found(library, "Schaden an den Fenster")) == 1
