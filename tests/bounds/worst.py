"""The documents that cost most to read: within all bounds, and of 100 kB beyond them."""

from collections.abc import Callable, Mapping

Make = Callable[[int], str]
"""Returns a document, larger for a larger number."""


def _many(count: int, one: Callable[[int], str]) -> str:
    return " ".join(one(at) for at in range(count))


def _chain(count: int, spread: str) -> str:
    """Return fragments that spread each the next one, in the words of `spread`."""
    chain = _many(
        count, lambda at: f"fragment F{at} on Query {{{spread.replace('NEXT', f'...F{at + 1}')}}}"
    )
    return f"{{...F0}} {chain} fragment F{count} on Query {{__typename}}"


WITHIN: Mapping[str, Make] = {
    "one leaf": lambda n: "{sources{" + "source " * n + "}}",
    "one root leaf": lambda n: "{" + "__typename " * n + "}",
    "one object": lambda n: "{" + "sources{source} " * n + "}",
    "one object inside": lambda n: "{stages{nodes{" + "process{id} " * n + "}}}",
    "objects in objects": lambda n: "{" + "stages{nodes{id name}} " * n + "}",
    "objects in objects in objects": lambda n: (
        "{stages{nodes{" + "process{stages{nodes{id id} nodes{id id}}} " * n + "}}}"
    ),
    "aliased leaves": lambda n: "{" + _many(n, lambda at: f"a{at}:__typename") + "}",
    "aliased lists": lambda n: "{" + _many(n, lambda at: f"a{at}:stages{{isComplete}}") + "}",
    "other arguments": lambda n: (
        "{" + _many(n, lambda at: f"stages(first:{at}){{isComplete}}") + "}"
    ),
    "other fields": lambda n: "{" + 'a:sources{source} a:node(id:"x"){id} ' * n + "}",
    "unknown fields": lambda n: "{works{nodes{" + _many(n, lambda at: f"descriptio{at}") + "}}}",
    "few unknown fields": lambda n: "{works{nodes{title titl ownerz}}} #" + "#" * n,
    "unknown types": lambda n: (
        "{works{nodes{" + _many(n, lambda at: f"...on DevRevIssuu{at}{{id}}") + "}}}"
    ),
    "few unknown types": lambda n: (
        "{works{nodes{" + _many(3, lambda at: f"...on {'DevRevIssu' * (at + 1)}{{id}}")
        + "id " * n + "}}}"
    ),
    "unknown types of variables": lambda n: (
        "query(" + _many(n, lambda at: f"$a{at}:StageFilterInputt") + "){__typename}"
    ),
    "unknown arguments": lambda n: (
        "{stages(" + _many(n, lambda at: f"firsst{at}:1") + "){isComplete}}"
    ),
    "unknown enums": lambda n: "{works(filter:{sources:[" + "DEVREVV " * n + "]}){isComplete}}",
    "unknown inputs": lambda n: (
        "{works(filter:{" + _many(n, lambda at: f"titlee{at}:1") + "}){isComplete}}"
    ),
    "one input": lambda n: "{works(filter:{" + "title:null " * n + "}){isComplete}}",
    "wrong literals": lambda n: "{nodes(ids:[" + "{} " * n + "]){id}}",
    "good literals": lambda n: "{nodes(ids:[" + '"a" ' * n + "]){id}}",
    "unused variables": lambda n: "query(" + _many(n, lambda at: f"$a{at}:Int") + "){__typename}",
    "undefined variables": lambda n: (
        "{nodes(ids:[" + _many(n, lambda at: f"$a{at}") + "]){id}}"
    ),
    "undefined fragments": lambda n: "{" + _many(n, lambda at: f"...F{at}") + "}",
    "unused fragments": lambda n: (
        "{__typename}" + _many(n, lambda at: f"fragment F{at} on Query{{__typename}}")
    ),
    "fragments beside each other": lambda n: (
        "{" + _many(n, lambda at: f"...F{at}") + "}"
        + _many(n, lambda at: f"fragment F{at} on Query{{__typename}}")
    ),
    "fragments in each other": lambda n: _chain(n, "__typename NEXT"),
    "doubling fragments": lambda n: _chain(n, "NEXT NEXT"),
    "fragments in a circle": lambda n: (
        "{...F0}"
        + _many(n, lambda at: f"fragment F{at} on Query{{__typename ...F{(at + 1) % n}}}")
    ),
    "all fragments in all": lambda n: (
        "{...F0}"
        + _many(n, lambda at: f"fragment F{at} on Query{{{_many(n, lambda to: f'...F{to}')}}}")
    ),
    "operations with one fragment": lambda n: (
        _many(n, lambda at: f"query Q{at}($a:Int){{...F}}") + "fragment F on Query{"
        + _many(n, lambda at: "stages(first:$a){isComplete}") + "}"
    ),
    "operations": lambda n: _many(n, lambda at: f"query Q{at}{{__typename}}"),
    "operations of one name": lambda n: _many(n, lambda _: "query Q{__typename}"),
    "directives": lambda n: "{__typename " + "@skip(if:true) " * n + "}",
    "unknown directives": lambda n: "{__typename " + _many(n, lambda at: f"@skipp{at}") + "}",
    "inline fragments inside each other": lambda n: "{" + "...{" * n + "__typename" + "}" * n + "}",
    "inline fragments": lambda n: "{" + "...{__typename}" * n + "}",
    "a deep list": lambda n: "{nodes(ids:" + "[" * n + "]" * n + "){id}}",
    "a deep object": lambda n: "{works(filter:" + "{title:" * n + "null" + "}" * n + "){id}}",
    "a deep schema": lambda n: "{__schema{types{" + "fields{type{" * n + "name" + "}}" * n + "}}}",
    "a long name": lambda n: "{works{nodes{" + "a" * n + "}}}",
    "a long string": lambda n: '{node(id:"' + "x" * n + '"){id}}',
    "escapes": lambda n: '{node(id:"' + "\\n" * n + '"){id}}',
    "a block string": lambda n: '{node(id:"""' + " x\n" * n + '"""){id}}',
    "a long number": lambda n: "{stages(first:" + "1" * n + "){isComplete}}",
    "errors after many lines": lambda n: (
        "\n" * n + "{" + _many(min(n, 200), lambda at: f"stagess{at}") + "}"
    ),
}  # fmt: skip
"""Each is made as large as the bounds let it be."""

_LETTERS = 100_000


def largest(make: Make, is_within: Callable[[str], bool]) -> str:
    """Return the largest of these documents that is within bounds and no longer than 100 kB."""

    def fits(size: int) -> bool:
        text = make(size)
        return len(text) <= _LETTERS and is_within(text)

    low = 1
    while fits(2 * low):
        low *= 2
    high = 2 * low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return make(low)


BEYOND: Mapping[str, str] = {
    "names": "{" + "a " * (_LETTERS // 2) + "}",
    "opening braces": "{" * _LETTERS,
    "opening brackets": "{a(b:" + "[" * _LETTERS,
    "closing braces": "}" * _LETTERS,
    "exclamation marks": "!" * _LETTERS,
    "a string": '{a(b:"' + "x" * _LETTERS + '")}',
    "a string without end": '{a(b:"' + "x" * _LETTERS,
    "escapes": '{a(b:"' + "\\n" * (_LETTERS // 2) + '")}',
    "letters by number": '{a(b:"' + "\\u00e9" * (_LETTERS // 6) + '")}',
    "a block string": '{a(b:"""' + "x" * _LETTERS + '""")}',
    "a block string without end": '{a(b:"""' + "\n" * _LETTERS,
    "lines in a block string": '{a(b:"""' + "\n" * _LETTERS + '""")}',
    "quotes": '"' * _LETTERS,
    "comments": "#\n" * (_LETTERS // 2) + "{a}",
    "one comment": "#" * _LETTERS + "\n{a}",
    "lines": "\n" * _LETTERS + "{a}",
    "carriage returns": "\r" * _LETTERS + "{a}",
    "one name": "{" + "a" * _LETTERS + "}",
    "one integer": "{a(b:" + "1" * _LETTERS + ")}",
    "one float": "{a(b:1." + "1" * _LETTERS + "e1)}",
    "strings": "{a(b:[" + '"" ' * (_LETTERS // 3) + "])}",
    "integers": "{a(b:[" + "1 " * (_LETTERS // 2) + "])}",
    "spreads": "{" + "...a " * (_LETTERS // 5) + "}",
    "variables": "query(" + "$a:B " * (_LETTERS // 5) + "){a}",
    "directives": "{a " + "@a " * (_LETTERS // 3) + "}",
    "aliases": "{" + " ".join(f"a{at}:id" for at in range(10_000)) + "}",
    "dollars": "{a(b:" + "$" * _LETTERS + ")}",
    "dots": "{" + "." * _LETTERS + "}",
    "no tokens": "?" * _LETTERS,
    "NULs": "\0" * _LETTERS,
    "lone surrogates": "\ud800" * _LETTERS,
}
"""Documents of 100 kB, of one kind of token each."""
