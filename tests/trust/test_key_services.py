"""Keys of the root of trust that stay in a service or a token: they sign, or it is told why not."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11.util.ec import encode_named_curve_parameters
from securesystemslib.signer import AzureSigner, GCPSigner, VaultSigner
from tuf.api.metadata import Metadata, Root

from builder import cli
from tests.local_server import Reply, Request, as_json, serving
from tests.trust.sites import make_site, write_key

SOFT_TOKEN = "/usr/lib/softhsm/libsofthsm2.so"
KEYS = {f"alias/{name}": ec.generate_private_key(ec.SECP256R1()) for name in ("alice", "deploy")}


def aws_kms(request: Request) -> Reply:
    """https://docs.aws.amazon.com/kms/latest/APIReference: two of its operations."""
    asked = request.json
    key = KEYS.get(asked["KeyId"])
    if key is None:
        return as_json({"__type": "NotFoundException", "message": "no such key"}, 400)
    if request.headers["X-Amz-Target"] == "TrentService.GetPublicKey":
        body = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return as_json(
            {
                "PublicKey": base64.b64encode(body).decode(),
                "SigningAlgorithms": ["ECDSA_SHA_256"],
            }
        )
    assert (asked["MessageType"], asked["SigningAlgorithm"]) == ("DIGEST", "ECDSA_SHA_256")
    digest = base64.b64decode(asked["Message"])
    signature = key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    return as_json({"Signature": base64.b64encode(signature).decode()})


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Request]]:
    with serving(aws_kms) as server:
        for name, value in {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_MAX_ATTEMPTS": "1",
        }.items():
            monkeypatch.setenv(name, value)
        yield server.requests


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a key on a token of software, whose PIN is 1234."""
    if not Path(SOFT_TOKEN).exists():
        pytest.fail("there is no SoftHSM on this machine: run `make setup`")
    folder = tmp_path_factory.mktemp("token")
    (folder / "softhsm.conf").write_text(f"directories.tokendir = {folder}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm.conf"))
        patch.setenv("PYKCS11LIB", SOFT_TOKEN)
        own = ["--init-token", "--free", "--label", "safe", "--pin", "1234", "--so-pin", "12345678"]
        subprocess.run(["softhsm2-util", *own], check=True, capture_output=True)
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        found = pkcs11.lib(SOFT_TOKEN).get_token(token_label="safe")
        with found.open(rw=True, user_pin="1234") as session:
            made = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
            made.generate_keypair(id=b"\x02", store=True)
        yield "hsm:2?label=safe"


def trust(folder: Path, command: str, *arguments: str) -> int:
    return cli.run(["trust", command, "--dir", str(folder), *arguments])


def newest(folder: Path) -> Root:
    path = max(folder.glob("*.root.json"))
    signed: Root = Metadata.from_file(str(path)).signed
    return signed


def test_keys_in_aws_sign_the_root_and_deploys(
    aws: list[Request], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site(tmp_path)
    site.publish("one")
    site.build()
    roots, bob = tmp_path / "trust", str(write_key(tmp_path / "bob.pem", 5))
    alice, deploy = "awskms:alias/alice", "awskms:alias/deploy"
    keys = ["--key", alice, "--key", f"file:{bob}", "--threshold", "2", "--online", deploy]
    assert trust(roots, "init", *keys, "--sign", bob) == 0
    assert trust(roots, "sign", alice) == 0
    assert capsys.readouterr().out.endswith("signed by enough keys\n")
    assert site.seal("--online", deploy, "--roots", str(roots)) == 0
    timestamp = (site.log.parent / "trust/timestamp.json").read_bytes()
    newest(roots).verify_delegate(
        "timestamp",
        Metadata.from_bytes(timestamp).signed_bytes,
        Metadata.from_bytes(timestamp).signatures,
    )
    assert site.seal("--online", alice, "--roots", str(roots)) == 2
    assert "the root lets another key sign" in capsys.readouterr().err
    assert trust(roots, "revoke", alice, "--threshold", "1", "--sign", bob, "--sign", alice) == 0
    assert len(newest(roots).roles["root"].keyids) == 1
    private = [request.body for request in aws if b"PRIVATE" in request.body]
    assert not private


def test_a_key_on_a_token_signs_with_its_pin(
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    roots, deploy = tmp_path / "trust", str(write_key(tmp_path / "deploy.pem", 5))
    keys = ["--key", token, "--online", deploy, "--sign", token]
    monkeypatch.setenv("HSM_PIN", "4321")
    assert trust(roots, "init", *keys) == 2
    assert "cannot sign" in capsys.readouterr().err
    assert not roots.exists()
    monkeypatch.setenv("HSM_PIN", "1234")
    assert trust(roots, "init", *keys) == 0
    assert capsys.readouterr().out.endswith("signed by enough keys\n")
    assert trust(roots, "rotate", "--sign", "hsm:7?label=safe") == 2
    assert "the key hsm:7?label=safe cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("awskms:alias/nobody", "no such key"),
        ("gcpkms:projects/p", "pip install 'static-mcp-registry[gcpkms]'"),
        ("azurekms://v.vault.azure.net/keys/k", "pip install 'static-mcp-registry[azurekms]'"),
        ("azurekms:k", "azurekms://VAULT.vault.azure.net/keys/NAME"),
        ("hv:k", "pip install 'static-mcp-registry[vault]'"),
        ("hsm:slot", "hsm:2?label=TOKEN"),
        ("env:NOWHERE", "the variable NOWHERE is not set"),
        ("file:nowhere.pem", "cannot read the key file:nowhere.pem"),
    ],
)
def test_what_is_wrong_with_a_key_is_told(
    place: str,
    told: str,
    aws: list[Request],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = str(write_key(tmp_path / "key.pem", 5))
    assert trust(tmp_path / "trust", "init", "--key", place, "--online", key) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert not (tmp_path / "trust").exists()


def test_a_service_that_signs_something_else_is_told(
    aws: list[Request],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    roots, deploy = tmp_path / "trust", str(write_key(tmp_path / "deploy.pem", 5))
    own = ["--key", "awskms:alias/alice", "--online", deploy]
    nonsense = utils.encode_dss_signature(1, 1)
    with serving(
        lambda request: (
            as_json({"Signature": base64.b64encode(nonsense).decode()})
            if request.headers["X-Amz-Target"].endswith(".Sign")
            else aws_kms(request)
        )
    ) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert trust(roots, "init", *own, "--sign", "awskms:alias/alice") == 2
    assert "cannot sign" in capsys.readouterr().err
    assert not roots.exists()


def test_a_key_of_another_role_does_not_sign_the_root(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, deploy = (str(write_key(tmp_path / f"{seed}.pem", seed)) for seed in (5, 6))
    own = ["--key", root, "--online", deploy, "--sign", deploy]
    assert trust(tmp_path / "trust", "init", *own) == 2
    assert "is none of the root's" in capsys.readouterr().err
    assert not (tmp_path / "trust").exists()


def test_each_service_is_asked_for_the_key_that_its_address_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of these three no server is here: what their library is asked is all that can be seen."""
    asked: list[tuple[str, ...]] = []

    def refuse(*names: str) -> None:
        asked.append(names)
        raise PermissionError("not you")

    for kind in (GCPSigner, AzureSigner, VaultSigner):
        monkeypatch.setattr(kind, "import_", refuse)
    key = str(write_key(tmp_path / "key.pem", 5))
    for place in ("gcpkms:projects/p/k/1", "azurekms://v.vault.azure.net/keys/k", "hv:deploy"):
        assert trust(tmp_path / "trust", "init", "--key", key, "--online", place) == 2
        assert "cannot be used: not you" in capsys.readouterr().err
    assert asked == [("projects/p/k/1",), ("v", "k"), ("deploy",)]
