"""Measure how well scans are read: characters that are right, seconds a page, certainty.

``python -m benchmarks.scans [--save FOLDER]`` draws ten pages as a scanner, a fax or a telephone
would give them, reads each as the app does, and compares with what was drawn. The share of right
characters is 1 - edit distance / length, white space and table signs aside. The Chinese page needs
a font that holds the characters and is left out without one.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from rare_app.documents import read_document
from rare_app.export.fonts import fonts_for
from rare_app.log import quiet_environment
from rare_app.settings import load_settings

DPI = 200
SIZE = (1654, 2339)
"""An A4 page at `DPI`, in pixels."""
MARGIN = 160

ENGLISH = """Annual inspection report

The pump house at Wexcombe was inspected on 14 March 2025 by two engineers of the water board.
Pump 1 delivered 412.5 cubic metres an hour at a head of 38 metres, which is 3.2% less than in the
year before. Pump 2 could not be tested because its motor draws more than 96 amperes when it starts.

The bearings of both pumps are to be replaced before 30 September 2025. The board has set aside
£18,460 for the work; the offer of Harrow & Sons amounts to £17,925.40 without tax. A second offer
is expected by the end of May.

The oil of the gear was changed after 2,050 hours of running. Samples were sent to the laboratory
in Devizes (order no. 7731-B), which found 14 mg of iron in a kilogram, against a limit of 25.

Signed: R. Thackeray, chief engineer"""

GERMAN = """Prüfbericht über die Heizungsanlage

Die Anlage in der Grünstraße 17 wurde am 9. Oktober 2024 geprüft. Der Abgasverlust beträgt 7,4 %,
zulässig sind höchstens 9 %. Die Kesseltemperatur erreichte 68 °C, außen herrschten 5 °C. Größere
Mängel wurden nicht festgestellt; die Öldüse weist leichten Verschleiß auf.

Für die Überprüfung fällt eine Gebühr von 86,50 € an, zahlbar bis zum 31. Oktober 2024. Spätere
Zahlungen erhöhen den Betrag um 12,00 €. Die nächste Prüfung ist im Jahr 2026 fällig.

Bezirksschornsteinfeger Jörg Weiß, Tübingen"""

CHINESE = """设备检验报告

二〇二五年三月十四日，水务局两名工程师检查了泵站的全部设备。一号水泵每小时流量为412.5立方米，扬程38米，
比上一年下降3.2%。二号水泵因电机启动电流超过96安培，未能进行测试。

两台水泵的轴承应在2025年9月30日之前更换。预算为18460元，供应商报价17925.40元，不含税。

负责人：王建国"""

LEFT = """The lease of the eastern warehouse runs from 1 June 2023 to 31 May 2028. The rent is 4,250
euros a month and is due on the third working day. It rises by 2% each year on 1 June.
Either side may end the lease at six months' notice if the roof cannot be repaired at a
reasonable cost. The deposit of 12,750 euros is held in a blocked account."""
RIGHT = """The lease of the western warehouse runs from 1 January 2022 to 31 December 2031. The
rent is 6,900 euros a month and includes heating. It is not raised before 2027. The tenant
insures the goods that are stored; the landlord insures the building against fire, storm
and water. The deposit of 20,700 euros was paid on 17 December 2021."""

TABLE_TITLE = "Deliveries by quarter, in tonnes"
TABLE = (
    ("Site", "Q1", "Q2", "Q3", "Q4"),
    ("Aldington", "1,204", "1,318", "987", "1,450"),
    ("Bexhill North", "845", "", "902", "871"),
    ("Cranbrook", "2,316", "2,290", "2,405", "2,118"),
    ("Deal Harbour", "73", "68", "", "91"),
    ("Total", "4,438", "3,676", "4,294", "4,530"),
)


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as it was drawn and what stands on it."""

    name: str
    picture: Image.Image
    text: str
    dpi: tuple[int, int] = (DPI, DPI)


def font_for(text: str, points: float) -> ImageFont.FreeTypeFont | None:
    """Find a font that holds all of a text; ``None`` where there is none on this computer."""
    fonts, missing = fonts_for(text)
    whole = [one for one in fonts if one.characters >= {ord(c) for c in text if not c.isspace()}]
    if missing or not whole:
        return None
    return ImageFont.truetype(str(whole[0].path), round(points * DPI / 72))


def blank() -> Image.Image:
    """Give an empty page."""
    return Image.new("L", SIZE, 255)


def write_paragraphs(
    picture: Image.Image,
    text: str,
    *,
    left: int = MARGIN,
    top: int = MARGIN,
    width: int = SIZE[0] - 2 * MARGIN,
    points: float = 10.5,
) -> int:
    """Write paragraphs, broken to a width in pixels; give where they end, in pixels from above."""
    font = font_for(text, points)
    if font is None:
        raise LookupError("no font holds this text")
    draw = ImageDraw.Draw(picture)
    step = round(font.size * 1.4)
    for paragraph in text.split("\n\n"):
        whole = paragraph.replace("\n", " " if paragraph.isascii() or " " in paragraph else "")
        line = ""
        for part in re.findall(
            r"[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+", whole
        ):
            if line and font.getlength((line + part).rstrip()) > width:
                draw.text((left, top), line.rstrip(), fill=0, font=font)
                line, top = "", top + step
            line += part
        draw.text((left, top), line.rstrip(), fill=0, font=font)
        top += round(step * 1.7)
    return top


def write_table(picture: Image.Image) -> None:
    """Write the table without lines, figures set to the right as books do."""
    font = font_for("".join(map("".join, TABLE)), 11)
    assert font is not None
    draw = ImageDraw.Draw(picture)
    draw.text((MARGIN, MARGIN), TABLE_TITLE, fill=0, font=font)
    for number, row in enumerate(TABLE):
        top = MARGIN + 90 + 62 * number
        draw.text((MARGIN, top), row[0], fill=0, font=font)
        for column, cell in enumerate(row[1:]):
            right = 720 + 240 * column
            draw.text((right - font.getlength(cell), top), cell, fill=0, font=font)


def english() -> Image.Image:
    """Give the clean page that most of the others are made of."""
    picture = blank()
    write_paragraphs(picture, ENGLISH)
    return picture


def tilted(degrees: float) -> Image.Image:
    """Give the page as it lies askew on the glass."""
    return english().rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)


def noisy() -> Image.Image:
    """Give the page on grey paper, with noise."""
    source = np.random.default_rng(7)
    pixels = np.asarray(english(), dtype=np.float32) * 0.6 + 60
    return Image.fromarray(
        np.clip(pixels + source.normal(0, 28, pixels.shape), 0, 255).astype("u1")
    )


def two_columns() -> Image.Image:
    """Give a page of two columns under one heading."""
    picture = blank()
    top = write_paragraphs(picture, "Two leases compared", points=16)
    for number, text in enumerate((LEFT, RIGHT)):
        write_paragraphs(picture, text, left=MARGIN + 690 * number, top=top, width=630)
    return picture


def photograph() -> Image.Image:
    """Give the page as a telephone sees it: perspective, a shadow across, a dark table round it."""
    page = english()
    width, height = SIZE
    around = Image.new("L", (width + 300, height + 300), 70)
    corners = ((190, 130), (width + 90, 210), (width + 190, height + 120), (90, height + 190))
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(
        corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True
    ):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    wanted = [0, 0, width, 0, width, height, 0, height]
    data = np.linalg.solve(np.array(rows, dtype=float), np.array(wanted, dtype=float))
    bent = page.transform(
        around.size,
        Image.Transform.PERSPECTIVE,
        data.tolist(),
        Image.Resampling.BICUBIC,
        fillcolor=70,
    )
    across, down = np.meshgrid(np.linspace(0, 1, around.width), np.linspace(0, 1, around.height))
    light = 0.95 - 0.5 / (1 + np.exp(-14 * (across + 0.4 * down - 0.85)))
    return Image.fromarray((np.asarray(bent) * light).astype("u1"))


def fax() -> Image.Image:
    """Give the page as a fax sends it in standard resolution: 200 x 100 dpi, black and white."""
    return english().resize((SIZE[0], SIZE[1] // 2), Image.Resampling.BOX).convert("1")


def table() -> Image.Image:
    """Give a page with a table."""
    picture = blank()
    write_table(picture)
    return picture


def paragraphs(text: str) -> Image.Image:
    """Give a page of some paragraphs."""
    picture = blank()
    write_paragraphs(picture, text)
    return picture


def make_scans() -> list[Scan]:
    """Draw the ten pages; the Chinese one is left out where no font holds it."""
    leases = "\n".join(("Two leases compared", LEFT, RIGHT))
    cells = "\n".join((TABLE_TITLE, *(" ".join(row) for row in TABLE)))
    kinds: list[tuple[str, Callable[[], Image.Image], str]] = [
        ("clean", english, ENGLISH),
        ("tilted 3°", lambda: tilted(3), ENGLISH),
        ("upside down", lambda: english().rotate(180), ENGLISH),
        ("grey, noisy", noisy, ENGLISH),
        ("two columns", two_columns, leases),
        ("table", table, cells),
        ("German", lambda: paragraphs(GERMAN), GERMAN),
        ("Chinese", lambda: paragraphs(CHINESE), CHINESE),
        ("photograph", photograph, ENGLISH),
    ]
    scans = []
    for name, draw, text in kinds:
        try:
            scans.append(Scan(name, draw(), text))
        except LookupError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return [*scans, Scan("fax", fax(), ENGLISH, (DPI, DPI // 2))]


def bare(text: str) -> str:
    """Leave out white space and what a table's Markdown adds."""
    return re.sub(r"\|( ---)?|\s", "", text)


def share_right(said: str, drawn: str) -> float:
    """Share of characters that were read right: 1 - edit distance / length, at least 0."""
    wanted = bare(drawn)
    return max(0.0, 1 - Levenshtein.distance(bare(said), wanted) / len(wanted))


def main() -> None:
    """Read the pages and print a table."""
    quiet_environment()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", type=Path, help="keep the pictures in this folder")
    parser.add_argument("--show", action="store_true", help="print what was read")
    options = parser.parse_args()
    print("| page | characters right | certainty | seconds |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.save or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for number, scan in enumerate(make_scans(), start=1):
            path = folder / f"{number:02d}.png"
            scan.picture.save(path, dpi=scan.dpi)
            start = time.perf_counter()
            document = read_document(path, name=path.name, settings=load_settings(home=temporary))
            seconds = time.perf_counter() - start
            page = document.pages[0]
            sure = np.mean([place.certainty for place in page.places])
            right = share_right(page.text, scan.text)
            print(f"| {scan.name} | {right:.1%} | {sure:.3f} | {seconds:.1f} |")
            if options.show:
                print(page.text, document.notes, sep="\n")


if __name__ == "__main__":
    main()
