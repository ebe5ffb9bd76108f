"""Content codings of HTTP answers, decoded piece by piece so that no answer grows unnoticed.

A decoder of the usual kind returns whatever its input becomes: 1,213 bytes of Brotli can become
1.6 GB at once. These return at most PIECE bytes at a time, and who reads them may stop.
https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import brotli  # type: ignore[import-untyped]  # it has no stubs

from builder.model.errors import RemoteError

ACCEPTED = "gzip, deflate, br"
PIECE = 1 << 16
MAX_CODINGS = 3
Decoder = Callable[[Iterable[bytes]], Iterator[bytes]]
"""Turns pieces of an encoded body into pieces of at most PIECE bytes."""


class BadCoding(RemoteError):
    """An answer's content coding is unknown, or its body is not of that coding."""


def decoders(codings: str) -> list[Decoder]:
    """Return the decoders of a Content-Encoding header's codings, in the order of their use.

    Raises BadCoding, as do the decoders while they are read.
    """
    names = [name.strip().lower() for name in codings.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise BadCoding(f"the answer has {len(names)} content codings, more than {MAX_CODINGS}")
    unknown = [name for name in names if name not in _CODINGS]
    if unknown:
        raise BadCoding(f"the answer has the unknown content coding {unknown[0]!r:.40}")
    return [_CODINGS[name] for name in reversed(names)]


def _gzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # A gzip file may have several members, one after the other (RFC 1952, section 2.2).
    return _inflated(pieces, lambda _: zlib.decompressobj(zlib.MAX_WBITS | 16), members=True)


def _deflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return _inflated(_starting_with(2, pieces), _deflate_object, members=False)


def _deflate_object(start: bytes) -> zlib._Decompress:
    # Some servers send raw deflate data, without zlib's header (RFC 1950) that the RFC asks for.
    has_header = start[0] & 0x0F == 8 and int.from_bytes(start[:2]) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


def _starting_with(size: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces, the first one of at least `size` bytes if there are so many."""
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= size:
            yield start
            yield from pieces
            return
    yield start


def _inflated(
    pieces: Iterable[bytes], begin: Callable[[bytes], zlib._Decompress], *, members: bool
) -> Iterator[bytes]:
    inflate = None
    try:
        for piece in filter(None, pieces):
            rest, out = piece, b""
            # A full piece may leave more to come of input that zlib has taken in already.
            while rest or len(out) == PIECE:
                if inflate is None or (inflate.eof and members and rest):
                    inflate = begin(rest)
                out = inflate.decompress(rest, PIECE)
                yield out
                rest = inflate.unconsumed_tail or (inflate.unused_data if members else b"")
    except zlib.error as error:
        raise BadCoding(f"the answer is not compressed as it says: {error}") from error
    if inflate is not None and not inflate.eof:
        raise BadCoding("the answer ends in the middle of its compressed body")


def _brotli(pieces: Iterable[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    try:
        for data in filter(None, pieces):
            yield decoder.process(data, output_buffer_limit=PIECE)
            while not decoder.can_accept_more_data():
                yield decoder.process(b"", output_buffer_limit=PIECE)
    except brotli.error as error:
        raise BadCoding(f"the answer is not compressed as it says: {error}") from error


_CODINGS: Mapping[str, Decoder] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
}
