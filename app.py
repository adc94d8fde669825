"""Start the browser app: ``python app.py``, the same as ``python -m rare_app serve``."""

import sys

from rare_app.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
