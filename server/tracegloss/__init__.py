"""Tracegloss joins MLflow traces to the source lines that made them."""

from __future__ import annotations

__version__ = "0.1.0"
