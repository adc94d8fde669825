"""Start the browser app: ``python app.py``."""

import argparse
import logging
import sys
from pathlib import Path

from rare_app.errors import UserError
from rare_app.log import quiet_environment, start_logging
from rare_app.settings import load_settings


def main() -> int:
    """Start the app; 0 when it was ended, 1 when the user can mend what is wrong."""
    parser = argparse.ArgumentParser(description="Question your own documents, offline.")
    parser.add_argument("--home", type=Path, help="the user's folder (default: RARE_HOME)")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine)")
    parser.add_argument("--port", type=int, help="port to listen on (default 7860)")
    parser.add_argument("--model", help="name or path of a GGUF model")
    parser.add_argument("--open", action="store_true", help="open the browser")
    options = parser.parse_args()
    quiet_environment()
    try:
        settings = load_settings(
            home=options.home, host=options.host, port=options.port, model=options.model
        )
        start_logging(settings)
        from rare_app.ui.serve import serve

        serve(settings, open_browser=options.open)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    except Exception:
        logging.getLogger("rare_app").exception("The app stopped")
        sys.stderr.write("The app stopped on an error; the log has the details.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
