"""Other ways to search, each in its own file; docs/retrieval.md says which of them paid.

None is used by the app: none won clearly at less than 100 ms. The searches share one shape, so that
``python -m benchmarks.retrieval --rankings`` measures the next reader or embedder with them too;
``python -m benchmarks.arrangement`` does so for ways to choose and order what was found.
"""

from rare_app.lab.strategies.arrange import (
    as_read,
    best_at_the_ends,
    best_last,
    join_neighbours,
    limit_document,
)
from rare_app.lab.strategies.feedback import expand_by_feedback
from rare_app.lab.strategies.graph import expand_by_graph
from rare_app.lab.strategies.question_index import QuestionIndex
from rare_app.lab.strategies.second_hop import search_in_two_hops
from rare_app.lab.strategies.thinking import think_first
from rare_app.lab.strategies.types import Search, Strategy

__all__ = [
    "STRATEGIES",
    "QuestionIndex",
    "Search",
    "Strategy",
    "as_read",
    "best_at_the_ends",
    "best_last",
    "expand_by_feedback",
    "expand_by_graph",
    "join_neighbours",
    "limit_document",
    "search_in_two_hops",
    "think_first",
]

STRATEGIES: dict[str, Strategy] = {
    "feedback": expand_by_feedback,
    "second hop": search_in_two_hops,
    "graph": expand_by_graph,
}
"""By name; :class:`QuestionIndex` needs an index of its own, :func:`think_first` a model."""
