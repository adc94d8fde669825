"""A follow-up that is a piece of a question: “And in 2023?”, “What about the roof?”, “Why?”."""

from rare_app.followups import lexicon as known
from rare_app.followups.parts import Phrase, Question, is_period, periods, take_apart, text_of

_ALIKE = ({"of", "for"}, {"in", "at", "on", "during"})


def finish(tokens: list[str]) -> str:
    """Write words as a question."""
    text = text_of(tokens)
    return f"{text[:1].upper()}{text[1:]}?"


def lowered(question: Question) -> list[str]:
    """Give a question's words with a small first letter, unless it is a name's."""
    first, *rest = question.tokens
    ordinary = first.lower() in known.WH | known.AUXILIARIES | known.PREPOSITIONS
    return [first.lower() if ordinary else first, *rest]


def ask_for(opening: list[str], last: Question, answer: str) -> str:
    """Ask the last question for something else: why, when, by whom.

    Parameters
    ----------
    opening : list of str
        The question word with what belongs to it.
    answer : str
        What was answered; taken up where it is short.
    """
    tokens, (start, end), at = list(last.tokens), last.opening, last.auxiliary
    why = opening[0].lower() in ("why", "how") and len(opening) == 1
    said = short_answer(answer)
    lead = tokens[:start]
    if at is not None and not last.asks_for_subject:
        rest = tokens[at:]
        rest[0] = rest[0].lower()
        identity = {one.lower() for one in tokens[start:end]} & {"what", "which"}
        if why and identity and last.lower[at] in known.BE and said and len(last.phrases):
            subject = last.with_attached(last.phrases[0])
            if subject.end == len(tokens):
                return finish([*lead, *opening, *rest, *said])
        return finish([*lead, *opening, *rest])
    if why and said and last.asks_for_subject and end - start == 1:
        return finish([*lead, *opening, "is", "it", "that", *said, *tokens[end:]])
    asked = _of_subject(opening, last)
    return asked or finish([*lowered(last), ",", "and", *(one.lower() for one in opening)])


def _of_subject(opening: list[str], last: Question) -> str:
    """Ask “by when” of “Who orders the scaffolding?”, which cannot be put in its place."""
    plain = [one.lower() for one in opening]
    at = last.opening[1] if last.auxiliary is None else last.auxiliary + 1
    if at >= len(last.tokens):
        return ""
    verb, rest = last.lower[at], last.tokens[at + 1 :]
    if last.auxiliary is not None:
        some = "something" if last.lower[last.opening[0]] in ("what", "which") else "somebody"
        return finish([*plain, last.lower[last.auxiliary], some, verb, *rest])
    done = _participle(verb)
    passive = take_apart(text_of(["is", *rest])) if done and rest else None
    thing = next((one for one in passive.phrases if one.start == 1), None) if passive else None
    if passive is None or thing is None:
        return ""
    now = verb.endswith("s")
    was = ("are" if thing.plural else "is") if now else ("were" if thing.plural else "was")
    end = passive.with_attached(thing).end
    return finish([*plain, was, *passive.tokens[1:end], done, *passive.tokens[end:]])


def _participle(verb: str) -> str:
    """Give granted for grants, paid for pays; empty for what is no form of a verb that tells."""
    if verb in known.IRREGULAR or verb.endswith("ed"):
        return known.IRREGULAR.get(verb, verb)
    if not verb.endswith("s") or verb.endswith("ss"):
        return ""
    return f"{verb[:-1]}d" if verb.endswith("es") else f"{verb[:-1]}ed"


def short_answer(answer: str) -> list[str]:
    """Give an answer of a few words as words that can stand in a question; else nothing."""
    words = answer.strip().rstrip(".!").split()
    if not 0 < len(words) <= 5 or words[0].lower().strip(",") in ("yes", "no", "not"):
        return []
    if words[0].lower() in known.DETERMINERS | known.PREPOSITIONS:
        words[0] = words[0].lower()
    return words


def put_in(fragment: list[str], last: Question) -> str | None:
    """Put a piece in the place of its like in the last question.

    Returns
    -------
    str or None
        ``None`` where there is no place for it.
    """
    low = [one.lower() for one in fragment]
    if low[0] in known.ADVERBS | known.PREPOSITIONS | known.DETERMINERS:
        fragment = [low[0], *fragment[1:]]
    if low[0] in known.ADVERBS:
        return finish([*last.tokens, *low[:1], *fragment[1:]])
    inner = fragment[1:] if low[0] in known.PREPOSITIONS and len(fragment) > 1 else fragment
    preposition = low[0] if inner is not fragment else ""
    if is_period(inner):
        return _put_period(inner, preposition, last)
    if low[0] in known.WH | known.AUXILIARIES:
        return None
    if preposition:
        return _put_behind(preposition, inner, last)
    return _put_thing(fragment, last)


def _put_period(inner: list[str], preposition: str, last: Question) -> str:
    tokens, low = list(last.tokens), last.lower
    found = list(periods(low))
    if not found:
        joined = preposition or ("in" if inner[-1][:1].isdigit() or inner[0][:1].isalpha() else "")
        return finish([*tokens, *([joined] if joined else []), *inner])
    start, end = found[-1]
    new, old = [one.lower() for one in inner], low[start:end]
    if "of" in old and "of" not in new and not any(one[:1].isdigit() for one in new):
        end = start + old.index("of")  # another quarter, of the same year
    elif new[0].startswith(("q", "h")) and len(new) == 1 and len(old) > 1:
        end = start + 1
    elif "of" in old and all(one.isdigit() for one in new):
        start += len(old) - 1  # the same quarter of another year
    elif len(old) == 2 and old[0][:1] in "qh" and all(one.isdigit() for one in new):
        start += 1
    if preposition and start and low[start - 1] in known.PREPOSITIONS:
        inner, start = [preposition, *inner], start - 1
    return finish([*tokens[:start], *inner, *tokens[end:]])


def _put_behind(preposition: str, inner: list[str], last: Question) -> str:
    alike = next((one for one in _ALIKE if preposition in one), {preposition})
    for wanted in ({preposition}, alike):
        for phrase in reversed(last.phrases):
            if phrase.preposition in wanted and not is_period(phrase.words):
                tokens = list(last.tokens)
                tokens[phrase.start - 1 : phrase.end] = [preposition, *inner]
                return finish(tokens)
    return finish([*last.tokens, preposition, *inner])


def _put_thing(fragment: list[str], last: Question) -> str | None:
    tokens, low = list(last.tokens), last.lower
    bare = fragment[1:] if fragment[0].lower() in known.DETERMINERS else fragment
    if len(bare) == 1:
        word = bare[0].lower()
        for group in known.OPPOSITES:
            if word in group:
                at = next((i for i, one in enumerate(low) if one in group), None)
                if at is not None:
                    tokens[at] = word
                    return finish(tokens)
    new = Phrase(0, len(fragment), tuple(fragment))
    place = _place_of(new, last)
    if place is None:
        return None
    auxiliary = last.auxiliary
    if auxiliary is not None and place.start == auxiliary + 1 and new.plural != place.plural:
        tokens[auxiliary] = agreeing(tokens[auxiliary], plural=new.plural)
    tokens[place.start : place.end] = fragment
    return finish(tokens)


def agreeing(auxiliary: str, *, plural: bool) -> str:
    """Give is for are, does for do, and the other way round."""
    pairs = (("is", "are"), ("was", "were"), ("does", "do"), ("has", "have"))
    for one, several in pairs:
        if auxiliary.lower() in (one, several):
            word = several if plural else one
            return word.capitalize() if auxiliary[0].isupper() else word
    return auxiliary


def _place_of(new: Phrase, last: Question) -> Phrase | None:
    """Choose which of the last question's things gives way to a new one."""
    places = [one for one in last.phrases if not is_period(one.words) and not _is_source(one, last)]
    if not places:
        return None
    for like in ("coded", "of_people", "named"):
        if getattr(new, like):
            alike = [one for one in places if getattr(one, like)]
            if alike:
                return alike[0] if like == "of_people" else alike[-1]
    things = [one for one in places if not one.of_people] or places
    first = things[0]
    if new.head in known.ATTRIBUTES:
        return next((one for one in things if one.head in known.ATTRIBUTES), first)
    if first.head in known.ATTRIBUTES:
        following = next((one for one in things[1:] if one.start == first.end + 1), None)
        return following or first
    return first


def _is_source(phrase: Phrase, last: Question) -> bool:
    """Whether a phrase only says where it is written: according to the lease."""
    before = last.lower[max(0, phrase.start - 2) : phrase.start]
    return before == ["according", "to"] or (
        phrase.head in known.DOCUMENT_WORDS and phrase.preposition in ("in", "under", "by", "per")
    )
