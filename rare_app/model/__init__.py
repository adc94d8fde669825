"""llama.cpp: find, load, tokenise, decode, sample."""

from rare_app.model.chat_server import (
    ChatServer,
    RequestRefusedError,
    ServerError,
    ServerPiece,
    ServerWords,
)
from rare_app.model.chat_template import ChatFrame, frame_chat
from rare_app.model.check import check_model
from rare_app.model.choice_filter import ChoiceFilter
from rare_app.model.codec import BlockCodec
from rare_app.model.draft import AHEAD
from rare_app.model.engine import Engine, Loaded, default_threads
from rare_app.model.errors import (
    AdapterError,
    Cancelled,
    ModelError,
    ModelLoadError,
    ModelNotFoundError,
    PromptTooLongError,
)
from rare_app.model.find import (
    INVOCATION_KEY,
    NO_ADAPTER,
    AdapterFile,
    ModelFile,
    bundled_model_path,
    choose_adapter,
    choose_model,
    find_adapters,
    find_models,
    hash_model,
)
from rare_app.model.generate import Prompt, TokenFilter, Usage, generate, together
from rare_app.model.grammar import GrammarFilter
from rare_app.model.label import model_label, model_title, order_models, standard_notice
from rare_app.model.llama import LanguageModel
from rare_app.model.memory import Memory, Recalled
from rare_app.model.opening_filter import OpeningFilter
from rare_app.model.pieces import Pieces
from rare_app.model.profile import (
    ANY_ADAPTER,
    GENERIC,
    ConfidenceNumbers,
    Example,
    GateNumbers,
    Profile,
    find_profile,
)
from rare_app.model.quote import QuotedSpan, QuoteFilter, QuoteStart
from rare_app.model.reading import Reading, read_in_order, read_plainly
from rare_app.model.record import ModelRecord
from rare_app.model.sample import Sampler
from rare_app.model.span_guide import Span, SpanGuide
from rare_app.model.store import BlockStore, StoreStatus
from rare_app.model.tagged_filter import TaggedFilter

__all__ = [
    "AHEAD",
    "ANY_ADAPTER",
    "GENERIC",
    "INVOCATION_KEY",
    "NO_ADAPTER",
    "AdapterError",
    "AdapterFile",
    "BlockCodec",
    "BlockStore",
    "Cancelled",
    "ChatFrame",
    "ChatServer",
    "ChoiceFilter",
    "ConfidenceNumbers",
    "Engine",
    "Example",
    "GateNumbers",
    "GrammarFilter",
    "LanguageModel",
    "Loaded",
    "Memory",
    "ModelError",
    "ModelFile",
    "ModelLoadError",
    "ModelNotFoundError",
    "ModelRecord",
    "OpeningFilter",
    "Pieces",
    "Profile",
    "Prompt",
    "PromptTooLongError",
    "QuoteFilter",
    "QuoteStart",
    "QuotedSpan",
    "Reading",
    "Recalled",
    "RequestRefusedError",
    "Sampler",
    "ServerError",
    "ServerPiece",
    "ServerWords",
    "Span",
    "SpanGuide",
    "StoreStatus",
    "TaggedFilter",
    "TokenFilter",
    "Usage",
    "bundled_model_path",
    "check_model",
    "choose_adapter",
    "choose_model",
    "default_threads",
    "find_adapters",
    "find_models",
    "find_profile",
    "frame_chat",
    "generate",
    "hash_model",
    "model_label",
    "model_title",
    "order_models",
    "read_in_order",
    "read_plainly",
    "standard_notice",
    "together",
]
