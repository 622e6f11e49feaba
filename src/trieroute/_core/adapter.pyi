from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Self

from .address import Address

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

class Adapter(Address):
    def match(
        self,
        path_info: str | None = None,
        method: str | None = None,
        return_rule: bool = False,
        query_args: Mapping[str, Any] | str | None = None,
        websocket: bool | None = None,
    ) -> tuple[Any, dict[str, Any]]: ...
    def dispatch(
        self,
        view_func: Callable[[Any, dict[str, Any]], WSGIApplication],
        path_info: str | None = None,
        method: str | None = None,
        catch_http_exceptions: bool = False,
    ) -> WSGIApplication: ...
    def test(self, path_info: str | None = None, method: str | None = None) -> bool: ...
    def allowed_methods(self, path_info: str | None = None) -> Iterable[str]: ...
    def explain(
        self,
        path_info: str | None = None,
        method: str | None = None,
        websocket: bool | None = None,
    ) -> Any: ...
    def get_default_redirect(
        self,
        rule: Any,
        method: str,
        values: MutableMapping[str, Any],
        query_args: Mapping[str, Any] | str,
    ) -> str | None: ...
    def make_alias_redirect_url(
        self,
        path: str,
        endpoint: Any,
        values: Mapping[str, Any],
        method: str,
        query_args: Mapping[str, Any] | str,
    ) -> str: ...
    def current(self, namespace: str | None = None) -> AbstractContextManager[Self]: ...
    def build(
        self,
        endpoint: Any,
        values: Mapping[str, Any] | None = None,
        method: str | None = None,
        force_external: bool = False,
        append_unknown: bool = True,
        url_scheme: str | None = None,
    ) -> str: ...
    def _partial_build(
        self,
        endpoint: Any,
        values: Mapping[str, Any],
        method: str | None,
        append_unknown: bool,
    ) -> tuple[str, str, bool] | None: ...
