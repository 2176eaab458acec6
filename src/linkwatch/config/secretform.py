"""The form of a secret: a reference to where it is kept, never the secret itself."""

import re

from linkwatch.config.badvalue import BadValueError
from linkwatch.model.secret import SecretRef, SecretSource

_HINT = "write {env: NAME}, {file: PATH} or {credential: NAME}"
_FORMS = {
    SecretSource.ENV: re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII),
    SecretSource.FILE: re.compile(r"[^\0\r\n]{1,4096}"),
    SecretSource.CREDENTIAL: re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII),
}


def parse_secret(value: object) -> SecretRef:
    """`{env: NAME}` and its like. No message repeats any of the text: it may be the secret."""
    if not isinstance(value, dict):
        raise BadValueError("a secret never stands in the configuration as plain text", _HINT)
    if len(value) != 1 or not set(value) <= set(_FORMS):
        raise BadValueError("is not a reference to a secret", _HINT)
    key, name = next(iter(value.items()))
    source = SecretSource(key)
    if not isinstance(name, str) or _FORMS[source].fullmatch(name) is None:
        raise BadValueError(f"does not name a place for {source.value}", _HINT)
    return SecretRef(source, name)
