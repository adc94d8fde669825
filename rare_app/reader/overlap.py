"""Which sentences share most with a question, in a language that no reader was trained for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SHORTEST, _LONGEST = 2, 5
"""Characters of a piece: words of one stem share pieces, as do a compound and its parts; in Chinese
a word is two of them."""
SCALE = 10.0
"""What full likeness is worth beside the scores of the reader, which are in nats."""


def overlap_scores(question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
    """Compare by pieces of words, rare ones counting more (tf-idf, cosine).

    Returns
    -------
    array of float32, shape (sentences,)
        In [0, :data:`SCALE`].
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to import

    if not any(map(str.strip, sentences)):
        return np.zeros(len(sentences), dtype=np.float32)
    pieces = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(_SHORTEST, _LONGEST), sublinear_tf=True
    )
    known = pieces.fit_transform(sentences)
    return np.asarray(
        SCALE * (known @ pieces.transform([question]).T).todense(), np.float32
    ).ravel()
