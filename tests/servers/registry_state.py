"""What a schema registry remembers: subjects, their versions, schemas by id and by GUID, compatibility."""

import hashlib
import json
import threading
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

import avro.errors
import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

LEVELS = ("BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE")


class RegistryError(Exception):
    """An answer other than success: HTTP status, the registry's own code, a message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error_code": code, "message": message}


@dataclass(frozen=True, slots=True)
class Reference:
    """A type of another subject's schema."""

    name: str
    subject: str
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a subject."""

    subject: str
    version: int
    schema_id: int
    schema: str
    deleted: bool = False
    references: tuple[Reference, ...] = ()

    @property
    def guid(self) -> str:
        """The same for the same schema in any registry."""
        return str(UUID(bytes=hashlib.md5(self.schema.encode(), usedforsecurity=False).digest()))

    def as_json(self) -> dict[str, object]:
        names = {"subject": self.subject, "version": self.version, "id": self.schema_id, "guid": self.guid}
        referred = {"references": [asdict(each) for each in self.references]} if self.references else {}
        return {**names, "schema": self.schema, "schemaType": "AVRO", **referred}


@dataclass
class RegistryState:
    """Everything registered so far. Callers hold `lock` while they look or write."""

    versions: list[Version] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    levels: dict[str | None, str] = field(default_factory=lambda: {None: "BACKWARD"})
    lock: threading.Lock = field(default_factory=threading.Lock)

    def subjects(self, *, deleted: bool = False) -> list[str]:
        return sorted({one.subject for one in self.versions if deleted or not one.deleted})

    def of_subject(self, subject: str, *, deleted: bool = False) -> list[Version]:
        found = [one for one in self.versions if one.subject == subject and (deleted or not one.deleted)]
        if not found:
            raise RegistryError(404, 40401, f"Subject '{subject}' not found.")
        return found

    def one_version(self, subject: str, version: str, *, deleted: bool = False) -> Version:
        known = self.of_subject(subject, deleted=deleted)
        if version in ("latest", "-1"):
            return known[-1]
        if not version.isdecimal() or version == "0":
            raise RegistryError(422, 42202, f"The specified version '{version}' is not a valid version id.")
        for one in known:
            if one.version == int(version):
                return one
        raise RegistryError(404, 40402, f"Version {version} not found.")

    def by_id(self, schema_id: int) -> Version:
        return self._first("schema_id", schema_id, f"Schema {schema_id} not found")

    def by_guid(self, guid: str) -> Version:
        return self._first("guid", guid, f"Schema {guid} not found")

    def lookup(self, subject: str, body: dict[str, object], *, deleted: bool = False) -> Version:
        schema = parsed(body)
        for one in self.of_subject(subject, deleted=deleted):
            if one.schema == schema:
                return one
        raise RegistryError(404, 40403, "Schema not found")

    def register(self, subject: str, body: dict[str, object]) -> Version:
        references = tuple(Reference(**each) for each in body.get("references") or ())  # type: ignore[attr-defined]
        schema = referring(body) if references else parsed(body)
        known = [one for one in self.versions if one.subject == subject]
        for one in known:
            if one.schema == schema and not one.deleted:
                return one
        if not references and (reasons := self.incompatibilities(subject, schema)):
            raise RegistryError(409, 409, f"Schema being registered is incompatible: {reasons}")
        schema_id = self.ids.setdefault(schema, len(self.ids) + 1)
        number = max((one.version for one in known), default=0) + 1
        self.versions.append(Version(subject, number, schema_id, schema, references=references))
        return self.versions[-1]

    def incompatibilities(self, subject: str, schema: str, against: list[Version] | None = None) -> list[str]:
        """Why a schema may not follow the ones before it; none where it may."""
        level = self.levels.get(subject, self.levels[None])
        known = [one for one in self.versions if one.subject == subject and not one.deleted]
        older = against if against is not None else known if level.endswith("TRANSITIVE") else known[-1:]
        return [reason for one in older for reason in _reasons(level, new=schema, old=one.schema)]

    def delete(self, doomed: list[Version], *, permanent: bool) -> list[int]:
        """Hide versions, or remove hidden ones for good."""
        if permanent and not all(one.deleted for one in doomed):
            raise RegistryError(404, 40405, "Subject was not deleted first before being permanently deleted")
        kept = [one for one in self.versions if one not in doomed]
        hidden = [] if permanent else [replace(one, deleted=True) for one in doomed]
        self.versions = sorted(kept + hidden, key=lambda one: one.version)
        return [one.version for one in doomed]

    def set_level(self, subject: str | None, level: object) -> None:
        if level not in LEVELS:
            raise RegistryError(422, 42203, f"Invalid compatibility level {level}: one of {', '.join(LEVELS)}")
        self.levels[subject] = str(level)

    def level(self, subject: str | None) -> str:
        if subject not in self.levels:
            raise RegistryError(404, 40408, f"Subject '{subject}' has no compatibility level of its own")
        return self.levels[subject]

    def _first(self, name: str, value: object, missing: str) -> Version:
        for one in self.versions:
            if getattr(one, name) == value:
                return one
        raise RegistryError(404, 40403, missing)


def referring(body: dict[str, object]) -> str:
    """The schema of a request with references, in one spelling; whether they are right is not looked at."""
    return json.dumps(json.loads(str(body["schema"])), separators=(",", ":"))


def parsed(body: dict[str, object]) -> str:
    """The schema of a request, in one spelling; refuses what is no Avro schema."""
    if body.get("schemaType", "AVRO") != "AVRO":
        raise RegistryError(422, 42201, f"This stand-in knows AVRO only, not {body['schemaType']}")
    try:
        avro.schema.parse(str(body.get("schema")))
    except avro.errors.AvroException as error:
        raise RegistryError(422, 42201, f"Invalid schema: {error}") from error
    return json.dumps(json.loads(str(body["schema"])), separators=(",", ":"))


def _reasons(level: str, new: str, old: str) -> list[str]:
    pairs = []
    if level.startswith(("BACKWARD", "FULL")):
        pairs.append((new, old))
    if level.startswith(("FORWARD", "FULL")):
        pairs.append((old, new))
    return [reason for reader, writer in pairs for reason in _cannot_read(reader, writer)]


def _cannot_read(reader: str, writer: str) -> list[str]:
    checker = ReaderWriterCompatibilityChecker()
    result = checker.get_compatibility(avro.schema.parse(reader), avro.schema.parse(writer))
    return [] if result.compatibility is SchemaCompatibilityType.compatible else sorted(result.messages)
