"""Values of enums that organisations can extend: a number, and what it stands for."""

from collections.abc import Sequence

from gateway.sources.devrev.sandbox.records import Record

PRIORITIES = ("p0", "p1", "p2", "p3")
FORECASTS = ("omitted", "pipeline", "upside", "strong_upside", "commit", "won")
SENTIMENTS = ("Delighted", "Happy", "Neutral", "Unhappy", "Frustrated")
VISIBILITIES = ("internal", "external")
CHANNELS = ("email", "plug", "slack", "twilio", "twilio_sms")


def choice(number: int, words: Sequence[str]) -> Record:
    """Return an enum value by its number, from 1."""
    word = words[number - 1]
    return {"id": number, "label": word.replace("_", " ").title(), "ordinal": number, "value": word}
