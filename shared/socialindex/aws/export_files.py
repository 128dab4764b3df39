"""The files of exports, in the archive's bucket under ``exports/<workspace>/``.

They are there until their time is over; a lifecycle rule takes what the exports stage should leave.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import s3
from socialindex.aws.imports import delete_versions
from socialindex.errors import ParseError, Unavailable
from socialindex.exports.rows import CONTENT_TYPES
from socialindex.exports.run import sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.type_defs import CompletedMultipartUploadTypeDef, CompletedPartTypeDef

    from socialindex.exports.job import Export

PREFIX: Final = "exports/"
LINK_TIME: Final = timedelta(minutes=15)
_GONE: Final = frozenset({"NoSuchUpload", "NoSuchKey", "404"})


class Files:
    """The files of exports.

    Raises (every method):
        Unavailable: the bucket does not answer, after the client's own retries.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, job: Export, data: bytes) -> None:
        """Put a whole file."""
        with _answering():
            s3().put_object(Bucket=self._bucket, Key=key_of(job), Body=data, ContentType=_content_type(job))

    def begin(self, job: Export) -> str:
        """Begin an upload in parts; its id. One that nobody goes on with is taken by the lifecycle rule."""
        kind = _content_type(job)
        with _answering():
            return s3().create_multipart_upload(Bucket=self._bucket, Key=key_of(job), ContentType=kind)["UploadId"]

    def put_part(self, job: Export, number: int, data: bytes) -> str:
        """Put a part, in place of one with its number; its tag."""
        key, upload = key_of(job), job.upload or ""
        with _answering():
            told = s3().upload_part(Bucket=self._bucket, Key=key, UploadId=upload, PartNumber=number, Body=data)
        return _bare(told["ETag"])

    def complete(self, job: Export) -> None:
        """Make one file of the finished parts; where that was done before, nothing changes.

        Raises:
            ParseError: the parts are not those that were written down, or are gone.
        """
        with _answering(unless_gone=True):
            whole: CompletedMultipartUploadTypeDef = {"Parts": self._parts(job)}
            s3().complete_multipart_upload(
                Bucket=self._bucket, Key=key_of(job), UploadId=job.upload or "", MultipartUpload=whole
            )
        if self._size(job) != job.bytes:
            raise ParseError(f"the file of {job.id} is not what was written")

    def link(self, job: Export) -> tuple[str, datetime]:
        """An address from which whoever knows it can fetch the file, and until when."""
        name = f'attachment; filename="{job.file_name}"'
        place = {"Bucket": self._bucket, "Key": key_of(job), "ResponseContentDisposition": name}
        url = s3().generate_presigned_url("get_object", Params=place, ExpiresIn=int(LINK_TIME.total_seconds()))
        return url, datetime.now(tz=UTC) + LINK_TIME

    def remove(self, job: Export) -> None:
        """Remove the file with its earlier versions, and what is there of an upload."""
        if job.upload:
            with _answering(unless_gone=True):
                s3().abort_multipart_upload(Bucket=self._bucket, Key=key_of(job), UploadId=job.upload)
        delete_versions(self._bucket, key_of(job))

    def _parts(self, job: Export) -> list[CompletedPartTypeDef]:
        """The finished parts as the bucket lists them: the item of a large export has no room for all their tags.

        One that was sent and not written down is another's, or was sent again since.
        """
        pages = s3().get_paginator("list_parts")
        listed = pages.paginate(Bucket=self._bucket, Key=key_of(job), UploadId=job.upload or "")
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": part["PartNumber"], "ETag": part["ETag"]}
            for page in listed
            for part in page.get("Parts", [])
            if part["PartNumber"] <= job.parts
        ]
        if reduce(sealed, (_bare(part["ETag"]) for part in parts), "") != job.seal:
            raise ParseError(f"the parts of {job.id} are not those that were written down")
        return parts

    def _size(self, job: Export) -> int | None:
        """Bytes of the file; ``None`` where there is none."""
        with _answering(unless_gone=True):
            return s3().head_object(Bucket=self._bucket, Key=key_of(job))["ContentLength"]
        return None


@contextmanager
def _answering(*, unless_gone: bool = False) -> Iterator[None]:
    """Turn the bucket's errors into ours; with ``unless_gone``, what is not there is none.

    Raises:
        Unavailable: the bucket does not answer.
    """
    try:
        yield
    except ClientError as error:
        if not (unless_gone and error.response["Error"]["Code"] in _GONE):
            raise Unavailable(f"exports: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"exports: {error}") from error


def key_of(job: Export) -> str:
    """Where an export's file lies in the bucket."""
    return f"{PREFIX}{job.workspace}/{job.file_name}"


def _content_type(job: Export) -> str:
    return "application/gzip" if job.wanted.compression == "gzip" else CONTENT_TYPES[job.wanted.format]


def _bare(tag: str) -> str:
    return tag.strip('"')
