"""What is read of Word files: right values in the right block, row and column."""

from pathlib import Path

import pytest

from rare_app.documents.tables import cells_of

from .word_file import WHO, cell, gone, ins, par, row, run, styled, write_docx

FILES = Path(__file__).parent / "files"


def texts(document, kind):
    """Give the texts of a kind of block."""
    return [
        page.text[one.start : one.end]
        for page in document.pages
        for one in page.blocks
        if one.kind == kind
    ]


def value(document, row_name, column, *, table=0):
    """Give the cell of a row and column by their names."""
    lines = texts(document, "table")[table].split("\n")
    rows = [cells_of(line) for line in lines if cells_of(line)]
    index = rows[0].index(column)
    return next(one[index] for one in rows if one[0] == row_name)


def test_tracked_changes_moves_and_comments(read):
    document = read(FILES / "harrow-bluecrest.docx")
    prose = texts(document, "paragraph")
    assert prose[0].startswith("The monthly fee for all buildings is 4,850 euros, payable by")
    assert "three months’ notice to the end of a quarter." in prose[1]
    assert prose[2] == "Stairwells are cleaned twice a week. Windows are cleaned every eight weeks."
    assert prose[-1] == "The contractor may use subcontractors for window cleaning."
    notes = texts(document, "note")
    assert notes[:3] == [
        "[Was changed by K. Sand, 3 February 2026: “4,200” → “4,850”]",
        "[Comment by K. Sand, 30 November 2026] Legal: the yearly ceiling of 60,000 euros was "
        "agreed by phone on 29 January.",
        "[Was changed by K. Sand, 3 February 2026: “six” → “three”]",
    ]
    assert notes[-1] == "[Was changed by K. Sand, 3 February 2026: “not” was deleted]"
    text = document.pages[0].text
    # Old words stand in notes alone, and a move is told once.
    assert text.count("4,200") == 1
    assert sum("every eight weeks" in note for note in notes) == 1
    assert document.title == "Service agreement Harrow"


def test_headers_text_boxes_footnotes_controls_and_merged_heads(read):
    document = read(FILES / "hall4-lease.docx")
    assert texts(document, "running") == [
        "[Page header] Contract no. KV-2207-B",
        "[Page footer] Version 3.1, in force from 14 May 2026",
    ]
    text = document.pages[0].text
    assert text.startswith("# Warehouse lease, hall 4\n\n[Page header]")
    assert text.count("Emergency line, day and night: 0800 555 0199") == 1
    assert text.count("The gate code is changed on the first Monday of each month.") == 1
    assert "Project manager of the landlord: Ilse Brandauer" in texts(document, "paragraph")
    assert "2,480 square metres¹ and a clear height of 9.5 metres." in text
    assert texts(document, "note") == [
        "[Footnote 1] Without the loading bay, which measures 310 square metres."
    ]
    assert value(document, "2027", "Rent (euros a month) · Office") == "1,190"
    assert value(document, "2028", "Rent (euros a month) · Yard") == "530"
    assert value(document, "2027", "Rent (euros a month) · Hall") == "9,700"


def test_a_german_contract(read):
    document = read(FILES / "mietvertrag.docx")
    text = document.pages[0].text
    assert "Die Kaltmiete beträgt 842,50 EUR im Monat." in text
    assert "Hunde und Katzen dürfen nur mit schriftlicher Zustimmung des Vermieters" in text
    assert "Schönheitsreparaturen\n\nDie Schönheitsreparaturen übernimmt der Vermieter." in text
    assert "73,5 m²" in text


def test_a_file_of_pandoc(read):
    document = read(FILES / "supply.docx")
    text = document.pages[0].text
    assert "The brewery buys 15 tonnes of hop pellets a year.¹" in text
    assert "[Footnote 1] Moisture at most 11 per cent by weight." in text
    assert value(document, "Perle", "Harvest 2025") == ""
    assert value(document, "Perle", "Harvest 2026") == "11.90"
    assert value(document, "Tettnang", "Harvest 2026") == "23.75"
    assert texts(document, "table")[0].startswith(
        "Prices by variety (euros a kilogram)\n| Variety |"
    )
    assert texts(document, "item")[:4] == [
        "1. Pellets are delivered in two lots:",
        "  a. the first by 15 November,",
        "  b. the second by 1 March.",
        "2. A lot is refused if the vacuum of a bag is broken.",
    ]
    assert "The buyer keeps the lots cold at 2 degrees." in text
    assert "[Was changed by T. Lindqvist, 2 May 2026: this paragraph was inserted]" in text
    assert (
        "[Comment by T. Lindqvist, 9 May 2026] Agreed with the cold store on 9 May: rent of 640"
        in text
    )


STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Standard">'
    '<w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="Standard"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
    '<w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Klausel"><w:name w:val="Klausel"/>'
    '<w:basedOn w:val="berschrift1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="character" w:styleId="Intern"><w:name w:val="Intern"/>'
    "<w:rPr><w:vanish/></w:rPr></w:style>"
)
LEVEL = (
    '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/>{}<w:lvlText w:val="{}"/></w:lvl>'
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + LEVEL.format(0, "decimal", '<w:pStyle w:val="berschrift1"/>', "§ %1")
    + LEVEL.format(1, "decimal", "", "%1.%2")
    + LEVEL.format(2, "lowerLetter", "", "(%3)")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + LEVEL.format(0, "upperRoman", "", "%1.")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="4"/></w:lvlOverride></w:num>'
)


def listed(content, number, level):
    return par(content, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def control(own, content):
    return f"<w:sdt><w:sdtPr>{own}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def check_box(checked):
    return control(f'<w14:checkbox><w14:checked w14:val="{checked}"/></w14:checkbox>', run("?"))


def vml_box(content):
    return (
        f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox>"
        "</v:shape></w:pict></w:r>"
    )


@pytest.fixture
def clinic(tmp_path, read):
    """Read a contract with everything that Word can put beside a paragraph."""
    merged, down = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rates = "".join(
        (
            row(cell("Service", merged), cell("Rate 2027 (euros)", '<w:gridSpan w:val="2"/>')),
            row(cell("", down), "Day", "Night"),
            row(cell("Anaesthesia", merged), "180", "212"),
            row(cell("", down), "175", f"<w:tc>{par(gone('190') + ins('205'))}</w:tc>"),
            row("Radiology", "140", "170", look=f"<w:del {WHO}/>"),
            row("Laboratory", "", "95", look=f"<w:ins {WHO}/>"),
        )
    )
    inner = "<w:tbl>" + row("Step", "Days") + row("Reply", "3") + row("Repair", "9") + "</w:tbl>"
    body = "".join(
        (
            styled("Cooperation of the clinics", "Titel"),
            styled("Purpose", "Klausel"),
            listed("The clinics share their " + "staff.", 1, 1),
            listed(
                run("Covered: ") + check_box(1) + run(" on-call, ") + check_box(0) + run(" end"),
                1, 2,
            ),
            listed("Second letter.", 1, 2),
            styled("Rates", "Klausel"),
            par(
                run("Rates rise in ") + ins("July")
                + "<w:r><w:endnoteReference w:id='7'/></w:r>" + run(".")
            ),
            f"<w:tbl>{rates}</w:tbl>",
            styled("Termination", "Klausel"),
            listed(run("It ends on ") + control("<w:date/>", run("30 June 2027")) + run("."), 1, 1),
            par(
                run("Insured sum: ")
                + control('<w:alias w:val="Sum"/><w:showingPlcHdr/>', run("Click here"))
            ),
            par(
                run("Bonus of 99 per cent.", "<w:vanish/>")
                + run("Internal 5.", '<w:rStyle w:val="Intern"/>')
            ),
            par(vml_box(par("Emergency: 0700 1122"))),
            par(run("The first half") + gone(" of nothing"), f"<w:rPr><w:del {WHO}/></w:rPr>"),
            par(" goes on here."),
            listed("Point one", 2, 0),
            listed("Point two", 2, 0),
            listed("Point of another list", 3, 0),
            par(
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                "<w:r><w:instrText>REF x</w:instrText></w:r>"
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("See § 2")
                + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
                '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
                + run("10") + run("6", '<w:vertAlign w:val="superscript"/>') + run(".")
            ),
            "<w:tbl>" + row("Stage", "Who", "Plan") + row("Fault", "Clinic", cell(inner + par("")))
            + row("Audit", "Union", "yearly") + row("Visit", "Clinic", "monthly") + "</w:tbl>",
            '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
            '<w:headerReference w:type="first" r:id="header2"/>'
            '<w:headerReference w:type="even" r:id="header3"/>'
            '<w:footerReference w:type="default" r:id="footer1"/><w:titlePg/></w:sectPr>',
        )
    )  # fmt: skip
    return read(
        write_docx(
            tmp_path / "clinic.docx",
            body,
            styles=STYLES,
            numbering=NUMBERING,
            endnotes=f'<w:endnote w:id="7">{par("Taxes are included.")}</w:endnote>',
            header1=par("File no. KB-881"),
            header2=par("Original for the union"),
            header3=par("Never shown"),
            footer1=par('<w:fldSimple w:instr="PAGE">' + run("3") + "</w:fldSimple>"),
        )
    )


def test_numbers_stand_as_word_draws_them(clinic):
    assert texts(clinic, "heading") == [
        "# Cooperation of the clinics", "# § 1 Purpose", "# § 2 Rates", "# § 3 Termination",
    ]  # fmt: skip
    assert texts(clinic, "item") == [
        "  1.1 The clinics share their staff.",
        "    (a) Covered: ☒ on-call, ☐ end",
        "    (b) Second letter.",
        "  3.1 It ends on 30 June 2027.",
        "I. Point one",
        "II. Point two",
        "IV. Point of another list",
    ]


def test_a_table_with_merged_cells_and_changed_rows(clinic):
    table = texts(clinic, "table")[0].split("\n")
    assert table == [
        "| Service | Rate 2027 (euros) · Day | Rate 2027 (euros) · Night |",
        "| --- | --- | --- |",
        "| Anaesthesia | 180 | 212 |",
        "| Anaesthesia | 175 | 205 |",
        "| Laboratory |  | 95 |",
    ]
    notes = texts(clinic, "note")
    who = "[Was changed by N. Fell, 9 May 2026"
    assert f"{who}: the row “Radiology | 140 | 170” was deleted]" in notes
    assert f"{who}: the row “Laboratory” was inserted]" in notes
    assert any("“190” → “205”" in note for note in notes)


def test_a_table_inside_a_table_stands_behind_it(clinic):
    assert texts(clinic, "table")[1].split("\n")[2:] == [
        "| Fault | Clinic |  |", "| Audit | Union | yearly |", "| Visit | Clinic | monthly |",
    ]  # fmt: skip
    assert texts(clinic, "table")[2].split("\n") == [
        "Fault", "| Step | Days |", "| --- | --- |", "| Reply | 3 |", "| Repair | 9 |",
    ]  # fmt: skip


def test_what_hangs_on_paragraphs(clinic):
    text = clinic.pages[0].text
    assert "Rates rise in July[i]." in text
    assert "[Endnote i] Taxes are included." in texts(clinic, "note")
    assert "Insured sum: [Sum: not filled in]" in text
    assert "Emergency: 0700 1122" in texts(clinic, "paragraph")
    assert "The first half goes on here." in texts(clinic, "paragraph")
    assert "[Was changed by N. Fell, 9 May 2026: “of nothing” was deleted]" in texts(clinic, "note")
    assert "See § 2✓10⁶." in texts(clinic, "paragraph")
    assert "REF" not in text
    assert texts(clinic, "running") == [
        "[Page header] File no. KB-881",
        "[Page header of the first page] Original for the union",
    ]


def test_hidden_text_is_left_out_and_named(clinic):
    text = clinic.pages[0].text
    assert "99 per cent" not in text
    assert "Internal" not in text
    assert clinic.notes == ("Hidden text in 1 paragraph was left out.",)


def test_pictures_boxes_in_groups_and_replies(tmp_path, read):
    drawing = (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" descr="Plan of the yard"/><a:graphic>'
        "<a:graphicData><pic:pic/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    box = "<wps:wsp><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx></wps:wsp>"
    group = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wpg'><w:drawing><wp:anchor><wpg:wgp>"
        + box.format(par("Gate A")) + box.format(par("Gate B"))
        + "</wpg:wgp></wp:anchor></w:drawing></mc:Choice><mc:Fallback>"
        + vml_box(par("Gate A")).removeprefix("<w:r>").removesuffix("</w:r>")
        + "</mc:Fallback></mc:AlternateContent></w:r>"
    )  # fmt: skip
    mark = '<w:r><w:commentReference w:id="{}"/></w:r>'
    document = read(
        write_docx(
            tmp_path / "a.docx",
            par(run("See ") + drawing)
            + par(group)
            + par(run("Text.") + mark.format(1) + mark.format(2)),
            comments=(
                f'<w:comment w:id="1" {WHO}><w:p w14:paraId="A1">{run("Really?")}</w:p></w:comment>'
                '<w:comment w:id="2" w:author="B. Ito"><w:p w14:paraId="A2">'
                f"{run('Yes.')}</w:p></w:comment>"
            ),
            commentsExtended=(
                '<w15:commentEx w15:paraId="A1" w15:done="1"/>'
                '<w15:commentEx w15:paraId="A2" w15:paraIdParent="A1" w15:done="0"/>'
            ),
        )
    )
    assert document.pages[0].text == (
        "See [Picture: Plan of the yard]\n\nGate A\n\nGate B\n\nText.\n\n"
        "[Comment by N. Fell, 9 May 2026, resolved] Really?\n\n[Reply by B. Ito] Yes."
    )
    assert document.notes == ("1 picture was not read.",)


def test_formulas_stand_on_one_line(tmp_path, read):
    fraction = (
        "<m:oMath><m:r><m:t>v=</m:t></m:r><m:f><m:num><m:r><m:t>s+1</m:t></m:r></m:num><m:den>"
        "<m:sSup><m:e><m:r><m:t>t</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
        "</m:den></m:f></m:oMath>"
    )
    document = read(write_docx(tmp_path / "a.docx", par(run("Speed: ") + fraction)))
    assert document.pages[0].text == "Speed: v=(s+1)/(t^2)"
