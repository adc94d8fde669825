"""Arithmetic that a model writes down and code carries out: exact, checked, never ``eval``."""

from rare_app.calc.evaluate import CalcError, Result, calculate
from rare_app.calc.filter import CalcFilter
from rare_app.calc.known import Known

__all__ = ["CalcError", "CalcFilter", "Known", "Result", "calculate"]
