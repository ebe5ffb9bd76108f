"""Parts of a site become the site: the same bytes as one machine makes, as a tar or as a folder."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from builder.build import parts, trees
from builder.build.archive import Counts
from builder.build.build import Result
from builder.build.limits import check_limits
from builder.build.packed_texts import packed_texts
from builder.build.packing import folder_size, pack_site
from builder.build.parts import PartIdentity
from builder.catalogue import fingerprint
from builder.git.own_files import with_own_files
from builder.git.repository import Repository
from builder.git.settings import load_for_this_builder
from builder.model.config import Config
from builder.model.errors import RegistryError
from builder.model.finding import Finding
from builder.model.page import Page
from builder.output import archive
from builder.output.archive import Members
from builder.output.tree import exchange, refuse_foreign, remove_tree, sibling
from builder.output.writer import (
    BuildSummary,
    Conflict,
    TargetTree,
    failing_cleanly,
    leaving_nothing,
    output_errors,
    write_pages,
)
from builder.pack import spool
from builder.runtime.progress import Advance, Progress


def join_archive(repository: Repository, folder: Path, target: Path, progress: Progress) -> Result:
    """Join the parts in a folder into one tar; return what was written, and the findings.

    Raises RegistryError if a part is missing or of another site, EntriesError if a host would
    refuse the site, OutputError if the file system refuses; then `target` is as it was.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in _parts(folder)]
        identity, ordered = _ordered(files)
        config = _config(repository, identity)
        counts, warnings = Counts(), list[Finding]()

        def checked(advance: Advance) -> Iterator[Members]:
            yield from _counted(identity, ordered, counts, advance)
            # Here, before the archive takes its place.
            warnings.extend(check_limits(config, counts.files, counts.bytes, counts.largest))

        with failing_cleanly(target), progress.stage("join") as advance:
            archive.write(checked(advance), target)
    return _summary(identity, counts), tuple(warnings)


def join_folder(repository: Repository, folder: Path, out: Path, progress: Progress) -> Result:
    """Join the parts in a folder into the site `out`, packed if the settings say so.

    Raises what `join_archive` does, and BusyError while another build writes to `out`.
    """
    out = out.resolve()
    refuse_foreign(out)
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in _parts(folder)]
        identity, ordered = _ordered(files)
        config = _config(repository, identity)
        stack.enter_context(output_errors(out))
        stack.enter_context(trees.build_lock(out))
        stack.enter_context(leaving_nothing(out))
        stack.enter_context(spool.closing())
        tree, counts = _empty_tree(out, config), Counts()
        with progress.stage("join") as advance:
            _write(tree, _counted(identity, ordered, counts, advance))
        if tree.spool is not None:
            pack_site(tree.spool, tree.folder, None, frozenset())
            size = folder_size(tree.folder)
            counts = Counts(files=size.files, bytes=size.bytes, largest=size.largest)
        warnings = check_limits(config, counts.files, counts.bytes, counts.largest)
        exchange(tree.folder, out)
        for leftover in (tree.folder, sibling(out, "spool")):
            remove_tree(leftover)
    return _summary(identity, counts), warnings


def _parts(folder: Path) -> list[Path]:
    archives = sorted(path for path in folder.rglob("*.tar") if path.is_file())
    if not archives:
        raise RegistryError(
            f"there is no part of a site in {folder}",
            help="make them with: mcp-registry build --part K/N --archive part-K.tar",
        )
    return archives


def _ordered(files: Sequence[IO[bytes]]) -> tuple[PartIdentity, Mapping[int, IO[bytes]]]:
    """Return the parts by number, and what they say of the site; RegistryError unless all are there."""
    found = [(parts.read_identity(file), file) for file in files]
    first, _ = found[0]
    by_number: dict[int, IO[bytes]] = {}
    for identity, file in found:
        if differences := identity.differences(first):
            raise RegistryError(
                f"{file.name} and {files[0].name} are not parts of one site: "
                f"they differ in {' and '.join(differences)}",
                help="make all parts from one commit, with the same settings, builder and N",
            )
        if identity.part in by_number:
            raise RegistryError(
                f"{file.name} and {by_number[identity.part].name} are both "
                f"part {identity.part} of {identity.parts}",
                help="keep one of them in the folder",
            )
        by_number[identity.part] = file
    missing = sorted({*range(1, first.parts + 1)} - by_number.keys())
    if missing:
        raise RegistryError(f"part {missing[0]} of {first.parts} is missing")
    for file in files:
        parts.require_whole(file)
    return first, by_number


def _config(repository: Repository, identity: PartIdentity) -> Config:
    settings = load_for_this_builder(repository, identity.commit)
    config, _ = with_own_files(settings, repository, identity.commit)
    if (config.digest, fingerprint.builder()) != (identity.settings, identity.builder):
        raise RegistryError(
            "the parts were made by another builder or with other settings",
            help="make and join the parts with one version of mcp-registry",
        )
    return config


def _counted(
    identity: PartIdentity, ordered: Mapping[int, IO[bytes]], counts: Counts, advance: Advance
) -> Iterator[Members]:
    """Yield the pages in the order of one machine: run by run, from one part after the other."""
    readers = [parts.read_runs(ordered[number]) for number in sorted(ordered)]
    following = [next(reader, None) for reader in readers]
    for number in range(identity.runs):
        place = number % identity.parts
        while (run := following[place]) is not None and run[0] == number:
            counts.add(run[1])
            advance(len(run[1].paths))
            yield run[1]
            following[place] = next(readers[place], None)


def _empty_tree(out: Path, config: Config) -> TargetTree:
    if config.is_packed:
        return trees.prepare_packed(out, packed_texts(config))
    folder = sibling(out, "next")
    remove_tree(folder)
    folder.mkdir(parents=True)
    return TargetTree(folder=folder)


def _write(tree: TargetTree, made: Iterator[Members]) -> None:
    paths: set[str] = set()
    for members in made:
        if not paths.isdisjoint(members.paths):
            raise Conflict(f"two pages want the path {min(paths & {*members.paths})!r}")
        paths.update(members.paths)
        write_pages(tree, _pages(members))


def _pages(members: Members) -> Iterator[Page]:
    with tarfile.open(fileobj=io.BytesIO(members.blocks + bytes(2 * tarfile.BLOCKSIZE))) as tar:
        for info in tar:
            body = tar.extractfile(info)
            assert body is not None  # members are files
            yield Page(info.name, body.read())


def _summary(identity: PartIdentity, counts: Counts) -> BuildSummary:
    return BuildSummary(
        versions=identity.versions,
        files=counts.files,
        bytes=counts.bytes,
        written=counts.files,
        removed=0,
    )
