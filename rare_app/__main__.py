"""``python -m rare_app``: the product without a browser."""

import sys

from rare_app.cli import main

if __name__ == "__main__":
    sys.exit(main())
