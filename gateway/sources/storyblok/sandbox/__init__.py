"""Storyblok's Management API as an emulator with state and quirks."""

from gateway.sources.storyblok.sandbox.emulator import Storyblok

__all__ = ["EMULATOR"]

EMULATOR = Storyblok
