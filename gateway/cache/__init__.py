"""Keeps answers, shares loads under way, and forgets."""
