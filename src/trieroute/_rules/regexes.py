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
#: Assertions that see what stands before or after the text of a segment. Like others that few rules
#: ask for, it is compiled, and kept by :mod:`re`, when it is first used.
_LOOKS_AROUND = r"\\[AbB]|\^|\(\?<[!=]"
_ERRORS = (re.error, OverflowError, RecursionError)


def check_regex(name: str, converter: Any) -> None:
    """Check the regex of a converter.

    It has to compile by itself: one that is balanced only together with what stands around it would
    take the groups of the rule apart.

    :raise ValueError: it is no converter, or its regex is no str, or does not compile; tells which
        regex it is.
    """
    for needed in ("weight", "part_isolating"):
        if not hasattr(converter, needed):
            raise ValueError(
                f"{converter!r}, which was made for variable {name!r}, has no {needed}: a converter"
                " is an object of a class that derives from BaseConverter"
            )
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
def segment_regex(sources: tuple[Source, ...], case: bool, branch: bool) -> SegmentRegex:
    """Join the texts and variables of a segment or of a tail.

    :param sources: texts, ``"/"``, and the regexes of variables, in order.
    :param case: whether case counts.
    :param branch: whether they are the tail of a rule that ends with a slash, which they may see.
    :raise ValueError: regexes that compile by themselves do not compile together.
    """
    flags = 0 if case else re.IGNORECASE
    names = [f"{_GROUP_NAME}{number}" for number in range(len(sources))]
    try:
        source, merging = _join(sources, names, "/"), _join(sources, names, "/+")
        regex = re.compile(source + r"\Z", flags)
        regex_merging = regex if merging == source else re.compile(merging + r"\Z", flags)
        before_slash = None
        if branch:
            before_slash = tuple(re.compile(text + r"(?=/\Z)", flags) for text in (source, merging))
    except _ERRORS as error:
        raise ValueError(
            f"the regexes of the converters do not compile within a rule: {error}"
        ) from None
    groups = tuple(regex.groupindex[name] for name in names if name in regex.groupindex)
    return SegmentRegex(
        regex, regex_merging, groups, re.search(_LOOKS_AROUND, source) is not None, before_slash
    )


def _join(sources: Sequence[Source], names: Sequence[str], slash: str) -> str:
    """Write one regex for texts and variables, each variable a named group.

    :param names: the name of the group for each source that is a variable.
    :param slash: the regex for a slash.
    """
    source = ""
    count = 0
    for item, name in zip(sources, names, strict=True):
        if isinstance(item, tuple):
            inner, groups = _renumbered(item[0], count + 1)
            source += f"(?P<{name}>{inner})"
            count += 1 + groups
        else:
            source += slash if item == "/" else re.escape(item)
    return source


#: A named group, a reference to a group, and what is neither but may look like it.
_REFERENCE = (
    r"(?s)\(\?P<(?P<name>\w+)>|\(\?P=(?P<reference>\w+)\)|\(\?\((?P<condition>\w+)\)"
    r"|\\[0-3][0-7]{2}|\\(?P<number>[1-9]\d?)|\\.|\(\?#[^)]*\)|\[\^?\]?(?:[^\]\\]|\\.)*\]"
)


def _renumbered(regex: str, before: int) -> tuple[str, int]:
    """Make the groups of a regex fit behind *before* others.

    Named groups become plain ones and references by name or number follow them, so that two
    variables may use the same names and ``\\1`` means the first group of its own regex.

    :return: the regex to embed and the number of its groups.
    """
    own = re.compile(regex)

    def replaced(token: re.Match[str]) -> str:
        if token["name"]:
            return "("
        group = token["reference"] or token["condition"] or token["number"]
        if group is None:
            return token[0]
        number = before + (int(group) if group.isdecimal() else own.groupindex[group])
        return f"(?({number})" if token["condition"] else f"(?:\\{number})"

    return re.sub(_REFERENCE, replaced, regex), own.groups


def whole_regex(
    trace: Sequence[tuple[bool, str]],
    converters: Mapping[str, Any],
    merge_slashes: bool,
    strict_slashes: bool,
) -> re.Pattern[str]:
    """Write a whole rule as one regular expression over ``"domain|/path"``.

    :param trace: the rule's texts and variables, ``(is variable, text or name)``.
    :param merge_slashes: whether a slash of the rule takes a run of slashes.
    :param strict_slashes: whether a leaf refuses a slash too many.
    :return: a pattern with a named group for each variable, and ``__suffix__`` for the last slashes
        of a branch or of a leaf that tolerates them.
    """
    texts = list(trace)
    branch = texts[-1] == (False, "/")
    while texts[-1] == (False, "/"):
        texts.pop()
    sources: list[Source] = [
        (converters[text].regex,) if variable else text for variable, text in texts
    ]
    source = _join(sources, [text for _, text in texts], "/+?" if merge_slashes else "/")
    if branch or not strict_slashes:
        source += f"(?<!/)(?P<__suffix__>/{'*' if merge_slashes else '?'})"
    return re.compile(rf"^{source}\Z")
