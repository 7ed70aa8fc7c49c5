"""Fax: what it promises."""
