"""Warnings: short messages that the names of this province make too long."""

from collections.abc import Iterator

from linkwatch.config.problem import Gravity, Problem
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.wording import OwnWords
from linkwatch.message.gsm import ONE_PART, STANDS_ALONE, unaccented
from linkwatch.message.sections import always
from linkwatch.message.short import CIRCUIT
from linkwatch.message.widths import Widest, measure, widest
from linkwatch.model.inventory import Inventory
from linkwatch.model.words import Form, Template

_NEEDED = ("incident", "hotline", "site", "sites")
"""Fields without which a message leaves its reader helpless."""


def lint_circuits(document: Document, report: Report) -> None:
    """Circuits with more letters than a short message has room for."""
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            if link.circuit is not None and len(unaccented(link.circuit)) > CIRCUIT:
                message = f"is longer than {CIRCUIT} characters: short messages leave it out"
                report.warning(("sites", number, "links", index, "circuit"), message)


def check_widths(own: OwnWords, inventory: Inventory) -> Iterator[Problem]:
    """Every own short message of the configured language, filled with the longest there is."""
    for (language, form, name), template in own.sections.items():
        if form is not Form.SMS or language is not inventory.language:
            continue
        found = measure(template, widest(inventory, name))
        for gravity, line, message, hint in _findings(template, name, found):
            file = own.file(form, language)
            yield Problem(str(file), line, 1, f"[{name}]", message, hint, gravity)


def _findings(
    template: Template, name: str, found: Widest
) -> Iterator[tuple[Gravity, int, str, str]]:
    first = template.clauses[0].line
    if found.beginning > ONE_PART:
        message = f"the beginning can be {found.beginning} characters long"
        yield Gravity.ERROR, first, message, f"a short message has {ONE_PART}"
        return
    for field in _NEEDED:
        if field in found.left_out:
            line = next(c.line for c in template.clauses if field in c.fields)
            message = f"{{{field}}} can be left out: all can be {found.length} characters long"
            hint = f"a short message has {ONE_PART}, and loses clauses from its end"
            yield Gravity.WARNING, line, message, hint
    if not found.stands_alone and not always(name).isdisjoint({"site", "sites"}):
        message = f"the site is not named within the first {STANDS_ALONE} characters"
        yield Gravity.WARNING, first, message, "a locked phone shows no more"
