"""Picture files as pages, and those that must not be unpacked."""

import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from rare_app.documents import CorruptFileError, TooLargeFileError, TooManyPagesError
from rare_app.documents.pictures import LONGEST, count_pictures, draw_picture


def corner(size=(60, 40), *, mode="L"):
    """A white picture with a black upper left corner."""
    picture = Image.new(mode, size, 1 if mode == "1" else 255)
    ImageDraw.Draw(picture).rectangle((0, 0, 9, 9), fill=0)
    return picture


def dark_corner(picture):
    """Which corner is dark, as (right, lower)."""
    grey = np.asarray(picture.convert("L")).astype(int)
    dark = [
        (right, lower)
        for right in (False, True)
        for lower in (False, True)
        if grey[-5 if lower else 4, -5 if right else 4] < 100
    ]
    assert len(dark) == 1
    return dark[0]


@pytest.mark.parametrize(
    ("orientation", "size", "place"),
    [
        (1, (60, 40), (False, False)),
        (3, (60, 40), (True, True)),
        (6, (40, 60), (True, False)),
        (8, (40, 60), (False, True)),
    ],
)
def test_the_note_of_a_camera_turns_the_page(tmp_path, orientation, size, place):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.jpg"
    corner().save(path, exif=exif, quality=95)
    page = draw_picture(path, number=1, name="a.jpg")
    assert (page.size, page.mode, dark_corner(page)) == (size, "RGB", place)


def test_pixels_of_a_fax_become_square(tmp_path):
    path = tmp_path / "fax.tif"
    corner((400, 100), mode="1").save(path, compression="group4", dpi=(200, 100))
    page = draw_picture(path, number=1, name="fax.tif")
    assert page.size == (400, 200)


def test_what_is_transparent_is_white_and_sixteen_bits_are_read(tmp_path):
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    clear.save(tmp_path / "a.png")
    assert draw_picture(tmp_path / "a.png", number=1, name="a").getpixel((5, 5)) == (255, 255, 255)
    deep = np.full((20, 20), 60000, dtype=np.uint16)
    deep[:9, :9] = 300
    Image.fromarray(deep).save(tmp_path / "b.tif")
    assert dark_corner(draw_picture(tmp_path / "b.tif", number=1, name="b")) == (False, False)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp", "bmp"])
def test_all_formats_are_drawn_and_large_ones_made_smaller(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    corner((4000, 200)).convert("RGB").save(path)
    assert count_pictures(path, name="a", maximum=5) == 1
    page = draw_picture(path, number=1, name="a")
    assert page.size == (LONGEST, round(200 * LONGEST / 4000))


def make_png(path, *, width, height):
    """A PNG file that states a size and holds hardly anything."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


@pytest.mark.parametrize("side", [13_000, 20_000, 100_000])
def test_a_picture_that_would_unpack_to_gigabytes_is_refused(tmp_path, side):
    path = make_png(tmp_path / "bomb.png", width=side, height=side)
    start = time.monotonic()
    with pytest.raises(TooLargeFileError, match=r"“bomb\.png” has more than the 150 million"):
        draw_picture(path, number=1, name="bomb.png")
    assert time.monotonic() - start < 2


def test_a_later_page_of_a_tiff_file_may_not_be_larger(tmp_path):
    path = tmp_path / "a.tif"
    large = Image.new("1", (20_000, 20_000), 1)
    corner(mode="1").save(path, save_all=True, append_images=[large], compression="group4")
    assert count_pictures(path, name="a", maximum=5) == 2
    draw_picture(path, number=1, name="a.tif")
    with pytest.raises(TooLargeFileError, match=r"“a\.tif” has more than.*20,000 × 20,000"):
        draw_picture(path, number=2, name="a.tif")


def test_too_many_pages_are_refused(tmp_path):
    path = tmp_path / "many.tif"
    corner().save(path, save_all=True, append_images=[corner()] * 11)
    assert count_pictures(path, name="many.tif", maximum=12) == 12
    with pytest.raises(TooManyPagesError, match=r"“many\.tif” has more pages than the 11 allowed"):
        count_pictures(path, name="many.tif", maximum=11)


def test_what_is_no_picture_or_cut_short_is_refused(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(CorruptFileError, match=r"“a\.png” is damaged or no picture"):
        count_pictures(path, name="a.png", maximum=5)
    noise = np.random.default_rng(1).integers(0, 255, (200, 200), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(CorruptFileError, match="damaged"):
        draw_picture(path, number=1, name="a.png")
    # An Encapsulated PostScript file would be handed to another program.
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    with pytest.raises(CorruptFileError, match="damaged"):
        count_pictures(path, name="a.png", maximum=5)
