import pytest

from rare_app.checks import ListedQuestion, QuestionListError, read_question_list


def write(tmp_path, content, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_columns_are_found_whatever_their_case_and_order(tmp_path):
    path = write(
        tmp_path,
        "\ufeffNo, SOURCE ,Answer,question\r\n"
        '1,bees.md,"2,000|two thousand",How many eggs?\r\n'
        "\r\n"
        '2,,,"Who\nwon?"\r\n'
        "3,a.md | b.md,,Where is it said?\r\n",
    )
    assert read_question_list(path) == [
        ListedQuestion(2, "How many eggs?", ("2,000", "two thousand"), ("bees.md",)),
        ListedQuestion(4, "Who\nwon?", (), ()),
        ListedQuestion(6, "Where is it said?", None, ("a.md", "b.md")),
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_other_separators_and_encodings(tmp_path, separator, encoding):
    text = "question|answer\nWie heißt die Königin, bitte?|Café Müller\nWo?|Köln\n"
    data = text.replace("|", separator).encode(encoding)
    first, _ = read_question_list(write(tmp_path, data))
    assert first.question == "Wie heißt die Königin, bitte?"
    assert first.answers == ("Café Müller",)


def test_a_row_that_ends_early_has_empty_cells(tmp_path):
    path = write(tmp_path, "question,answer,source\nWho?\n")
    assert read_question_list(path) == [ListedQuestion(2, "Who?", (), ())]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "“list.csv” is empty"),
        ("question,answer\n", "holds no question"),
        ("Who?,x\n", "Line 1 of “list.csv” must name the columns .* it names “Who\\?”, “x”"),
        ("question\nWho?\n", "Line 1 of “list.csv” must name the columns"),
        ("question,answer,Question\n", "names the column “question” twice"),
        ("question,answer\nWho?,x\n,y\n", "Line 3 of “list.csv” has no question"),
        ("question,answer\nWho,what?,x\n", "Line 2 of “list.csv” has 3 cells, more than the 2"),
        ("question,source\nWho?,\n", "Line 2 of “list.csv” has no source"),
        ('question,answer\nWho?,x\nWhy?,"y"z\n', "Line 3 of “list.csv” is no CSV"),
        ('question,answer\nWhy?,"y\n', "Line 2 of “list.csv” is no CSV"),
        (b"PK\x03\x04rest", "is a spreadsheet or other file: save it as CSV"),
        (b"\x00\x01\x02\x03", "is a spreadsheet or other file: save it as CSV"),
    ],
)
def test_a_wrong_file_is_one_sentence_that_names_the_line(tmp_path, content, sentence):
    with pytest.raises(QuestionListError, match=sentence) as told:
        read_question_list(write(tmp_path, content))
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(QuestionListError, match=r"“none.csv” cannot be read"):
        read_question_list(tmp_path / "none.csv")
