"""Fields of the page: the file drop, the choice of the model, the question's box."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ListFiles

from rare_app.errors import UserError
from rare_app.library import FileToAdd
from rare_app.model import (
    ModelRecord,
    choose_model,
    find_models,
    model_label,
    order_models,
    standard_notice,
)
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


def model_choice(settings: Settings, record: ModelRecord) -> gr.Dropdown:
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
    choices = model_choices(settings, record)
    notice = standard_notice(settings)
    own = f"Put your own GGUF files into {settings.model_paths[0]}"
    return gr.Dropdown(
        choices=choices,
        value=_chosen(settings),
        label="Language model",
        info=f"{notice} {own}".strip(),
        elem_id="rare-model",
    )


def model_choices(settings: Settings, record: ModelRecord) -> list[tuple[str, str]]:
    """List what each model is for a person, and its name; one that the settings name is among them.

    Empty where a server writes the answers.
    """
    if settings.llm_url:
        return []
    models = order_models(find_models(settings))
    choices = [(model_label(model, record), model.name) for model in models]
    chosen = _chosen(settings)
    if chosen and chosen not in [name for _, name in choices]:
        choices.append((Path(chosen).stem, chosen))
    return choices


def _chosen(settings: Settings) -> str | None:
    """Name of the model that serves by default, as the choice has it."""
    try:
        name = choose_model(settings).name
    except UserError:
        return settings.model or None
    known = {model.name for model in find_models(settings)}
    return name if name in known else settings.model


def question_box_after(text: str, chat: Chat) -> Any:
    """Open the question box again; a question that could not be asked is put back into it."""
    failed = bool(chat.exchanges and chat.exchanges[-1].error)
    return gr.Textbox(value=text if failed else "", submit_btn=True, stop_btn=False)
