"""An environment of its own with Evidently, and pandas 2.2, which Evidently needs: built once, and used by many tests.

It has what this package and its tests need too, but not the package: processes in it find that by `PYTHONPATH`.
"""

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from uv import find_uv_bin

from streams.kafka.local_broker.cache import cache_root, cached

CHECKOUT = Path(__file__).parents[2]
VERSION = "0.7.23"
_TESTING = ("pytest", "pytest-asyncio", "pytest-timeout", "hypothesis", "avro", "jsonschema", "scikit-learn", "uv")


def evidently_python() -> Path:
    """The environment's interpreter."""
    packages = _packages()
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    listed = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:8]
    name = f"evidently-{VERSION}-python-{minor}-{listed}"
    return cached(cache_root(os.environ) / name, lambda folder: _build(folder, packages)) / "bin" / "python"


def evidently_environ() -> dict[str, str]:
    """The environment variables of a process in it."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "DO_NOT_TRACK": "1"}


def _packages() -> list[str]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    testing = [each for each in extras["dev"] if each.partition(">")[0] in _TESTING]
    return sorted([*project["dependencies"], *testing, f"evidently=={VERSION}", "pandas==2.2.*"])


def _build(folder: Path, packages: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [find_uv_bin(), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(folder / "bin/python")]
    subprocess.run([*install, *packages], check=True)
