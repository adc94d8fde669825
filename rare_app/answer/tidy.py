"""What a small model leaves in an answer that nobody would: repeated lines, half a bracket."""

from rare_app.prompt import neutralise

_BRACKETS = (("(", ")"), ("[", "]"))


def first_lines(answer: str) -> str:
    """Cut an answer before the first line that it has said already.

    A small model that does not know the answer goes round in circles: what it writes from there on
    says nothing new.
    """
    lines = answer.split("\n")
    said: set[str] = set()
    for number, line in enumerate(lines):
        words = line.casefold().strip(" .")
        if words and words in said:
            return "\n".join(lines[:number]).rstrip()
        said.add(words)
    return answer


def repeats(answer: str) -> bool:
    """Tell whether a whole line of an answer, which may still grow, stands in it twice."""
    whole = answer[: answer.rfind("\n") + 1]
    return first_lines(whole) != whole


def without_odd_bracket(answer: str) -> str:
    """Leave a bracket at an answer's edge out that has no partner: “case-sensitive)”."""
    for opening, closing in _BRACKETS:
        if answer.endswith(closing) and answer.count(closing) > answer.count(opening):
            answer = answer[:-1].rstrip()
        if answer.startswith(opening) and answer.count(opening) > answer.count(closing):
            answer = answer[1:].lstrip()
    return answer


def plain_sentence(said: str, question: str) -> str:
    """Give an answer in one sentence without what nobody would say, and without tags of ours."""
    return as_sentence(without_question(first_lines(neutralise(said.strip())), question))


def as_sentence(answer: str) -> str:
    """Begin an answer with a capital, unless its first word is written otherwise (“iPhone”)."""
    first = answer.split(maxsplit=1)[0] if answer.strip() else ""
    return answer[0].upper() + answer[1:] if first.isalpha() and first.islower() else answer


def without_question(answer: str, question: str) -> str:
    """Leave the question out where an answer begins with it, unless nothing would be left."""
    asked = question.strip()
    if asked and answer.casefold().startswith(asked.casefold()):
        return answer[len(asked) :].lstrip(" \n:–-") or answer
    return answer
