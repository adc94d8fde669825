"""The page: the library on the left, the chat beside it."""

from typing import Any

import gradio as gr

from rare_app.model import find_adapters, standard_notice
from rare_app.servers import what_leaves
from rare_app.services import Services
from rare_app.ui.announce import ANNOUNCE_SCRIPT
from rare_app.ui.answer_tools import TOOLS_SCRIPT, models_html
from rare_app.ui.chat import Chat, ChatHandlers, welcome_html
from rare_app.ui.check_tab import add_check_tab
from rare_app.ui.document_list import LIST_SCRIPT, list_html
from rare_app.ui.endpoints import add_endpoints
from rare_app.ui.export_answer import EXPORT_SCRIPT, ExportHandlers
from rare_app.ui.fields import make_upload, model_choice, model_choices, question_box_after
from rare_app.ui.history import HISTORY_SCRIPT, LAST_CHAT, SWITCH, SWITCH_SCRIPT, HistoryHandlers
from rare_app.ui.jobs import IngestJobs
from rare_app.ui.page_view import PAGE_SCRIPT, PageHandlers
from rare_app.ui.render import reading_html, servers_html
from rare_app.ui.shelf import SAMPLE_QUESTIONS, ShelfHandlers, sample_names
from rare_app.ui.theme import (
    ON_LOAD,
    SHOW_ANSWER,
    SHOW_CHAT,
    SHOW_QUESTION,
    SHOW_QUOTES,
    TOGGLE_THEME,
)

_READING_SECONDS = 2.0
"""How often the page looks how far the documents are read."""
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def build_app(*, services: Services, jobs: IngestJobs) -> gr.Blocks:
    """Build the whole page with its handlers.

    Parameters
    ----------
    services : Services
        Library, model and assistant.
    jobs : IngestJobs
        The background thread that adds files.
    """
    chat_handlers = ChatHandlers(services=services)
    shelf_handlers = ShelfHandlers(services=services, jobs=jobs)
    page_handlers = PageHandlers(services=services)
    history_handlers = HistoryHandlers(chats=services.chats)
    settings = services.settings
    pins = settings.memory == "on"
    offline = "" if what_leaves(settings) else " Offline."

    def welcome(documents: int) -> str:
        notice = standard_notice(settings)
        return welcome_html(documents=documents, offline=bool(offline), notice=notice)

    uses_servers = bool(settings.llm_url or settings.chroma_url)
    with gr.Blocks(
        title="RARE", analytics_enabled=False, fill_width=True, delete_cache=(3600, 6 * 3600)
    ) as page:
        # First, so that no handler of the page takes the names of the endpoints.
        add_endpoints(services)
        chat = gr.State(Chat())
        collection = gr.Dropdown(
            choices=shelf_handlers.collections(),
            value=settings.collection,
            label="Collection",
            info="Type a new name to start another one.",
            allow_custom_value=True,
            elem_id="rare-collection",
            render=False,
        )
        with gr.Sidebar(width=380, elem_id="rare-shelf"):
            gr.HTML(SWITCH, js_on_load=SWITCH_SCRIPT, elem_id="rare-switch")
            upload = make_upload(
                label="Add documents",
                height=132,
                elem_id="rare-upload",
                show_label=False,
            )
            progress = gr.HTML(elem_id="rare-progress", min_height=0)
            reading = gr.HTML(elem_id="rare-reading", min_height=0)
            sample = gr.Button("Try the sample documents", size="sm", elem_id="rare-sample")
            find = gr.Textbox(
                label="Filter the documents by name",
                placeholder="Filter by name",
                show_label=False,
                container=False,
                max_lines=1,
                elem_id="rare-filter",
            )
            trouble = gr.HTML(elem_id="rare-trouble")

            listing = gr.HTML(
                list_html(
                    services.library.documents(collection=settings.collection), text="", pins=pins
                ),
                js_on_load=LIST_SCRIPT,
                elem_id="rare-list",
            )
            with gr.Accordion("Settings", open=False, elem_id="rare-settings"):
                collection.render()
                model = model_choice(settings, services.engine.record)
                passages = gr.Slider(
                    1, 16, value=settings.passages, step=1, label="Passages for each question"
                )
                use_adapter = gr.Checkbox(
                    value=settings.adapter != "none",
                    label="Use the tuned adapter of the model",
                    visible=bool(find_adapters(settings)) and not settings.llm_url,
                )
            with gr.Column(elem_id="rare-history"):
                find_chat = gr.Textbox(
                    placeholder="Search in chats",
                    label="Search in chats",
                    show_label=False,
                    container=False,
                    max_lines=1,
                    elem_id="rare-chat-search",
                )
                # Filled once it is known which chat is open: what it says is remembered.
                chats = gr.HTML(
                    "",
                    js_on_load=HISTORY_SCRIPT,
                    elem_id="rare-chats",
                )
        with gr.Row(elem_id="rare-bar"):
            gr.HTML(
                "<h1 class='rare-brand'>RARE</h1>"
                f"<span class='rare-tag'>Your documents, answered with proof.{offline}</span>"
            )
            clear = gr.Button("New chat", size="sm", scale=0, min_width=96, elem_id="rare-clear")
            theme = gr.Button("Light / dark", size="sm", scale=0, min_width=108)
        gr.HTML(servers_html(settings), elem_id="rare-servers", visible=uses_servers)
        with gr.Tabs(elem_id="rare-tabs"):
            with gr.Tab("Ask", elem_id="rare-tab-ask"):
                talk = gr.Chatbot(
                    elem_id="rare-chat",
                    show_label=False,
                    container=False,
                    height="100%",
                    layout="panel",
                    buttons=[],
                    placeholder=welcome(len(services.library.documents())),
                    render_markdown=False,
                    latex_delimiters=[],
                    allow_tags=False,
                    group_consecutive_messages=True,
                    autoscroll=False,
                )
                with gr.Column(elem_id="rare-ask"):
                    examples = gr.Radio(
                        label="Example questions",
                        choices=list(SAMPLE_QUESTIONS),
                        show_label=False,
                        container=False,
                        visible=False,
                        elem_id="rare-examples",
                    )
                    only = gr.Dropdown(
                        choices=[],
                        value=[],
                        multiselect=True,
                        label="Only in",
                        visible=False,
                        elem_id="rare-only",
                    )
                    question = gr.Textbox(
                        label="Question",
                        placeholder="Ask a question about your documents",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=8,
                        submit_btn=True,
                        autofocus=True,
                        elem_id="rare-question",
                        html_attributes=gr.InputHTMLAttributes(spellcheck=True, autocorrect="off"),
                    )
            with gr.Tab("Evaluate", elem_id="rare-tab-evaluate"):
                add_check_tab(
                    services=services,
                    page=page,
                    collection=collection,
                    model=model,
                    passages=passages,
                    use_adapter=use_adapter,
                )

        beside = gr.HTML("", js_on_load=PAGE_SCRIPT, elem_id="rare-page", padding=False)
        tools = gr.HTML(
            models_html(model_choices(settings, services.engine.record)),
            js_on_load=TOOLS_SCRIPT,
            elem_id="rare-actions",
        )
        exported = gr.HTML("", js_on_load=EXPORT_SCRIPT, elem_id="rare-export", padding=False)

        # --- asking ---
        question.submit(None, None, None, js=SHOW_QUESTION, queue=False, **_PRIVATE)
        kept_question = gr.State("")
        asked = gr.on(
            [question.submit],
            lambda text: (text, gr.Textbox(value="", submit_btn=False, stop_btn=True)),
            [question],
            [kept_question, question],
            queue=False,
            **_PRIVATE,
        )
        answered = asked.then(
            chat_handlers.ask,
            [kept_question, chat, collection, model, passages, use_adapter, only],
            [chat, talk],
            concurrency_id="model",
            concurrency_limit=4,
            **_PRIVATE,
        )
        answered.then(
            question_box_after,
            [kept_question, chat],
            [question],
            queue=False,
            **_PRIVATE,
        ).then(None, None, None, js=SHOW_ANSWER, queue=False, **_PRIVATE)
        question.stop(chat_handlers.stop, None, None, queue=False, **_PRIVATE)
        if not settings.llm_url:
            # How fast a model writes is known once it has answered.
            for event in (answered.then, page.load):
                event(
                    lambda: gr.Dropdown(choices=model_choices(settings, services.engine.record)),
                    None,
                    [model],
                    queue=False,
                    **_PRIVATE,
                )
        if services.prefetch.enabled:
            question.change(
                chat_handlers.draft,
                [question, collection, model, passages, use_adapter, only],
                None,
                queue=False,
                trigger_mode="always_last",
                **_PRIVATE,
            )

        # --- chats ---
        def list_chats(search: str, opened: Chat) -> str:
            return history_handlers.list(search, opened.chat_id)

        def open_chat(
            chat_id: int | None, left: Chat, search: str, name: str, request: gr.Request
        ) -> tuple[Any, ...]:
            left.left = True
            chat_handlers.stop(request)
            opened = chat_handlers.open(chat_id)
            known = opened.collection and opened.collection in shelf_handlers.collections()
            there = opened.collection if known else name
            return (
                opened,
                opened.messages(),
                list_chats(search, opened),
                gr.Dropdown(value=there) if there != name else gr.skip(),
                gr.Dropdown(value=[]),
                gr.Textbox(submit_btn=True, stop_btn=False),
            )

        def open_row(
            left: Chat, search: str, name: str, request: gr.Request, event: gr.EventData
        ) -> tuple[Any, ...]:
            return open_chat(int(event._data["chat"]), left, search, name, request)

        def open_last(
            last: str, left: Chat, search: str, name: str, request: gr.Request
        ) -> tuple[Any, ...]:
            if left.exchanges or not last.isdigit():
                # The user was faster than the page, or there is nothing to come back to.
                return (gr.skip(), gr.skip(), list_chats(search, left), *[gr.skip()] * 3)
            return open_chat(int(last), left, search, name, request)

        def open_none(left: Chat, search: str, name: str, request: gr.Request) -> tuple[Any, ...]:
            return open_chat(None, left, search, name, request)

        def rename_chat(search: str, opened: Chat, event: gr.EventData) -> str:
            wrong = history_handlers.rename(int(event._data["chat"]), str(event._data["title"]))
            return history_handlers.list(search, opened.chat_id, wrong)

        def delete_chat(
            left: Chat, search: str, name: str, request: gr.Request, event: gr.EventData
        ) -> tuple[Any, ...]:
            gone = int(event._data["chat"])
            wrong = history_handlers.delete(gone)
            if gone == left.chat_id:
                return open_chat(None, left, search, name, request)
            kept = history_handlers.list(search, left.chat_id, wrong)
            return (gr.skip(), gr.skip(), kept, gr.skip(), gr.skip(), gr.skip())

        within = [chat, find_chat, collection]
        of_chat = [chat, talk, chats, collection, only, question]
        last_chat = gr.Textbox(visible=False)
        clear.click(open_none, within, of_chat, queue=False, **_PRIVATE)
        chats.select(open_row, within, of_chat, queue=False, **_PRIVATE).then(
            None, None, None, js=SHOW_CHAT, queue=False, **_PRIVATE
        ).then(None, None, None, js=SHOW_ANSWER, queue=False, **_PRIVATE)
        chats.edit(rename_chat, [find_chat, chat], [chats], queue=False, **_PRIVATE)
        chats.delete(delete_chat, within, of_chat, queue=False, **_PRIVATE)
        find_chat.change(
            list_chats, [find_chat, chat], [chats], trigger_mode="always_last", **_PRIVATE
        )
        answered.then(list_chats, [find_chat, chat], [chats], queue=False, **_PRIVATE)
        page.load(None, None, [last_chat], js=LAST_CHAT, **_PRIVATE).then(
            open_last, [last_chat, *within], of_chat, queue=False, **_PRIVATE
        ).then(None, None, None, js=SHOW_ANSWER, queue=False, **_PRIVATE)

        # --- answers ---
        form = gr.State({})

        def take_form(event: gr.EventData) -> tuple[dict[str, Any], Any]:
            return dict(event._data), gr.Textbox(submit_btn=False, stop_btn=True)

        tools.retry(take_form, None, [form, question], queue=False, **_PRIVATE).then(
            chat_handlers.ask_again,
            [form, chat, collection, use_adapter, only],
            [chat, talk],
            concurrency_id="model",
            concurrency_limit=4,
            **_PRIVATE,
        ).then(
            lambda: gr.Textbox(submit_btn=True, stop_btn=False),
            None,
            [question],
            queue=False,
            **_PRIVATE,
        ).then(list_chats, [find_chat, chat], [chats], queue=False, **_PRIVATE)
        tools.like(chat_handlers.rate, [chat], [chat], queue=False, **_PRIVATE)
        tools.select(chat_handlers.show_version, [chat], [chat, talk], queue=False, **_PRIVATE)
        page.unload(chat_handlers.stop)
        examples.input(
            lambda text: (text, None), [examples], [question, examples], queue=False, **_PRIVATE
        )

        beside.select(page_handlers.open, [chat], [beside], concurrency_limit=None, **_PRIVATE)
        exported.select(
            ExportHandlers(services=services).export,
            [chat],
            [exported],
            concurrency_limit=2,
            **_PRIVATE,
        )

        # --- adding ---
        def refresh(name: str, text: str) -> tuple[Any, ...]:
            documents = shelf_handlers.documents(name)
            known = {one.name for one in documents}
            return (
                list_html(documents, text=text, pins=pins),
                gr.Chatbot(placeholder=welcome(len(documents))),
                gr.Button(visible=not documents),
                gr.Radio(visible=bool(known & sample_names())),
                gr.Dropdown(choices=shelf_handlers.collections()),
            )

        def remove(name: str, text: str, event: gr.EventData) -> tuple[Any, ...]:
            trouble = shelf_handlers.remove(str(event._data["name"]), name)
            return (trouble, *refresh(name, text))

        def pin(name: str, text: str, event: gr.EventData) -> tuple[str, str]:
            trouble = shelf_handlers.pin(
                str(event._data["name"]), name, pinned=bool(event._data["pinned"])
            )
            return trouble, list_html(shelf_handlers.documents(name), text=text, pins=pins)

        def offer(name: str, chosen: list[str] | None) -> Any:
            names = [one.name for one in shelf_handlers.documents(name)]
            kept = [one for one in chosen or () if one in names]
            return gr.Dropdown(choices=names, value=kept, visible=len(names) > 1)

        listing.change(offer, [collection, only], [only], queue=False, **_PRIVATE)
        page.load(offer, [collection, only], [only], queue=False, **_PRIVATE)

        shown = [collection, find]
        refreshed = [listing, talk, sample, examples, collection]
        upload.upload(
            shelf_handlers.add, [upload, collection], [progress], concurrency_limit=None, **_PRIVATE
        ).then(refresh, shown, refreshed, **_PRIVATE)
        upload.upload(lambda: None, None, [upload], queue=False, **_PRIVATE)
        sample.click(
            shelf_handlers.add_samples, [collection], [progress], concurrency_limit=None, **_PRIVATE
        ).then(refresh, shown, refreshed, **_PRIVATE)
        listing.delete(remove, shown, [trouble, *refreshed], **_PRIVATE)
        listing.select(pin, shown, [trouble, listing], **_PRIVATE)
        find.change(refresh, shown, refreshed, **_PRIVATE)
        collection.change(refresh, shown, refreshed, **_PRIVATE)
        page.load(refresh, shown, refreshed, **_PRIVATE)
        page.load(
            shelf_handlers.follow_running, None, [progress], concurrency_limit=None, **_PRIVATE
        ).then(refresh, shown, refreshed, **_PRIVATE)
        page.load(None, None, None, js=ON_LOAD, **_PRIVATE)
        page.load(None, None, None, js=ANNOUNCE_SCRIPT, **_PRIVATE)
        page.load(None, None, None, js=SHOW_QUOTES, **_PRIVATE)
        gr.Timer(_READING_SECONDS).tick(
            lambda: reading_html(services.read_ahead.progress),
            None,
            [reading],
            queue=False,
            **_PRIVATE,
        )
        theme.click(None, None, None, js=TOGGLE_THEME, **_PRIVATE)
    return page
