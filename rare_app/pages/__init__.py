"""Citations to pages: the page as a picture, and the boxes of the quoted words on it."""

from rare_app.pages.again import find_again
from rare_app.pages.types import Box, PageView
from rare_app.pages.viewer import PageViewer

__all__ = ["Box", "PageView", "PageViewer", "find_again"]
