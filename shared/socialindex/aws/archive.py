"""The raw archive in S3: WARC objects under ``raw/YYYY/MM/DD/``, read back by ranges."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import s3
from socialindex.errors import ParseError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.response import StreamingBody

    from socialindex.warc import Span

PREFIX = "raw/"
_TYPE = "application/warc"
_MISSING = frozenset({"NoSuchKey", "404", "InvalidRange", "416"})


class Body:
    """An object that is being read, whose troubles are ours.

    Args:
        body: of the bucket's answer.
        what: it is a part of, as errors call it.
    """

    def __init__(self, body: StreamingBody, what: str) -> None:
        self._body = body
        self._what = what

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end.

        Raises:
            Unavailable: the bucket does not go on.
        """
        try:
            return self._body.read(size)
        except BotoCoreError as error:
            raise Unavailable(f"{self._what}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Read no further."""
        self._body.close()


class Archive:
    """The bucket of raw responses.

    Raises (every method):
        Unavailable: the bucket does not answer, after the client's own retries.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def store(self, data: bytes) -> str:
        """Store a WARC object; its new key. When this returns, the responses are safe."""
        key = f"{PREFIX}{datetime.now(tz=UTC):%Y/%m/%d/%H%M%S}-{secrets.token_hex(8)}.warc.gz"
        try:
            s3().put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=_TYPE)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error
        return key

    def read(self, key: str, span: Span) -> bytes:
        """One record's bytes, or several adjacent ones'.

        Raises:
            ParseError: there is no such object or place.
        """
        last = span.offset + span.length - 1
        try:
            return s3().get_object(Bucket=self._bucket, Key=key, Range=f"bytes={span.offset}-{last}")["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise ParseError(f"the archive has nothing at {key} {span.offset}+{span.length}") from error
            raise Unavailable(f"archive: {error}") from error
        except BotoCoreError as error:
            raise Unavailable(f"archive: {error}") from error

    def load(self, key: str) -> bytes:
        """A whole object.

        Raises:
            ParseError: there is none.
        """
        try:
            return s3().get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise ParseError(f"the archive has nothing at {key}") from error
            raise Unavailable(f"archive: {error}") from error
        except BotoCoreError as error:
            raise Unavailable(f"archive: {error}") from error

    def replace(self, key: str, data: bytes) -> None:
        """Put other bytes in an object's place. Its earlier versions are there until they are dropped."""
        try:
            s3().put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=_TYPE)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error

    def earlier_versions(self, key: str) -> list[str]:
        """Ids of an object's versions but for the latest."""
        try:
            pages = s3().get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
            found = [version for page in pages for version in page.get("Versions", [])]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error
        return [each["VersionId"] for each in found if each["Key"] == key and not each["IsLatest"]]

    def drop(self, key: str, versions: list[str]) -> None:
        """Delete versions of an object for good."""
        try:
            for version in versions:
                s3().delete_object(Bucket=self._bucket, Key=key, VersionId=version)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error

    def open(self, key: str) -> BinaryIO:
        """A whole object as a stream, whose reading raises ``Unavailable`` too."""
        try:
            return cast("BinaryIO", Body(s3().get_object(Bucket=self._bucket, Key=key)["Body"], "archive"))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error

    def keys(self, day: str = "", after: str = "") -> Iterator[str]:
        """Keys of all objects, or of one day (``YYYY-MM-DD``), behind ``after``, in the order of their storing."""
        prefix = PREFIX + day.replace("-", "/")
        try:
            for page in (
                s3().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix, StartAfter=after)
            ):
                yield from (entry["Key"] for entry in page.get("Contents", []))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"archive: {error}") from error
