"""Regexes: several variables and texts as one regular expression.

What the core can't check by itself is matched by :mod:`re`, a whole segment or tail at a time. Here
the regexes of converters are checked, joined, and kept from taking each other's groups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from .._core.pattern import SegmentRegex

__all__ = ["Source", "check_regex", "segment_regex", "whole_regex"]

#: A text, or the regex of a variable as a tuple of one.
Source = str | tuple[str]

#: Begins the name of the group that holds a variable; a number follows.
_GROUP_NAME = "trieroute_variable_"
#: Assertions that see what stands before or after the text of a segment.
_LOOKS_AROUND = re.compile(r"\\[AbB]|\^|\(\?<[!=]")
_ERRORS = (re.error, OverflowError, RecursionError)


def check_regex(name: str, converter: Any) -> None:
    """Check the regex of a converter.

    It has to compile by itself: one that is balanced only together with what stands around it would
    take the groups of the rule apart.

    :param name: the name of its variable, for messages.
    :param converter: the converter.
    :raise ValueError: its regex is no str, or does not compile; tells which regex it is.
    """
    regex = converter.regex
    if not isinstance(regex, str):
        raise ValueError(
            f"the regex of converter {type(converter).__name__} of variable {name!r} is"
            f" of type {type(regex).__name__}, it must be a str"
        )
    fault = _fault(str(regex))
    if fault is not None:
        raise ValueError(f"the regex {regex!r} of variable {name!r} does not compile: {fault}")


@lru_cache(maxsize=1024)
def _fault(regex: str) -> str | None:
    try:
        re.compile(regex)
        # In a rule it never stands at the beginning, where flags for the whole regex may stand.
        re.compile(f"(?:{regex})")
    except _ERRORS as error:
        return str(error)
    return None


# Many rules of an application use the same few regexes.
@lru_cache(maxsize=1024)
def segment_regex(sources: tuple[Source, ...], case: bool) -> SegmentRegex:
    """Join the texts and variables of a segment or of a tail.

    :param sources: texts, ``"/"``, and the regexes of variables, in order.
    :param case: whether case counts.
    :raise ValueError: regexes that compile by themselves do not compile together.
    """
    flags = 0 if case else re.IGNORECASE
    source, merging = _join(sources, "/"), _join(sources, "/+")
    try:
        regex = re.compile(source + r"\Z", flags)
        regex_merging = regex if merging == source else re.compile(merging + r"\Z", flags)
    except _ERRORS as error:
        raise ValueError(
            f"the regexes of the converters do not compile within a rule: {error}"
        ) from None
    return SegmentRegex(
        regex,
        regex_merging,
        tuple(
            regex.groupindex[f"{_GROUP_NAME}{number}"]
            for number in range(sum(isinstance(item, tuple) for item in sources))
        ),
        _LOOKS_AROUND.search(source) is not None,
    )


def _join(sources: tuple[Source, ...], slash: str) -> str:
    """Write one regex for texts and variables, each variable a named group."""
    source = ""
    count = variables = 0
    for item in sources:
        if isinstance(item, tuple):
            inner, groups = _renumber(item[0], count + 1)
            source += f"(?P<{_GROUP_NAME}{variables}>{inner})"
            variables += 1
            count += 1 + groups
        else:
            source += slash if item == "/" else re.escape(item)
    return source


_GROUP = re.compile(
    r"\(\?#[^)]*\)|\\[0-3][0-7]{2}|\\(?P<number>[1-9]\d?)|\\.|\((?P<named>\?P<(?P<name>\w+)>)|\(\?P=(?P<reference>\w+)\)"
    r"|\(\?\((?P<condition>\w+)\)|(?P<other>\(\?)|(?P<plain>\()|(?P<set>\[\^?\]?)",
    re.DOTALL,
)
_SET = re.compile(r"(?:[^\]\\]|\\.)*\]?", re.DOTALL)


def _renumber(regex: str, before: int) -> tuple[str, int]:
    """Make the groups of a regex fit behind *before* others.

    Named groups become plain ones and references by name or number follow them, so that two
    variables may use the same names and ``\\1`` means the first group of its own regex.

    :return: the regex to embed and the number of its groups.
    """
    names: dict[str, int] = {}
    out = []
    count = position = 0
    while True:
        token = _GROUP.search(regex, position)
        if token is None:
            out.append(regex[position:])
            return "".join(out), count
        out.append(regex[position : token.start()])
        position = token.end()
        text = token[0]
        if token["number"]:
            text = f"(?:\\{before + int(token['number'])})"
        elif token["named"]:
            count += 1
            names[token["name"]] = count
            text = "("
        elif token["reference"] and token["reference"] in names:
            text = f"(?:\\{before + names[token['reference']]})"
        elif token["condition"]:
            condition = token["condition"]
            number = int(condition) if condition.isdecimal() else names.get(condition, 0)
            text = f"(?({before + number})"
        elif token["plain"]:
            count += 1
        elif token["set"]:
            rest = _SET.match(regex, position)
            assert rest is not None
            text += rest[0]
            position = rest.end()
        out.append(text)


def whole_regex(
    trace: Sequence[tuple[bool, str]],
    converters: Mapping[str, Any],
    merge_slashes: bool,
    strict_slashes: bool,
) -> re.Pattern[str]:
    """Write a whole rule as one regular expression over ``"domain|/path"``.

    :param trace: the rule's texts and variables, ``(is variable, text or name)``.
    :param converters: converters by variable name.
    :param merge_slashes: whether a slash of the rule takes a run of slashes.
    :param strict_slashes: whether a leaf refuses a slash too many.
    :return: a pattern with a named group for each variable, and ``__suffix__`` for the last slashes
        of a branch or of a leaf that tolerates them.
    """
    texts = list(trace)
    branch = texts[-1] == (False, "/")
    while texts[-1] == (False, "/"):
        texts.pop()
    source = ""
    count = 0
    for variable, text in texts:
        if variable:
            inner, groups = _renumber(converters[text].regex, count + 1)
            source += f"(?P<{text}>{inner})"
            count += 1 + groups
        elif text == "/" and merge_slashes:
            source += "/+?"
        else:
            source += re.escape(text)
    if branch or not strict_slashes:
        source += f"(?<!/)(?P<__suffix__>/{'*' if merge_slashes else '?'})"
    return re.compile(rf"^{source}\Z")
