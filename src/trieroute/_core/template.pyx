# cython: language_level=3
"""URL templates: one rule's URL, ready to be filled in.

What lives here: joining texts that were quoted when the rule was compiled with what converters make
of values. What must not be known here: rules, maps, which rule suits which values.
"""

from urllib.parse import quote, urlencode

# Characters that stay in a path segment and in a query besides letters, digits and _.-~
# Source: https://url.spec.whatwg.org/#url-path-segment-string and #percent-encoded-bytes
cdef str PATH_SAFE = "!$&'()*+,/:;=@"
cdef str QUERY_SAFE = "!$'()*,/:;?@"


def quote_path(str path not None):
    """Percent-encode a path; slashes and other characters that a path may hold stay.

    :param path: the decoded path.
    :raise UnicodeEncodeError: the path holds a lone surrogate.
    """
    return quote(path, safe=PATH_SAFE)


def encode_query(items):
    """Encode pairs as a query, without the question mark; pairs whose value is ``None`` are left out.

    :param items: ``(key, value)`` pairs.
    """
    return urlencode([item for item in items if item[1] is not None], safe=QUERY_SAFE)


cdef class UrlTemplate:
    """One rule's URL with gaps for its variables.

    :param trace: the rule as ``(is variable, text or name)`` pairs; the pair ``(False, "|")`` parts
        the domain from the path.
    :param converters: converters by variable name.
    :param defaults: values of variables that are fixed.
    """

    def __cinit__(self, trace, converters, defaults):
        split = trace.index((False, "|"))
        self.domain = _parts(trace[:split], converters, defaults)
        self.path = _parts(trace[split + 1 :], converters, defaults)
        self.known = frozenset(
            [name for is_variable, name in trace if is_variable] + list(map(str, defaults))
        )

    cpdef tuple fill(self, values):
        """Fill in the variables.

        :param values: values by name.
        :return: domain part, path, and a dict of the values that the rule does not know.
        :raise TypeError: a variable has no value. What converters raise passes through.
        """
        unknown = {name: value for name, value in values.items() if name not in self.known}
        return self._join(self.domain, values), self._join(self.path, values), unknown

    cdef str _join(self, tuple parts, values):
        pieces = []
        for part in parts:
            if isinstance(part, str):
                pieces.append(part)
                continue
            name, to_url = part
            if name not in values:
                raise TypeError(f"no value for variable {name!r}")
            pieces.append(to_url(values[name]))
        return "".join(pieces)


cdef tuple _parts(trace, converters, defaults):
    parts = []
    for is_variable, text in trace:
        if not is_variable:
            part = quote_path(text)
        elif text in defaults:
            part = converters[text].to_url(defaults[text])
        else:
            parts.append((text, converters[text].to_url))
            continue
        if parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts)
