"""Starlette's test client; that it would rather have a newer httpx is no failure of a test."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

__all__ = ["TestClient"]
