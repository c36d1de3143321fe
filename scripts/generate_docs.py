"""Write what is generated from declarations: docs/operators.md and schemas/collectors.schema.json."""

import json
from pathlib import Path

from streams.core.collectors.file_schema import json_schema
from streams.core.operators.describe_markdown import page

CHECKOUT = Path(__file__).parents[1]


def main() -> None:
    """Write both files."""
    (CHECKOUT / "docs/operators.md").write_text(page(), encoding="utf-8")
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    (CHECKOUT / "schemas/collectors.schema.json").write_text(schema, encoding="utf-8")


if __name__ == "__main__":
    main()
