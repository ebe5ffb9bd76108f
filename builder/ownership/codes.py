"""What the findings of a judgement mean: a code, in short, and why. For the page of the rules.

Codes that builder/rules has too (such as version-removed) are explained there.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A code, what holds where it is not reported, why the gate asks for it, and how severe it is."""

    code: str
    summary: str
    explanation: str
    severity: str = "error"


CODES = (
    Code(
        "not-the-owner",
        "Only owners publish into a namespace that has one.",
        "Its `namespace.yaml` on the main branch lists accounts, by numeric id, and keys. "
        "Publishing, lifecycle and owners follow the same file.",
        "error; review while a proof is open",
    ),
    Code(
        "namespace-unproved",
        "The first publication into a namespace proves whose it is.",
        "`io.github.<login>` by the account, a domain's namespace by a signature with a key that "
        "the domain publishes.",
        "error; review while a proof is open",
    ),
    Code(
        "namespace-file-missing",
        "The first publication into a namespace adds its `namespace.yaml`.",
        "From then on the file says who may publish there. The help has its content.",
    ),
    Code(
        "namespace-file-mismatch",
        "The first `namespace.yaml` names exactly what is proved.",
        "Otherwise a copied signature could bring in an owner of somebody else's choosing. Owners are "
        "added by a later change.",
    ),
    Code(
        "namespace-file-removed",
        "A namespace keeps its `namespace.yaml`.",
        "Without it the namespace would be free for the next proof.",
    ),
    Code(
        "namespace-unreadable",
        "The main branch's `namespace.yaml` can be read.",
        "Where it cannot, it is not known who the owner is, and a person looks.",
        "review",
    ),
    Code(
        "namespace-case",
        "A namespace is spelled like the one that is already here.",
        "GitHub and DNS do not tell upper from lower case, and neither do many file systems: two "
        "spellings would be two owners of one thing.",
    ),
    Code(
        "login-case",
        "A namespace is spelled as the account's login is.",
        "The official registry lets `JSONbored` publish as `io.github.JSONbored` and not as "
        "`io.github.jsonbored`. Here it is the same account, so it is a warning.",
        "warning",
    ),
    Code(
        "invalid-namespace",
        "A namespace is made of ASCII letters, digits, dots and hyphens.",
        "Anything else cannot be proved, and may look like another's.",
    ),
    Code(
        "malformed-key",
        "A pinned key is a public key.",
        "32 bytes of ed25519 or a compressed point of P-384 (49 bytes), in base64.",
    ),
    Code(
        "namespace-proof-changed",
        "The proof of a namespace changes only by a proof.",
        "Pages say how a namespace was proved, and what counts later depends on it. `proof: dns` or "
        "`http` needs the file's keys published by the domain, `proof: github` the account.",
        "error; review while a proof is open",
    ),
    Code(
        "namespace-has-servers",
        "A namespace whose servers are here already is claimed before a person.",
        "They were mirrored, or came in before anybody was pinned: whoever proves the name today "
        "need not be who published them.",
        "review",
    ),
    Code(
        "namespace-removed-before",
        "A namespace that was removed is claimed again only before a person.",
        "It was removed for a reason, and its name may have changed hands since.",
        "review",
    ),
    Code(
        "owner-unverified",
        "The login of an owner is the one that its id has.",
        "An id that nobody compared with its login could be shown under a famous name. An account "
        "that proposes the change itself is verified; of any other a person looks.",
        "review",
    ),
    Code(
        "owner-is-nobody",
        "An owner is an account of somebody.",
        "`github-actions[bot]` acts for every workflow of every repository, and `ghost` stands in "
        "the place of every deleted account.",
    ),
    Code(
        "address-of-another",
        "A server leads to hosts that are not proved to be another namespace's.",
        "The first who publishes an address has it. Where a domain has proved its namespace here, a "
        "person looks before somebody else publishes a server at a host of it; versions that lead "
        "where the server has led before are not asked about again.",
        "review",
    ),
    Code(
        "version-used-up",
        "A version that was removed does not come back.",
        "Clients may hold its bytes, and it was removed for a reason. The operator may restore "
        "exactly the bytes that were removed.",
        "error; review where it comes back as it was",
    ),
    Code(
        "status-of-operator",
        "What the operator says in `status.yaml` stays until the operator changes it.",
        "An entry `by: operator` is moderation: publishers neither change it nor write one.",
    ),
    Code(
        "status-unreadable",
        "The main branch's `status.yaml` can be read.",
        "Where it cannot, it is not known what the operator said there, and a person looks.",
        "review",
    ),
    Code(
        "unsigned-file",
        "A signature speaks only for the file that it signs.",
        "A change to `status.yaml` or to the owners that comes with a signed entry and is not signed "
        "itself is looked at by a person, unless a listed account proposes it.",
        "review",
    ),
    Code(
        "signature-invalid",
        "A signature fits the file beside it, in this registry and on this day.",
        "One that does not would stand in the place of the owner's, whoever brings it. It names the "
        "registry and the day until which it counts, so that it cannot be taken from elsewhere or "
        "from the past; that of a `status.yaml` or `namespace.yaml` is counted.",
    ),
    Code(
        "bundle-invalid",
        "A Sigstore bundle vouches for the entry beside it.",
        "It was made by a run of GitHub Actions or GitLab's CI in the last 90 days, for exactly these "
        "bytes, and holds against Sigstore's roots of trust. One that does not is refused whoever "
        "brings it; so is that of a run for an event that anybody can cause, such as `pull_request_target`.",
    ),
    Code(
        "signature-changed",
        "A signature that has landed stays as it is.",
        "It is the record of why the entry was accepted. Only one that does not fit the entry beside "
        "it can be replaced, or taken away by an owner.",
    ),
    Code(
        "mirrored-server",
        "A server that is mirrored is published where it comes from.",
        "Publishing it here too makes two histories of one name; a person decides.",
        "review",
    ),
    Code(
        "file-mode",
        "Every file has the mode 100644.",
        "Git has others; none of them is for data.",
    ),
    Code(
        "too-many-files",
        "A pull request touches at most 1,000 files and 20 namespaces.",
        "More cannot be looked at by a person, and each namespace may cost look-ups on the network.",
    ),
    Code(
        "change-too-large",
        "A pull request keeps within bounds.",
        "Its commits, their objects, its folders and the files that are read are counted and measured "
        "before they are read; the finding says which bound was met. For anybody's change they are "
        "250 commits with 10,000 objects and 16 MiB, 4 MiB of entries and 256 KiB of sidecars. "
        "For a branch of the registry's own repository, such as a mirror's, they are larger.",
    ),
    Code(
        "other-request",
        "A pull request does not contain the commits of another open one.",
        "A forge takes a pull request for merged, without its files, as soon as its head is part of "
        "the branch: whoever brings along the heads of other people's would close them.",
    ),
    Code(
        "unlisted-content",
        "A pull request holds files, and nothing that no list of files shows.",
        "A folder without files, a file mode that git does not write, a name given twice: no "
        "reviewer sees them, and merging would bring them along. The tree that merging makes is "
        "computed from the base branch and the touched files, and compared with the head's.",
    ),
    Code(
        "too-many-findings",
        "A change is not so wrong that nobody could read what is wrong with it.",
        "After 2,000 findings its other entries are not looked at (20,000 in a branch of the "
        "registry's own repository). Of one entry 200 are told.",
        "warning",
    ),
)
