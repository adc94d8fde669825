"""Follow-up questions of a chat, made to stand by themselves."""

from rare_app.followups.rewrite import make_standalone, may_need_the_chat, telling_words

__all__ = ["make_standalone", "may_need_the_chat", "telling_words"]
