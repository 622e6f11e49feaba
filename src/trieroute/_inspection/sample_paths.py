"""Sample paths: a few texts for each part of a rule, and what they make of its path."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any

from .._core.part import Part, Value
from .._rules.regexes import segment_regex
from .coverage import matches
from .regex_samples import regex_samples
from .variable_schemas import number_text

__all__ = ["samples_of"]

#: Texts that are tried for every variable, the most telling ones first.
_WORDS = (
    *("value", "7", "other", "1.5", "v/w", "42", "en", "a", "2026-01-31", "-1"),
    *("12345678-1234-5678-1234-56781234abcd", "abc123", "v.w", ""),
)
_SEED = 3094
#: The number of texts that are kept for a part.
_KEPT = 3


def samples_of(part: Part, in_domain: bool = False) -> list[str]:
    """Return some texts that a part takes, converters included; none if none was found.

    :param part: the part; of a tail, the texts are rests of paths.
    """
    if part.text is not None:
        return [part.text]
    sources = part.identity.sources
    regexes = [source[0] for source in sources if isinstance(source, tuple)]
    choices = [
        list(dict.fromkeys((*_limits(value), *_texts(regex))))
        for value, regex in zip(part.values, regexes, strict=True)
    ]
    found: list[str] = []
    for turn in range(max(map(len, choices), default=0)):
        names = iter(choices)
        text = "".join(
            source if isinstance(source, str) else _turn(next(names), turn) for source in sources
        )
        if text not in found and _takes(part, text, in_domain):
            found.append(text.lower() if in_domain else text)
            if len(found) == _KEPT:
                break
    return found


def _turn(texts: list[str], turn: int) -> str:
    return texts[turn % len(texts)] if texts else ""


def _takes(part: Part, text: str, in_domain: bool) -> bool:
    if part.tail and segment_regex(part.identity.sources, True, False).regex.match(text) is None:
        return False
    return matches(part, text, in_domain)


# Rules share few regexes.
@lru_cache(maxsize=1024)
def _texts(regex: str) -> tuple[str, ...]:
    fitting = filter(re.compile(regex).fullmatch, _WORDS)
    found = tuple(islice(fitting, 8))
    return found or tuple(regex_samples(regex, Random(_SEED), 8))


def _limits(value: Value) -> list[str]:
    """Return the texts at the limits of a number converter."""
    converter: Any = getattr(value.to_python, "__self__", None)
    digits = getattr(converter, "fixed_digits", 0) or 0
    limits = [getattr(converter, name, None) for name in ("min", "max")]
    numbers: list[Any] = [limit for limit in limits if isinstance(limit, (int, float))]
    if isinstance(digits, int) and digits and not numbers:
        numbers = [10 ** (digits - 1)]
    texts = filter(None, map(number_text, numbers))
    return [text.zfill(digits if isinstance(digits, int) else 0) for text in texts]
