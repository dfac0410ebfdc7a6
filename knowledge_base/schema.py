"""What a document is: procedure (reviewed, or only listed), regulation, announcement.

Authors write these as YAML; `knowledge_base.documents` reads and checks them.
A fact that could not be confirmed is named in `review`, and the assistant adds a caution.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
ProcedureCode = Annotated[str, Field(pattern=r"^(\d\.\d{6}|X\.\d{6})$")]
"""National code such as `1.001193`; `X.` marks a record of ours for which no national code was found."""


class Level(StrEnum):
    """Which level of government receives the dossier (no district since 1 July 2025)."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    COMMUNE = "commune"
    OTHER = "other"


class SubmissionChannel(StrEnum):
    """How a dossier is handed in."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    POST = "post"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(_Model):
    """Something with a time of validity; open-ended where a date is missing. Both days are included."""

    effective_from: date | None = None
    effective_to: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("effective_to is before effective_from")
        return self


class Source(_Model):
    """Where the facts were read, and when that was last checked."""

    title: Text
    url: str | None = Field(default=None, pattern=r"^https?://")
    checked: date


class LegalBasis(_Model):
    """A document that a procedure rests on."""

    number: str | None = None
    """E.g. `60/2014/QH13`."""
    title: Text


class Fee(Dated):
    """What a person pays in one case. `amount` in đồng; 0 is free; None when only words are known.

    Several fees with consecutive dates describe a cut that ends: the answer picks those in force.
    """

    case: str = ""
    """Empty when it holds for everyone."""
    amount: int | None = Field(default=None, ge=0)
    text: str = ""
    """Words to show when there is no amount, or a remark beside it."""
    channels: tuple[SubmissionChannel, ...] = ()
    """Empty: the same on every channel."""
    basis: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.amount is None and not self.text:
            raise ValueError("a fee needs an amount or a text")
        return self


class TimeLimit(Dated):
    """How long the office may take, in words ("5 ngày làm việc")."""

    case: str = ""
    text: Text
    channels: tuple[SubmissionChannel, ...] = ()


class Paper(_Model):
    """One paper of a dossier."""

    name: Text
    copies: str = ""
    form: str | None = None
    """Number of the prescribed form, if there is one."""
    note: str = ""


class DossierCase(_Model):
    """Papers for one case; `case` is empty when there is only one."""

    case: str = ""
    papers: tuple[Paper, ...] = Field(min_length=1)


class Online(_Model):
    """Whether and how it can be done on dichvucong.gov.vn."""

    available: Literal["full", "partial", "none", "unknown"] = "unknown"
    url: str | None = Field(default=None, pattern=r"^https?://")
    how: tuple[Text, ...] = ()


class _Coded(Dated):
    """What a procedure is known by."""

    code: ProcedureCode
    name: Text
    """Official name."""

    @property
    def id(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        return self.name


class Procedure(_Coded):
    """An administrative procedure, in the project's own words."""

    kind: Literal["procedure"] = "procedure"
    short_name: Text
    """As the assistant says it: "đăng ký khai sinh"."""
    aliases: tuple[Text, ...] = ()
    """As people say it: "làm giấy khai sinh", "sổ hồng"."""
    field: Text
    """Official field (lĩnh vực)."""
    levels: tuple[Level, ...] = ()
    audience: tuple[Text, ...] = ()
    summary: Text
    steps: tuple[Text, ...] = ()
    fees: tuple[Fee, ...] = ()
    fee_reliable: bool = True
    """False: the fee is known to depend on the place or the record is doubtful; say so."""
    time_limits: tuple[TimeLimit, ...] = ()
    dossier: tuple[DossierCase, ...] = ()
    conditions: tuple[Text, ...] = ()
    result: tuple[Text, ...] = ()
    authority: str = ""
    where: str = ""
    online: Online = Online()
    submission: tuple[SubmissionChannel, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    life_events: tuple[Text, ...] = ()
    related: tuple[ProcedureCode, ...] = ()
    decision: str | None = None
    """Decision that published the procedure."""
    source: Source
    review: tuple[Text, ...] = ()


class ListedProcedure(_Coded):
    """A procedure of the national database of which we hold only its name, level and page.

    It tells what a question is about, and never answers one.
    """

    kind: Literal["listed"] = "listed"
    field: Text
    levels: tuple[Level, ...] = ()
    source: Source
    review: tuple[Text, ...] = ()


class Article(_Model):
    """One article, summarised in our own words."""

    article: Text
    heading: str = ""
    summary: Text


class Regulation(Dated):
    """A law, decree, circular, resolution or decision."""

    kind: Literal["regulation"] = "regulation"
    number: Text
    title: Text
    aliases: tuple[Text, ...] = ()
    issuer: Text
    type: Text
    issued: date | None = None
    about: Text
    articles: tuple[Article, ...] = ()
    amends: tuple[Text, ...] = ()
    replaces: tuple[Text, ...] = ()
    field: str = ""
    source: Source
    review: tuple[Text, ...] = ()

    @property
    def id(self) -> str:
        return self.number


class Announcement(_Model):
    """News from an office, for a time and an area."""

    kind: Literal["announcement"] = "announcement"
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: Text
    body: Text
    audience: tuple[Text, ...] = ()
    area: tuple[Text, ...] = ()
    """Communes it concerns; empty: the whole province."""
    published: date
    expires: date | None = None
    sample: bool = False
    """Written as an example, not a real notice; the assistant says so."""
    source: Source
    review: tuple[Text, ...] = ()

    def in_force(self, day: date) -> bool:
        """Whether it is to be shown on that day."""
        return self.published <= day and (self.expires is None or day <= self.expires)


AnyDocument = Procedure | ListedProcedure | Regulation | Announcement
Document = Annotated[AnyDocument, Field(discriminator="kind")]
