"""Readers: one file a format, file -> pages."""

from __future__ import annotations

from ingest.readers.child import ReaderPool, read_file
from ingest.readers.detect import detect

__all__ = ["ReaderPool", "detect", "read_file"]
