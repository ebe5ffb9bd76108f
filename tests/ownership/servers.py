"""A DNS server and an HTTPS server on loopback, as a domain's owner (or an attacker) runs them."""

from __future__ import annotations

import datetime
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOOPBACK = "127.0.0.1"
UDP_LIMIT = 512


@dataclass
class Zone:
    """What the DNS server answers: {name: {type: texts}}; `broken` names get SERVFAIL.

    `silent` names get no answer at all. `queries` are the names asked for.
    """

    records: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    queries: list[tuple[str, str]] = field(default_factory=list)

    def txt(self, name: str, *texts: str) -> None:
        """Publish TXT records; a text is cut into strings of 255 bytes."""
        quoted = []
        for text in texts:
            data = text.encode()
            parts = [data[at : at + 255] for at in range(0, len(data), 255)] or [b""]
            quoted.append(" ".join(f'"{part.decode()}"' for part in parts))
        self.records.setdefault(name, {})["TXT"] = quoted

    def answer(self, query: dns.message.Message, *, udp: bool) -> bytes | None:
        """Answer one query; over UDP cut to 512 bytes with the truncation flag set."""
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.queries.append((name, dns.rdatatype.to_text(question.rdtype)))
        if name in self.silent:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if name in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._fill(reply, name, question)
        wire = reply.to_wire(max_size=65535)
        if udp and len(wire) > UDP_LIMIT:
            cut = dns.message.make_response(query)
            cut.flags |= dns.flags.TC
            return cut.to_wire()
        return wire

    def _fill(self, reply: dns.message.Message, name: str, question: dns.rrset.RRset) -> None:
        if name not in self.records:
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return
        owner = question.name
        alias = self.records[name].get("CNAME")
        if alias:
            reply.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", *alias))
            owner = dns.name.from_text(alias[0])
            name = owner.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        found = self.records.get(name, {}).get(kind)
        if found:
            reply.answer.append(dns.rrset.from_text_list(owner, 60, "IN", kind, found))


@contextmanager
def dns_server(zone: Zone) -> Iterator[str]:
    """Serve a zone over UDP and TCP on one port of loopback; give ADDRESS:PORT."""

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            reply = zone.answer(dns.message.from_wire(data), udp=True)
            if reply is not None:
                sock.sendto(reply, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            size = int.from_bytes(self.rfile.read(2))
            reply = zone.answer(dns.message.from_wire(self.rfile.read(size)), udp=False)
            if reply is not None:
                self.wfile.write(len(reply).to_bytes(2) + reply)

    udp, tcp = _pair(Udp, Tcp)
    with udp, tcp, _running(udp), _running(tcp):
        yield f"{LOOPBACK}:{udp.server_address[1]}"


def _pair(
    udp: type[socketserver.BaseRequestHandler], tcp: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    # The same port twice: what is free for UDP may be taken for TCP, so another is tried.
    for _ in range(50):
        first = socketserver.ThreadingUDPServer((LOOPBACK, 0), udp)
        try:
            second = socketserver.ThreadingTCPServer(first.server_address, tcp)
        except OSError:
            first.server_close()
            continue
        first.daemon_threads = second.daemon_threads = True
        return first, second
    raise OSError("no port is free for both")


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """What the HTTPS server answers, and what it was asked: (host, path) in order."""

    answer: Answer
    port: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)


def body(text: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer everything with one body."""
    data = text.encode() if isinstance(text, str) else text

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)

    return answer


@contextmanager
def https_server(site: Site, authority: Authority, *hosts: str) -> Iterator[Site]:
    """Serve a site on loopback with a certificate of our own authority for some hosts."""

    class Request(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append((self.headers["Host"], self.path))
            site.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is what these tests are about."""

    with Server((LOOPBACK, 0), Request) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue(*hosts))
        # The handshake happens in the request's own thread, at the first read.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        site.port = server.server_address[1]
        with _running(server):
            yield site


class Authority:
    """A certificate authority of our own, with its files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
        self.certificate = self._certificate(self.name, self.key.public_key(), self._is_authority())
        self.root = folder / "authority.pem"
        self.root.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, *hosts: str) -> tuple[Path, Path]:
        """Make a certificate for hosts; give the paths of its chain and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, hosts[0])])
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = self._certificate(
            subject, key.public_key(), [(names, False), (identifier, False)]
        )
        chain, private = self.folder / f"{hosts[0]}.pem", self.folder / f"{hosts[0]}.key"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return chain, private

    def _is_authority(self) -> list[tuple[x509.ExtensionType, bool]]:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        return [(constraints, True), (usage, True), (identifier, False)]

    def _certificate(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        extensions: list[tuple[x509.ExtensionType, bool]],
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        made = x509.CertificateBuilder(
            issuer_name=self.name,
            subject_name=subject,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=now - datetime.timedelta(days=1),
            not_valid_after=now + datetime.timedelta(days=1),
        )
        for extension, critical in extensions:
            made = made.add_extension(extension, critical)
        return made.sign(self.key, hashes.SHA256())


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
