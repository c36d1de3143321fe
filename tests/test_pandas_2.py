"""The package works with pandas 2.2 as with 3: the tests beside this run with 3, these with 2.2."""

import subprocess

import pandas as pd
import pytest

from tests.servers.evidently_environment import CHECKOUT, evidently_environ, evidently_python

FAST = ("tests/core/reports", "tests/client", "tests/stores")
NOT_THERE = "-m not (kafka or s3 or slow)"
SLOWEST = "-k not thousand and not order_of_rows and not left_out_for_length and not wasserstein"


@pytest.mark.slow
@pytest.mark.timeout(600)  # it may have to build the environment
def test_reports_client_and_stores_work_with_pandas_2_2() -> None:
    python, environ = evidently_python(), evidently_environ()
    version = subprocess.run(
        [python, "-c", "import pandas; print(pandas.__version__)"], capture_output=True, check=True
    )
    assert version.stdout.startswith(b"2.2.")
    assert pd.__version__.startswith("3.")
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", NOT_THERE, SLOWEST, *FAST]
    ran = subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
