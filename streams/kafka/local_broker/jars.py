"""The jars of Apache Kafka, resolved once by Maven into a cache outside the checkout."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from streams.kafka.local_broker.cache import cache_root, cached
from streams.kafka.local_broker.errors import LocalBrokerError

_OLDEST_JAVA = 17
_LOG_TAIL_CHARS = 2000


def pom_path() -> Path:
    """The pom that lists the jars: inside the installed package, or in the checkout's `scripts/`."""
    package = Path(__file__).parents[1]
    places = [package / "pom.xml", package.parents[1] / "scripts" / "pom.xml"]
    for place in places:
        if place.is_file():
            return place
    raise LocalBrokerError(f"no pom.xml for the local broker at {places[0]} or {places[1]}: reinstall the package")


def kafka_version(pom: Path) -> str:
    """The Kafka release that a pom asks for, such as `4.1.1`."""
    found = re.search(r"<kafka\.version>(.+?)</kafka\.version>", pom.read_text(encoding="utf-8"))
    if found is None:
        raise LocalBrokerError(f"{pom} has no <kafka.version> property: add it")
    return found.group(1)


def jars_cache(pom: Path, environ: Mapping[str, str]) -> Path:
    """Where the jars of a pom belong: one folder per Kafka release and content of the pom."""
    content_hash = hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    return cache_root(environ) / f"kafka-{kafka_version(pom)}-{content_hash}"


def find_java(environ: Mapping[str, str]) -> Path:
    """The Java to run a broker with, from JAVA_HOME or PATH.

    Raises `LocalBrokerError` where there is none or it is older than Kafka 4 asks for.
    """
    home = environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else environ.get("PATH"))
    if found is None:
        raise LocalBrokerError(
            f"no java in {'JAVA_HOME' if home else 'PATH'}: install Java {_OLDEST_JAVA} or newer"
            f" (Debian: apt-get install openjdk-17-jre-headless)"
        )
    major = _java_major(found)
    if major < _OLDEST_JAVA:
        raise LocalBrokerError(f"{found} is Java {major}, Kafka needs {_OLDEST_JAVA}: install it or set JAVA_HOME")
    return Path(found)


def _java_major(java: str) -> int:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None:
        raise LocalBrokerError(f"{java} -version said {said!r}, not a version: set JAVA_HOME to a working Java")
    return int(found.group(1))


def resolve_jars(environ: Mapping[str, str]) -> Path:
    """The folder with every jar a broker needs; downloaded where the cache lacks it.

    Raises `LocalBrokerError` where there is no Maven or it fails.
    """
    pom = pom_path()
    return cached(jars_cache(pom, environ), lambda folder: _run_maven(pom, folder, environ))


def _run_maven(pom: Path, jars: Path, environ: Mapping[str, str]) -> None:
    maven = shutil.which("mvn", path=environ.get("PATH"))
    if maven is None:
        raise LocalBrokerError(
            "no mvn in PATH to fetch Kafka's jars with: install Maven (Debian: apt-get install maven)"
        )
    command = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
    command += [f"-DoutputDirectory={jars}", "-DincludeScope=runtime"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(environ))
    if done.returncode:
        said = (done.stdout + done.stderr)[-_LOG_TAIL_CHARS:]
        raise LocalBrokerError(f"{' '.join(command)} failed: is Maven Central reachable?\n{said}")
