"""The manifests: what Kubernetes itself would refuse, and what they have to agree on."""

import copy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import kubernetes_validate
import pytest
import yaml

from deploy.rabbitmq import by_certificate
from deploy.users import SERVICES

FOLDER = Path(__file__).parents[3] / "deploy" / "k8s"
VERSION = "1.34"
#: Checked by the operators that bring these kinds along, not by Kubernetes.
OF_OPERATORS = ("RabbitmqCluster", "MongoDBCommunity")
KUSTOMIZATION = FOLDER / "kustomization.yaml"


def documents(path: Path) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(path.read_text("utf-8")) if each]


FILES = sorted(set(FOLDER.glob("*.yaml")) - {KUSTOMIZATION})
ALL = [each for path in FILES for each in documents(path)]
OURS = [each for each in ALL if each["kind"] not in OF_OPERATORS]
WORKLOADS = [each for each in ALL if each["kind"] in ("Deployment", "Job")]


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = (each for each in ALL if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


def container(workload: dict[str, Any]) -> dict[str, Any]:
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    return only


def is_valid(document: dict[str, Any]) -> bool:
    try:
        kubernetes_validate.validate(document, VERSION, strict=True)
    except kubernetes_validate.ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "document", OURS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}"
)
def test_kubernetes_would_take_it(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, VERSION, strict=True)


def test_a_misspelt_field_would_be_found() -> None:
    wrong = copy.deepcopy(named("Deployment", "intake"))
    container(wrong)["livenesProbe"] = container(wrong).pop("livenessProbe")
    assert not is_valid(wrong)


def test_kustomize_takes_every_file_and_knows_every_image() -> None:
    (kustomization,) = documents(KUSTOMIZATION)
    assert set(kustomization["resources"]) == {path.name for path in FILES}
    images = {container(each)["image"] for each in WORKLOADS}
    assert {each["name"] for each in kustomization["images"]} == images


def test_there_are_two_of_everything_and_one_may_go_at_a_time() -> None:
    for name in ("relay", *SERVICES):
        deployment, budget = named("Deployment", name), named("PodDisruptionBudget", name)
        assert deployment["spec"]["replicas"] == 2
        assert budget["spec"]["maxUnavailable"] == 1
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        for selector in (deployment["spec"]["selector"], budget["spec"]["selector"]):
            assert selector["matchLabels"].items() <= labels.items()


def test_no_secret_stands_in_them_and_each_program_has_its_own() -> None:
    assert not [each for each in ALL if each["kind"] == "Secret"]
    for workload in WORKLOADS:
        name = workload["metadata"]["name"]
        sources = container(workload)["envFrom"]
        secrets = [each["secretRef"]["name"] for each in sources if "secretRef" in each]
        assert secrets == (["donthu-prepare"] if name == "prepare" else [])
        (tls,) = (
            each["secret"]["secretName"]
            for each in workload["spec"]["template"]["spec"]["volumes"]
            if each["name"] == "tls"
        )
        assert tls == f"donthu-tls-{name}"
    signing = [each for each in WORKLOADS if "donthu-checkpoint-key" in str(each["spec"])]
    assert signing == [named("Deployment", "reporting")]


def test_servers_speak_tls_only_and_every_program_logs_in_by_its_own_certificate() -> None:
    broker, database = named("RabbitmqCluster", "rabbitmq"), named("MongoDBCommunity", "mongodb")
    assert broker["spec"]["tls"] == {
        "secretName": "donthu-tls-rabbitmq",
        "caSecretName": "donthu-tls-ca",
        "disableNonTLSListeners": True,
    }
    settings = broker["spec"]["rabbitmq"]["additionalConfig"].splitlines()
    wanted = by_certificate("", Path(), Path())[-4:]  # where the files lie its operator says
    assert set(wanted) <= set(settings)
    assert broker["spec"]["rabbitmq"]["additionalPlugins"] == ["rabbitmq_auth_mechanism_ssl"]
    assert database["spec"]["security"]["tls"]["enabled"]
    assert not database["spec"]["security"]["tls"]["optional"]
    for name in ("relay", *SERVICES):
        told = {each["name"]: each["value"] for each in container(named("Deployment", name))["env"]}
        broker_at, database_at = urlsplit(told["AMQP_URI"]), urlsplit(told["MONGO_URI"])
        files = {"cacertfile": ["/tls/ca.pem"], "certfile": ["/tls/own.pem"]}
        assert (broker_at.scheme, broker_at.username, broker_at.password) == ("amqps", name, None)
        assert parse_qs(broker_at.query) == files
        asked = parse_qs(database_at.query)
        assert (asked["tls"], asked["authMechanism"]) == (["true"], ["MONGODB-X509"])
        assert database_at.username is None
    ports = str([each["spec"] for each in ALL if each["kind"] == "NetworkPolicy"])
    assert "5671" in ports
    assert "'port': 5672" not in ports


def test_no_program_may_more_than_it_must() -> None:
    for workload in WORKLOADS:
        pod, only = workload["spec"]["template"]["spec"], container(workload)
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert only["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} <= only["resources"].keys()


def test_the_services_differ_in_name_only_but_for_what_signs() -> None:
    def plain(name: str) -> str:
        deployment = yaml.safe_dump(named("Deployment", name))
        return deployment.replace(name, "SERVICE")

    assert plain("intake") == plain("assignment") == plain("deadlines")


def test_nothing_is_reachable_unless_a_policy_says_so() -> None:
    policy = named("NetworkPolicy", "nothing-unless-said")
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_a_probe_looks_at_the_file_that_the_services_are_told_to_touch() -> None:
    alive = named("ConfigMap", "donthu")["data"]["DONTHU_ALIVE"]
    for name in SERVICES:
        for probe in ("startupProbe", "livenessProbe"):
            assert alive in str(container(named("Deployment", name))[probe]["exec"])
