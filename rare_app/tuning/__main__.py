"""``python -m rare_app.tuning …``: the same as ``python -m rare_app tune …``."""

import sys

from rare_app.cli import main

sys.exit(main(["tune", *sys.argv[1:]]))
