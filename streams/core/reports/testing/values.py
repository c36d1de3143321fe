"""Values inside entries, by the path of names that leads to them."""

from collections.abc import Iterator, Mapping
from typing import Any


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as `share` or `fraud.recall`; names may themselves have dots, as `0.5` has.

    Raises ValueError, naming what there is, where the path leads nowhere.
    """
    found = list(_at(values, path))
    if not found:
        raise ValueError(f"there is no field {path!r}: test one of {', '.join(map(str, values)) or 'none'}")
    return found[0]


def _at(values: Any, path: str) -> Iterator[Any]:
    if not isinstance(values, Mapping):
        return
    if path in values:
        yield values[path]
    for name, inner in values.items():
        if path.startswith(f"{name}."):
            yield from _at(inner, path.removeprefix(f"{name}."))
