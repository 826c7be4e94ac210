"""The record on disk: append-only revisions in SQLite or PostgreSQL."""

from legation.store.store import Store

__all__ = ["Store"]
