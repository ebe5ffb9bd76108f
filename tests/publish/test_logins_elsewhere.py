"""Logins by a page of a domain and by a job of GitLab; what is told of them, and what never is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from builder.net.network import Network
from tests.ownership.conftest import authority, network, site, web, zone  # noqa: F401 - fixtures
from tests.ownership.issuer import GITHUB_CLAIMS, GITLAB_CLAIMS
from tests.ownership.servers import Site, Zone, body
from tests.ownership.world import Signer
from tests.publish.credentials import signed_now
from tests.publish.running import Desk, Surroundings, settings
from tests.registry import Registry, entry


def test_a_domain_publishes_by_its_page_and_nothing_below_it(
    around: Surroundings,
    tmp_path: Path,
    web: Network,  # noqa: F811
    site: Site,  # noqa: F811
    zone: Zone,  # noqa: F811
) -> None:
    signer = Signer()
    site.answer = body(signer.record + "\n")
    with around.running(tmp_path, network=replace(web, http_seconds=5.0)) as desk:
        proof = signed_now(signer, "example.com")
        token = desk.token("http", **proof)
        assert site.requests[-1] == ("example.com", "/.well-known/mcp-registry-auth")
        assert desk.publish(entry("com.example/tool", "1.0.0"), token).status_code == 200
        assert "proof: http" in desk.file("servers/com.example/namespace.yaml")
        assert desk.publish(entry("com.example.team/tool", "1.0.0"), token).status_code == 403
        assert "used before" in desk.log_in("http", **proof).json()["detail"]
        # A page that is missing, too long or of another key tells no more than that.
        for answer in (body("", 404), body("x" * 5000), body(Signer().record)):
            site.answer = answer
            refused = desk.log_in("http", **signed_now(signer, "example.com", seconds=1))
            assert refused.status_code == 401, refused.text


def test_a_job_of_gitlab_publishes_for_its_group(around: Surroundings, tmp_path: Path) -> None:
    host = urlsplit(around.issuer.url).netloc
    granted = {"forge": "gitlab", "host": host, "namespaces": "com.example.lab"}
    job = {
        **GITLAB_CLAIMS,
        "namespace_path": "acme",
        "project_path": "acme/weather",
        "ci_config_ref_uri": f"{host}/acme/weather//.gitlab-ci.yml@refs/heads/main",
    }

    def prepare(registry: Registry) -> None:
        policy = {"policy": {"accounts": [granted]}}
        text = settings(around.hub, around.issuer.url, policy, gitlab=around.issuer.url)
        registry.commit({"registry.yaml": text})

    with around.running(tmp_path, prepare=prepare) as desk:
        # A job in a user's project that somebody else started looks the same, but for this.
        unknown = desk.token("oidc", oidc_token=desk.issuer.token(**job, groups_direct=["other"]))
        refused = desk.publish(entry("com.example.lab.acme/weather", "1.0.0"), unknown)
        assert (refused.status_code, "a group or a user" in refused.text) == (403, True)
        member = {"groups_direct": ["other", "acme"], "jti": "member"}
        token = desk.token("oidc", oidc_token=desk.issuer.token(**{**job, **member}))
        answer = desk.publish(entry("com.example.lab.acme/weather", "1.0.0"), token)
        assert answer.status_code == 200, answer.text
        own = answer.json()["_meta"]["com.example.registry/proof"]
        assert own["run"]["repository-id"] == 20 and own["run"]["host"] == host
        assert desk.publish(entry("com.example.lab.bob/tool", "1.0.0"), token).status_code == 403
        # Once the group is listed, whoever starts the job.
        later = desk.publish(entry("com.example.lab.acme/weather", "1.0.1"), unknown)
        assert later.status_code == 200, later.text
        # Another group of the same name has another number.
        again = desk.issuer.token(**{**job, "namespace_id": "99", "jti": "other"})
        other = desk.token("oidc", oidc_token=again)
        refused = desk.publish(entry("com.example.lab.acme/weather", "1.1.0"), other)
        assert refused.status_code == 403
        wrong = desk.issuer.token(**{**job, "aud": "https://other.example", "jti": "third"})
        assert "(aud)" in desk.log_in("oidc", oidc_token=wrong).json()["detail"]


def test_health_and_the_description_say_how_one_logs_in(desk: Desk) -> None:
    for prefix in ("/v0", "/v0.1", "//v0"):
        health = desk.get(f"{prefix}/health").json()
        assert health["status"] == "ok" and health["github_client_id"] == "Iv1.registry"
        assert (health["oidc_client_id"], health["oidc_issuer"]) == (
            "registry-client",
            desk.issuer.url,
        )
        assert "https://registry.example.com" in health.values(), "the audience of tokens of CI"
    paths = desk.get("/openapi.json").json()["paths"]
    logins = {path.rpartition("/")[2] for path in paths if "/auth/" in path}
    assert logins == {"github-at", "github-oidc", "dns", "http", "oidc"}
    for path in ("/v0/publish", "/v0.1/validate", "/v0.1/servers/{serverName}/status"):
        assert path in paths
    built = (desk.out / "openapi.json").read_text()
    assert "/publish" not in built and "/auth/" not in built and "/validate" not in built


def test_answers_do_not_tell_who_exists(desk: Desk) -> None:
    token = desk.token()
    desk.publish(entry("io.github.alice/weather", "1.0.0"), token)
    mallory = desk.token(github_token="gho_mallory")
    details = {
        desk.publish(entry(f"io.github.{who}/weather", "1.0.0"), mallory)
        .json()["detail"]
        .replace(who, "WHO")
        for who in ("alice", "nobody")
    }
    assert len(details) == 1, "an owned namespace and a free one are refused in the same words"
    wrong = {
        desk.log_in("github-at", github_token=one).text for one in ("gho_a", "gho_" + "b" * 36)
    }
    assert len(wrong) == 1


def test_no_secret_reaches_the_log(desk: Desk) -> None:
    secrets = [
        desk.issuer.token(**GITHUB_CLAIMS),
        desk.issuer.token(aud="registry-client", hd="example.com"),
        desk.issuer.token(**{**GITHUB_CLAIMS, "aud": "wrong"}),
    ]
    for method, secret in zip(("github-oidc", "oidc", "github-oidc"), secrets, strict=True):
        desk.log_in(method, oidc_token=secret)
    signed = signed_now(Signer(), "example.org")
    desk.log_in("http", **signed)
    token = desk.token()
    for one in (token, token[:-4] + "AAAA", f"{token}\n", "gho_alice"):
        desk.publish(entry("io.github.alice/weather", "1.0.0"), one.strip())
    desk.client.post(f"{desk.url}/v0/publish?token={token}", content=token)
    log = desk.log.getvalue()
    assert log.count("\n") >= 8
    for secret in (*secrets, token, signed["signed_timestamp"], "gho_alice"):
        assert secret not in log and secret.rpartition(".")[2] not in log
