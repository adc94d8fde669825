import json
import logging
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from docx import Document

from rare_app import cli, model
from rare_app.answer import Assistant
from rare_app.chats import Asked, ChatStore
from rare_app.errors import UserError
from rare_app.library import Library
from rare_app.present import answer_data
from rare_app.settings import PROJECT_FOLDER
from rare_app.types import Answer, Done, Step, Writing

from .conftest import BRIDGES, passage
from .model.make import make_model


@pytest.fixture
def run(settings, embedder, engine, monkeypatch, capfd):
    """Run commands in this process, with the embedder and the model that are loaded already."""
    monkeypatch.setenv("RARE_HOME", str(settings.home))
    monkeypatch.setenv("RARE_REASONING_TOKENS", "16")
    monkeypatch.setenv("RARE_ANSWER_TOKENS", "8")
    monkeypatch.setattr("rare_app.library.library.Embedder", lambda **_: embedder)
    monkeypatch.setattr("rare_app.services.Engine", lambda **_: engine)
    monkeypatch.setattr(engine, "close", lambda: None)
    handlers = list(logging.getLogger().handlers)

    def run_command(*arguments):
        capfd.readouterr()
        status = cli.main([str(one) for one in arguments])
        out, err = capfd.readouterr()
        return status, out, err

    yield run_command
    logging.getLogger().handlers[:] = handlers


def only_document(out):
    """Check that stdout holds one JSON document and nothing else."""
    value = json.loads(out)
    assert out == json.dumps(value, ensure_ascii=False) + "\n"
    return value


def test_a_process_of_its_own_keeps_stdout_clean(settings, write):
    """Start, libraries and the reader's process say nothing on stdout."""
    command = [sys.executable, "-m", "rare_app", "add", "--json", "--home", str(settings.home)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RARE_")}
    files = [str(write("bees.md")), str(write("none.md").with_name("gone.md"))]
    done = subprocess.run(
        [*command, *files],
        capture_output=True,
        text=True,
        cwd=PROJECT_FOLDER,
        env=environment,
        check=False,
    )
    assert done.returncode == 0
    report = only_document(done.stdout)
    assert set(report) == {"added", "skipped", "failed", "seconds"}
    assert report["added"][0]["document"] == "bees.md"
    assert {"document", "pages", "chunks"} <= set(report["added"][0])
    assert set(report["failed"][0]) == {"path", "reason"}
    assert "bees.md: added" in done.stderr


@pytest.mark.model
def test_a_terminal_is_told_what_is_read(run, write, monkeypatch):
    run("add", write("gate.md", "# Gate\n\nThe western gate of the yard is locked at 21:40.\n"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = "\rReading 1 passage that is new to the model …"
    question = "When is the western gate of the yard locked?"
    status, out, _ = run("ask", question, "--json", "--adapter", "none")
    assert status == 0
    assert only_document(out)["passages"]
    _, _, told = run("ask", f"{question} Say so.", "--memory", "off", "--adapter", "none")
    assert "\rReading 1 passage …\rReading 1 passage … 1 of 1\n" in told
    _, _, told = run("ask", question, "--adapter", "none")
    assert "Reading" not in told, "it was read by the first question"
    run("add", write("well.md", "# Well\n\nThe well of the yard is 31 metres deep.\n"))
    _, _, told = run("ask", "How deep is the well of the yard?", "--adapter", "none")
    assert f"{line}{line} 1 of 1" in told


def test_add_list_retrieve_remove(run, settings, write):
    files = [write("bees.md"), write("bridge.md", BRIDGES)]
    status, out, _ = run("add", *files, "--collection", "c", "--json")
    assert status == 0
    assert [one["document"] for one in only_document(out)["added"]] == ["bees.md", "bridge.md"]
    status, out, _ = run("add", files[0], "--collection", "c", "--json")
    assert status == 0
    assert only_document(out)["skipped"][0]["reason"] == "“bees.md” is already in the library."

    _, out, _ = run("list", "--json")
    listed = only_document(out)["documents"]
    assert [(one["document"], one["collection"], one["pages"]) for one in listed] == [
        ("bees.md", "c", 1),
        ("bridge.md", "c", 1),
    ]
    _, out, _ = run("collections", "--json")
    [counted] = only_document(out)["collections"]
    assert (counted["name"], counted["documents"]) == ("c", 2)

    status, out, _ = run(
        "retrieve", "Which tracks are there?", "-k", 1, "--collection", "c", "--json"
    )
    [found] = only_document(out)["passages"]
    assert {"document", "page", "start", "end", "text", "score"} <= set(found)
    assert (found["document"], found["page"]) == ("bridge.md", 1)

    queries = write(
        "queries.jsonl", '{"id": "q1", "question": "eggs"}\n{"id": 2, "question": "rail"}'
    )
    status, out, _ = run("retrieve", "--file", queries, "-k", 1, "--collection", "c", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [one["id"] for one in lines] == ["q1", "2"]
    assert [one["passages"][0]["document"] for one in lines] == ["bees.md", "bridge.md"]

    status, out, _ = run("remove", "bees.md", "--json")
    assert only_document(out)["removed"]["document"] == "bees.md"
    _, out, _ = run("list")
    assert out.startswith("c\tbridge.md\t1 part")
    assert run("remove", "bridge.md") == (0, "Removed “bridge.md”.\n", "")
    assert "The library is empty" in run("list")[1]
    assert (settings.logs_path / "rare.log").is_file()


def test_what_the_user_can_mend_is_one_sentence_and_status_1(run, write):
    empty = write("empty.md", "")
    cases = write("cases.jsonl", '{"question": "Q?"}\n{')
    good = write("good.jsonl", '{"question": "Q?"}')
    for arguments, sentence in [
        (("remove", "x.md"), "There is no document “x.md”"),
        (("retrieve", ""), "The question is empty"),
        (("ask", "q" * 50_000), "The question has 50,000 characters"),
        (("ask", "Q?", "--collection", "x"), "There is no collection “x”"),
        (("add", empty), "“empty.md” is empty"),
        (("evaluate", cases), "line 2 of “cases.jsonl” is not JSON"),
        (("evaluate", empty.with_name("none")), "does not exist: check the path"),
        (("evaluate", good, "--output", empty / "x"), "cannot be written"),
        (("retrieve", "--file", empty.with_name("none")), "does not exist: check the path"),
    ]:
        status, out, err = run(*arguments, "--json")
        assert status == 1, arguments
        assert sentence in err
        assert "Traceback" not in err
        assert not out or only_document(out)


@pytest.mark.parametrize(
    "arguments",
    [[], ["sing"], ["retrieve"], ["retrieve", "q", "--file", "f"], ["retrieve", "q", "-k", "0"]],
)
def test_wrong_usage_is_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_mistake_of_ours_goes_to_the_log(run, settings, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("inside")

    monkeypatch.setattr(Library, "documents", fail)
    status, out, err = run("list", "--json")
    assert (status, out) == (1, "")
    assert "Something went wrong that should not" in err
    assert "RuntimeError: inside" in (settings.logs_path / "rare.log").read_text()


@pytest.mark.model
def test_ask_gives_the_contract(run, write):
    run("add", write("bees.md"))
    status, out, _ = run("ask", "How many eggs does the queen lay?", "-k", 1, "--json")
    assert status == 0
    answer = only_document(out)
    assert {
        *("answered", "answer", "reasoning", "claims", "passages", "model", "adapter"),
        *("timings", "tokens"),
    } <= set(answer)
    assert set(answer["timings"]) == {"retrieve_s", "first_token_s", "total_s"}
    assert set(answer["tokens"]) == {"prompt", "prompt_from_memory", "generated"}
    assert len(answer["passages"]) == 1
    for claim in answer["claims"]:
        assert {"text", "supported", "score", "citations"} <= set(claim)
        for one in claim["citations"]:
            assert set(one) == {"document", "page", "start", "end", "quote"}


@pytest.mark.model
def test_ask_takes_the_options_of_a_closed_question(run, write):
    run("add", write("bees.md"))
    status, out, _ = run(
        *("ask", "How do the bees pass the winter?", "-k", 1, "--adapter", "none"),
        *("--choices", "in a cluster, alone", "--json"),
    )
    assert status == 0
    answer = only_document(out)
    assert answer["choice"] in (("in a cluster", "alone") if answer["answered"] else ("",))
    status, _, err = run("ask", "How?", "--choices", "alone,")
    assert status == 1
    assert "“alone” is the only choice" in err


def test_ask_exports_what_it_answers(run, write, tmp_path):
    run("add", write("bees.md"))
    question = "How many eggs does the queen lay?"
    path = tmp_path / "Eggs.docx"
    status, out, err = run("ask", question, "-k", 1, "--json", "--export", path)
    assert status == 0
    assert "Eggs.docx" in err
    text = [one.text for one in Document(str(path)).paragraphs]
    assert text[0] == question
    assert only_document(out)["answer"].split()[0] in " ".join(text)
    status, _, err = run("ask", question, "--export", tmp_path / "eggs.exe")
    assert status == 1
    assert "must end in .md" in err


@pytest.mark.model
def test_ask_says_on_stderr_once_that_a_model_has_no_memory(run, write, engine, monkeypatch):
    run("add", write("bees.md"))
    notices = ["“m” cannot use stored memory", ""]
    monkeypatch.setattr(engine, "take_notice", lambda _: notices.pop(0))
    for said in (1, 0):
        status, out, err = run("ask", "How many eggs does the queen lay?", "-k", 1, "--json")
        assert (status, err.count("cannot use stored memory")) == (0, said)
        only_document(out)


@pytest.mark.model
def test_ask_writes_each_of_several_answers_below_what_was_asked(run, write, monkeypatch):
    parts = ("How many eggs does the queen lay?", "How loud is the queen?")
    monkeypatch.setattr(Assistant, "_parts", lambda *_: parts)
    run("add", write("bees.md"))
    question = "How many eggs does the queen lay, and how loud is the queen?"
    status, out, _ = run("ask", question, "-k", 1)
    assert status == 0
    first, second = out.split("How loud is the queen?")
    assert first.strip().startswith("How many eggs does the queen lay?")
    assert "– bees.md, 1: “" in first
    assert second.strip()


def test_ask_tells_its_steps_in_plain_words(run, write, monkeypatch):
    source = passage("Costs were 30 and 28.", document="Report.pdf", number=3)
    begun = "<quote>Costs were 30 and 28.</quote> <calc>30 - 28</calc> = 2"
    whole = f"{begun} <search>income 2022</search> So"
    answer = Answer(
        answered=True,
        answer="By 2.",
        reasoning=whole,
        passages=(source,),
        steps=(
            Step("calculation", "30 - 28", result="2"),
            Step("search", "income 2022", passages=(0,)),
            Step("search", "income 1999"),
        ),
    )
    events = [Writing(begun, ""), Writing(whole, ""), Writing("Anew.", ""), Done(answer)]
    monkeypatch.setattr(Assistant, "ask", lambda *_, **__: iter(events))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run("add", write("bees.md"))
    status, out, told = run("ask", "Why?")
    assert status == 0
    shown = "“Costs were 30 and 28.” 30 - 28 = 2\nLooking for “income 2022” …\n So\nAnew."
    assert told.endswith(shown)
    assert out.splitlines()[1:] == [
        "By 2.",
        "  – 30 − 28 = 2",
        "  – Looked for “income 2022”: found Report.pdf, 3",
        "  – Looked for “income 1999”: nothing more was found",
    ]


@pytest.mark.model
def test_evaluate_keeps_each_answer(run, write, tmp_path):
    cases = write(
        "cases.jsonl",
        '{"id": "a", "question": "Which bee lays?", "passages": ["The queen lays."], "answers": '
        '["The queen"], "evidence": ["queen"]}\n{"id": "b", "question": "Why?", "answers": []}',
    )
    kept = tmp_path / "kept.jsonl"
    status, out, err = run("evaluate", cases, "--adapter", "none", "--output", kept, "--json")
    assert status == 0
    figures = only_document(out)
    assert set(figures) == {
        *("cases", "token_f1", "answer_recall", "exact_match", "choice_accuracy"),
        "abstained_when_unanswerable",
        *("abstained_when_answerable", "quotes_verbatim", "evidence_recall", "first_token_s"),
        *("seconds", "intervals"),
    }
    assert set(figures["intervals"]) < set(figures)
    assert figures["cases"] == 2
    assert figures["abstained_when_unanswerable"] == 1  # the library is empty
    assert "2 cases" in err
    first, second = map(json.loads, kept.read_text().splitlines())
    assert (first["id"], second["id"], second["answered"]) == ("a", "b", False)
    assert first["passages"][0]["text"] == "The queen lays."


def test_models_are_listed_with_the_default(run, settings):
    make_model(settings.model_paths[0] / "mine.gguf")
    _, out, _ = run("models", "--json")
    data = only_document(out)
    assert [one["name"] for one in data["models"] if one["default"]] == [
        model.bundled_model_path().stem
    ]
    assert "mine" in [one["name"] for one in data["models"]]
    assert "* SmolLM2" in run("models")[1]


def test_doctor_tells_by_its_status(run, settings, monkeypatch):
    monkeypatch.setattr("rare_app.doctor.check_model", lambda path: "")
    monkeypatch.setattr("rare_app.doctor._LOW_DISK_MB", 1)
    monkeypatch.setattr("rare_app.doctor._LOW_MEMORY_MB", 1)
    status, out, _ = run("doctor", "--json")
    report = only_document(out)
    assert (status, report["ok"]) == (0, True)
    assert {"name", "ok", "detail"} == set(report["findings"][0])
    monkeypatch.setenv("RARE_MODEL", "missing")
    status, out, err = run("doctor")
    assert status == 1
    assert "BAD  Model: There is no model “missing”" in out
    assert "Model: There is no model “missing”" in err


def test_how_quotes_are_written_is_an_option(run, monkeypatch):
    seen = []

    def refuse(settings):
        seen.append(settings.quoting)
        raise UserError("enough")

    monkeypatch.setattr("rare_app.services.services", refuse)
    for option in ((), ("--quoting", "free"), ("--quoting", "constrained")):
        assert run("ask", "Why?", *option)[0] == 1
    assert seen == ["guided", "free", "constrained"]


def test_ctrl_c_while_the_model_reads_is_a_stop(run, monkeypatch):
    def stopped(*_, **__):
        raise model.Cancelled

    monkeypatch.setattr("rare_app.model.choose_model", stopped)
    assert run("models")[0::2] == (130, "Stopped.\n")


@pytest.mark.model
def test_memory_is_built_told_and_cleared(run, settings, write, monkeypatch):
    own = model.Engine(settings=settings)
    monkeypatch.setattr("rare_app.services.Engine", lambda **_: own)
    close = own.close
    monkeypatch.setattr(own, "close", lambda: None)
    assert run("add", write("bees.md"))[0] == 0
    status, out, _ = run("memory", "build", "--json")
    built = only_document(out)
    assert (status, built["state"], built["read"]) == (0, "idle", built["chunks"])
    assert built["blocks"] == built["chunks"] + 1  # the prefix is stored, too
    told = only_document(run("memory", "status", "--json")[1])
    assert (told["blocks"], told["bytes"]) == (built["blocks"], built["bytes"])
    cleared = only_document(run("memory", "clear", "--json")[1])
    assert (cleared["removed"], cleared["blocks"]) == (built["blocks"], 0)
    close()


@pytest.mark.model
def test_documents_are_pinned_and_let_go(run, settings, write, monkeypatch):
    own = model.Engine(settings=replace(settings, memory_gb=0.002, memory_bits=16))
    monkeypatch.setattr("rare_app.services.Engine", lambda **_: own)
    close = own.close
    monkeypatch.setattr(own, "close", lambda: None)
    assert run("add", write("bees.md"), write("bridge.md", BRIDGES))[0] == 0
    for name in ("bees.md", "bridge.md"):
        status, out, _ = run("memory", "pin", name, "--json")
        assert (status, only_document(out)["document"]) == (0, name)
    _, out, err = run("memory", "build", "--json")
    built = only_document(out)
    assert built["pinned_documents"] == ["bees.md", "bridge.md"]
    assert built["read"] < built["chunks"]
    assert built["pinned"] == built["blocks"]
    assert "unpin some, or set RARE_MEMORY_GB higher" in err
    assert [one["pinned"] for one in only_document(run("list", "--json")[1])["documents"]] == [
        True,
        True,
    ]
    assert run("memory", "unpin", "bees.md")[0] == 0
    assert "pinned_documents: bridge.md\n" in run("memory", "status")[1]
    assert run("memory", "unpin", "bridge.md")[0] == 0
    _, out, err = run("memory", "status")
    assert "pinned_documents: none\n" in out
    assert err == ""
    status, _, err = run("memory", "pin", "nothing.md")
    assert (status, "There is no document “nothing.md”" in err) == (1, True)
    for wrong in (("pin",), ("status", "bees.md")):
        with pytest.raises(SystemExit):
            run("memory", *wrong)
    close()


def test_memory_that_is_off_is_said_to_be(run, monkeypatch, settings):
    own = model.Engine(settings=replace(settings, memory="off"))
    monkeypatch.setattr("rare_app.services.Engine", lambda **_: own)
    status, _, err = run("memory", "status")
    assert status == 1
    assert "RARE_MEMORY=on" in err


def test_audit_reports_and_repairs(run, settings, write, embedder):
    status, out, _ = run("audit")
    assert status == 0
    assert "nothing to audit" in out
    assert only_document(run("audit", "--json")[1])["collections"] == []

    run("add", write("bees.md"), write("bridge.md", BRIDGES))
    status, out, _ = run("audit", "--sample", 2, "--json")
    [found] = only_document(out)["collections"]
    assert status == 0
    assert (found["collection"], found["recall"], found["good"]) == ("default", 1.0, True)
    assert found["sampled"] == 2
    assert found["settings"]["max_neighbors"] == 32

    library = Library(settings=settings, embedder=embedder)
    [chunk, *_] = library._catalogue.chunk_ids(collection_id=1)
    library._index.remove(collection_id=1, chunk_ids=[chunk])
    library.close()
    status, out, err = run("audit")
    assert status == 1
    assert "audit --repair" in err
    assert "recall@10" in out
    status, out, err = run("audit", "--repair")
    assert status == 0
    assert "building the index anew" in err
    assert ", built anew" in out


@pytest.mark.model
def test_evaluate_takes_a_question_list(run, write, tmp_path):
    run("add", write("bees.md"))
    path = write(
        "list.csv",
        "question,answer,source\nHow many eggs does the queen lay?,2000,bees.md\n"
        "Who won the chess match in Reykjavik?,,\nWhere is it said?,,gone.pdf\n",
    )
    results = tmp_path / "results.csv"
    status, out, _ = run("evaluate", path, "--output", results, "--json")
    assert status == 0
    told = only_document(out)
    assert told["questions"] == 3
    figures = {one["name"]: one for one in told["figures"]}
    assert figures["recall@1"]["value"] == 0.5
    assert figures["refused, unanswerable"]["value"] == 1.0
    [gone] = [one for one in told["missed"] if one["line"] == 4]
    assert (gone["rank"], gone["source_in_collection"], gone["missed"]) == (None, False, ["source"])
    assert len(results.read_text("utf-8-sig").splitlines()) == 4
    status, out, _ = run("evaluate", path, "--limit", 1)
    assert "recall@10: 1.00 (1.00–1.00, 1)" in out
    status, _, err = run("evaluate", write("wrong.csv", "who,what\n"))
    assert status == 1
    assert "Line 1 of “wrong.csv” must name the columns" in err


def test_what_leaves_the_machine_is_said(run, settings, write, monkeypatch):
    run("add", write("bees.md"))
    monkeypatch.setenv("RARE_LLM_URL", "http://llm.example.invalid/v1")
    status, out, err = run("retrieve", "queen", "--json")
    assert status == 0
    assert only_document(out)["passages"]
    assert "leave this machine: answers are written by the server llm.example.invalid" in err
    status, _, err = run("memory", "build")
    assert status == 1
    assert "there is nothing to build" in err
    monkeypatch.setenv("RARE_LLM_URL", "llm.example.invalid")
    assert "must begin with http://" in run("retrieve", "queen")[2]


def test_documents_are_chosen_by_name(run, write):
    run("add", write("bees.md"), write("bridge.md", BRIDGES))
    _, out, _ = run("retrieve", "queen", "--document", "bridge.md", "--json")
    assert {one["document"] for one in only_document(out)["passages"]} == {"bridge.md"}
    status, _, err = run("retrieve", "queen", "--document", "bees.md", "--document", "x.md")
    assert (status, err.strip()) == (
        1,
        "There is no document “x.md” in the collection “default”: “list” shows the names.",
    )
    assert "no document “x.md”" in run("ask", "queen", "--document", "x.md")[2]


def test_chats_are_listed_shown_and_deleted(run, settings, embedder):
    assert run("chats")[:2] == (0, "There are no chats yet.\n")
    library = Library(settings=settings, embedder=embedder)
    store = ChatStore(library.database)
    turn = store.add_turn("Who repairs the roof?", collection="default")
    asked = Asked(collection="default", documents=("lease.md",))
    answer_id = store.begin_answer(turn.turn_id, standalone="Who?", asked=asked)
    data = answer_data(Answer(answered=True, answer="The landlord."))
    store.end_answer(answer_id, standalone="Who mends the roof?", data=data)
    unfinished = store.add_turn("And then?", collection="default", chat_id=1)
    library.close()

    [listed] = only_document(run("chats", "--json")[1])["chats"]
    assert (listed["chat"], listed["questions"]) == (1, 2)
    assert only_document(run("chats", "--search", "gutter", "--json")[1])["chats"] == []
    assert "Who repairs the roof?" in run("chats", "list", "--search", "landlord")[1]
    first, last = only_document(run("chats", "show", 1, "--json")[1])["turns"]
    assert first["answers"][first["shown"]]["answer"] == data
    assert first["answers"][0]["asked"]["documents"] == ["lease.md"]
    assert (last["question"], last["answers"], last["shown"]) == (unfinished.question, [], None)
    text = run("chats", "show", 1)[1]
    assert "> Who repairs the roof?\n  understood as: Who mends the roof?\nThe landlord." in text
    assert only_document(run("chats", "delete", 1, "--json")[1])["deleted"]["chat"] == 1
    status, _, err = run("chats", "show", 1)
    assert (status, "There is no chat 1" in err) == (1, True)
    for wrong in (("show",), ("list", 1), ("eat", 1)):
        with pytest.raises(SystemExit):
            run("chats", *wrong)
