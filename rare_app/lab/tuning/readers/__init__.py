"""One reader for each data set; all give :class:`rare_app.lab.tuning.items.Item`."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rare_app.errors import UserError
from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.readers import (
    boolq,
    clapnq,
    covid_qa,
    entailment_bank,
    finqa,
    multihop,
    musique,
    nq_open,
    pubmedqa,
    qasper,
    qed,
    quac,
    squad,
    squad_train,
    strategyqa,
    tatqa,
)

Reader = Callable[[Path], Iterator[Item]]

READERS: dict[str, tuple[Reader, str]] = {
    qed.NAME: (qed.read, "qed"),
    nq_open.NAME: (nq_open.read, "nq_open_oracle"),
    squad.NAME: (squad.read, "squad2_half_dev"),
    squad_train.NAME: (squad_train.read, "squad1_train"),
    quac.NAME: (quac.read, "quac"),
    covid_qa.NAME: (covid_qa.read, "covid_qa"),
    boolq.NAME: (boolq.read, "boolq_dev"),
    pubmedqa.NAME: (pubmedqa.read, "pubmedqa"),
    multihop.NAME: (multihop.read, "multihop"),
    musique.NAME: (musique.read, "multihop"),
    strategyqa.NAME: (strategyqa.read, "strategyqa"),
    entailment_bank.NAME: (entailment_bank.read, "entailment_bank"),
    tatqa.NAME: (tatqa.read, "tatqa"),
    finqa.NAME: (finqa.read, "uda_bench"),
    qasper.NAME: (qasper.read, "uda_bench"),
    clapnq.NAME: (clapnq.read, "clapnq"),
}
"""By name: the reader and the folder (under the data folder) that it reads."""


def read_sets(folder: Path, names: Iterable[str] = ()) -> dict[str, list[Item]]:
    """Read data sets.

    Parameters
    ----------
    folder : Path
        Holds a folder for each set.
    names : iterable of str
        Which sets; empty for every set whose folder is there.

    Returns
    -------
    dict of str to list of Item
        By name of the reader.

    Raises
    ------
    UserError
        A set is unknown, its folder is missing, or a file has the wrong shape.
    """
    chosen = list(names) or [name for name, (_, sub) in READERS.items() if (folder / sub).is_dir()]
    if not chosen:
        raise UserError(f"{folder} holds none of the known data sets: {', '.join(READERS)}.")
    items: dict[str, list[Item]] = {}
    for name in chosen:
        if name not in READERS:
            raise UserError(f"There is no data set “{name}”; known are {', '.join(READERS)}.")
        read, sub = READERS[name]
        if not (folder / sub).is_dir():
            raise UserError(f"The folder {folder / sub} is missing; “{name}” is read from it.")
        items[name] = list(read(folder / sub))
    return items
