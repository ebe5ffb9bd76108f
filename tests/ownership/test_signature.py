"""What is signed, and that nothing else fits a signature."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import cli
from builder.model.errors import RegistryError
from builder.ownership import domain, key, signature
from builder.ownership.signature import Signature, SignatureError
from builder.ownership.statement import RegistryIdentity, Statement, digest, first_form
from tests.ownership.world import HERE
from tests.registry import Registry, entry_file

ALGORITHMS = ("ed25519", "ecdsap384")
PRIVATE = {algorithm: key.generate(algorithm) for algorithm in ALGORITHMS}
PATH = "servers/com.example/weather/1.0.0.json"
ABOUT = Statement(registry=HERE, path=PATH, digest=digest(b"{}"), expires=1_800_000_000)
TEXT = ABOUT.message()

names = st.text(st.characters(codec="utf-8"), max_size=12)
entries = st.tuples(names, names, names, st.binary(max_size=12)).map(
    lambda parts: (f"{parts[0]}/{parts[1]}", parts[2], parts[3])
)
statements = st.builds(
    Statement,
    registry=st.builds(RegistryIdentity, names, names),
    path=st.sampled_from(
        (PATH, PATH.replace("1.0.0", "1.0.1"), "servers/com.example/namespace.yaml")
    )
    | st.sampled_from(("servers/com.example/weather/status.yaml", "servers/a.b/c/1.json")),
    digest=st.sampled_from((digest(b""), digest(b"{}"))),
    expires=st.integers(0, 2**40),
    counter=st.integers(0, 2**53),
)


@given(left=entries, right=entries)
def test_two_entries_never_have_the_same_message_of_the_first_form(
    left: tuple[str, str, bytes], right: tuple[str, str, bytes]
) -> None:
    assert (first_form(*left) == first_form(*right)) == (left == right)


@given(left=statements, right=statements)
def test_two_statements_never_have_the_same_message(left: Statement, right: Statement) -> None:
    assert (left.message() == right.message()) == (left == right)


@given(statement=statements, entry=entries)
def test_no_statement_has_a_message_of_the_first_form(
    statement: Statement, entry: tuple[str, str, bytes]
) -> None:
    assert statement.message() != first_form(*entry)


def test_the_messages_are_fixed() -> None:
    # Whoever writes another signer reads the format here: it cannot change without a new purpose.
    documentation = Path(__file__).parents[2] / "site/docs/publish/namespaces.md"
    documented = documentation.read_text(encoding="utf-8")
    entry = (
        b"21:mcp-registry entry v2,20:com.example.registry,20:registry.example.com,10:1800000000,"
        b"1:0,11:com.example,19:com.example/weather,5:1.0.0,"
        b"64:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a,"
    )
    assert entry == TEXT
    assert entry.decode() in documented
    status = replace(ABOUT, path="servers/com.example/weather/status.yaml", counter=3).message()
    assert status.startswith(b"22:mcp-registry status v2,20:com.example.registry,")
    assert b",10:1800000000,1:3,11:com.example,19:com.example/weather,0:,64:" in status
    owners = replace(ABOUT, path="servers/com.example/namespace.yaml", counter=1).message()
    assert owners.startswith(b"25:mcp-registry namespace v2,")
    assert b",1:1,11:com.example,0:,0:,64:" in owners


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_fits_its_message_and_names_its_key(algorithm: str) -> None:
    signed = signature.read(signature.write(signature.sign(PRIVATE[algorithm], ABOUT)))
    assert signature.check(signed, TEXT) == key.key_of(PRIVATE[algorithm])
    assert isinstance(signed, Signature)
    assert signed.statement(PATH, b"{}") == ABOUT


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@settings(max_examples=30)
@given(position=st.integers(0, 95), bit=st.integers(0, 7))
def test_a_changed_bit_breaks_a_signature(algorithm: str, position: int, bit: int) -> None:
    made = signature.sign(PRIVATE[algorithm], ABOUT)
    raw = bytearray(base64.b64decode(made.signature))
    raw[position % len(raw)] ^= 1 << bit
    changed = made.model_copy(update={"signature": base64.b64encode(raw).decode()})
    with pytest.raises(SignatureError):
        signature.check(changed, TEXT)


@given(data=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_a_signature_file_or_say_why_not(data: bytes) -> None:
    with pytest.raises(SignatureError):
        signature.check(signature.read(data), TEXT)


@given(
    algorithm=st.sampled_from(ALGORITHMS),
    public=st.binary(max_size=100),
    made=st.binary(max_size=100),
)
def test_any_key_and_signature_are_answered(algorithm: str, public: bytes, made: bytes) -> None:
    file = {
        "algorithm": algorithm,
        "public": base64.b64encode(public).decode(),
        "signature": base64.b64encode(made).decode(),
    }
    with pytest.raises(SignatureError):
        signature.check(signature.read(json.dumps(file).encode()), TEXT)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_record_gives_its_key_back(algorithm: str) -> None:
    public = key.key_of(PRIVATE[algorithm])
    assert domain.read_record(domain.record(public)) == public
    assert domain.read_record(f"google=1 {domain.record(public)} ") == public


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=MCPv1; k=ed25519",
        "v=MCPv2; k=ed25519; p=AAAA",
        "v=MCPv1; k=rsa; p=AAAA",
        "v=MCPv1; k=ed25519; p=AAAA",
        f"v=MCPv1; k=ecdsap384; p={base64.b64encode(bytes(49)).decode()}",
        "v=MCPv1; k=ed25519; p=====",
    ],
)
def test_a_malformed_record_holds_no_key(text: str) -> None:
    assert domain.read_record(text) is None


def test_the_official_example_of_a_record_is_read() -> None:
    # Made as the official registry's documentation says: openssl, and the last 32 bytes.
    made = subprocess.run(
        "openssl genpkey -algorithm Ed25519 | openssl pkey -pubout -outform DER",
        shell=True,
        capture_output=True,
        check=True,
    ).stdout
    public = base64.b64encode(made[-32:]).decode()
    found = domain.read_record(f"v=MCPv1; k=ed25519; p={public}")
    assert found is not None
    assert found.public == public


def test_keygen_and_sign_from_the_command_line(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private = tmp_path / "key.pem"
    registry.write(entry_file("com.example/weather"))
    entry = registry.root / "servers/com.example/weather/1.0.0.json"
    assert cli.run(["keygen", "Example.com", "--out", str(private)]) == 0
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    printed = capsys.readouterr().out
    public = key.key_of(key.read_private(private.read_bytes()))
    assert f'example.com. IN TXT "{domain.record(public)}"' in printed
    assert "https://example.com/.well-known/mcp-registry-auth" in printed
    assert public.public in printed.partition("servers/com.example/namespace.yaml")[2]

    assert cli.run(["sign", str(entry), "--key", str(private)]) == 0
    signed = signature.read(Path(f"{entry}.sig").read_bytes())
    assert isinstance(signed, Signature)
    statement = signed.statement(PATH, entry.read_bytes())
    assert statement.registry == HERE
    assert signature.check(signed, statement.message()) == public


def test_keygen_never_overwrites_a_key(tmp_path: Path) -> None:
    private = tmp_path / "key.pem"
    private.write_text("precious")
    assert cli.run(["keygen", "example.com", "--out", str(private)]) == 2
    assert private.read_text() == "precious"


def test_keygen_prints_the_records_of_a_key_made_by_openssl(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private = tmp_path / "key.pem"
    curve = ["-pkeyopt", "ec_paramgen_curve:secp384r1"]
    command = ["openssl", "genpkey", "-algorithm", "EC", *curve, "-out", str(private)]
    subprocess.run(command, check=True, capture_output=True)
    assert cli.run(["keygen", "example.com", "--key", str(private)]) == 0
    assert "v=MCPv1; k=ecdsap384; p=A" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["com", "alice.github.io", "127.0.0.1", "a b.com", "", "-x.com"])
def test_keygen_refuses_what_is_no_domain(name: str, tmp_path: Path) -> None:
    assert cli.run(["keygen", "--out", str(tmp_path / "key.pem"), "--", name]) == 2
    assert not (tmp_path / "key.pem").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("nonsense", "not JSON"),
        ("{}", "no name"),
        ('{"name": "com.example/weather", "version": "2.0.0"}', "belongs at"),
        ('{"name": "com.example/weather",\r\n "version": "1.0.0"}', "CR LF"),
        ('{"name": "@alice/weather", "version": "1.0.0"}', "is no server.json"),
    ],
)
def test_sign_refuses_what_the_gate_could_not_verify(
    registry: Registry, tmp_path: Path, content: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    private = tmp_path / "key.pem"
    private.write_bytes(key.write_private(PRIVATE["ed25519"]))
    path = "servers/com.example/weather/1.0.0.json"
    registry.write({path: content.encode()})
    assert cli.run(["sign", str(registry.root / path), "--key", str(private)]) == 2
    assert why in capsys.readouterr().err
    assert not (registry.root / f"{path}.sig").exists()


@pytest.mark.parametrize("algorithm", ["RSA", "X25519"])
def test_other_kinds_of_keys_are_refused(algorithm: str) -> None:
    pem = subprocess.run(
        ["openssl", "genpkey", "-algorithm", algorithm], capture_output=True, check=True
    ).stdout
    with pytest.raises(RegistryError, match="neither ed25519 nor ECDSA P-384"):
        key.read_private(pem)


def test_an_encrypted_key_is_refused_with_words(tmp_path: Path) -> None:
    command = "openssl genpkey -algorithm Ed25519 -aes256 -pass pass:secret"
    pem = subprocess.run(command.split(), capture_output=True, check=True).stdout
    with pytest.raises(RegistryError, match="without password"):
        key.read_private(pem)
