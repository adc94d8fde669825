from rare_app.reader import clause_starts, paragraph_end


def test_a_paragraph_ends_with_its_line():
    text = "Europe 2,459\nAsia 3,049"
    assert text[: paragraph_end(text, 3)] == "Europe 2,459"
    assert paragraph_end(text, 14) == len(text)


def test_only_long_sentences_are_quoted_by_their_clauses():
    short = "First, second, third."
    assert clause_starts(short, (0, len(short))) == [0]
    long = "Bees fly, " * 30
    assert clause_starts(long, (0, len(long)))[:3] == [0, 10, 20]
