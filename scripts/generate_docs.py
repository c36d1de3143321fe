"""Write what is generated from declarations: pages of docs/ and JSON schemas of schemas/."""

import json
from pathlib import Path

from streams.cli.reference import page as commands_page
from streams.core.alerts.alert import json_schema as alert_schema
from streams.core.batches.manifest import json_schema as manifest_schema
from streams.core.collectors.file_schema import json_schema
from streams.core.operators.describe_markdown import page
from streams.core.reports.describe_markdown import page as reports_page
from streams.core.snapshots import json_schema as snapshot_schema

CHECKOUT = Path(__file__).parents[1]


def main() -> None:
    """Write all of them."""
    for name, text in (("commands", commands_page()), ("operators", page()), ("reports", reports_page())):
        (CHECKOUT / f"docs/{name}.md").write_text(text, encoding="utf-8")
    schemas = {
        "collectors": json_schema(),
        "batch-manifest": manifest_schema(),
        "snapshot": snapshot_schema(),
        "alert": alert_schema(),
    }
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (CHECKOUT / f"schemas/{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
