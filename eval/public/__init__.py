"""Public question sets, run through the whole system as banks, and their figures beside published ones."""

from eval.public.figures import Figure
from eval.public.published import table
from eval.public.run import run_all, run_public

__all__ = ["Figure", "run_all", "run_public", "table"]
