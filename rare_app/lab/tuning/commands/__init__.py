"""The commands under ``tune``: the arguments of each and what it calls, one a file."""
