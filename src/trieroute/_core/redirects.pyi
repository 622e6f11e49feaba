from typing import Any, final

from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from .address import Address

@final
class Undecided: ...

def default_redirect(
    adapter: Address,
    siblings: tuple[Any, ...],
    rule: Any,
    method: str,
    values: dict[str, Any],
    query_args: Any,
) -> str | None: ...
def redirect_target(adapter: Address, rule: Any, values: dict[str, Any]) -> str: ...
def check_location(url: Any) -> None: ...
def redirection(url: Any) -> RequestRedirect | NotFound: ...
def leads_here(adapter: Address, url: object, path: str, query_args: Any) -> bool: ...
