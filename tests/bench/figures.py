"""Figures of a benchmark: printed beside their bar, and judged by it."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence

# The sizes that the bars name, when asked for; else a tenth or so, and every line says so.
FULL = bool(os.environ.get("BENCH_FULL"))


def size(full: int, small: int) -> int:
    """How many, in this run."""
    return full if FULL else small


def percentile(values: Sequence[float], part: float) -> float:
    """The value that `part` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def show(bar: str, what: str, figure: str, *, peer: str = "", wanted: str = "") -> None:
    """One line of the run's table."""
    beside = f" · peer: {peer}" if peer else ""
    print(f"\n{bar}  {what}: {figure}{beside} · bar: {wanted}{'' if FULL else ' · smaller size'}", end="")


def spread(values: Sequence[float], unit: str = "ms", factor: float = 1000.0) -> str:
    """p50, p95, p99 and the largest."""
    shown = [statistics.median(values), *(percentile(values, part) for part in (0.95, 0.99)), max(values)]
    return " / ".join(f"{value * factor:.1f}" for value in shown) + f" {unit} (p50/p95/p99/max)"
