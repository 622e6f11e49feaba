"""What the Werkzeug that is installed does, as far as its versions differ.

trieroute takes the place of the version that is installed, from 3.0 on, so that an update of
Werkzeug changes for a program on trieroute what it changes for others. What differs is listed here
and nowhere else. It is recognised by what the installed version has and not by its number: a
release may take a change over from a later one, and what is being developed has no number of its
own yet.

Where 3.0 and 3.1 differ, trieroute does as the last 3.1 does: what an earlier one does otherwise is
a fault that was mended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import FloatConverter, Map, Rule, exceptions
from werkzeug.routing import map as maps

from .replaced_methods import is_written_in

__all__ = [
    "BINDS_BY_OWN_METHOD",
    "DUPLICATE_RULE_ERROR",
    "EQUALS_OTHERS",
    "FLOAT_TO_URL",
    "FULL_URLS_WITHOUT_DOMAINS",
    "SUBDOMAIN_MATCHING",
    "TRUSTED_HOSTS",
    "WRITES_RULES_AS_TEXT",
]


def _calls_own_bind() -> bool:
    if not is_written_in(Map.bind_to_environ, "werkzeug"):
        # What a program has put there is called for requests alone. The rest of 3.2 tells it.
        return SUBDOMAIN_MATCHING
    url_map: Any = Map(host_matching=True)
    url_map.bind = lambda **_: None
    environ = {"wsgi.url_scheme": "http", "HTTP_HOST": "localhost", "REQUEST_METHOD": "GET"}
    try:
        # The class's own `bind` refuses a subdomain, before it imports the encoding IDNA.
        return url_map.bind_to_environ(environ, subdomain="") is None
    except RuntimeError:
        return False


def _gives_full_urls() -> bool:
    without: Any = {"subdomain_matching": False}
    return Map([Rule("/", endpoint="")], **without).bind("localhost").build("") != "/"


#: A map takes ``subdomain_matching``, since 3.2. What else is new about domains came with it. A
#: host outside the server name counts as the default subdomain, with another warning; it was the
#: subdomain ``"<invalid>"`` before. The server name counts no more where hosts are matched. Empty
#: labels in front of it are kept. An adapter without a subdomain has an empty one, not ``None``.
#: And the constructor of an adapter, which a program may have replaced, gets keywords.
SUBDOMAIN_MATCHING: bool = hasattr(Map(), "subdomain_matching")

#: Where neither subdomains nor hosts are matched, a URL is a full one. A comment in Werkzeug says
#: that it is a path, so the installed version is asked.
FULL_URLS_WITHOUT_DOMAINS: bool = SUBDOMAIN_MATCHING and _gives_full_urls()

#: What is raised when a rule is added that equals another one of the map, since 3.2; else ``None``.
DUPLICATE_RULE_ERROR: Any = getattr(exceptions, "DuplicateRuleError", None)

#: A request that ``bind_to_environ`` gets has its ``trusted_hosts`` checked, since 3.2. The module
#: of maps knows the class of requests for that.
TRUSTED_HOSTS: bool = hasattr(maps, "Request")

#: ``bind_to_environ`` calls the ``bind`` of the map itself, by keywords, since 3.2; before, it
#: called the one of the class that is named ``Map``.
BINDS_BY_OWN_METHOD: bool = _calls_own_bind()

#: How the ``float`` converter writes a number, since 3.2: without an exponent. Before, it has no
#: way of its own.
FLOAT_TO_URL: Callable[[Any, Any], str] | None = vars(FloatConverter).get("to_url")

#: ``str`` of a rule is its text; since 3.2 it is what ``repr`` says.
WRITES_RULES_AS_TEXT: bool = "__str__" in vars(Rule)

#: What a rule says when it is compared with what is not of its class: since 3.2 ``NotImplemented``,
#: so that it equals a rule of a subclass with the same text, and ``False`` before.
EQUALS_OTHERS: Any = Rule("/").__eq__(None)
