"""A service that speaks S3 as far as a store of files needs it, and checks every signature as Amazon does.

Path style only (`/bucket/key`). Objects are kept in memory; listings come a few keys at a time, so that
whoever reads them must follow the pages.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

REGION = "kien-giang-1"
ACCESS_KEY = "TROLYKIENGIANG"
SECRET_KEY = "khoa+bi/mat"
PAGE = 2
"""Keys of one page of a listing."""
_CLOCK_SKEW = timedelta(minutes=15)
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, "
    r"SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})"
)
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class S3Error(Exception):
    """An answer with an error code of S3."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass
class Stored:
    """An object."""

    content: bytes
    modified: datetime

    @property
    def headers(self) -> dict[str, str]:
        """What a download says of it."""
        return {
            "ETag": f'"{hashlib.md5(self.content).hexdigest()}"',
            "Last-Modified": self.modified.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }


@dataclass
class FakeS3:
    """One bucket; `down` answers 503 to everything."""

    bucket: str = "tep-dinh-kem"
    objects: dict[str, Stored] = field(default_factory=dict)
    down: bool = False

    @property
    def app(self) -> Starlette:
        """To be served."""
        methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
        return Starlette(routes=[Route("/{path:path}", self._handle, methods=methods)])

    async def _handle(self, request: Request) -> Response:
        body = await request.body()
        try:
            if self.down:
                raise S3Error(503, "SlowDown")
            _check_signature(request, body)
            bucket, _, key = request.path_params["path"].partition("/")
            if bucket != self.bucket:
                raise S3Error(404, "NoSuchBucket")
            return self._answer(request, key, body)
        except S3Error as error:
            return _xml(f"<Error><Code>{error.code}</Code></Error>", error.status)

    def _answer(self, request: Request, key: str, body: bytes) -> Response:
        query = request.query_params
        if request.method == "PUT" and key:
            self.objects[key] = Stored(body, datetime.now(UTC))
            return Response(headers={"ETag": self.objects[key].headers["ETag"]})
        if request.method in ("GET", "HEAD") and key:
            if key not in self.objects:
                raise S3Error(404, "NoSuchKey")
            return Response(self.objects[key].content, headers=self.objects[key].headers)
        if request.method == "DELETE" and key:
            self.objects.pop(key, None)
            return Response(status_code=204)
        if request.method == "GET" and query.get("list-type") == "2":
            return self._list(query.get("prefix", ""), query.get("continuation-token", ""))
        if request.method == "POST" and "delete" in query:
            return self._delete(request, body)
        raise S3Error(501, "NotImplemented")

    def _list(self, prefix: str, after: str) -> Response:
        keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
        page, more = keys[:PAGE], len(keys) > PAGE
        shown = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.objects[key].content)}</Size>"
            f"<LastModified>{self.objects[key].modified:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for key in page
        )
        following = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        counted = f"<KeyCount>{len(page)}</KeyCount><IsTruncated>{str(more).lower()}</IsTruncated>"
        return _xml(f'<ListBucketResult xmlns="{_NAMESPACE}">{counted}{following}{shown}</ListBucketResult>')

    def _delete(self, request: Request, body: bytes) -> Response:
        if not any(name in request.headers for name in ("content-md5", "x-amz-checksum-sha256")):
            raise S3Error(400, "InvalidRequest")
        keys = [element.text or "" for element in ElementTree.fromstring(body).iterfind(".//{*}Key")]
        for key in keys:
            self.objects.pop(key, None)
        gone = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        return _xml(f'<DeleteResult xmlns="{_NAMESPACE}">{gone}</DeleteResult>')


def _check_signature(request: Request, body: bytes) -> None:
    """Signature version 4, over the request as it came.

    Raises:
        S3Error: it is missing, wrong, or too old.
    """
    given = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if given is None:
        raise S3Error(403, "AccessDenied")
    access_key, day, region, names, signature = given.groups()
    moment, digest = request.headers.get("x-amz-date", ""), request.headers.get("x-amz-content-sha256", "")
    if access_key != ACCESS_KEY or region != REGION:
        raise S3Error(403, "InvalidAccessKeyId")
    age = datetime.now(UTC) - datetime.strptime(f"{moment}+0000", "%Y%m%dT%H%M%SZ%z")
    if abs(age) > _CLOCK_SKEW:
        raise S3Error(403, "RequestTimeTooSkewed")
    if digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
        raise S3Error(400, "XAmzContentSHA256Mismatch")
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names.split(";"))
    pairs = sorted(part.partition("=")[::2] for part in request.url.query.split("&") if part)
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    asked = [request.method, quote(request.url.path, safe="/~"), query, headers, names, digest]
    scope = f"{day}/{REGION}/s3/aws4_request"
    asked_digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signed = hmac.digest(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{asked_digest}".encode(), "sha256")
    if not hmac.compare_digest(signed.hex(), signature):
        raise S3Error(403, "SignatureDoesNotMatch")


def _quoted(part: str) -> str:
    return quote(unquote(part), safe="~")


def _xml(body: str, status: int = 200) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', status, media_type="application/xml")
