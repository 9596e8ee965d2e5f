"""Of a vendor's words a caller sees one short line, without addresses, secrets and stacks."""

import time

import pytest

from gateway.errors import Complaint
from gateway.upstream.words import cleaned

SECRETS = ["Bearer s3cr3t-V4lue", "a/b+c=="]
"""Of a credential's headers."""


def clean(words: str, *secrets: str) -> str:
    [one] = cleaned([Complaint(message=words, field="name")], secrets or SECRETS)
    assert one.field == "name"
    return one.message


@pytest.mark.parametrize(("words", "shown"), [
    ("see https://api.example.com/v1/x?token=1 for more", "see [...] for more"),
    ("x_HTTP://10.0.0.1:80/x, (git+ssh://a@b/c)", "x_[...] ([...]"),
    ("at //10.0.0.1/v1/things now", "at [...] now"),
    ("at api.example.com/v1 or API.EXAMPLE.COM:8443/v1?a=b now", "at [...] or [...] now"),
    ("either/or, 1.5/2, e.g. this", "either/or, 1.5/2, e.g. this"),
])  # fmt: skip
def test_no_address_is_shown(words: str, shown: str) -> None:
    assert clean(words) == shown


@pytest.mark.parametrize(("words", "shown"), [
    ("your key is s3cr3t-V4lue!", "your key is [...]!"),
    ("it is S3CR3T-v4LUE or s3cr3t-v4lue", "it is [...] or [...]"),
    ("of ?q=a%2Fb%2Bc%3D%3D&x or a%2fb%2bc%3d%3d or a/b+c==", "of ?q=[...]&x or [...] or [...]"),
    ("the bearer of it", "the bearer of it"),
    (" " * 2995 + "s3cr3t-V4lue", "[...]"),
])  # fmt: skip
def test_no_part_of_the_credential_is_shown(words: str, shown: str) -> None:
    assert clean(words) == shown


@pytest.mark.parametrize(("words", "shown"), [
    ("not Token: abcdefgh123 nor api_key=abcdefgh123", "not [...] nor [...]"),
    ("X-Api-Key: abc, client_secret = d and PASSWORD=x", "[...] [...] and [...]"),
    ('{"access_token": "abc", "passwd":"d"}', '{"[...] "[...]'),
    ("Authorization: Basic dXNlcjpwYXNz", "Authorization: [...]"),
    ("sent was bearer abcdefgh1", "sent was [...]"),
    ("the key is taken, and the token too", "the key is taken, and the token too"),
    ("keyboard: none", "keyboard: none"),
])  # fmt: skip
def test_no_secret_of_another_is_shown(words: str, shown: str) -> None:
    assert clean(words) == shown


@pytest.mark.parametrize("stack", [
    'Traceback (most recent call last):\n  File "/srv/app/views.py", line 7, in post\n    boom()',
    "TRACEBACK (most recent call last)",
    '  File "/srv/app/views.py", line 7',
    "\n    at Object.post (/srv/app/views.js:7:3)\n    at next (/srv/app/a.js:1:1)",
    "\r\n\tat com.example.Views.post(Views.java:7)",
])  # fmt: skip
def test_no_stack_is_shown(stack: str) -> None:
    assert clean(f"It broke. {stack}") == "It broke."
    assert clean(stack) == ""


def test_words_that_only_look_like_a_stack_are_shown() -> None:
    words = 'Look at it: the file "a" has a traceback'
    assert clean(words) == words


@pytest.mark.parametrize(("words", "shown"), [
    ("one\r\ntwo\x00\u2028three\t four", "one two three four"),
    ("a" * 10_000, "a" * 297 + "..."),
    ("", ""),
])  # fmt: skip
def test_it_is_one_short_line(words: str, shown: str) -> None:
    assert clean(words) == shown


def test_a_secret_that_is_part_of_another_is_hidden_whole() -> None:
    said = [Complaint(message="it is s3cr3t-v4lue or s3cr3t")] * 30
    shown = cleaned(said, ["s3cr3t", "s3cr3t-v4lue", "it"])
    assert [one.message for one in shown] == ["it is [...] or [...]"] * 20


@pytest.mark.parametrize("part", [
    "\n", " ", "\n ", "a.", "a-", "a", "/", "token", "key ", "bearer ", 'file "', "x:", "\n at",
])  # fmt: skip
def test_no_words_take_long(part: str) -> None:
    begun = time.perf_counter()
    clean(part * (10**6 // len(part)))
    assert time.perf_counter() - begun < 0.5
