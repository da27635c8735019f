"""What runs in containers: nothing is started here, but whatever the files name is really Loa's.

A setting, a command, a module, a path or a number that is not of this version fails here, not on
the evening of an installation.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from broadcaster.commands import app as loa
from broadcaster.monitoring.routes import router as health
from broadcaster.settings import MOST_INGESTS, Settings, load_settings

ROOT = Path(__file__).parents[2]
COMPOSE, PROVINCE = ROOT / "deploy" / "compose", ROOT / "deploy" / "province"
DOCKER_COMPOSE = shutil.which("docker-compose")
BY_HAND = {"loa-database", "loa-tls", "loa-emqx", "loa-s3"}
"""Secrets that the province's README says how to make."""

Object = dict[str, Any]


def read(file: Path) -> list[Object]:
    """All documents of a YAML file."""
    return list(yaml.safe_load_all(file.read_text("utf-8")))


def check_command(words: list[str]) -> None:
    """Fail where `loa` does not know this command or one of its options."""
    command = typer.main.get_command(loa)
    while (found := getattr(command, "commands", {}).get(words[0] if words else "")) is not None:
        command, words = found, words[1:]
    command.make_context("loa", list(words))


def check_settings(environment: dict[str, str]) -> Settings:
    """The settings that these variables make; fail where one is none, or cannot be used."""
    names = {name.removeprefix("LOA_").lower(): value for name, value in environment.items()}
    names.pop("config", None)
    assert set(names) <= set(Settings.model_fields)
    return load_settings(**names)


@pytest.fixture
def compose() -> Object:
    """The compose file, with what `.env` is to give."""
    text = (COMPOSE / "compose.yaml").read_text("utf-8")
    text = re.sub(r"\$\{LOA_NAME:[^}]*\}", "dai.xa.example", text)
    text = re.sub(r"\$\{LOA_DB_PASSWORD:[^}]*\}", "guess", text)
    found: Object = yaml.safe_load(text)
    return found


@pytest.fixture
def objects() -> list[Object]:
    """All that the province's kustomization brings, and the pod by hand."""
    named = read(PROVINCE / "kustomization.yaml")[0]["resources"]
    return [each for file in [*named, "by-hand.yaml"] for each in read(PROVINCE / file)]


@pytest.mark.skipif(DOCKER_COMPOSE is None, reason="not run: install docker-compose")
def test_compose_takes_the_file() -> None:
    """By the program itself; without what the README asks for it says so."""

    def judged(**given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(DOCKER_COMPOSE), "-f", COMPOSE / "compose.yaml", "config", "-q"],
            capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **given},
        )  # fmt: skip

    whole = judged(LOA_NAME="dai.xa.example", LOA_DB_PASSWORD="guess")
    assert (whole.returncode, whole.stderr) == (0, "")
    bare = judged()
    assert bare.returncode != 0
    assert "see README.md" in bare.stderr


def test_what_compose_starts_and_sets_is_loas(compose: Object) -> None:
    """Station and broker find database, broker and each other by names that are there."""
    services = compose["services"]
    for name in ("broker", "station"):
        check_command(services[name]["command"])
        settings = check_settings(services[name]["environment"])
        assert settings.database == "postgresql://loa:guess@database/loa"
        assert settings.broker_url == "mqtts://broker:8883"
        assert settings.device_broker == "mqtts://dai.xa.example:8883"
        assert set(services[name]["depends_on"]) <= set(services)
        volumes = {each.split(":")[0] for each in services[name]["volumes"]}
        assert {each for each in volumes if each.isidentifier()} <= set(compose["volumes"])
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert "ports" not in services["database"]


def test_the_image_is_made_of_what_is_there() -> None:
    """Each path that is copied in; it does not run as root."""
    lines = (COMPOSE / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--" not in line]

    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    assert "USER loa" in lines


def containers(objects: list[Object]) -> Iterator[tuple[Object, Object]]:
    """Each container, and the pod that it is of."""
    for each in objects:
        spec = each.get("spec", {})
        for step in ("jobTemplate", "spec", "template", "spec"):
            spec = spec.get(step, spec)
        for container in spec.get("containers", []):
            yield container, spec


def test_what_a_province_starts_is_loas(objects: list[Object]) -> None:
    """Modules that there are, commands that there are, by nobody with rights."""
    seen = set()
    for container, pod in containers(objects):
        assert pod["securityContext"]["runAsNonRoot"] is True
        words = " ".join(container.get("command", [])).split()
        if "-m" in words:
            module = words[words.index("-m") + 1]
            assert importlib.util.find_spec(module) is not None
            seen.add(module)
        elif words[:1] == ["/opt/loa/bin/loa"]:
            check_command(words[1:])
            seen.add(words[1])

    assert seen == {
        "broadcaster.processes.site", "broadcaster.dispatch.service",
        "broadcaster.ledger.service", "backup",
    }  # fmt: skip


def test_a_provinces_settings_can_be_used_and_agree(objects: list[Object]) -> None:
    """There are as many ingests as the setting says; each loudspeaker's way is by TLS."""
    (settings_map,) = [each for each in objects if each["kind"] == "ConfigMap"]
    (ingest,) = [
        each for each in objects
        if each["kind"] == "StatefulSet" and each["metadata"]["name"] == "ingest"
    ]  # fmt: skip
    settings = check_settings(settings_map["data"])

    assert settings.ingest_processes == ingest["spec"]["replicas"] <= MOST_INGESTS
    assert settings.pages_by_tls
    assert not settings.embedded_broker
    assert settings.broker_url.startswith("mqtts://")
    assert {str(settings.state_dir)} <= {
        mount["mountPath"] for container, _ in containers(objects)
        for mount in container["volumeMounts"]
    }  # fmt: skip


def test_what_a_provinces_manifests_name_is_there(objects: list[Object]) -> None:
    """Selectors find their pods; claims, maps and secrets exist, or the README says how."""
    kinds = {(each["kind"], each["metadata"]["name"]) for each in objects}
    labels = {
        each["spec"]["template"]["metadata"]["labels"]["app"]
        for each in objects if each["kind"] in {"Deployment", "StatefulSet"}
    }  # fmt: skip
    for each in objects:
        if each["kind"] == "Service":
            assert each["spec"]["selector"]["app"] in labels
        if each["kind"] in {"Deployment", "StatefulSet"}:
            assert (
                each["spec"]["selector"]["matchLabels"]
                == (each["spec"]["template"]["metadata"]["labels"])
            )
        if each["kind"] == "StatefulSet":
            assert ("Service", each["spec"]["serviceName"]) in kinds
    for container, pod in containers(objects):
        own = {each["metadata"]["name"] for each in templates_of(objects, container)}
        volumes = {each["name"]: each for each in pod["volumes"]}
        assert {each["name"] for each in container["volumeMounts"]} <= set(volumes) | own
        for volume in volumes.values():
            if "persistentVolumeClaim" in volume:
                claim = volume["persistentVolumeClaim"]["claimName"]
                assert ("PersistentVolumeClaim", claim) in kinds
            if "secret" in volume:
                assert volume["secret"]["secretName"] in BY_HAND
    guide = (PROVINCE / "README.md").read_text("utf-8")
    assert [name for name in BY_HAND if name not in guide] == []
    assert [each.name for each in PROVINCE.glob("*.yaml") if each.name not in guide] == []


def templates_of(objects: list[Object], container: Object) -> list[Object]:
    """The claims that a set makes for each of its pods."""
    for each in objects:
        if container in each.get("spec", {}).get("template", {}).get("spec", {}).get(
            "containers", []
        ):
            found: list[Object] = each["spec"].get("volumeClaimTemplates", [])
            return found
    return []


def test_health_is_asked_where_it_is_told(objects: list[Object]) -> None:
    """The paths that the site's probes ask for are routes of the site."""
    asked = re.findall(r"http://127\.0\.0\.1:8000(/[a-z/]+)", str(objects))
    told = {route.path for route in health.routes}

    assert len(asked) == 2
    assert set(asked) <= told
