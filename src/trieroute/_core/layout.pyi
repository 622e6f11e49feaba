from typing import Any

class Layout:
    size: int
    def __new__(cls, *args: Any) -> Layout: ...
