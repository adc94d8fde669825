"""Run one token through a model and leave: ``python -m rare_app.model.probe PATH``."""

import sys
from pathlib import Path

from rare_app.model.errors import ModelError
from rare_app.model.llama import LanguageModel


def main() -> int:
    """Load the model named on the command line and decode one token."""
    try:
        model = LanguageModel(path=Path(sys.argv[1]), context_tokens=64, batch_tokens=32, threads=1)
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    model.read(model.tokenise("One token"))
    model.logits()
    model.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
