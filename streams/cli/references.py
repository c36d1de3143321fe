"""`streams references add` and `list`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.exits import CommandError, Exit
from streams.cli.options import Session

ADD_EXAMPLES = """\
streams references add january.parquet --name animals     # then: reference: uploaded:animals
"""
LIST_EXAMPLES = """\
streams references list --output json
"""

File = Annotated[Path, typer.Argument(metavar="FILE", help="Parquet, or CSV with a header line.")]
Name = Annotated[str | None, typer.Option(help="What collectors call it; by default the file's name.")]


def add(session: Session, file: File, *, name: Name = None) -> None:
    """Upload reference data to the object store, in place of what had the name before.

    Workers take it up with the next batch, without a restart. What is no table is refused, and changes nothing.
    """
    from streams.cli.output import show_rows
    from streams.stores.locations import open_objects
    from streams.stores.references import parse_reference
    from streams.stores.uploads import PREFIX, add_upload, pointer_key

    called = name or file.stem
    try:
        pointer_key(called)
        content = file.read_bytes()
    except ValueError as error:
        raise CommandError(f"--name: {error}", Exit.USAGE) from None
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}: name a file that can be read", Exit.USAGE) from None
    table = parse_reference(str(file), content)
    settings = session.settings()
    upload = add_upload(open_objects(settings.store.uri, settings.store.s3_endpoint_url), called, content)
    row = {"reference": f"{PREFIX}{called}", "rows": table.num_rows, "sha256": upload.sha256}
    show_rows(session, [row], list(row))


def list_references(session: Session) -> None:
    """List uploaded references, with the hash by which snapshots name what they were compared with."""
    from streams.cli.output import show_rows
    from streams.stores.locations import open_existing
    from streams.stores.uploads import PREFIX, uploads

    settings = session.settings()
    store = open_existing(settings.store.uri, settings.store.s3_endpoint_url)
    rows = [{"reference": f"{PREFIX}{each.name}", "sha256": each.sha256} for each in uploads(store)]
    show_rows(session, rows, ["reference", "sha256"])
