"""Retrieval-augmented tuning: question-answering data → examples → adapter → GGUF."""
