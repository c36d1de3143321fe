"""Jinja templates of the pages: everything is escaped, and a name that does not exist is an error."""

from functools import cache

import jinja2

from streams.core.reports.html import texts


@cache
def templates() -> jinja2.Environment:
    """The templates, read once from this package."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("streams.core.reports.html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": texts.number,
        "share": texts.share,
        "moment": texts.moment,
        "short": texts.short,
    }
    return environment
