"""Whether a gold fact is in an answer; see eval/facts.py."""

from eval.facts import met as met
