"""What the pages for people have in common: their templates, and a style admitted by its hash."""

import base64
import hashlib
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

PAGES = Environment(
    loader=PackageLoader("linkwatch.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)
STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;background:#fff;color:#111}"
    "main{max-width:34rem;margin:0 auto;padding:1rem}h1{font-size:1.3rem}h2{font-size:1.1rem}"
)
"""Of every page; fits a phone."""


def headers(style: str, *, form_action: str = "'none'") -> Mapping[str, str]:
    """No script, no frame, nothing from elsewhere; this style, and forms that go there."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action {form_action}; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "x-robots-tag": "noindex",
    }
