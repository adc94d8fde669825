import pytest

from rare_app.errors import UserError
from rare_app.lab.tuning.records import read_lines, read_list, read_object


def test_broken_line_is_named(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text('{"a": 1}\n\n{"a": \n')
    with pytest.raises(UserError, match=r"data\.jsonl, line 3 is not valid JSON"):
        list(read_lines(path))


def test_missing_and_wrong_fields_are_named(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text('{"a": 1}\n{"b": [1]}\n')
    first, second = read_lines(path)
    assert first.need("a", int) == 1
    with pytest.raises(UserError, match=r"line 1: the field “b” .* is missing"):
        first.need("b", list)
    with pytest.raises(UserError, match="line 2: each of “b” should be an object"):
        second.objects("b")


def test_list_or_lines(tmp_path):
    lines, whole = tmp_path / "a.json", tmp_path / "b.json"
    lines.write_text('{"x": 1}\n{"x": 2}\n')
    whole.write_text('[{"x": 1}, {"x": 2}]')
    assert [r.value for r in read_list(lines)] == [r.value for r in read_list(whole)]
    whole.write_text("[1]")
    with pytest.raises(UserError, match="entry 1 should be an object"):
        list(read_list(whole))


def test_missing_file_and_wrong_document(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_object(tmp_path / "none.json")
    path = tmp_path / "list.json"
    path.write_text("[]")
    with pytest.raises(UserError, match="should open a JSON object"):
        read_object(path)
