"""The electronic seal of archive copies: a PAdES signature with the programme's certificate, where one is set.

It says that the file comes from this programme and was not changed since. It is not a signature of the parties: those
sign on paper (law 2016-012 keeps private deeds of this kind on paper).
"""

import io
from datetime import timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from flask import current_app

from grants.core import clock
from grants.core.errors import Refused

FIELD = "Cachet"


def sealed(archive: bytes) -> tuple[bytes, str | None]:
    """Return the archive copy with the programme's seal, and the name in the certificate; as it was where none is set.

    Raises Refused when the certificate has run out since the start: nothing is issued under a seal that does not hold.
    """
    path = current_app.config.get("SIGNING_CERTIFICATE")
    if not path:
        return archive, None
    signer = _signer(path, current_app.config.get("SIGNING_PASSWORD") or "")
    ends = signer.signing_cert.not_valid_after
    if ends <= clock.now():
        raise Refused(f"the signing certificate ran out on {ends:%d.%m.%Y}: set a new one (BENKAN_SIGNING_CERTIFICATE)")
    return _sign(archive, signer), signer.subject_name


@cache
def _signer(path, password):
    from pyhanko.sign import signers

    signer = signers.SimpleSigner.load_pkcs12(path, passphrase=password.encode() or None)
    if signer is None:
        raise RuntimeError(f"{path} cannot be opened as a PKCS#12 file")
    return signer


def _sign(archive, signer):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    writer = IncrementalPdfFileWriter(io.BytesIO(archive))
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason="Cachet du Programme"
    )
    out = signers.PdfSigner(meta, signer, new_field_spec=fields.SigFieldSpec(FIELD)).sign_pdf(writer)
    return out.getvalue()


def make_test_certificate(path: Path, password: str, *, name: str, days: int = 365) -> None:
    """Write a self-signed certificate with its key as PKCS#12, for trials: readers will call it unknown."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=days))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    protection = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"benkan", key, certificate, None, protection))
