"""`policy` in registry.yaml: what may be published here, and what a mirror takes in."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from builder.model.account_grant import AccountGrant
from builder.model.forges import AccountNamespaces
from builder.model.mirror_settings import MirrorPolicy
from builder.model.owner import NumericId, Owner
from builder.model.package_types import PACKAGE_TYPES
from builder.model.policy_rule import TRANSPORTS, Rules, known
from builder.model.section import Section, distinct
from builder.model.sidecars import Key

Association = Literal["owner", "member", "collaborator"]
_HOST = re.compile(r"(?:https?://)?[A-Za-z0-9*.-]+(?::[0-9]+)?(?:/\S*)?")
_PATTERN = re.compile(r"[A-Za-z0-9*?.-]+(?::[0-9]+)?|[0-9a-fA-F.:]+/[0-9]+")
_NAMESPACE = r"^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9](/\*|\.\*)?$"


def _hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        if not _HOST.fullmatch(text):
            raise ValueError(f"{text!r} is neither a host nor a base URL, such as npm.example.com")
    return value


def _host_patterns(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        if not _PATTERN.fullmatch(text):
            raise ValueError(
                f"{text!r} is neither a host's pattern nor a network, such as 10.0.0.0/8"
            )
    return value


def host_of(text: str) -> str:
    """Return the host (and port) of a host or a base URL, in small letters."""
    return urlsplit(text if "://" in text else f"//{text}").netloc.rpartition("@")[2].lower()


_Hosts = Annotated[tuple[str, ...], AfterValidator(_hosts)]
TeamName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]


class Team(Section):
    """Accounts that the settings name together."""

    name: TeamName = Field(description="What the team is called in the settings.")
    members: Annotated[tuple[Owner, ...], Field(min_length=1)] = Field(description="Who is in it.")


def is_granted(namespace: str, pattern: str) -> bool:
    """Return whether an internal namespace's pattern is about a namespace; case is ignored."""
    own, wanted = pattern.lower().removesuffix("/*"), namespace.lower()
    return wanted.startswith(own[:-1]) if own.endswith(".*") else wanted == own


class InternalNamespace(Section):
    """A namespace that the operator grants, or all below one: nobody has to prove it in public."""

    namespace: Annotated[str, Field(pattern=_NAMESPACE, max_length=200)] = Field(
        description="The namespace, such as acme.internal (or acme.internal/*), or a pattern of those below "
        "it: acme.internal.* grants acme.internal.data, not acme.internal."
    )
    owners: tuple[Owner, ...] = Field((), description="Accounts that may publish into it.")
    team: str = Field("", description="A team of `policy.teams` whose members may publish into it.")
    keys: tuple[Key, ...] = Field((), description="Keys whose signatures let an entry in.")

    def covers(self, namespace: str) -> bool:
        """Return whether it grants a namespace; case is ignored."""
        return is_granted(namespace, self.namespace)

    @model_validator(mode="after")
    def _somebody(self) -> InternalNamespace:
        if not (self.owners or self.team or self.keys):
            raise ValueError("a granted namespace needs owners, a team or keys")
        return self


class PublishPolicy(Section):
    """What an entry that is published here may use."""

    namespaces: tuple[str, ...] = Field(
        (), description="If given, only these namespaces may be published into: patterns."
    )
    package_types: tuple[str, ...] = Field(
        (), description="If given, an entry may only use these package types (npm, pypi, oci, ...)."
    )
    transports: tuple[str, ...] = Field(
        (), description="If given, an entry may only use these transports."
    )
    package_registries: _Hosts = Field(
        (),
        description="Hosts or base URLs of package and image registries of your own, besides the public "
        "ones, such as https://npm.example.com. Whose their packages are is not asked.",
    )
    repository_hosts: _Hosts = Field(
        (),
        description="Hosts at which repositories may be, besides github.com and gitlab.com: GitHub "
        "Enterprise Server, GitLab, Bitbucket, Gitea.",
    )
    remote_hosts: Annotated[tuple[str, ...], AfterValidator(_host_patterns)] = Field(
        (),
        description="Hosts of your own that remotes may lead to over plain http, or on the client's "
        "machine: patterns or networks, such as `*.example.internal` or 10.0.0.0/8.",
    )
    internal: tuple[InternalNamespace, ...] = Field(
        (),
        description="Namespaces that the operator grants. No mirror brings anything into them.",
    )
    approvers: tuple[NumericId | TeamName, ...] = Field(
        (),
        description="Who may approve what is to be reviewed: numeric ids of accounts, or teams of "
        "`policy.teams`.",
    )
    approve_own: bool = Field(
        False,
        description="Whether an approver may also approve a change that is the account's own.",
    )
    rules: Rules = Field(
        (),
        description="Lines of the rule language, read after those above: the first that matches decides.",
    )

    @field_validator("package_types")
    @classmethod
    def _package_types(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return known(value, PACKAGE_TYPES)

    @field_validator("transports")
    @classmethod
    def _transports(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return known(value, TRANSPORTS)

    def granted(self, namespace: str) -> InternalNamespace | None:
        """Return the grant of a namespace, None if it is not the operator's to give.

        One by name counts before one by pattern, and the longest pattern first.
        """
        grants = [grant for grant in self.internal if grant.covers(namespace)]
        return max(
            grants,
            key=lambda grant: (grant.namespace[-2:] != ".*", len(grant.namespace)),
            default=None,
        )


class Policy(Section):
    """What this registry takes in, and how."""

    publish: PublishPolicy = Field(
        PublishPolicy(), description="What an entry that is published here may use."
    )
    accounts: tuple[AccountGrant, ...] = Field(
        (),
        description="Forges of your own whose accounts prove namespaces. Without a line here they "
        "prove none.",
    )
    mirror: MirrorPolicy = Field(
        MirrorPolicy(), description="What `mcp-registry mirror` takes from upstream."
    )
    teams: tuple[Team, ...] = Field(
        (), description="Accounts that grants and approvers may name together."
    )
    sigstore_root: str = Field(
        "",
        description="A trusted_root.json in this repository: the roots of trust of a Sigstore of your "
        "own. Without it the public one's, which come with the `sigstore` package.",
    )
    advisories: str = Field(
        "",
        description="Where `mcp-registry advisories` reads OSV data from: an address, or a file in this "
        "repository.",
    )
    repository_hosts: _Hosts = Field(
        (), description="Read as part of `publish.repository_hosts`, where it stands now."
    )
    package_registries: _Hosts = Field(
        (), description="Read as part of `publish.package_registries`, where it stands now."
    )
    new_namespace_hours: Annotated[int, Field(ge=0, le=24 * 30)] = Field(
        0, description="Hours a first publication into a new namespace waits before it may merge."
    )
    may_resume: tuple[Association | NumericId, ...] = Field(
        ("owner", "member", "collaborator"),
        description="Who lifts a `/stop` with `/resume`: what GitHub calls an account's association "
        "with the repository, or numeric ids of accounts.",
    )

    @model_validator(mode="after")
    def _teams_exist(self) -> Policy:
        distinct(self.teams, "teams", "name")
        named = [grant.team for grant in self.publish.internal if grant.team]
        named += [approver for approver in self.publish.approvers if isinstance(approver, str)]
        for team in named:
            if team not in {listed.name for listed in self.teams}:
                raise ValueError(f"there is no team {team!r} in policy.teams")
        return self

    @property
    def private_registries(self) -> frozenset[str]:
        """Hosts of package registries besides the public ones."""
        named = (*self.publish.package_registries, *self.package_registries)
        return frozenset(map(host_of, named))

    @property
    def private_repositories(self) -> frozenset[str]:
        """Hosts of repositories besides the public ones."""
        return frozenset(map(host_of, (*self.publish.repository_hosts, *self.repository_hosts)))

    @property
    def account_namespaces(self) -> tuple[AccountNamespaces, ...]:
        """The namespaces that accounts of forges of one's own prove."""
        return tuple(grant.row for grant in self.accounts)

    def grant(self, namespace: str) -> InternalNamespace | None:
        """Return the grant of a namespace with its team's members among the owners."""
        grant = self.publish.granted(namespace)
        if grant is None or not grant.team:
            return grant
        return grant.model_copy(update={"owners": (*grant.owners, *self._members(grant.team))})

    @property
    def approvers(self) -> frozenset[int]:
        """The numeric ids of the accounts that may approve."""
        named = self.publish.approvers
        ids = {approver for approver in named if isinstance(approver, int)}
        teams = (self._members(approver) for approver in named if isinstance(approver, str))
        return frozenset(ids | {owner.id for team in teams for owner in team})

    def _members(self, team: str) -> tuple[Owner, ...]:
        return tuple(owner for group in self.teams if group.name == team for owner in group.members)
