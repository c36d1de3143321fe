"""The page docs/operators.md, from the operators' declarations."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml

from streams.core.operators.describe import Description, Parameter, describe

_INTRODUCTION = """\
# Operators

What a collector does to the events offered to it, one after the other, in the order of its `operators`; those that
run when a window closes come last. Events that an operator drops are counted under its name. This page is written by
`scripts/generate_docs.py` from the declarations that validate collector files.
"""


def page() -> str:
    """Return the page as Markdown."""
    described = describe()
    index = "\n".join(f"- [{one.name}](#{one.name}): {one.effect}" for one in described)
    return "\n".join([_INTRODUCTION, index, *(_section(one) for one in described)]) + "\n"


def _section(one: Description) -> str:
    example = yaml.safe_dump([json.loads(json.dumps(one.example))], sort_keys=False, width=100)
    return "\n".join(
        [
            f"\n## {one.name}",
            "",
            one.semantics,
            "",
            *_table(one.parameters),
            "",
            "```yaml",
            f"operators:\n{_indented(example)}```",
        ]
    )


def _table(parameters: tuple[Parameter, ...]) -> Iterator[str]:
    yield "| parameter | type | default | meaning |"
    yield "|---|---|---|---|"
    for one in parameters:
        kind = f"{one.type}, {one.bounds}" if one.bounds else one.type
        default = "required" if one.required else "" if one.default is None else f"`{json.dumps(one.default)}`"
        yield f"| `{one.name}` | {kind} | {default} | {one.description} |".replace("|  |", "| |")


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
