"""The lab's certificate authority for domain controllers, and one certificate
for all of them.

    directory_authority.py FOLDER

Writes ca.pem, cert.pem and key.pem (mode 600, or Samba does not start). The
certificate names the addresses 127.77.0.1 to 127.77.0.60, the controllers' names
and the one of the demo (demo_site.py); 127.77.0.61 and beyond are for whoever wants a certificate that does not
fit, and other-ca.pem is an authority that signed nothing.
"""

import datetime
import ipaddress
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

folder = sys.argv[1]
begin = datetime.datetime.utcnow() - datetime.timedelta(days=1)
end = begin + datetime.timedelta(days=3650)


def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def builder(subject, issuer, public):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def authority(text):
    own = key()
    ca = (
        builder(name(text), name(text), own.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True,
                content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(own, hashes.SHA256())
    )
    return own, ca


def write(file, data, mode=0o644):
    path = os.path.join(folder, file)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)


pem = serialization.Encoding.PEM
ca_key, ca = authority("Cadastre lab directory CA")
own = key()
names = [x509.DNSName("dc1.corp.example.test"), x509.DNSName("dc1.branch.example.test")]
names += [x509.DNSName("dc1.harbour.example"), x509.IPAddress(ipaddress.ip_address("10.40.0.20"))]
names += [x509.IPAddress(ipaddress.ip_address(f"127.77.0.{number}")) for number in range(1, 61)]
certificate = (
    builder(name("dc1"), ca.subject, own.public_key())
    .add_extension(x509.SubjectAlternativeName(names), critical=False)
    .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    .sign(ca_key, hashes.SHA256())
)
write("ca.pem", ca.public_bytes(pem))
write("other-ca.pem", authority("Another CA")[1].public_bytes(pem))
write("cert.pem", certificate.public_bytes(pem))
write(
    "key.pem",
    own.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()),
    0o600,
)
