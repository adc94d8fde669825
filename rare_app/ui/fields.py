"""Fields of the page: the file drop, the choice of the model, the question's box."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ListFiles

from rare_app.library import FileToAdd
from rare_app.model import find_models
from rare_app.servers import host_of
from rare_app.settings import Settings
from rare_app.ui.exchange import Chat


def make_upload(**options: Any) -> gr.File:
    """Make a file drop that keeps the names that the user's files have.

    Gradio gives the paths of its temporary copies, whose names it has cleaned. Its class is not
    extended here, because it would write a stub file beside ours.
    """
    component = gr.File(file_count="multiple", **options)
    paths_of = component.preprocess

    def preprocess(payload: ListFiles | FileData | None) -> list[FileToAdd]:
        paths = paths_of(payload)
        if payload is None or paths is None:
            return []
        sent = payload.root if isinstance(payload, ListFiles) else [payload]
        paths = paths if isinstance(paths, list) else [paths]
        return [
            FileToAdd(path=Path(str(path)), name=file.orig_name or Path(str(path)).name)
            for file, path in zip(sent, paths, strict=True)
        ]

    component.preprocess = preprocess
    return component


def model_choice(settings: Settings) -> gr.Dropdown:
    """Make the choice of the language model; with a server there is none."""
    if settings.llm_url:
        name = settings.llm_model or "the server's first"
        return gr.Dropdown(
            choices=[name],
            value=name,
            label="Language model",
            info=f"Of the server {host_of(settings.llm_url)}",
            interactive=False,
            elem_id="rare-model",
        )
    models = [model.name for model in find_models(settings)]
    return gr.Dropdown(
        choices=models,
        value=settings.model or (models[-1] if models else None),
        label="Language model",
        info=f"Put your own GGUF files into {settings.model_paths[0]}",
        elem_id="rare-model",
    )


def question_box_after(text: str, chat: Chat) -> Any:
    """Open the question box again; a question that could not be asked is put back into it."""
    failed = bool(chat.exchanges and chat.exchanges[-1].error)
    return gr.Textbox(value=text if failed else "", submit_btn=True, stop_btn=False)
