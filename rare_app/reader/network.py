"""The reader's network: an encoder reads question and passage together, with two heads."""

from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor, nn

from rare_app.reader.encoders import WEIGHTS

_LARGE = 512
"""Width from which an encoder may be halved."""


class EvidenceNetwork(nn.Module):
    """A cross-encoder that scores sentences and words of a window for a question.

    Parameters
    ----------
    encoder : BertModel or MPNetModel
        Reads question and window as a pair (:func:`~rare_app.reader.windows.read_marks`).
    hidden : int
        Width of its states.
    halved : bool
        Whether its matrices are in bfloat16: then it is run under autocast.
    hidden : int
        Width of the encoder's states.

    Notes
    -----
    A sentence's score is linear in the mean of its tokens' states and in the state of ``[CLS]``.
    Scores are logits against one fixed alternative, "no sentence answers", of logit 0; a softmax
    over that and the sentences of *all* passages is what training makes true (:func:`null_share`).
    """

    def __init__(self, encoder: Any, *, hidden: int, halved: bool = False) -> None:
        super().__init__()
        self.encoder = encoder
        self.halved = halved
        self.typed = getattr(encoder.config, "type_vocab_size", 0) > 1
        self.sentence = nn.Linear(2 * hidden, 1)
        self.span = nn.Linear(hidden, 2)

    def forward(self, batch: "dict[str, Tensor]") -> tuple[Tensor, Tensor]:
        """Score a batch of windows.

        Parameters
        ----------
        batch : dict of Tensor
            ``ids``, ``types`` and ``mask`` of shape (windows, tokens); ``members`` of shape
            (windows, sentences, tokens), 1 where a token is of a sentence.

        Returns
        -------
        sentences : Tensor, shape (windows, sentences)
            Logits, in nats.
        spans : Tensor, shape (windows, tokens, 2)
            Logits of an answer's first and last token.
        """
        typed = {"token_type_ids": batch["types"]} if self.typed else {}
        states = self.encoder(
            input_ids=batch["ids"], attention_mask=batch["mask"], **typed
        ).last_hidden_state
        members = batch["members"].to(states.dtype)
        means = members @ states / members.sum(-1, keepdim=True).clamp(min=1)
        opening = states[:, :1].expand(-1, means.shape[1], -1)
        scores = self.sentence(torch.cat([means, opening], dim=-1)).squeeze(-1)
        return scores.float(), self.span(states).float()


def load_network(folder: Path, *, halved: bool = False, dropout: float = 0.0) -> EvidenceNetwork:
    """Build the network on an encoder's weights; the heads are untrained.

    Parameters
    ----------
    folder : Path
        The encoder's configuration and weights.
    halved : bool
        Keep the layers' matrices in bfloat16, to be run under autocast: half the memory, and no
        copy in full on the way. A small encoder is left whole.
    dropout : float
        Share of the states and attentions that are left out at random while it learns.

    Notes
    -----
    A large encoder's matrices are rounded to bfloat16 either way, so that a reader says the same on
    every machine.
    """
    from transformers import AutoConfig, AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()  # it reports the pooling layer, which is not used
    width = AutoConfig.from_pretrained(str(folder), local_files_only=True).hidden_size
    large = width >= _LARGE
    halved = halved and large
    encoder = AutoModel.from_pretrained(
        str(folder),
        local_files_only=True,
        add_pooling_layer=False,
        attn_implementation="eager",
        dtype=torch.bfloat16 if halved else torch.float32,
    )
    if halved:
        _restore(encoder, folder)
    if large:
        for parameter in encoder.parameters():
            if parameter.ndim == 2 and parameter.dtype == torch.float32:
                parameter.data = parameter.data.bfloat16().float()
    for layer in encoder.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = dropout
    for layer in encoder.encoder.layer:
        if hasattr(layer.attention, "self"):  # BERT keeps the probability there, too
            layer.attention.self.dropout_prob = dropout
    return EvidenceNetwork(encoder, hidden=width, halved=halved)


def _restore(encoder: Any, folder: Path) -> None:
    """Give everything but the layers' matrices its full precision back."""
    with safe_open(str(folder / WEIGHTS), framework="pt") as file:
        for name, parameter in encoder.named_parameters():
            if parameter.ndim == 1 or name.startswith("embeddings."):
                parameter.data = file.get_tensor(name).float()
