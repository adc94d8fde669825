"""Question your own documents on a laptop, offline: every claim tied to its passage."""

__version__ = "0.1.0"
