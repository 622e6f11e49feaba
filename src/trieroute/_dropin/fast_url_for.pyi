from collections.abc import Callable
from typing import Any, final

@final
class FastUrlFor:
    def __new__(
        cls,
        app: Any,
        methods: dict[str, Any],
        request: Callable[[None], Any],
        error: type[Exception],
    ) -> FastUrlFor: ...
    @property
    def app(self) -> Any: ...
    def __getattr__(self, name: str, /) -> Any: ...
    def __call__(
        self,
        endpoint: Any,
        *,
        _anchor: Any = None,
        _method: Any = None,
        _scheme: Any = None,
        _external: Any = None,
        **values: Any,
    ) -> str: ...
