"""One revision of a repository becomes a site: git -> catalogue -> pages -> files.

A build goes on from the last one into the same folder. Where it cannot - there is none, another
builder made it, something was altered, a path is taken - it makes every page anew. Of the files
that are there it then keeps those that are byte for byte what they would become: to remove
400,000 files and write them again takes some disks longer than all the rest.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from builder import pages
from builder.build import last_build, saved_reading, trees
from builder.build.apart import tell_apart
from builder.build.errors import EntriesError
from builder.build.forecast import forecast
from builder.build.incremental import SiteTask, write_site
from builder.build.last_build import NOTHING, LastBuild
from builder.build.limits import check_limits
from builder.build.packed_texts import packed_texts
from builder.build.packing import FolderSize, folder_size, pack_site
from builder.build.record import BuildRecord, ReadingRecord, SiteRecord
from builder.build.site_changes import SiteChanges
from builder.build.source import Source, load, refuse_errors
from builder.build.staying import LastCatalogue
from builder.cache.store import Cache, UnusableCache
from builder.catalogue import fingerprint
from builder.git.remembering import RememberingRepository, remembering
from builder.git.repository import Repository
from builder.git.settings import load_config
from builder.model.config import Config, Form
from builder.model.finding import Finding, has_errors
from builder.output.tree import exchange, refuse_foreign, remove_tree, sibling
from builder.output.writer import (
    BuildSummary,
    Conflict,
    TargetTree,
    leaving_nothing,
    output_errors,
)
from builder.pack import spool
from builder.runtime import gc_pause
from builder.runtime.progress import Progress

Result = tuple[BuildSummary, tuple[Finding, ...]]
"""What was written, and the findings."""


def build(
    repository: Repository,
    rev: str,
    out: Path,
    jobs: int,
    *,
    clean: bool = False,
    verify: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
    form: Form = "auto",
    last: LastCatalogue | None = None,
) -> Result:
    """Build the site of a revision into `out`, with `jobs` processes.

    With `clean` every page is made, whatever the last build left. With `verify` the files there
    are compared with what the last build wrote, and every page is made if one was altered. `form`
    is that of the site where it is not to be the one of the settings ("auto"). A process that stays
    gives what it keeps of its `last` build, which becomes what it keeps of this one.
    What could be published nowhere is left out, and the rest is published; the findings say so.

    Raises EntriesError (with the findings) if a host would refuse the site or, with `strict`, if
    anything is wrong; OutputError if the file system refuses, BusyError while another build writes to `out`: then
    `out` is as it was.
    """
    out = out.resolve()  # what a symbolic link leads to is replaced, not the link
    refuse_foreign(out)
    task = _Task(
        repository=repository,
        rev=rev,
        out=out,
        cache=Cache(sibling(out, "cache")),
        builder=fingerprint.builder(),
        jobs=jobs,
        strict=strict,
        progress=progress or Progress(),
        form=form,
        last=last,
    )
    with (
        output_errors(out),
        trees.build_lock(out),
        leaving_nothing(out),
        gc_pause.paused(),
        spool.closing(),
    ):
        try:
            previous = _last_build(task, clean=clean, verify=verify)
            if previous.record is None or isinstance(repository, RememberingRepository):
                return _build(task, previous)
            with closing(remembering(repository)) as answering:
                return _build(replace(task, repository=answering), previous)
        except (UnusableCache, Conflict) as error:
            task.progress.note(f"{error}: starting over in an empty folder")
            last_build.forget(task.cache)
        return _build(task, NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What to build, where to, and with what."""

    repository: Repository
    rev: str
    out: Path
    cache: Cache
    builder: str
    jobs: int
    strict: bool
    progress: Progress
    form: Form
    last: LastCatalogue | None

    def formed(self, config: Config) -> Config:
        """Return settings with the form that was asked for."""
        return config if self.form == "auto" else config.model_copy(update={"form": self.form})

    def repository_config(self, commit: str) -> Config:
        """Return the settings of a commit, with the form that was asked for."""
        return self.formed(load_config(self.repository, commit))


def _build(task: _Task, previous: LastBuild) -> Result:
    commit = task.repository.commit(task.rev)
    if previous.record and previous.record.commit == commit:
        config = task.repository_config(commit)
        if previous.site(config) is not None:
            return _nothing_to_do(task, config, previous.record)
    source, reading = _read_source(task, commit, previous)
    if previous.record is None:  # else the last build was measured, and this one will be
        for sentence in forecast(source.catalogue, source.config):
            task.progress.warn(sentence)
    tree = _prepare_tree(task, previous, source)
    site, changes = _write_site(task, previous, source, reading, tree)
    config, findings = source.config, source.findings
    del source  # of a large registry hundreds of megabytes, which packing needs as well
    size = _size(site, changes)
    if tree.spool is not None:
        changes.written[:] = _pack(task, previous.site(config), tree, changes)
        changes.removed.clear()
        size = folder_size(tree.folder)
    warnings = check_limits(config, size.files, size.bytes, size.largest)
    _publish(task, tree, reading, site, changes)
    return _summary(site, size, changes), (*findings, *warnings)


def _last_build(task: _Task, *, clean: bool, verify: bool) -> LastBuild:
    if verify:
        remove_tree(sibling(task.out, "spare"))  # nobody compares it
    if clean:
        previous = last_build.find_trees(task.cache, task.out)
    else:
        previous = last_build.find(task.cache, task.out, task.builder)
    if verify and previous.record:
        with task.progress.stage("verify"):
            whole = last_build.is_whole(task.cache, task.out, previous.record)
        if not whole:
            task.progress.warn(f"{task.out} is not as it was built: every page is made anew")
            previous = LastBuild(trees=previous.trees)
    if previous.record is None:
        task.progress.note("no build by this builder to go on from: starting over")
    return previous


def _nothing_to_do(task: _Task, config: Config, record: BuildRecord) -> Result:
    findings = saved_reading.load_findings(task.cache, record.reading)
    if task.strict and has_errors(findings):
        raise EntriesError(findings)
    size = folder_size(task.out) if config.is_packed else _size(record.site, SiteChanges())
    return _summary(record.site, size, SiteChanges()), findings


def _read_source(task: _Task, commit: str, previous: LastBuild) -> tuple[Source, ReadingRecord]:
    """Read a commit, going on from what was read before, and save what was read now."""
    record = previous.record.reading if previous.record else None
    with task.progress.stage("last reading"):
        earlier = saved_reading.load(task.cache, record, task.repository) if record else None
    with task.progress.stage("read"):
        source = load(task.repository, commit, earlier, task.jobs)
        source = replace(source, config=task.formed(source.config))
        if task.strict:
            refuse_errors(source)
    with task.progress.stage("save reading"):
        return source, saved_reading.save(task.cache, source.reading, record)


def _prepare_tree(task: _Task, previous: LastBuild, source: Source) -> TargetTree:
    """Make the folder that the site grows in."""
    has_record = previous.site(source.config) is not None
    with task.progress.stage("prepare"):
        if source.config.is_packed:
            return trees.prepare_packed(task.out, packed_texts(source.config))
        return trees.prepare_tree(task.out, previous.trees, unknown_contents=not has_record)


def _write_site(
    task: _Task, previous: LastBuild, source: Source, reading: ReadingRecord, tree: TargetTree
) -> tuple[SiteRecord, SiteChanges]:
    """Make the pages whose inputs are new, and bring the tree up to the catalogue."""
    site = previous.site(source.config)
    catalogue = saved_reading.attach_cache(source, task.cache, reading, site, task.last)
    site_task = SiteTask(
        catalogue=catalogue, config=source.config, target=tree, cache=task.cache, previous=site
    )
    total = sum(len(kind.hashes(catalogue)) for kind in pages.KINDS.values())
    with task.progress.stage("pages", total) as advance:
        site, changes = write_site(site_task, task.jobs, advance)
    tell_apart(catalogue, source.config, task.progress)
    if task.last is not None:
        task.last.keep(site, catalogue)
    return site, changes


def _pack(
    task: _Task, previous: SiteRecord | None, tree: TargetTree, changes: SiteChanges
) -> tuple[str, ...]:
    """Put the pages into packs; return which files of the folder are new."""
    assert tree.spool is not None
    with task.progress.stage("pack"):
        old = task.out if previous else None
        return pack_site(tree.spool, tree.folder, old, frozenset(changes.removed))


def _publish(
    task: _Task, tree: TargetTree, reading: ReadingRecord, site: SiteRecord, changes: SiteChanges
) -> None:
    """Put the finished tree in the place of the old one, at once; killed in between loses nothing."""
    with task.progress.stage("publish"):
        changed = (*changes.written, *changes.removed)
        record = BuildRecord(
            builder=task.builder,
            reading=reading,
            site=site,
            trees=trees.after_exchange(tree, task.out, changed),
        )
        last_build.announce(task.cache, record)
        exchange(tree.folder, task.out)
        last_build.settle(task.cache, record)
        trees.keep_spare(tree, task.out)


def _size(site: SiteRecord, changes: SiteChanges) -> FolderSize:
    return FolderSize(files=site.files, bytes=site.bytes, largest=changes.largest)


def _summary(site: SiteRecord, size: FolderSize, changes: SiteChanges) -> BuildSummary:
    return BuildSummary(
        versions=site.versions,
        files=size.files,
        bytes=size.bytes,
        written=len(changes.written),
        removed=len(changes.removed),
    )
