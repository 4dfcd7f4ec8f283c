"""Every setting of Bɛnkan, read from the environment once, at start.

A setting that is missing or makes no sense stops the start with one line that names the variable and the way out.
In production (`BENKAN_ENV=production`) nothing that matters for safety has a default.
"""

import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent


class SettingError(RuntimeError):
    """A setting that is missing or wrong; its text is one line that says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings after checking. Sizes in bytes, times as timedelta."""

    environment: str
    secret_key: str
    database_url: str
    storage_path: Path
    public_url: str
    proxies: int
    upload_limit: int
    photo_limit: int
    clamd: str
    signing_certificate: str
    signing_password: str
    programme: str
    log_format: str
    journal_key: str
    mail: str
    mail_from: str
    digest_hour: int
    news_days: int
    wave_key: str
    wave_account: str
    wave_url: str

    @property
    def production(self) -> bool:
        return self.environment == "production"

    def flask(self) -> dict:
        """The settings under the names that Flask and its extensions expect."""
        https = self.public_url.startswith("https://")
        return {
            "ENVIRONMENT": self.environment,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "STORAGE_PATH": str(self.storage_path),
            "PUBLIC_URL": self.public_url,
            "PROXIES": self.proxies,
            "PROGRAMME": self.programme,
            "LOG_FORMAT": self.log_format,
            "JOURNAL_KEY": self.journal_key,
            "MAIL": self.mail,
            "MAIL_FROM": self.mail_from,
            "DIGEST_HOUR": self.digest_hour,
            "NEWS_DAYS": self.news_days,
            "WAVE_KEY": self.wave_key,
            "WAVE_ACCOUNT": self.wave_account,
            "WAVE_URL": self.wave_url,
            # How long Wave has to answer.
            "WAVE_SECONDS": 30.0,
            "MAX_CONTENT_LENGTH": self.upload_limit,
            # A budget of 200 lines is 1 000 form parts; the default of the framework is as much for a whole form.
            "MAX_FORM_PARTS": 5_000,
            "MAX_FORM_MEMORY_SIZE": 2_000_000,
            "PHOTO_LIMIT": self.photo_limit,
            "CLAMD": self.clamd,
            "SIGNING_CERTIFICATE": self.signing_certificate,
            "SIGNING_PASSWORD": self.signing_password,
            "SESSION_COOKIE_NAME": "__Host-benkan" if https else "benkan",
            "SESSION_COOKIE_SECURE": https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            # The cookie outlives the sign-in: a form posted after the sign-in ended can then be given back.
            "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
            "SESSION_REFRESH_EACH_REQUEST": False,
            # Drafts stay open for days on a phone: the token lives as long as the session.
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "fr",
            "BABEL_DEFAULT_TIMEZONE": "Africa/Bamako",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "grants" / "translations"),
        }


def read(environ: dict | None = None) -> Settings:
    """Read and check the settings. Raises SettingError with one line for the first fault found."""
    env = os.environ if environ is None else environ
    environment = _one_of(env, "BENKAN_ENV", ("development", "test", "production"), "development")
    production = environment == "production"
    instance = ROOT / "instance"
    database_url = env.get("BENKAN_DATABASE_URL") or f"sqlite:///{instance / 'benkan.sqlite3'}"
    if not re.match(r"^(sqlite|postgresql(\+psycopg)?)://", database_url):
        raise SettingError(
            "BENKAN_DATABASE_URL must begin with sqlite:// or postgresql:// "
            "(for example postgresql://benkan:password@localhost/benkan)."
        )
    public_url = (env.get("BENKAN_PUBLIC_URL") or ("" if production else "http://127.0.0.1:8000")).rstrip("/")
    if production and not public_url.startswith("https://"):
        raise SettingError(
            "BENKAN_PUBLIC_URL is needed in production and must begin with https:// "
            "(it is printed in the QR code of every contract)."
        )
    return Settings(
        environment=environment,
        secret_key=_secret(env, instance, production=production),
        database_url=database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        storage_path=Path(env.get("BENKAN_STORAGE_PATH") or instance / "files"),
        public_url=public_url,
        proxies=_whole(env, "BENKAN_PROXIES", 0, 0, 5),
        upload_limit=_whole(env, "BENKAN_UPLOAD_MB", 24, 1, 200) * 1024 * 1024,
        photo_limit=_whole(env, "BENKAN_PHOTO_MB", 10, 1, 50) * 1024 * 1024,
        clamd=_clamd(env),
        signing_certificate=_certificate(env),
        signing_password=env.get("BENKAN_SIGNING_PASSWORD", ""),
        programme=env.get("BENKAN_PROGRAMME") or "Programme d’appui à la cohésion sociale",
        log_format=_one_of(env, "BENKAN_LOG", ("text", "json"), "json" if production else "text"),
        journal_key=_journal_key(env),
        mail=_mail(env),
        mail_from=_mail_from(env),
        digest_hour=_whole(env, "BENKAN_DIGEST_HOUR", 7, 0, 23),
        news_days=_whole(env, "BENKAN_NEWS_DAYS", 90, 1, 3650),
        **_wave(env),
    )


def _journal_key(env) -> str:
    """The Ed25519 key that signs checkpoints of the journal (PEM); empty where none is set."""
    path = env.get("BENKAN_JOURNAL_KEY", "")
    if path and not os.access(path, os.R_OK):
        raise SettingError(
            f"BENKAN_JOURNAL_KEY: {path} cannot be read. Make a key with “flask journal make-key {path}”."
        )
    return path


def _certificate(env) -> str:
    """The PKCS#12 file with which archive copies are sealed; empty where none is set. It is opened to see that it works."""
    path = env.get("BENKAN_SIGNING_CERTIFICATE", "")
    if not path:
        return ""
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        password = env.get("BENKAN_SIGNING_PASSWORD", "").encode() or None
        key, certificate, _others = pkcs12.load_key_and_certificates(Path(path).read_bytes(), password)
    except (OSError, ValueError) as fault:
        raise SettingError(
            f"BENKAN_SIGNING_CERTIFICATE: {path} cannot be opened ({fault}). It must be a PKCS#12 file (.p12), and "
            "BENKAN_SIGNING_PASSWORD its password."
        ) from None
    if key is None or certificate is None:
        raise SettingError(f"BENKAN_SIGNING_CERTIFICATE: {path} lacks its key or its certificate.")
    ends = certificate.not_valid_after_utc
    if ends <= datetime.now(UTC):
        raise SettingError(f"BENKAN_SIGNING_CERTIFICATE: the certificate in {path} ran out on {ends:%d.%m.%Y}.")
    return path


def _clamd(env) -> str:
    """Where the antivirus listens: a socket's path or host:port; empty where there is none."""
    address = env.get("BENKAN_CLAMD", "")
    if address and not re.match(r"^(/.+|[^:/]+:\d+)$", address):
        raise SettingError("BENKAN_CLAMD must be a path such as /run/clamav/clamd.ctl, or host:port.")
    return address


def _mail(env) -> str:
    """How mails leave: a mail server, a folder, the log; empty where none are sent."""
    address = env.get("BENKAN_MAIL", "")
    if not address or address == "log:":
        return address
    if not re.match(r"^(smtps?://([^\s@/]+@)?[^\s@/:]+(:\d{1,5})?/?|file:///\S+)$", address):
        raise SettingError(
            "BENKAN_MAIL must be smtp://user:password@host:587, smtps://user:password@host:465, file:///folder or log: "
            "(signs such as @ or / in the password are written %40, %2F)."
        )
    return address


def _mail_from(env) -> str:
    """Who the mails come from; needed as soon as they leave over a mail server."""
    sender = env.get("BENKAN_MAIL_FROM", "")
    if not re.match(r"^[^\s@<>]+@[^\s@<>]+$|^[^<>\r\n]+<[^\s@<>]+@[^\s@<>]+>$", sender):
        if sender or env.get("BENKAN_MAIL", "").startswith("smtp"):
            raise SettingError(
                "BENKAN_MAIL_FROM must be an address such as benkan@example.org or Bɛnkan <benkan@example.org>: "
                "the daily mail comes from it."
            )
        return "benkan@localhost"
    return sender


def _wave(env) -> dict[str, str]:
    """Key, wallet and address of Wave's interface; all empty where it is off. Half a setting stops the start."""
    key, account, url = (env.get(f"BENKAN_WAVE_{name}", "").strip() for name in ("KEY", "ACCOUNT", "URL"))
    if not key and (account or url):
        raise SettingError(
            "BENKAN_WAVE_KEY is missing: payouts over Wave need the key of the wallet (or leave all out)."
        )
    if key and not account:
        raise SettingError(
            "BENKAN_WAVE_ACCOUNT is missing: the number of the programme’s Wave wallet as it stands under “Accounts, lists "
            "and figures”."
        )
    if not re.fullmatch(r"[\x21-\x7e]*", key):
        raise SettingError(
            "BENKAN_WAVE_KEY holds a space or a sign that no key has: copy it anew from the portal of Wave."
        )
    url = (url or "https://api.wave.com").rstrip("/")
    if not re.match(r"^https://[^\s/]+$|^http://(127\.0\.0\.1|localhost)(:\d+)?$", url):
        raise SettingError("BENKAN_WAVE_URL must be https://host, without a path; Wave’s own is https://api.wave.com.")
    return {"wave_key": key, "wave_account": account, "wave_url": url}


def _secret(env, instance: Path, *, production: bool) -> str:
    """The signing key: given in production, made once and kept beside the database elsewhere."""
    key = env.get("BENKAN_SECRET_KEY", "")
    if key:
        if len(key) < 32:
            raise SettingError(
                "BENKAN_SECRET_KEY is too short: give at least 32 characters "
                '(python3 -c "import secrets; print(secrets.token_hex(32))" makes one).'
            )
        return key
    if production:
        raise SettingError(
            "BENKAN_SECRET_KEY is needed in production "
            '(python3 -c "import secrets; print(secrets.token_hex(32))" makes one).'
        )
    kept = instance / "secret_key"
    if not kept.exists():
        instance.mkdir(exist_ok=True)
        fresh = instance / f"secret_key.{os.getpid()}"
        fresh.write_text(secrets.token_hex(32))
        fresh.chmod(0o600)
        # Two workers may start at once: the first link wins, both read the same key.
        try:
            os.link(fresh, kept)
        except FileExistsError:
            pass
        fresh.unlink()
    return kept.read_text().strip()


def _one_of(env, name: str, choices: tuple[str, ...], default: str) -> str:
    value = env.get(name) or default
    if value not in choices:
        raise SettingError(f"{name} is “{value}”; it must be one of: {', '.join(choices)}.")
    return value


def _whole(env, name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingError(f"{name} is “{text}”; it must be a whole number from {least} to {most}.")
    return int(text)
