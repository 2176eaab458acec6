"""`beat-urls`: what each site with a push target has to call."""

import os

from linkwatch.cli.loading import load_valid
from linkwatch.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, fail
from linkwatch.cli.output import show, show_json, table
from linkwatch.host.files import FilesError, known_signing_key
from linkwatch.model.topology import Method
from linkwatch.wire.beattoken import beat_token


def beat_urls(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """What sites with push targets call. By GET or POST, once every probing interval.

    Whoever knows a URL can speak for its link. Needs the daemon's signing key: run it as the
    daemon's user.
    """
    loaded = load_valid(config)
    pushed = [
        link.id
        for link in loaded.inventory.links.values()
        if any(target.method is Method.PUSH for target in link.targets)
    ]
    base = loaded.inventory.public_url
    if pushed and base is None:
        fail(f"{config}: http.public_url is not set: where would the sites call?")
    try:
        key = known_signing_key(os.environ) if pushed else b""
    except FilesError as error:
        fail(str(error))
    rows = [(link, f"{(base or '').rstrip('/')}/beat/{beat_token(key, link)}") for link in pushed]
    if as_json:
        show_json([{"link": link, "url": url} for link, url in rows])
    else:
        show(table("What the sites call", ("link", "URL"), rows))
