from collections.abc import Mapping
from typing import Any, ClassVar

from .adapter_dict import FIELDS as FIELDS

class Address:
    _unset_fields: ClassVar[dict[str, Any]]
    map: Any
    server_name: str
    script_name: str
    subdomain: str | None
    url_scheme: str
    path_info: str
    default_method: str
    query_args: Mapping[str, Any] | str | None
    websocket: bool
    _outside: bool
    def __init__(
        self,
        map: Any,
        server_name: str,
        script_name: str,
        subdomain: str | None,
        url_scheme: str,
        path_info: str,
        default_method: str,
        query_args: Mapping[str, Any] | str | None = None,
    ) -> None: ...
    def _held_fields(self) -> dict[str, Any]: ...
    def get_host(self, domain_part: str | None) -> str: ...
    def encode_query_args(self, query_args: Mapping[str, Any] | str) -> str: ...
    def make_redirect_url(
        self,
        path_info: str,
        query_args: Mapping[str, Any] | str | None = None,
        domain_part: str | None = None,
    ) -> str: ...
