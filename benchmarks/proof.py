"""How well the proof tells what the passages say from what they do not.

``python -m benchmarks.proof DATA`` builds claims out of the public data sets, half of them with a
number, a name or a negation changed, and prints for the held-out half: the area under the ROC
curve, and the share of the altered ones that are caught where 5% of the true ones are doubted, by
kind of change, form and data set, with 95% bootstrap intervals over documents. ``--plots FOLDER``
draws the ROC curve and a reliability plot. ``--fit`` fits the weights on the other half first, and
writes them to ``rare_app/reasoning/proof.json``.
"""

import argparse
import datetime
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rare_app.answer import Guide
from rare_app.lab.evaluation.claim_sets import LabelledClaim, build_claims
from rare_app.lab.tuning.neighbours import cached_embed
from rare_app.library import Embedder, Passage, embedder_folder
from rare_app.log import quiet_environment
from rare_app.prompt import as_read
from rare_app.proof.calibration import FILE, Calibration, read_calibration
from rare_app.proof.grounds import Embed, Grounds
from rare_app.proof.statements import Statement
from rare_app.proof.weigh import Weighed, weigh
from rare_app.reader import find_reader
from rare_app.settings import load_settings

Vector = NDArray[np.float64]
ALARMS = 0.05
KINDS = ("number", "negation", "name", "opposite")
PENALTY = 1.0
"""Strength of the fit's L2 penalty, on standardised signs."""
FOR, AGAINST = (0.0, None), (None, 0.0)
BOUNDS: dict[str, tuple[float | None, float | None]] = {"length": (None, None)} | dict.fromkeys(
    (
        "denied", "opposed", "negations", "negation_added", "repeated", "number_away", "number_far",
        "number_nowhere", "names_away", "names_far", "name_nowhere", "asked_behind", "other_kind",
    ),
    AGAINST,
)  # fmt: skip
"""What speaks against a claim can only lower its score, the other signs can only raise it."""


@dataclass(slots=True)
class Row:
    """A claim with its weighed places, by a reader for short answers, and without."""

    claim: LabelledClaim
    short: bool
    places: list[Weighed]
    unread: list[Weighed]


def collect(
    claims: Sequence[LabelledClaim], *, embed: Embed, guide: Guide
) -> tuple[list[Row], float]:
    """Weigh all claims; gives the rows and the milliseconds a claim, embedding not counted."""
    rows = []
    spent = 0.0
    for number, claim in enumerate(claims):
        passages = [_passage(text, i) for i, text in enumerate(claim.passages)]
        statement = Statement(claim.text, question=claim.question)
        guidance = None
        if statement.short:
            guidance = guide.judge(claim.question, [as_read(text) for text in claim.passages])
        begun = time.process_time()
        grounds = Grounds(passages, embed=embed)
        unread = weigh(statement, grounds)
        spent += time.process_time() - begun
        read = weigh(statement, grounds, guidance=guidance) if guidance else unread
        rows.append(Row(claim, statement.short, read, unread))
        if number % 250 == 0:
            print(f"{number} of {len(claims)}", flush=True)
    return rows, 1000 * spent / max(1, len(claims))


def embed_all(claims: Sequence[LabelledClaim], *, folder: Path | None) -> Embed:
    """Embed whatever is compared, once; a folder keeps it for the next run."""
    texts: dict[str, None] = {}
    for claim in claims:
        passages = [_passage(text, i) for i, text in enumerate(claim.passages)]
        said = [one.text for one in Grounds(passages).places]
        whole = Statement(claim.text, question=claim.question).whole
        texts |= dict.fromkeys([claim.question, whole, *said])
    embed: Embed = Embedder().embed
    if folder:
        embed = cached_embed(folder=folder, embed=embed)
    print(f"{len(texts)} texts are embedded", flush=True)
    vectors = dict(zip(texts, embed(list(texts)), strict=True))
    return lambda wanted: np.stack([vectors[text] for text in wanted])


def _passage(text: str, number: int) -> Passage:
    return Passage(
        chunk_id=number, document_id=number, document=f"{number}", title="", section="",
        page=1, page_kind="page", start=0, end=len(text), text=text, score=0.5,
    )  # fmt: skip


def score(row: Row, calibration: Calibration, *, read: bool = True) -> float:
    """Probability that a claim is supported: that of its best place."""
    return max(
        (
            calibration.probability(one.signs, short=row.short, read=read)
            for one in (row.places if read else row.unread)
        ),
        default=0.0,
    )


# --- fitting ---


def fit(rows: Sequence[Row]) -> dict[str, object]:
    """Fit weights for sentences and short answers, and choose the thresholds."""
    fitted = {
        "sentence": fit_weights([one for one in rows if not one.short], read=True),
        "short": fit_weights([one for one in rows if one.short], read=True),
        "short_unread": fit_weights([one for one in rows if one.short], read=False),
    }
    made = Calibration(**fitted, supported_from=0.5, weak_from=0.2)
    true = np.array([score(one, made) for one in rows if one.claim.supported])
    return {
        "how": (
            "Logistic regression with an L2 penalty over standardised signs; what speaks against a "
            "claim can only lower its score. Fitted by "
            "`python -m benchmarks.proof DATA --fit` on one half of the claims, split by document; "
            "weights are in nats for one unit of a sign. supported_from and weak_from: 5% and 1.5% "
            "of the fit's true claims score lower."
        ),
        "date": datetime.date.today().isoformat(),
        "claims": len(rows),
        "supported_from": round(float(np.quantile(true, ALARMS)), 4),
        "weak_from": round(float(np.quantile(true, 0.015)), 4),
        **fitted,
    }


def fit_weights(rows: Sequence[Row], *, read: bool) -> dict[str, float]:
    """Fit one set of weights; a claim is fitted at the place that the weights find best."""
    rows = [one for one in rows if one.places]
    names = [name for name in rows[0].places[0].signs if read or name != "reader"]
    labels = np.array([one.claim.supported for one in rows])
    tables = [
        np.array(
            [[one.signs[name] for name in names] for one in (row.places if read else row.unread)]
        )
        for row in rows
    ]
    chosen = np.array([table[0] for table in tables])
    weights, offset = np.zeros(len(names)), 0.0
    for _ in range(4):
        weights, offset = logistic(chosen, labels, [BOUNDS.get(name, FOR) for name in names])
        chosen = np.array([table[int(np.argmax(table @ weights))] for table in tables])
    return {"offset": round(offset, 4)} | {
        name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)
    }


def logistic(
    table: Vector, labels: NDArray[np.bool_], bounds: Sequence[tuple[float | None, float | None]]
) -> tuple[Vector, float]:
    """Fit a logistic regression with an L2 penalty, each weight within its bounds."""
    from scipy.optimize import minimize

    middle, spread = table.mean(0), table.std(0) + 1e-6
    x = np.column_stack([(table - middle) / spread, np.ones(len(table))])
    y = np.where(labels, 1.0, -1.0)

    def loss(w: Vector) -> tuple[float, Vector]:
        margin = y * (x @ w)
        slope = -y / (1 + np.exp(np.clip(margin, -500, 500)))
        penalty = PENALTY * w
        penalty[-1] = 0.0
        return float(np.logaddexp(0, -margin).sum() + w @ penalty / 2), x.T @ slope + penalty

    start = np.zeros(x.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ middle)


# --- figures ---


def area(scores: Vector, labels: Vector) -> float:
    """Area under the ROC curve."""
    ours, theirs = scores[labels == 1][:, None], scores[labels == 0][None, :]
    return float((ours > theirs).mean() + 0.5 * (ours == theirs).mean())


def caught(scores: Vector, labels: Vector, which: Vector) -> float:
    """Share of some altered claims below the score that 5% of the true ones are below."""
    bound = np.quantile(scores[labels == 1], ALARMS)
    return float((scores[which == 1] < bound).mean()) if which.any() else float("nan")


def with_interval(statistic: Callable[[NDArray[np.int64]], float], documents: Sequence[str]) -> str:
    """Write a figure with its interval, drawing whole documents anew."""
    groups: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        groups.setdefault(document, []).append(number)
    own = [np.array(one) for one in groups.values()]
    random = np.random.default_rng(0)
    found = []
    for _ in range(500):
        drawn = random.integers(0, len(own), len(own))
        found.append(statistic(np.concatenate([own[i] for i in drawn])))
    low, high = np.nanquantile(found, [0.025, 0.975])
    whole = statistic(np.arange(len(documents)))
    return f"{whole:.3f} ({low:.3f}–{high:.3f})"


def report(rows: Sequence[Row], calibration: Calibration, *, read: bool = True) -> None:
    """Print the figures."""
    scores = np.array([score(one, calibration, read=read) for one in rows])
    labels = np.array([one.claim.supported for one in rows], dtype=float)
    changes = np.array([one.claim.change or "" for one in rows])
    main = changes != "absent"
    documents = np.array([one.claim.document for one in rows])

    def table(name: str, keep: NDArray[np.bool_]) -> None:
        s, y, c, d = scores[keep], labels[keep], changes[keep], documents[keep]
        cells = [with_interval(lambda at: area(s[at], y[at]), d)]
        for kind in KINDS:
            w = (c == kind).astype(float)
            if w.sum() < 8:
                cells.append("–")
                continue
            cells.append(with_interval(lambda at, w=w: caught(s[at], y[at], w[at]), d))
        print(f"| {name} | {int(y.sum())} + {int((1 - y).sum())} | {' | '.join(cells)} |")

    print("| claims | true + altered | area under ROC | numbers | negations | names | opposites |")
    print("|---|---|---|---|---|---|---|")
    table("all", main)
    for form in ("copy", "restated", "stated", "short"):
        table(form, main & np.array([one.claim.form == form for one in rows]))
    for name in dict.fromkeys(one.claim.data_set for one in rows):
        table(name, main & np.array([one.claim.data_set == name for one in rows]))
    absent = ~main
    bound = np.quantile(scores[main & (labels == 1)], ALARMS)
    print(f"passages taken away: {np.mean(scores[absent] < bound):.3f} of {absent.sum()} caught")
    true, false = scores[main & (labels == 1)], scores[main & (labels == 0)]
    for name, own in (("true", true), ("altered", false), ("absent", scores[absent])):
        supported = float((own >= calibration.supported_from).mean())
        nothing = float((own < calibration.weak_from).mean())
        weak = 1 - supported - nothing
        print(f"{name}: supported {supported:.3f}, weak {weak:.3f}, unsupported {nothing:.3f}")


def plot(rows: Sequence[Row], calibration: Calibration, folder: Path) -> None:
    """Draw the ROC curve and the reliability plot of the held-out claims."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = [one for one in rows if one.claim.change != "absent"]
    scores = np.array([score(one, calibration) for one in rows])
    labels = np.array([one.claim.supported for one in rows])
    changes = np.array([one.claim.change or "" for one in rows])
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    bounds = np.concatenate([[-1.0], np.sort(scores[labels]), [2.0]])
    doubted = [(scores[labels] < bound).mean() for bound in bounds]
    for kind in KINDS:
        own = scores[changes == kind]
        left.plot(doubted, [(own < bound).mean() for bound in bounds], label=f"{kind}s")
    left.axvline(ALARMS, color="grey", linestyle=":", linewidth=1)
    left.set(xlabel="true claims doubted", ylabel="altered claims caught", xlim=(0, 0.4))
    left.set_title("What is caught, by kind of change")
    left.legend(loc="lower right")
    edges = np.linspace(0, 1, 11)
    means, shares, sizes = [], [], []
    for low, high in pairwise(edges):
        inside = (scores >= low) & (scores < high + (high == 1))
        if inside.sum() >= 5:
            means.append(scores[inside].mean())
            shares.append(labels[inside].mean())
            sizes.append(int(inside.sum()))
    right.plot([0, 1], [0, 1], color="grey", linestyle=":", linewidth=1)
    right.plot(means, shares, marker="o")
    for x, y, n in zip(means, shares, sizes, strict=True):
        right.annotate(str(n), (x, y), textcoords="offset points", xytext=(5, -11), fontsize=8)
    right.set(xlabel="score", ylabel="share that is supported", xlim=(0, 1), ylim=(0, 1.02))
    right.set_title("Reliability of the score")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "proof.png", dpi=130)


def main() -> int:
    """Build, fit if asked, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--each", type=int, default=160, help="true claims of a data set")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings")
    options = parser.parse_args()
    quiet_environment()
    reader = find_reader(load_settings(), embedder=embedder_folder())
    claims = build_claims(options.data, each=options.each)
    if not options.fit:
        claims = [one for one in claims if not one.fits]
    embed = embed_all(claims, folder=options.cache)
    guide = Guide(embed=embed, reader=reader)
    rows, spent = collect(claims, embed=embed, guide=guide)
    print(f"{len(rows)} claims, {spent:.1f} ms a claim beside the embeddings")
    if options.fit:
        fitted = fit([one for one in rows if one.claim.fits])
        FILE.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    calibration = read_calibration(FILE)
    held_out = [one for one in rows if not one.claim.fits]
    report(held_out, calibration)
    if options.plots:
        plot(held_out, calibration, options.plots)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
