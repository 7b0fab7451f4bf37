"""Any frame explained field by field. Sans-IO."""

from iec102.explain.explain import explain
from iec102.explain.field import NOT_IN_REFERENCE, Field
from iec102.explain.summary import summary

__all__ = ["NOT_IN_REFERENCE", "Field", "explain", "summary"]
