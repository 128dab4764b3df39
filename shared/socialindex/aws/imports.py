"""Imports in DynamoDB, the files that clients upload, and the archive objects that an import has filled.

<workspace>  im_...  an import (``aws.jobs``)

What accounts have used of a month (``aws.accounts``) are rows that became posts.

A file lies under ``imports/<workspace>/<import>`` of the archive's bucket until its rows are archived; a lifecycle rule
takes what nobody imports. The objects of an import have its id in their keys, so that a deletion finds them.
"""

from __future__ import annotations

import io
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.accounts import CountedJobs
from socialindex.aws.archive import PREFIX as ARCHIVE_PREFIX
from socialindex.aws.archive import Body
from socialindex.aws.clients import s3
from socialindex.errors import Conflict, InvalidInput, Unavailable
from socialindex.imports.job import UNDER_WAY, Import

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

    from socialindex.imports.lines import Source

UPLOAD_PREFIX: Final = "imports/"
UPLOAD_TIME: Final = timedelta(hours=1)
"""In which an upload must begin."""
_MISSING: Final = frozenset({"NoSuchKey", "404"})
_OTHER: Final = frozenset({"PreconditionFailed", "412"})


class ImportsTable(CountedJobs[Import]):
    """The table of imports.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    _KIND, _OWNER, _THING = Import, "workspace", "import"
    UNKNOWN = "there is no such import in this workspace"
    _UNDER_WAY = frozenset(UNDER_WAY)

    def _run(self, job: Import) -> str:
        # The place of an earlier run of it, such as a dry one, must count as free: one import would have two.
        return f"{super()._run(job)} {job.confirmed_at}"


class Upload(NamedTuple):
    """Where a client puts its file, and until when."""

    url: str
    expires_at: datetime


class Uploads:
    """The files that clients upload.

    Raises (every method):
        Unavailable: the bucket does not answer, after the client's own retries.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def place(self, job: Import) -> Upload:
        """An address that takes one ``PUT`` of exactly the announced length, by whoever knows it."""
        place = {"Bucket": self._bucket, "Key": _upload_key(job), "ContentLength": job.bytes}
        url = s3().generate_presigned_url("put_object", Params=place, ExpiresIn=int(UPLOAD_TIME.total_seconds()))
        return Upload(url, datetime.now(tz=UTC) + UPLOAD_TIME)

    def head(self, job: Import, size: int) -> tuple[bytes, str]:
        """The file's first bytes, and the mark of its content.

        Raises:
            Conflict: it was not uploaded yet.
        """
        try:
            answer = s3().get_object(Bucket=self._bucket, Key=_upload_key(job), Range=f"bytes=0-{size - 1}")
            return answer["Body"].read(), answer["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise Conflict("the file is not uploaded yet: PUT it to upload.url first") from error
            raise Unavailable(f"uploads: {error}") from error
        except BotoCoreError as error:
            raise Unavailable(f"uploads: {error}") from error

    def open(self, job: Import, offset: int) -> Source:
        """The file that was confirmed, from a byte on.

        Raises:
            InvalidInput: it is another one now, or gone.
        """
        if offset >= job.bytes:
            return io.BytesIO()
        try:
            answer = s3().get_object(
                Bucket=self._bucket, Key=_upload_key(job), Range=f"bytes={offset}-", IfMatch=job.etag or ""
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING | _OTHER:
                raise InvalidInput(
                    "the uploaded file was replaced or removed", field="file", remedy="make a new import of it"
                ) from error
            raise Unavailable(f"uploads: {error}") from error
        except BotoCoreError as error:
            raise Unavailable(f"uploads: {error}") from error
        return Body(answer["Body"], "uploads")

    def delete(self, job: Import) -> None:
        """Delete the file, with its earlier versions."""
        delete_versions(self._bucket, _upload_key(job))


class ImportArchive:
    """What an import has put into the raw archive.

    Raises (every method):
        Unavailable: the bucket does not answer, after the client's own retries.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def store(self, job: Import, data: bytes) -> str:
        """Store a WARC object of an import's rows; its new key."""
        key = f"{_archive_prefix(job)}{job.row + 1:010d}-{secrets.token_hex(4)}.warc.gz"
        try:
            s3().put_object(Bucket=self._bucket, Key=key, Body=data, ContentType="application/warc")
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error
        return key

    def keys(self, job: Import, after: str = "") -> Iterator[str]:
        """Keys of an import's objects behind ``after``, in order."""
        pages = s3().get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=_archive_prefix(job), StartAfter=after):
                yield from (entry["Key"] for entry in page.get("Contents", []))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error

    def drop(self, key: str) -> None:
        """Delete one of its objects, with the earlier versions."""
        delete_versions(self._bucket, key)

    def delete(self, job: Import) -> int:
        """Delete all of an import's objects with their earlier versions; how many."""
        return delete_versions(self._bucket, _archive_prefix(job))


def _upload_key(job: Import) -> str:
    return f"{UPLOAD_PREFIX}{job.workspace}/{job.id}"


def _archive_prefix(job: Import) -> str:
    return f"{ARCHIVE_PREFIX}{job.created_at:%Y/%m/%d/%H%M%S}-{job.id}-"


def delete_versions(bucket: str, prefix: str) -> int:
    """Delete every version, and every mark of a deletion, under a prefix; page by page of at most 1,000."""
    deleted = 0
    try:
        for page in s3().get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            doomed: list[ObjectIdentifierTypeDef] = [
                {"Key": one["Key"], "VersionId": one["VersionId"]} for one in found
            ]
            if doomed:
                answer = s3().delete_objects(Bucket=bucket, Delete={"Objects": doomed, "Quiet": True})
                if answer.get("Errors"):
                    raise Unavailable(f"archive: {len(answer['Errors'])} objects were not deleted")
            deleted += len(doomed)
    except (ClientError, BotoCoreError) as error:
        raise Unavailable(f"archive: {error}") from error
    return deleted
