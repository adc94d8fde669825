"""Arithmetic that a model writes down and code carries out: exact, checked, never ``eval``."""

from rare_app.calc.evaluate import CalcError, Result, calculate
from rare_app.calc.filter import CLOSE, OPEN, CalcFilter
from rare_app.calc.known import Known, Number

__all__ = ["CLOSE", "OPEN", "CalcError", "CalcFilter", "Known", "Number", "Result", "calculate"]
