"""publish.yml: what is on main is built, sealed if that is wanted, and deployed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from builder import cli
from tests.build import trees
from tests.forge.github_server import GitHubServer
from tests.forge.runner import ROOT, Runner, load
from tests.forge.workflows.playing import BIN, WORKFLOWS, log, script
from tests.registry import entry_file
from tests.trust.sites import write_key


class TestPublish:
    def test_main_is_built_and_deployed(self, hub: GitHubServer, runner: Runner) -> None:
        hub.git.commit(entry_file())
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert {name: job.result for name, job in jobs.items()} == {
            "build": "success",
            "seal": "skipped",
            "deploy": "success",
        }, log(jobs["build"])
        assert runner.published
        (item,) = json.loads((runner.published / "v0.1" / "servers" / "index.json").read_bytes())["servers"]  # fmt: skip
        assert item["server"]["name"] == "com.example/weather"

    def test_wrong_entry_is_left_out_and_the_rest_is_deployed(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        hub.git.commit({**entry_file(), "servers/com.example/weather/2.0.0.json": "{"})
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert [job.result for job in jobs.values()] == ["success", "skipped", "success"]
        assert "error[json-syntax]" in log(jobs["build"])
        assert runner.published
        versions = runner.published / "v0.1/servers/com.example/weather/versions"
        assert [path.name for path in sorted(versions.iterdir())] == ["1.0.0", "index.json", "latest"]  # fmt: skip

    def test_shallow_checkout_would_not_be_deployed(self, hub: GitHubServer, runner: Runner, tmp_path: Path) -> None:  # fmt: skip
        hub.git.commit(entry_file())
        text = (WORKFLOWS / "publish.yml").read_text()
        shallow = tmp_path / "publish.yml"
        shallow.write_text(text.replace("fetch-depth: 0", "fetch-depth: 1"))
        jobs = runner.run(shallow, "push", {})
        assert [job.result for job in jobs.values()] == ["failure", "skipped", "skipped"]
        assert "shallow clone" in log(jobs["build"])

    def test_three_jobs_in_clones_of_their_own_make_the_site_of_one(self, hub: GitHubServer, runner: Runner, tmp_path: Path) -> None:  # fmt: skip
        """The workflow that init writes; the last job joins in a clone without history."""
        entries = [entry_file(f"com.example{number % 7}/server{number}") for number in range(70)]
        hub.git.commit({path: text for files in entries for path, text in files.items()})
        assert cli.run(["init", str(tmp_path / "new"), "--parts", "3"]) == 0
        jobs = runner.run(tmp_path / "new/.github/workflows/publish.yml", "push", {})
        assert {name: job.result for name, job in jobs.items()} == {
            "part": "success",
            "build": "success",
            "seal": "skipped",
            "deploy": "success",
        }, log(jobs["part"]) + log(jobs["build"])
        assert runner.published
        assert trees.read(runner.published) == trees.clean(hub.git.repository)

    def test_what_is_signed_is_deployed_and_nothing_unsigned_in_its_place(self, hub: GitHubServer, runner: Runner, tmp_path: Path) -> None:  # fmt: skip
        hub.git.commit(entry_file())
        runner.variables = {"SEAL": "yes"}  # as it was spelled once
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert [job.result for job in jobs.values()] == ["success", "failure", "skipped"]
        assert "the variable LOG_KEY is not set" in log(jobs["seal"])
        assert not runner.published
        shutil.rmtree(runner.folder)
        command = runner.commands / "mcp-registry"
        command.unlink()
        # Nothing is deployed yet at the address of the registry, and nobody may ask it here.
        script(command, f'test "$1" = seal && set -- "$@" --first; exec {BIN}/mcp-registry "$@"')
        runner.variables = {"SEAL": "true"}
        runner.secrets = {"LOG_KEY": write_key(tmp_path / "log.pem", 1).read_text()}
        jobs = runner.run(WORKFLOWS / "publish.yml", "schedule", {})
        assert {job.result for job in jobs.values()} == {"success"}, log(jobs["seal"])
        assert runner.published
        assert list(runner.published.glob("v0.1/x/*/log/checkpoint"))
        assert (runner.published / ".well-known").is_dir()

    def test_switches_are_spelled_in_one_way(self) -> None:
        """True or false; yes and no count beside them where workflows once asked for these."""
        folders = (".github", ".forgejo", "site/scaffold", "site/scaffold-parts", "site/scaffold-private")  # fmt: skip
        files = [path for name in folders for path in (ROOT / name).rglob("*.y*ml")]
        asked = set()
        for line in "\n".join(path.read_text() for path in files).splitlines():
            for name, operator, word in re.findall(r"vars\.(\w+) ([=!]=) '(\w+)'", line):
                asked.add(name)
                now = {"yes": "true", "no": "false"}.get(word, word)
                assert now in ("true", "false"), line
                joined = "||" if operator == "==" else "&&"
                pair = f"vars.{name} {operator} '{now}' {joined} vars.{name} {operator} '{word}'"
                assert word == now or pair in line, line
        assert asked >= {"SEAL", "ATTEST", "AUTO_MERGE", "PROVE", "MIRROR"}

    def test_only_what_signs_or_deploys_may_name_itself(self) -> None:
        folders = (".github", "site/scaffold/.github", "site/scaffold-parts/.github")
        files = [path for name in folders for path in (ROOT / name).glob("workflows/*.yml")]
        for path in files:
            for name, job in load(path)["jobs"].items():
                if "id-token" in job["permissions"]:
                    uses = {step.get("uses", "").partition("@")[0] for step in job["steps"]}
                    assert uses & {"actions/attest-build-provenance", "actions/deploy-pages"}, name
                    sealed = path.name == "release.yml" or "vars.SEAL == 'true'" in job.get(
                        "if", ""
                    )
                    assert sealed or "actions/deploy-pages" in uses, (path, name)
