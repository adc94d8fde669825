"""Sentences that say what is to be found out, and not what was found."""

import re

_LOOKED = "investigat|examin|evaluat|assess|stud|test|explor|analy[sz]|address|clarif|compar"
_UNKNOWN = r"(?:unknown|unclear|uncertain|undecided|controversial|debated|not\s+(?:well\s+)?known)"
_ASKING = re.compile(
    rf"""\b(?:
    (?:aims?|purpose|objectives?|goals?|question|hypothes[ie]s|intention)\b.{{0,60}}
        \b(?:is|are|was|were|to|that|whether|if)\b
    | (?:aim(?:s|ed)?|seeks?|sought|hypothesi[sz]ed?|wanted|wished|set\s+out)\s+(?:that|to)\b
    | to\s+(?:determine|ascertain|establish|find\s+out|verify|(?:{_LOOKED})(?:e|y|ze|se)?)\b
    | we\s+(?:have\s+)?(?:asked|(?:{_LOOKED})(?:ed|ied))\b
    | (?:asked?|questions?|determined?|{_UNKNOWN})\s+(?:whether|if)\b
    | (?:little|less|not\s+much)\s+is\s+known\b
    | (?:is|are|was|were|remains?)\s+(?:still\s+)?{_UNKNOWN}\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def leaves_open(sentence: str) -> bool:
    """Tell whether an English sentence names a question and no finding.

    “To find out whether tea helps, …”, “The aim was …”, “It is unknown whether …”: such a sentence
    holds all words of the question and answers nothing.
    """
    return _ASKING.search(sentence) is not None
