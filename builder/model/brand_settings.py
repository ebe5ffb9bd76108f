"""registry.yaml, `brand`: the look of the site, as far as a registry has its own."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from builder.model.colour import TEXT, least_contrast, readable
from builder.model.overlay import Line, Slug, web_link
from builder.model.section import Section

LIGHT_GROUNDS = ("#fbfaf7", "#ffffff", "#f3f1ec")
DARK_GROUNDS = ("#101517", "#181e21", "#0b0f11")
"""What the accent is read on: --paper, --surface and --sunken of site/assets/tokens.css."""
LIGHT, DARK = "#0b6660", "#63cdc0"
"""The site's own accents, where a registry has none."""


def _footer_url(value: str) -> str:
    if value.startswith("mailto:") and "@" in value:
        return value
    if value.startswith("pages/") and value.removeprefix("pages/").replace("-", "").isalnum():
        return value
    try:
        return web_link(value)
    except ValueError:
        raise ValueError(f"{value!r} is no https:// or mailto: address, nor pages/<slug>") from None


def _readable_on(grounds: tuple[str, ...], scheme: str) -> AfterValidator:
    def check(value: str) -> str:
        colour = value.lower()
        contrast = least_contrast(colour, grounds)
        if colour and contrast < TEXT:
            raise ValueError(
                f"{value} has a contrast of {contrast:.2f} to the {scheme} ground, and text needs {TEXT}; "
                f"{readable(colour, grounds)} would do"
            )
        return colour

    return AfterValidator(check)


_Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
_File = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._/-]*\.(svg|png|webp)$")]


class FooterLink(Section):
    """A link at the foot of every page."""

    title: Annotated[Line, Field(min_length=1, max_length=40)] = Field(
        description="What it says, such as Imprint."
    )
    url: Annotated[str, AfterValidator(_footer_url)] = Field(
        description="An https:// or mailto: address, or pages/<slug> for a page of your own."
    )


class Brand(Section):
    """The look of the site, as far as a registry has its own."""

    logo: _File | None = Field(
        None, description="A file of the repository, .svg, .png or .webp, 64 KiB at most."
    )
    logo_dark: _File | None = Field(None, description="The same for dark grounds.")
    accent: Annotated[_Colour, _readable_on(LIGHT_GROUNDS, "light")] = Field(
        LIGHT, description="The colour of links and buttons on light grounds."
    )
    accent_dark: Annotated[_Colour, _readable_on(DARK_GROUNDS, "dark")] = Field(
        DARK, description="The same on dark grounds."
    )
    footer: Annotated[tuple[FooterLink, ...], Field(max_length=12)] = Field(
        (), description="Links at the foot of every page: imprint, privacy, support."
    )
    featured: tuple[Slug, ...] = Field(
        (), description="Collections that the home page shows, in this order."
    )
