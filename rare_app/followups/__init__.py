"""Follow-up questions made to stand by themselves; questions for several things taken apart."""

from rare_app.followups.decompose import last_of, says_little, stand_alone, sub_questions
from rare_app.followups.rewrite import make_standalone, may_need_the_chat, telling_words

__all__ = [
    "last_of",
    "make_standalone",
    "may_need_the_chat",
    "says_little",
    "stand_alone",
    "sub_questions",
    "telling_words",
]
