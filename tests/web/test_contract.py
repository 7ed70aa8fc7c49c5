"""Whatever is sent, right or wrong, the API answers as its OpenAPI document says."""

from __future__ import annotations
