from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .map_adapter import MapAdapter
from .state import BaseMap

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.wrappers.request import Request

class BindableMap(BaseMap):
    _replaced_methods: Any = ...
    #: The class whose `bind` is what `bind_to_environ` calls.
    _named_class: Any = ...
    @property
    def _finds_subdomains(self) -> bool: ...
    def prepare(self) -> None: ...
    def bind(
        self,
        server_name: str,
        script_name: str | None = None,
        subdomain: str | None = None,
        url_scheme: str = "http",
        default_method: str = "GET",
        path_info: str | None = None,
        query_args: Mapping[str, Any] | str | None = None,
    ) -> MapAdapter: ...
    def bind_to_environ(
        self,
        environ: WSGIEnvironment | Request,
        server_name: str | None = None,
        subdomain: str | None = None,
    ) -> MapAdapter: ...
    def bind_to_scope(
        self,
        scope: Mapping[str, Any],
        server_name: str | None = None,
        subdomain: str | None = None,
    ) -> MapAdapter: ...
