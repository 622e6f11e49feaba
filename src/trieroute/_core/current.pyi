from contextvars import ContextVar
from typing import Any

CURRENT: ContextVar[tuple[Any, str | None] | None]
