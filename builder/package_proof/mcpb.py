"""MCPB: the bundle is a release file on GitHub or GitLab that anyone can download (R40).

That the address lies below the publisher's own account is all the proof there is. Clients check
`fileSha256`.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.package_proof.client import PackageRegistryClient, read_url
from builder.package_proof.problem import Package, PackageProblem, not_found, text


def verify(package: Package, _name: str, client: PackageRegistryClient) -> Iterator[PackageProblem]:
    """Yield why this bundle cannot be taken."""
    identifier = text(package, "identifier")
    url = read_url(identifier)
    answer = client.head(f"{client.base(f'mcpb:{url.host}')}{url.raw_path.decode()}")
    redirects = 300 <= answer.status_code < 400 and bool(answer.headers.get("Location"))
    if not answer.ok and not redirects:
        yield not_found(f"bundle at {identifier} (status {answer.status_code})")
