"""Rule tables: text files that hold one rule a line.

A line is ``METHOD rule``::

    # a line that begins with a hash is a comment; such lines and empty ones are skipped
    GET       /users/<int:id>
    GET,POST  /repos/{owner}/{repo}/issues
    *         /files/{name:path}

A hash further on in a line is a part of the rule.

Variables are written in the syntax of rules, ``<converter:name>``, or in braces, ``{name}`` and
``{name:converter}``. This file turns a table into :class:`~trieroute.Rule` objects, not into a map.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from importlib import resources

# First of all, since this waits for another thread that has begun to import the package.
from . import _library as _library
from ._rules.rule import Rule
from ._rules.syntax import parse_rule

__all__ = ["github_rest_api", "parse_table", "read_table"]

_METHOD = re.compile(r"[A-Za-z]+(-[A-Za-z]+)*")
_ANY_METHOD = {"*", "ANY"}

#: A variable in angle brackets, a variable in braces, or a brace that belongs to neither.
_VARIABLE = re.compile(
    r"""<(?:"[^"]*"|'[^']*'|[^<>"'])*>|\{(?P<name>[^{}:]+)(?::(?P<converter>[^{}]*))?\}|[{}]"""
)
_CONVERTER = re.compile(r"[A-Za-z_]\w*(\(.*\))?", re.ASCII)


def parse_table(lines: Iterable[str], source: str = "<table>") -> list[Rule]:
    """Turn the lines of a rule table into rules.

    ``METHOD`` is one method, several separated by commas, or ``*`` or ``ANY`` for all methods. A
    variable in braces whose name is no identifier gets a legal name that is unique in its rule:
    ``{asset-id}`` becomes ``asset_id``.

    :param lines: the lines, with or without their line ends.
    :param source: what to call the table in an error message, usually the name of its file.
    :return: one unbound rule for each line that is neither empty nor a comment, in order. The
        endpoint is the string ``"METHOD rule"``, both parts as they are written in the table.
    :raise TypeError: *lines* is one text.
    :raise ValueError: a line has no rule, its method is no method, its rule does not start with a
        slash or can't be parsed. The message names the source, the line's number and its text.
        What only a map can know, such as an unknown converter, is found when the rule is added,
        and its message names the source and the number as well.
    """
    if isinstance(lines, (str, bytes)):
        raise TypeError("lines must be a list of lines, not one text: give text.splitlines()")
    rules = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            try:
                rule = _parse_line(text)
            except ValueError as error:
                raise ValueError(f"{source}, line {number}: {error}: {text!r}") from None
            rule._written_at = f"{source}, line {number}"
            rules.append(rule)
    return rules


def read_table(path: str | os.PathLike[str]) -> list[Rule]:
    """Read a rule table from a file.

    :param path: a text file in UTF-8.
    :return: the rules, as :func:`parse_table` returns them.
    :raise OSError: the file can't be read.
    :raise ValueError: a line is malformed, see :func:`parse_table`, or the file is not UTF-8.
    """
    source = os.fspath(path)
    with open(path, encoding="utf-8-sig") as lines:
        try:
            return parse_table(lines, source)
        except UnicodeDecodeError as error:
            raise ValueError(f"{source}: not a text file in UTF-8: {error}") from None


def github_rest_api() -> list[Rule]:
    """Return the rules of GitHub's REST API, a realistic table for examples and benchmarks.

    :return: 1,225 unbound rules, new ones at every call; every variable takes one path segment.
    """
    table = resources.files("trieroute") / "_data" / "github_rest_routes.txt"
    with table.open(encoding="utf-8") as lines:
        return parse_table(lines, table.name)


def _parse_line(text: str) -> Rule:
    methods, *rest = text.split(maxsplit=1)
    if not rest:
        raise ValueError("expected 'METHOD rule'")
    template = rest[0]
    if not template.startswith("/"):
        raise ValueError("the rule does not start with a slash")
    rule = _with_angle_brackets(template)
    parse_rule(rule)
    return Rule(rule, endpoint=f"{methods} {template}", methods=_parse_methods(methods))


def _parse_methods(text: str) -> list[str] | None:
    """Return the methods that *text* names, ``None`` for all methods."""
    names = text.split(",")
    if not _ANY_METHOD.isdisjoint(map(str.upper, names)):
        return None
    for name in names:
        if _METHOD.fullmatch(name) is None:
            raise ValueError(f"{name!r} is no method")
    return names


def _with_angle_brackets(template: str) -> str:
    """Rewrite every variable in braces as one in angle brackets."""
    taken = {
        variable["name"] or variable[0][1:-1].rpartition(":")[2]
        for variable in _VARIABLE.finditer(template)
    }
    legal_names: dict[str, str] = {}

    def rewrite(variable: re.Match[str]) -> str:
        name, converter = variable["name"], variable["converter"]
        if variable[0].startswith("<"):
            return variable[0]
        if name is None:
            raise ValueError(f"the brace {variable[0]!r} belongs to no variable")
        if name not in legal_names:
            legal_names[name] = _legal_name(name, taken)
        if converter is None:
            return f"<{legal_names[name]}>"
        if _CONVERTER.fullmatch(converter) is None:
            raise ValueError(f"{converter!r} in {variable[0]!r} is no converter")
        return f"<{converter}:{legal_names[name]}>"

    return _VARIABLE.sub(rewrite, template)


def _legal_name(name: str, taken: set[str]) -> str:
    """Return *name* if it is an ASCII identifier, otherwise one like it that is not in *taken*."""
    legal = re.sub(r"^(?=\d)|\W", "_", name, flags=re.ASCII)
    while legal != name and legal in taken:
        legal += "_"
    taken.add(legal)
    return legal
