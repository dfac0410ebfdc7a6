"""Where files may lie: a folder of this machine, or a bucket of any service that speaks S3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from obstore.store import LocalStore, ObjectStore, S3Store

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([\w./-]*))?", re.ASCII)
_TIMEOUT = timedelta(seconds=10)
_TRIES_FOR = timedelta(seconds=10)
"""Afterwards a request fails; whoever made it tries again later, or says so."""


@dataclass(frozen=True)
class Bucket:
    """A bucket and how to reach it.

    Args:
        address: `s3://bucket`, or `s3://bucket/folder`.
        endpoint: address of the service; Amazon's own if left out.
        region: as the service calls it.
        access_key, secret_key: left out, Amazon's usual places (environment, role of the machine) count.
    """

    address: str
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: str | None = None

    def open(self) -> ObjectStore:
        """The bucket; nothing is asked of it yet.

        Raises:
            ValueError: the address is no `s3://bucket`.
        """
        found = _ADDRESS.fullmatch(self.address)
        if found is None:
            raise ValueError(f"no s3://bucket/folder: {self.address}")
        keys = {"access_key_id": self.access_key, "secret_access_key": self.secret_key}
        place = {"endpoint": self.endpoint, "prefix": (found[2] or "").strip("/") or None}
        return S3Store(
            found[1],
            region=self.region,
            client_options={"timeout": _TIMEOUT, "allow_http": (self.endpoint or "").startswith("http://")},
            retry_config={"max_retries": 3, "retry_timeout": _TRIES_FOR},
            **{key: value for key, value in (keys | place).items() if value},
        )


def folder_store(folder: Path) -> ObjectStore:
    """A folder, made when it is missing; only its owner may look into it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return LocalStore(folder)
