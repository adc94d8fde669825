"""What an answer rests on: claims, citations, numbers, names, negation, conflict."""

from rare_app.proof.align import cite, find_quote
from rare_app.proof.claims import split_claims, split_sentences
from rare_app.proof.confidence import confidence, signs_of
from rare_app.proof.dating import date_of
from rare_app.proof.kin import Kin, find_kin, newest_first
from rare_app.proof.misread import MISREAD, with_misread
from rare_app.proof.polarity import denials, opposed, polarity
from rare_app.proof.proof import Prover
from rare_app.proof.quoted_claims import rest_on_quotes, rests_aside

__all__ = [
    "MISREAD",
    "Kin",
    "Prover",
    "cite",
    "confidence",
    "date_of",
    "denials",
    "find_kin",
    "find_quote",
    "newest_first",
    "opposed",
    "polarity",
    "rest_on_quotes",
    "rests_aside",
    "signs_of",
    "split_claims",
    "split_sentences",
    "with_misread",
]
