"""Words that carry no content of their own."""

STOP_WORDS = frozenset(
    """
    a an and are as at be been being but by can could did do does for from had has have he
    her his how i if in into is it its may might more most no nor not of on or our shall she
    should so than that the their them then there these they this those to was we were what
    when where which who whom whose why will with would yes you your
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""English function words; left out where the words of a question or claim are compared."""
