"""What any reader of a foreign file returns: the nouns it found, and the findings on what it could not use."""

from __future__ import annotations

from legation.errors import Finding
from legation.model.facts import Attribute, Fact, Source
from legation.model.posts import Post
from legation.model.presences import Presence
from legation.values import value


@value
class Covering:
    """A concurrent accreditation of any sender: the State in which the post resides and the State it also covers."""

    sender: str
    resident: str
    covered: str
    source: str = ""
    since: int | None = None


@value
class Imported:
    """What was read from one file.

    posts: with id, sender, form, seat and span as far as the file tells
    presences: yearly representation, for data sets that know pairs of States and no single posts
    facts: the subject is a State's code, or a pair of codes (see `model.presences`)
    attributes: of the facts, where the product's own table does not have them
    rows: how many rows of data the file had
    """

    kind: str
    posts: tuple[Post, ...] = ()
    coverings: tuple[Covering, ...] = ()
    presences: tuple[Presence, ...] = ()
    facts: tuple[Fact, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    sources: tuple[Source, ...] = ()
    rows: int = 0


Read = tuple[Imported, tuple[Finding, ...]]
