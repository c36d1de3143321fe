"""`streams operators`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import OutputFormat, Session

if TYPE_CHECKING:
    from streams.core.operators.describe import Description

EXAMPLES = """\
streams operators
streams operators metadata_filter
streams operators --output json
"""

Name = Annotated[str | None, typer.Argument(help="One operator, in full.", show_default=False)]


def operators(session: Session, name: Name = None) -> None:
    """Every operator of a collector: parameters, semantics, an example.

    Written from the same declarations that validate collector files.
    """
    import msgspec

    from streams.cli.output import show_json
    from streams.core.operators.describe import describe

    described = describe()
    chosen = [each for each in described if name in (None, each.name)]
    if not chosen:
        names = ", ".join(each.name for each in described)
        raise CommandError(f"there is no operator {name!r}; choose one of {names}", Exit.USAGE)
    if session.output is OutputFormat.JSON:
        show_json(msgspec.to_builtins(chosen))
    elif name is None:
        _show_all(session, chosen)
    else:
        print(_in_full(chosen[0]))


def _show_all(session: Session, described: list[Description]) -> None:
    from streams.cli.output import show_rows

    rows = [{"operator": each.name, "effect": each.effect, "what": _first_sentence(each)} for each in described]
    show_rows(session, rows, ["operator", "effect", "what"])


def _first_sentence(described: Description) -> str:
    return " ".join(described.semantics.split("\n\n")[0].split())


def _in_full(described: Description) -> str:
    import yaml

    lines = [f"{described.name}: {described.effect}", "", described.semantics, "", "Parameters:"]
    for each in described.parameters:
        need = "required" if each.required else f"default {each.default!r}"
        facts = ", ".join(part for part in (each.type, each.bounds, need) if part)
        lines.append(f"  {each.name} ({facts}): {each.description}")
    example = yaml.safe_dump([dict(described.example)], sort_keys=False, allow_unicode=True)
    lines += ["", "Example:", *(f"  {line}" for line in example.splitlines())]
    return "\n".join(lines)
