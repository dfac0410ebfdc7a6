"""Every setting, in one typed place. Read from the environment and `.env`; see `.env.example`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEV_QUESTIONS = ROOT / "bench" / "data" / "dev-questions.jsonl"
"""Questions with known answers, for measuring alone."""


class Settings(BaseSettings):
    """Settings of the app. Names in the environment are the same in capitals, without a prefix."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    """Address that citizens and channels reach; `http://host:port` if left out."""
    allowed_origins: str = ""
    """Pages besides our own that may embed the widget, separated by commas."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses whose word on who the client is (X-Forwarded-For) is taken, separated by commas."""
    data_dir: Path = ROOT / "var"
    """Database, index, model and attachments."""
    database_url: str | None = None
    """SQLAlchemy address; SQLite in `data_dir` if left out."""
    attachments_url: str | None = None
    """`s3://bucket/folder` for files that people attach; a folder of `data_dir` if left out."""
    s3_endpoint: str | None = None
    """Address of the S3 service, e.g. of a MinIO; Amazon's own if left out."""
    s3_region: str = "us-east-1"
    s3_access_key: str | None = None
    s3_secret_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    """Signs sessions; made once and kept in `data_dir` if left out."""

    rasa_port: int = 5005
    rasa_python: Path = ROOT / ".venv-rasa" / "bin" / "python"
    rasa_timeout: float = 10.0
    """Seconds that an answer of Rasa may take before the app answers by retrieval alone."""

    rasa_with_tensorflow: bool = False
    """True loads TensorFlow in the Rasa process, for pipelines that need it (DIET, TED)."""

    knowledge_dir: Path = ROOT / "knowledge_base" / "documents"
    embedding_model: str = str(ROOT / "nlu" / "embedding" / "model")
    """Name or path of a sentence-transformers model."""

    telegram_token: SecretStr | None = None
    telegram_mode: str = Field(default="polling", pattern="^(polling|webhook)$")
    telegram_webhook_secret: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"

    zalo_app_id: str | None = None
    zalo_oa_id: str | None = None
    zalo_app_secret: SecretStr | None = None
    zalo_oa_secret: SecretStr | None = None
    zalo_signature_id: str = Field(default="app_id", pattern="^(app_id|oa_id)$")
    zalo_template_id: str | None = None
    """Approved template with one value, `noi_dung`, for news after Zalo's 7-day window."""
    zalo_contact_image: str | None = Field(default=None, pattern="^https://")
    """Picture above Zalo's form for a name and number; the contact is asked for in words alone without it."""
    zalo_verifier_file: Path | None = None
    """The `zalo_verifier….html` that Zalo gives to prove a domain; served under its own name."""
    zalo_api_url: str = "https://openapi.zalo.me"
    zalo_oauth_url: str = "https://oauth.zaloapp.com"

    oidc_issuer: str | None = None
    """Address of a single sign-on for officers (OpenID Connect); passwords alone if left out."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_username_claim: str = "preferred_username"
    """The claim that holds an officer's user name here."""

    link_check_days: int = Field(default=7, ge=0)
    """How long a look at a web address of a document holds; 0: never look."""
    inbox_workers: int = Field(default=2, ge=1, le=64)
    retention_days: int = Field(default=365, ge=1)
    working_hours: str = "07:00-11:00,13:00-17:00"
    """Of officers, Monday to Friday, not on public holidays."""
    reminder_minutes: int = Field(default=20, ge=1)
    """After so long, in working hours, who waits for an officer hears how it stands; at most twice."""
    feedback_days: int = Field(default=10, ge=1, le=365)
    """Working days in which feedback is to be answered; to be set to what your rules say."""
    timezone: str = "Asia/Ho_Chi_Minh"

    @property
    def database(self) -> str:
        """The database address in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'assistant.db'}"

    @property
    def local_url(self) -> str:
        """The address on this machine."""
        everywhere = self.host in ("0.0.0.0", "::", "")
        return f"http://{'127.0.0.1' if everywhere else self.host}:{self.port}"

    @property
    def base_url(self) -> str:
        """The address in use, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
