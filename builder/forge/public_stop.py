"""`/stop` and `/resume`: what people write on a pull request that holds its automatic merge back.

Anyone may stop it, since the worst that follows is that a person looks. So `/stop` is understood
generously, wherever it begins a line; `/resume` strictly, and only of those whom the settings name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from builder.forge.forge import Comment

# A line may begin with white space, quotation marks, list marks, emphasis, code and HTML.
# Nothing is tried twice, so that a long comment costs what its length does.
_MARKUP = r"(?>(?:<[^<>\n]*>|[^\w\n/]|[\d_])*)"
_STOP = re.compile(rf"^{_MARKUP}/[^\S\n]*stop(?![^\W_])", re.MULTILINE)
_RESUME = re.compile(r"^[ \t*_`]*/resume(?![^\W_])", re.MULTILINE)


def stopped(comments: Iterable[Comment], bot: str, may_resume: Sequence[str | int]) -> bool:
    """Return whether somebody stopped a pull request and nobody who may has lifted it since.

    `comments` are comments and reviews in any order; those of `bot` are our own. `may_resume`
    are associations with the repository (in lower case) and numeric ids of accounts.
    """
    stops, resumes = [""], [""]
    for comment in comments:
        if comment.author == bot:
            continue
        text = _plain(comment.body)
        if _STOP.search(text):
            stops.append(comment.changed)
        elif _RESUME.search(text) and _may(comment, may_resume):
            resumes.append(comment.created)
    # A stop counts from when it was last edited, a resumption from when it was first written.
    return max(stops) >= max(resumes) and len(stops) > 1


def _may(comment: Comment, may_resume: Sequence[str | int]) -> bool:
    return comment.association.lower() in may_resume or comment.author_id in may_resume


def _plain(body: str) -> str:
    """Return a text in small letters, without look-alike forms and invisible characters."""
    text = unicodedata.normalize("NFKC", body).replace("\r", "\n")
    return "".join(
        character for character in text if unicodedata.category(character) != "Cf"
    ).casefold()
