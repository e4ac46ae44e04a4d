"""A certificate authority of one's own: one certificate for each server and each user.

A user's name is the common name of its certificate. Servers and users differ in their
organizational unit, since MongoDB takes whoever has that of a server for a member of its set. The
local stack has one (`donthu up --tls`); for compose and Kubernetes

    python -m deploy.certificates FOLDER rabbitmq=broker.example agency_portal

makes those of both servers, of all programs and of the agencies named, and may be run again: it
renews what ends within a month. A server has the names that are given it, besides `localhost` and
its own. With another authority, what it must put into a certificate is what stands here.
"""

import ipaddress
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared import key_files

ORGANIZATION, SERVERS, USERS = "donthu", "servers", "users"
IN_COMPOSE = ("mongo", "rabbitmq")  # what the servers are called there
_AUTHORITY_LIVES, _LIVES, _RENEW = timedelta(days=3650), timedelta(days=397), timedelta(days=30)


def subject(user: str) -> str:
    """How MongoDB names the user of a certificate."""
    return f"CN={user},OU={USERS},O={ORGANIZATION}"


class Authority:
    """The authority in one folder; certificate and key of a name are together in `<name>.pem`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"

    def file(self, name: str) -> Path:
        return self._folder / f"{name}.pem"

    def issue(
        self,
        servers: Iterable[str],
        users: Iterable[str],
        hosts: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> None:
        """Make what is missing or ends within a month; `hosts` are further names of a server."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.certificate.exists() and self._key.exists()):
            self._found()
        for name in servers:
            self._issue(name, SERVERS, {"localhost", name, *hosts.get(name, ())})
        for name in users:
            self._issue(name, USERS, set())

    def _found(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("local authority", "authority")
        made = _draft(name, name, key.public_key(), _AUTHORITY_LIVES).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        _write(self._key, _private(key))
        _write(self.certificate, _public(made.sign(key, hashes.SHA256())))

    def _issue(self, name: str, unit: str, hosts: set[str]) -> None:
        file = self.file(name)
        if file.exists() and not _ends_soon(file) and hosts <= _hosts(file):
            return
        authority = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        signing = serialization.load_pem_private_key(self._key.read_bytes(), None)
        assert isinstance(signing, ec.EllipticCurvePrivateKey)
        key = ec.generate_private_key(ec.SECP256R1())
        uses = [ExtendedKeyUsageOID.CLIENT_AUTH]  # also a server's, to other members of its set
        made = _draft(_name(name, unit), authority.subject, key.public_key(), _LIVES)
        if unit == SERVERS:
            uses.append(ExtendedKeyUsageOID.SERVER_AUTH)
            told = [
                *map(x509.DNSName, sorted(hosts)),
                x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            ]
            made = made.add_extension(x509.SubjectAlternativeName(told), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        _write(file, _public(made.sign(signing, hashes.SHA256())) + _private(key))


def _name(common: str, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _draft(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lives: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + lives)
    )


def _ends_soon(file: Path) -> bool:
    ends = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    return ends < datetime.now(UTC) + _RENEW


def _hosts(file: Path) -> set[str]:
    """The names of the server whose certificate this is."""
    extensions = x509.load_pem_x509_certificate(file.read_bytes()).extensions
    try:
        told = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return set(told.get_values_for_type(x509.DNSName))


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(file: Path, content: bytes) -> None:
    """Replace a file in one step, for the owner only."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    key_files.write(new, content)
    new.replace(file)


def main() -> None:
    """`FOLDER`, then names of servers (`rabbitmq=HOST,HOST`) and agencies (`agency_<name>`)."""
    from deploy import users  # which knows of servers, and they of us

    match sys.argv[1:]:
        case [folder, *names]:
            hosts = {name: told.split(",") for name, is_server, told in parted(names) if is_server}
            agencies = [name for name, is_server, _ in parted(names) if not is_server]
            unknown = [name for name in hosts if name not in IN_COMPOSE]
            unknown += [name for name in agencies if not name.startswith("agency_")]
            if unknown:
                sys.exit(f"neither a server nor an agency: {', '.join(unknown)}")
            ours = {*users.OF_DATABASE, *users.OF_BROKER, *agencies}
            Authority(Path(folder)).issue(IN_COMPOSE, sorted(ours), hosts)
        case _:
            sys.exit(f"python -m deploy.certificates {main.__doc__}")


def parted(names: Iterable[str]) -> list[tuple[str, str, str]]:
    return [name.partition("=") for name in names]


if __name__ == "__main__":
    main()
