"""The files of networks, in the archive's bucket under ``networks/<organization>/<id>/``, a file for each attempt.

They are there until their time is over; a lifecycle rule takes what the network stage should leave.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import s3
from socialindex.aws.export_files import LINK_TIME
from socialindex.aws.imports import delete_versions
from socialindex.errors import Unavailable
from socialindex.network.wanted import CONTENT_TYPES

if TYPE_CHECKING:
    from socialindex.network.job import Job

PREFIX: Final = "networks/"


class NetworkFiles:
    """The files of networks.

    Raises (every method):
        Unavailable: the bucket does not answer, after the client's own retries.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, job: Job, name: str, data: bytes) -> None:
        """Put a file."""
        kind = CONTENT_TYPES[job.wanted.format]
        try:
            s3().put_object(Bucket=self._bucket, Key=f"{_home(job)}{name}", Body=data, ContentType=kind)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"networks: {error}") from error

    def link(self, job: Job) -> tuple[str, datetime]:
        """An address from which whoever knows it can fetch the file, and until when."""
        name = f'attachment; filename="{job.file_name}"'
        place = {"Bucket": self._bucket, "Key": f"{_home(job)}{job.file}", "ResponseContentDisposition": name}
        url = s3().generate_presigned_url("get_object", Params=place, ExpiresIn=int(LINK_TIME.total_seconds()))
        return url, datetime.now(tz=UTC) + LINK_TIME

    def remove(self, job: Job) -> None:
        """Remove all files of a network, with their earlier versions."""
        delete_versions(self._bucket, _home(job))


def _home(job: Job) -> str:
    return f"{PREFIX}{job.organization}/{job.id}/"
