# cython: language_level=3
"""Redirects: where a match leads by defaults and by ``redirect_to``.

What lives here: the URLs of these redirects, whether they lead to the request itself, and what a
converter tells by an exception of Werkzeug's matcher. What must not be known here: how requests are
matched, and which rules are asked for redirects.

What a client put into a variable never decides which host a redirect leads to. A URL that can't be
made of it, or that no response can have as its `Location`, is no redirect, or no match. But errors
that tell of the interpreter and not of the values, as that memory ran out, pass through.
"""

import re
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import NotFound
from werkzeug.routing import NoMatch, RequestAliasRedirect, RequestPath, RequestRedirect
from werkzeug.urls import iri_to_uri

from .quoting import quote_path

from cpython.unicode cimport PyUnicode_1BYTE_DATA, PyUnicode_GET_LENGTH
from libc.string cimport memcmp

cimport cython

from .address cimport Address
from .misses cimport no_match
from .text cimport PyUnicode_IS_ASCII, exact_text

cdef extern from *:
    """
    #define trieroute_raise_pending() (-1)
    """
    # Go on with an exception that C code has left set.
    int raise_pending "trieroute_raise_pending"() except -1


@cython.final
cdef class Undecided:
    """A match that may lead elsewhere."""


cdef Undecided undecided(object rule, object endpoint, dict values, str path):
    cdef Undecided it = Undecided.__new__(Undecided)
    it.rule = rule
    it.endpoint = endpoint
    it.values = values
    it.path = path
    return it


def default_redirect(
    Address adapter not None, tuple siblings not None, rule, str method, values, query_args
):
    """Do what :meth:`MapAdapter.get_default_redirect` says, among the rules of an endpoint."""
    for other in siblings:
        # The rules stand in the order in which they are preferred for building.
        if other is rule:
            break
        if other.provides_defaults_for(rule) and other.suitable_for(values, method):
            try:
                domain_part, path = other.build({**values, **other.defaults})
                url = adapter.make_redirect_url(path, query_args, domain_part=domain_part)
                check_location(url)
            except (MemoryError, RecursionError):
                raise
            except Exception:
                # This rule can't build the URL: it is not the canonical one.
                continue
            values.update(other.defaults)
            return url
    return None


def redirect_target(Address adapter not None, rule, dict values not None):
    """Return the URL that ``redirect_to`` leads to, joined to the script root.

    :raise NotFound: no URL can be made of what the client put into a variable, or of what a
        callable returns. What a callable raises passes through.
    """
    subdomain = f"{adapter.subdomain}." if adapter.subdomain else ""
    host = f"{subdomain}{adapter.server_name}"
    root = f"{adapter.url_scheme or 'http'}://{host}{adapter.script_name}"
    if not isinstance(rule.redirect_to, str):
        target = rule.redirect_to(adapter, **values)
        if target and not isinstance(target, str):
            raise TypeError(f"rule {rule.rule!r}: redirect_to returned {target!r}, which is no str")
        try:
            return urljoin(root, target)
        except ValueError:
            raise NotFound from None
    try:
        return _filled_in(root, rule._redirect_pieces(), values)
    except (MemoryError, RecursionError):
        raise
    except Exception:
        raise NotFound from None


cdef str _filled_in(str root, pieces, dict values):
    """Put values into the pieces of a ``redirect_to`` text, and join the URL to the script root."""
    cdef dict put = {}
    target = ""
    template = ""
    for piece in pieces:
        if isinstance(piece, str):
            target += piece
            template += piece
        else:
            text = piece.to_url(values[piece.name])
            stand_in = f"v{len(put)}v"
            put[stand_in] = text
            target += text
            template += stand_in
    # Where to go is for the rule to say, not for what the client put into a variable: a scheme
    # that the rule does not give is none, and a text within the host must not end it.
    scheme, host = urlsplit(urljoin(root, template))[:2]
    if (scheme, host) == urlsplit(root)[:2] or any(name in scheme for name in put):
        url = urljoin(root, target)
        if urlsplit(url)[:2] != urlsplit(root)[:2]:
            # A slash that the rule gives leads to the root of the host, whatever follows it.
            base = urljoin(root, "/") if template.startswith("/") else root
            url = urljoin(base, "./" + target.lstrip("/\\"))
        return url
    for stand_in, text in put.items():
        if stand_in in host and any(character in text for character in "/?#@:\\[]"):
            raise ValueError(f"{text!r} would end the host of a redirect")
    return urljoin(root, target)


def check_location(url):
    """Check that a response can have a URL as its ``Location``, as Werkzeug's responses write it.

    A host with a label that is empty or too long can't be encoded for DNS, for example. Without a
    host, ``http:///other.example/`` is for browsers a URL of the host that the path begins with.

    :param url: the URL; what a program's own adapter makes that is no str is not checked.
    :raise ValueError: no response can have it.
    """
    if not isinstance(url, str) or (type(url) is str and _is_usual(url)):
        return
    if re.search(_CONTROL, url) is not None:
        raise ValueError(f"{url!r} has characters that no header may have")
    parts = urlsplit(iri_to_uri(url))
    if parts.scheme in _WITH_HOST and not parts.hostname:
        raise ValueError(f"{url!r} has no host")


_CONTROL = r"[\x00-\x1f\x7f]"
#: URLs of other schemes may do without a host, such as those of ``mailto:``.
_WITH_HOST = frozenset(("http", "https", "ws", "wss"))


cdef bint _is_usual(str url) except -1:
    """Tell whether nothing is wrong with a URL, as far as that is seen at once.

    Such a URL is of HTTP, and has a host name with labels of letters, digits, hyphens and underscores,
    perhaps a port of up to four digits, and printable ASCII behind that.
    """
    cdef const unsigned char* text
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(url)
    cdef Py_ssize_t at = 7, start
    cdef unsigned char character
    if not PyUnicode_IS_ASCII(url) or length < 9:
        return False
    text = <const unsigned char*>PyUnicode_1BYTE_DATA(url)
    if memcmp(text, b"https://", 8) == 0:
        at = 8
    elif memcmp(text, b"http://", 7) != 0:
        return False
    start = at
    while at < length:
        character = text[at]
        if character == b"." or character == b"/" or character == b":":
            # DNS takes labels of up to 63 characters, and hosts of up to 253. The scheme counts here as
            # well; a host that is too long only with it is merely looked at more closely.
            if not 0 < at - start < 64 or at > 253:
                return False
            start = at + 1
            if character != b".":
                break
        elif not (
            b"a" <= character <= b"z" or b"0" <= character <= b"9" or b"A" <= character <= b"Z"
            or character == b"-" or character == b"_"
        ):
            return False
        at += 1
    if at < length and text[at] == b":":
        at += 1
        while at < length and b"0" <= text[at] <= b"9":
            at += 1
        if not 0 < at - start < 5:
            return False
    if at == length or text[at] != b"/":
        return False
    while at < length:
        if not b"!" <= text[at] <= b"~":
            return False
        at += 1
    return True


cdef object query_of(Address adapter, object query_args):
    # An overridden method of the adapter may rely on a query, as it can in Werkzeug.
    return adapter.query_args or {} if query_args is None else query_args


cdef object path_redirection(Address adapter, str path, object query_args):
    try:
        url = adapter.make_redirect_url(quote_path(path), query_of(adapter, query_args))
    except UnicodeEncodeError:
        # The path has a lone surrogate.
        return NotFound()
    return redirection(url)


cdef object alias_path(domain, str path):
    path = path.lstrip("/")
    return f"{domain}|/{path}" if path else f"{domain}|"


cdef object caught(error, kind):
    if not isinstance(error, kind):
        raise error
    return error


cdef int tell(
    Address adapter, str domain, str path, str method, object query_args
) except -1:
    try:
        raise_pending()
    except RequestPath as error:
        path = exact_text(caught(error, RequestPath).path_info, "path_info")
        raise path_redirection(adapter, path, query_args) from None
    except RequestAliasRedirect as error:
        error = caught(error, RequestAliasRedirect)
        url = adapter.make_alias_redirect_url(
            alias_path(domain, path),
            error.endpoint,
            error.matched_values,
            method.upper(),
            query_of(adapter, query_args),
        )
        raise redirection(url) from None
    except NoMatch as error:
        raise no_match(caught(error, NoMatch)) from None


def redirection(url):
    """Return the exception that redirects to a URL, or a 404 if no response can do that."""
    try:
        check_location(url)
    except ValueError:
        return NotFound()
    return RequestRedirect(url)


def leads_here(Address adapter not None, url, str path not None, query_args):
    """Tell whether a URL is the one of a path on the bound host; case does not count in a host."""
    # A program's own adapter may make what is no text.
    if not isinstance(url, str):
        return False
    try:
        # A program's own `make_redirect_url` may make all URLs equal.
        here = Address.make_redirect_url(adapter, quote_path(path), query_args)
        one, other = urlsplit(url), urlsplit(here)
    except ValueError:
        # One of them is no URL, or the path has a lone surrogate.
        return False
    return one[0] == other[0] and one[1].lower() == other[1].lower() and one[2:] == other[2:]
