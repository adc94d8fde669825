"""Mail: what is said now, what is quoted, what is attached; from several programs."""

import base64
from pathlib import Path

import pytest

from rare_app.documents import CorruptFileError, EncryptedFileError, read_document
from rare_app.documents.quoted import take_apart
from rare_app.documents.worker import ReaderWorker

FILES = Path(__file__).parent / "files"
HEAD = (
    "From: Ana <ana@x.example>\nTo: bo@x.example\nSubject: Plan\nMessage-ID: <1@x>\n"
    "Date: Mon, 01 Jun 2026 08:00:00 +0000\nMIME-Version: 1.0\n"
)


@pytest.fixture
def read(settings):
    def read(name: str | Path):
        path = Path(name) if isinstance(name, Path) else FILES / name
        return read_document(path, name=path.name, settings=settings)

    return read


@pytest.fixture
def read_text(tmp_path, read):
    def read_text(text: str | bytes, name: str = "mail.eml"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read(path)

    return read_text


def blocks(document, number=0):
    page = document.pages[number]
    return [(one.kind, page.text[one.start : one.end]) for one in page.blocks]


def test_header_lines_come_first_and_the_body_is_decoded(read):
    document = read("press-service.eml")
    assert document.title == "AW: Wartung der Presse"
    assert document.page_kind == "message"
    found = blocks(document)
    assert found[0] == (
        "heading",
        "# Mail from Jörg Müßig, 30 April 2026: AW: Wartung der Presse",
    )
    assert [text for kind, text in found if kind == "field"] == [
        "From: Jörg Müßig <mueszig@werk.example>",
        "To: petra@kunde.example",
        "Date: Thursday, 30 April 2026, 16:05 +0200",
        "Subject: AW: Wartung der Presse",
    ]
    said = "\n".join(text for kind, text in found if kind == "paragraph")
    assert "Dienstag, den 12. Mai verschoben. Ich komme um 07:30 Uhr." in said
    assert "Frau Öztürk" in said
    assert "5. Mai" not in said
    notes = [text for kind, text in found if kind == "note"]
    assert notes[0] == "[Signature] Werk GmbH, Tel. 0711 5550"
    assert notes[1].startswith(
        "[Quoted from Petra Groß <petra@kunde.example>, Dienstag, 28. April 2026 10:14]"
    )
    assert "bleibt es bei der Wartung am 5. Mai um 9 Uhr?" in notes[1]


def test_html_alone_gives_its_table_and_what_it_quotes(read):
    text = read("pump-prices.eml").pages[0].text
    assert "| Pompe | Prix |\n| --- | --- |\n| P-10 | 940 € |\n| P-20 | 1 280 € |" in text
    quoted = next(line for line in text.split("\n\n") if line.startswith("[Quoted from"))
    assert "Le lun. 4 mai 2026 à 09:12, Luc Petit <luc@x.example> a écrit]" in quoted
    assert "20 % de remise" in quoted
    assert "12 pompes" in quoted


def test_answers_between_what_is_quoted_keep_their_order(read):
    document = read("lift.eml")
    found = [text for kind, text in blocks(document) if kind in ("note", "paragraph")]
    mark = "[Quoted from an earlier mail: On 2 Jun 2026, at 08:10, Bo <bo@z.example> wrote]"
    assert found == [
        f"{mark} When is the lift?",
        "On 14 June, and it begins at 6 in the morning.",
        "[Quoted from an earlier mail] How many cranes did Kai offer?",
        f"{mark} And how many cranes?",
        "Two cranes.",
    ]
    assert document.notes == ("1 picture inside the text was not read.",)
    (inside,) = document.attachments
    assert inside.name == "Crane plan.eml"
    assert b"Crane B lifts 40 tonnes." in inside.data


def test_a_box_has_a_message_a_page(read):
    document = read("pump-room.mbox")
    assert document.page_kind == "message"
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert "The pump room closes at 17:00." in document.pages[1].text
    assert "17:00" not in document.pages[0].text
    assert "\nFrom Monday on the keys lie at gate 2." in document.pages[2].text


@pytest.mark.parametrize(
    "first", ["From ", "From ida@x.example", "From - Mon May  4 10:00:00 2026"]
)
def test_a_box_is_known_whatever_its_program_writes_between_messages(tmp_path, read, first):
    mail = f"{first}\nFrom: ida@x.example\nSubject: Lift\n\nThe lift stands still.\n\n"
    path = tmp_path / "a.mbox"
    path.write_text(mail * 2)
    assert [one.text.split("\n")[-1] for one in read(path).pages] == ["The lift stands still."] * 2


def test_outlook_messages_of_two_programs(read):
    document = read("cold-room.msg")
    text = document.pages[0].text
    assert "From: Ilse Brandauer <ilse@k.example>\nTo: Ben Köhler <ben@k.example>\n" in text
    assert "Date: Saturday, 20 June 2026, 09:05 +0000" in text
    # Its plain text has lost the table.
    assert "| Raum | Soll |\n| --- | --- |\n| 2 | 7 °C |\n| 3 | 4 °C |" in text
    assert [(one.name, one.data) for one in document.attachments] == [
        ("plan.csv", b"Raum,Watt\n3,950\n")
    ]
    document = read("hall-9.msg")
    found = blocks(document)
    assert ("paragraph", "Edda Kron leitet die Halle 9 ab dem 3. August.") in found
    assert found[-1][0] == "note"
    assert "Bleibt Tom Pahl Leiter bis Ende Juli?" in found[-1][1]
    assert [one.name for one in document.attachments] == ["Old plan.eml", "codes.txt"]
    assert b"The lift is in Halle 7." in document.attachments[0].data
    assert "Die Prüfung ist am 4. Mai.\n\nRaum 12" in read("rtf-only.msg").pages[0].text


@pytest.mark.parametrize(
    ("text", "said", "quoted"),
    [
        ("Yes.\n\n-----Ursprüngliche Nachricht-----\nVon: Ulf\nGesendet: 3. Mai 2026 10:00\n"
         "An: Ida\n\nKommt ihr?", "Yes.", "Kommt ihr?"),
        ("是的。\n\n发件人: 李雷 <li@x.example>\n日期: 2026年5月3日 10:00\n收件人: 韩梅\n"
         "主题: 计划\n\n你来吗?", "是的。", "你来吗?"),
        ("Sí.\n\nEl 3 may 2026, a las 10:00, Eva <eva@x.example>\nescribió:\n\n> ¿Vienes?", "Sí.",
         "¿Vienes?"),
        ("Ja.\n\nAm 03.05.26 um 10:00 schrieb Ulf:\n> Kommst du\n> heute?", "Ja.",
         "Kommst du\nheute?"),
        ("> Ulf, 3 May:\n> Coming?\n\nYes.", "Yes.", "Coming?"),
    ],
)  # fmt: skip
def test_quoted_mail_is_known_by_structure(text, said, quoted):
    found = take_apart(text, subject="")
    assert [one.text for one in found if not one.depth] == [said]
    assert quoted in "\n".join(one.text for one in found if one.depth)
    assert all(one.origin for one in found if one.depth)


@pytest.mark.parametrize(
    "text",
    [
        "The list:\n\nName: Ulf Brandt\nRoom: 14\nBegin: 3 May 2026 10:00",
        "At 10:00 on 3 May 2026 we need:\n\n- two cranes\n- a lift",
        "a > b\n5 > 3 holds",
    ],
)
def test_what_only_looks_like_it_is_said_now(text):
    assert all(not one.depth for one in take_apart(text, subject="Plan"))


def test_plain_text_is_preferred_unless_it_says_nothing(read_text):
    def both(plain: str, page: str):
        return read_text(
            HEAD + "Content-Type: multipart/alternative; boundary=B\n\n--B\n"
            f"Content-Type: text/plain\n\n{plain}\n--B\nContent-Type: text/html\n\n{page}\n--B--\n"
        ).pages[0].text  # fmt: skip

    assert "The lift is at 9." in both("The lift is at 9.", "<p>The lift is at nine.</p>")
    long = "The lift is at nine in hall 4, and both cranes are there. " * 5
    assert "hall 4" in both("This mail is HTML.", f"<p>{long}</p>")


def test_charsets_that_are_wrong_or_missing(read_text):
    koi = HEAD + "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n"
    data = koi.encode() + base64.encodebytes("Ключ лежит у ворот 2.".encode("koi8-r"))
    assert "Ключ лежит у ворот 2." in read_text(data).pages[0].text
    data = HEAD.encode() + b"Content-Type: text/plain; charset=x-nowhere\n\nGr\xc3\xb6\xc3\x9fe 4"
    assert "Größe 4" in read_text(data).pages[0].text
    data = HEAD.replace("Ana", "Jürgen").encode("latin-1") + b"\nGr\xf6\xdfe 5"
    text = read_text(data).pages[0].text
    assert "Größe 5" in text
    assert "Jürgen" in text


def test_a_mail_is_known_by_its_content(read_text):
    assert read_text(HEAD + "\nHello there.", "saved.txt").media_type == "message/rfc822"
    named = HEAD + "Content-Type: text/plain; name=body.txt\n\nThe gate is open."
    assert "The gate is open." in read_text(named).pages[0].text
    since = "From January 2021 on\nName: Ulf\nRoom: 14\n"
    assert read_text(since, "list.txt").media_type == "text/plain"
    memo = "From: the board\nTo: all\n\nWe meet on Monday."
    assert read_text(memo, "memo.txt").media_type == "text/plain"


def test_encrypted_mail_is_refused_with_the_way_out(read_text):
    sealed = HEAD + "Content-Type: application/pkcs7-mime; name=smime.p7m\n\nAAAA\n"
    with pytest.raises(EncryptedFileError, match="encrypted mail: open it in your mail program"):
        read_text(sealed)


def test_hostile_mail_is_bounded(read_text, settings, tmp_path):
    many = "".join(
        f"--B\nContent-Disposition: attachment; filename=../x{n}.txt\n\n{n}\n" for n in range(300)
    )
    document = read_text(f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n{many}--B--\n")
    assert len(document.attachments) == 200
    assert document.notes == ("100 attachments beyond the first 200 were not read.",)
    assert not any("/" in one.name for one in document.attachments)
    deep = HEAD + "".join(
        f"Content-Type: multipart/mixed; boundary=B{n}\n\n--B{n}\n" for n in range(3000)
    )
    path = tmp_path / "deep.eml"
    path.write_text(deep + "\nHello.")
    with ReaderWorker(settings=settings) as worker:
        with pytest.raises(CorruptFileError, match=r"“deep\.eml” cannot be read"):
            worker.read(path, name=path.name)
        lines = "> " * 20_000 + "x\n" + "a:\n" * 50_000
        path.write_text(HEAD + "\n" + lines)
        assert worker.read(path, name=path.name).pages


def test_a_long_message_goes_over_parts(read_text):
    document = read_text(HEAD + "\n" + "\n\n".join(f"Paragraph {n} of it." for n in range(3000)))
    assert document.page_kind == "part"
    assert len(document.pages) > 1
    assert "Paragraph 2999 of it." in document.pages[-1].text


def test_attachments_come_through_the_worker(settings):
    with ReaderWorker(settings=settings) as worker:
        document = worker.read(FILES / "cold-room.msg", name="cold-room.msg")
    assert document.attachments[0].data == b"Raum,Watt\n3,950\n"


def test_a_block_quote_of_a_page_is_an_earlier_mail(read_text):
    page = (
        "<p>The belts arrive on 9 April.</p><p>On 2 March 2026, Bo wrote:</p>"
        "<blockquote><p>Will they arrive on 24 March?</p><table><tr><td>Gate</td></tr></table>"
        "</blockquote><p>Regards, Ana</p>"
    )
    document = read_text(HEAD + f"Content-Type: text/html\n\n<html><body>{page}</body></html>")
    found = blocks(document)
    assert any(kind == "note" and "Will they arrive on 24 March?" in text for kind, text in found)
    said = "\n".join(text for kind, text in found if kind == "paragraph")
    assert "9 April" in said
    assert "24 March" not in said
