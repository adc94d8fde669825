"""Errors that a user can mend."""


class UserError(Exception):
    """Something the user can mend.

    The message is one clear sentence (or two) that names the thing and the way out. It is shown
    as it stands in the app and on stderr (exit status 1); the traceback goes to the log only.
    """
