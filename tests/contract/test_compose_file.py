"""compose.yaml against what the programs read: by TLS alone, each with its own certificate."""

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509

from deploy import rabbitmq
from deploy.certificates import IN_COMPOSE, SERVERS, USERS
from deploy.users import OPERATOR, RELAY, SERVICES
from shared.broker import parameters
from tests.support.composed import FILE, SECRETS, NotSet, composed, mounted

GIVEN = {"OPERATOR": "secret", "DONTHU_TOKEN_ISSUER": "https://issuer.example"}
COMPOSE = composed(GIVEN)
PROGRAMS = {name: COMPOSE["services"][name] for name in (RELAY, *SERVICES)}
ALL = {**PROGRAMS, "prepare": COMPOSE["services"]["prepare"]}
ROOT = FILE.parents[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command in deploy/README.md makes."""
    readme = (ROOT / "deploy" / "README.md").read_text("utf-8")
    (command,) = re.findall(
        r"^\.venv/bin/python -m deploy\.certificates deploy/tls (.*)$", readme, re.M
    )
    folder = tmp_path_factory.mktemp("deploy") / "tls"
    made = [sys.executable, "-W", "ignore", "-m", "deploy.certificates", str(folder)]
    subprocess.run([*made, *command.split()], cwd=ROOT, check=True)
    return folder


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def text(name: x509.Name, attribute: x509.ObjectIdentifier) -> Any:
    return name.get_attributes_for_oid(attribute)[0].value


def test_without_its_secrets_nothing_starts() -> None:
    for name in GIVEN:
        with pytest.raises(NotSet, match=name):
            composed({given: value for given, value in GIVEN.items() if given != name})


def test_only_the_brokers_port_is_published_and_it_speaks_tls_only() -> None:
    published = {
        name: told["ports"] for name, told in COMPOSE["services"].items() if "ports" in told
    }
    assert published == {"rabbitmq": ["5671:5671"]}
    settings = COMPOSE["configs"]["rabbitmq"]["content"].splitlines()
    own = Path(f"{SECRETS}rabbitmq.pem")
    wanted = rabbitmq.by_certificate("0.0.0.0:5671", Path(f"{SECRETS}ca.pem"), own)
    assert [line for line in settings if line in wanted] == wanted  # as on the local stack
    assert not [line for line in settings if "tcp" in line and line != "listeners.tcp = none"]
    assert "rabbitmq_auth_mechanism_ssl" in COMPOSE["configs"]["rabbitmq_plugins"]["content"]
    assert f"max_message_size = {rabbitmq.MAX_MESSAGE}" in settings


def test_the_database_speaks_tls_only_and_asks_for_a_certificate() -> None:
    options = dict(
        option.removeprefix("--").partition("=")[::2]
        for option in COMPOSE["services"]["mongo"]["command"]
    )
    assert options["tlsMode"] == "requireTLS"
    assert options["tlsCAFile"] == f"{SECRETS}ca.pem"
    assert options["keyFile"]  # with which comes --auth
    assert not [name for name in options if name.startswith("tlsAllow")]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_logs_in_as_itself_by_certificate_and_has_no_password(name: str) -> None:
    environment = PROGRAMS[name]["environment"]
    own, authority = f"{SECRETS}{name}.pem", f"{SECRETS}ca.pem"
    database, broker = map(urlsplit, (environment["MONGO_URI"], environment["AMQP_URI"]))
    assert parse_qs(database.query) == {
        "replicaSet": ["donthu"],
        "authMechanism": ["MONGODB-X509"],
        "authSource": ["$external"],
        "tls": ["true"],
        "tlsCAFile": [authority],
        "tlsCertificateKeyFile": [own],
    }
    assert (broker.scheme, broker.username, broker.port) == ("amqps", name, 5671)
    assert parse_qs(broker.query) == {"cacertfile": [authority], "certfile": [own]}
    assert database.password is broker.password is None


@pytest.mark.parametrize("name", ALL)
def test_a_program_is_given_what_it_names_and_no_certificate_of_another(
    name: str, made: Path
) -> None:
    told = ALL[name]
    named = set(re.findall(rf"{SECRETS}([\w.]+)", str([told["environment"], told.get("command")])))
    assert set(told["secrets"]) == named
    own = f"{OPERATOR if name == 'prepare' else name}.pem"
    assert {each for each in named if each.endswith(".pem")} == {"ca.pem", own}
    for uri in parameters(mounted(told["environment"]["AMQP_URI"], made)):
        assert uri.ssl_options  # made of the very files


def test_every_secret_is_a_file_that_the_readme_makes(made: Path) -> None:
    readme = (ROOT / "deploy" / "README.md").read_text("utf-8")
    used = {each for told in COMPOSE["services"].values() for each in told.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    for name, told in COMPOSE["secrets"].items():
        file = Path(told["file"])
        if file.parent.name == "tls":
            assert (made / file.name).exists(), name
        else:
            assert f"> deploy/{file}" in readme, name
    assert "ca.key" not in str(COMPOSE["services"])


def test_the_certificates_say_who_one_is_and_where_a_server_is(made: Path) -> None:
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.iterdir()} == {0o600}
    name_of, unit_of = x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATIONAL_UNIT_NAME
    for file in set(made.glob("*.pem")) - {made / "ca.pem"}:
        subject = certificate(file).subject
        assert text(subject, name_of) == file.stem
        assert text(subject, unit_of) == (SERVERS if file.stem in IN_COMPOSE else USERS)
    for server in IN_COMPOSE:
        extensions = certificate(made / f"{server}.pem").extensions
        hosts = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert server in hosts.get_values_for_type(x509.DNSName)
    assert "broker.example" in str(hosts)  # what the README calls it to the agencies


def test_certificates_are_made_once_and_anew_for_another_name(tmp_path: Path) -> None:
    def make(*names: str) -> dict[str, bytes]:
        program = [sys.executable, "-W", "ignore", "-m", "deploy.certificates", str(tmp_path)]
        subprocess.run([*program, *names], cwd=ROOT, check=True)
        return {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    first = make("agency_portal")
    assert make("agency_portal") == first
    second = make("rabbitmq=broker.example")
    assert {name for name in first if first[name] != second[name]} == {"rabbitmq.pem"}
    wrong = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "deploy.certificates", str(tmp_path), "postgres=x"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert wrong.returncode == 1
    assert "postgres" in wrong.stderr
