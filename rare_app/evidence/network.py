"""The reader's network: an encoder reads question and passage together, with two heads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

VERDICTS = ("yes", "no", "maybe")
"""What can be said to a question that asks whether something is so."""


class EvidenceNetwork(nn.Module):
    """A cross-encoder that scores sentences and words of a window for a question.

    Parameters
    ----------
    encoder : BertModel or MPNetModel
        Reads question and window as a pair (:func:`~rare_app.evidence.windows.read_marks`).
    hidden : int
        Width of the encoder's states.

    Notes
    -----
    A sentence's score is linear in the mean of its tokens' states and in the state of ``[CLS]``.
    Scores are logits against one fixed alternative, "no sentence answers", of logit 0; a softmax
    over that and the sentences of *all* passages is what training makes true (:func:`null_share`).
    A verdict's logits are linear in the state of ``[CLS]``: what the window says to a question that
    asks whether something is so.
    """

    def __init__(self, encoder: Any, *, hidden: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.width = hidden
        self.halved = False
        self.typed = getattr(encoder.config, "type_vocab_size", 0) > 1
        self.sentence = nn.Linear(2 * hidden, 1)
        self.span = nn.Linear(hidden, 2)
        self.verdict = nn.Linear(hidden, len(VERDICTS) + 1)

    def halve(self) -> None:
        """Keep the encoder's matrices in bfloat16, to be run under autocast: half the memory."""
        for layer in self.encoder.modules():
            if isinstance(layer, nn.Linear):
                layer.to(torch.bfloat16)
        self.halved = True

    def forward(self, batch: "dict[str, Tensor]") -> tuple[Tensor, Tensor, Tensor]:
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
        verdicts : Tensor, shape (windows, verdicts + 1)
            Logits of :data:`VERDICTS`, and of "the question does not ask for one".
        """
        typed = {"token_type_ids": batch["types"]} if self.typed else {}
        states = self.encoder(
            input_ids=batch["ids"], attention_mask=batch["mask"], **typed
        ).last_hidden_state
        members = batch["members"].to(states.dtype)
        means = members @ states / members.sum(-1, keepdim=True).clamp(min=1)
        opening = states[:, :1].expand(-1, means.shape[1], -1)
        scores = self.sentence(torch.cat([means, opening], dim=-1)).squeeze(-1)
        return scores.float(), self.span(states).float(), self.verdict(states[:, 0]).float()


def mix_verdicts(verdicts: Tensor, scores: Sequence[Tensor]) -> Tensor:
    """Join what the windows of a question say of its verdict.

    Each window counts by the share of the evidence that it holds, as the sentences' scores say.

    Parameters
    ----------
    verdicts : Tensor, shape (windows, verdicts + 1)
    scores : sequence of Tensor, each of shape (sentences,)
        The windows' sentence logits.

    Returns
    -------
    Tensor, shape (verdicts + 1,)
        Log-probabilities, in nats.
    """
    shares = torch.stack([torch.logsumexp(one.detach(), 0) for one in scores]).log_softmax(0)
    return torch.logsumexp(shares[:, None] + verdicts.log_softmax(-1), 0)


def load_network(folder: Path) -> EvidenceNetwork:
    """Build the network on an encoder's weights, without dropout; the heads are untrained.

    Parameters
    ----------
    folder : Path
        The encoder's configuration and weights.
    """
    from transformers import AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()  # it reports the pooling layer, which is not used
    encoder = AutoModel.from_pretrained(
        str(folder),
        local_files_only=True,
        add_pooling_layer=False,
        attn_implementation="eager",
        dtype=torch.float32,
    )
    for layer in encoder.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    for layer in encoder.encoder.layer:
        if hasattr(layer.attention, "self"):  # BERT keeps the probability there, too
            layer.attention.self.dropout_prob = 0.0
    return EvidenceNetwork(encoder, hidden=encoder.config.hidden_size)
