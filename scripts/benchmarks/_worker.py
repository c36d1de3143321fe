"""The worker under test: the collect stage alone, configured by the environment, until SIGTERM."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _collectors import collectors

from streams.bootstrap import build_worker
from streams.settings import load_settings

if __name__ == "__main__":
    sys.exit(build_worker(load_settings(os.environ), collectors(), ("collect",)).run())
