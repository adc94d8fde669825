"""``python -m rare_app.tuning``."""

import sys

from rare_app.tuning.command import main

sys.exit(main())
