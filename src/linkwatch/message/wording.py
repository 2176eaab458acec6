"""Views -> words, in every form a channel may need, by the operator's templates or our own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linkwatch.message import builtin_en, builtin_vi, facts, fields, short, spread
from linkwatch.message.gsm import ONE_PART
from linkwatch.message.template import parse, render, render_short
from linkwatch.message.view import DigestView, TrialView, View
from linkwatch.model.words import Form, Language, Template, Templates

BODY, DIGEST, ITEM, TRIAL, OTHER = "body", "digest", "digest_item", "test", "updated"
"""Sections by name; an event that has none is told as `updated`."""

TEXTS: Mapping[tuple[Form, Language], str] = {
    (Form.LONG, Language.VI): builtin_vi.LONG,
    (Form.SUBJECT, Language.VI): builtin_vi.SUBJECT,
    (Form.SMS, Language.VI): builtin_vi.SMS,
    (Form.LONG, Language.EN): builtin_en.LONG,
    (Form.SUBJECT, Language.EN): builtin_en.SUBJECT,
    (Form.SMS, Language.EN): builtin_en.SMS,
}
"""Our own templates, as text."""


def _parsed(language: Language) -> Templates:
    return {
        (form, name): template
        for (form, spoken), text in TEXTS.items()
        if spoken is language
        for name, template in parse(text)[0].items()
    }


BUILT_IN: Mapping[Language, Templates] = {language: _parsed(language) for language in Language}
"""Our own templates."""


@dataclass(frozen=True, slots=True)
class Words:
    """One message: for mail and chat, as the subject of a mail, as a short message."""

    text: str
    subject: str
    short: str


@dataclass(frozen=True, slots=True)
class Wording:
    """How this province words its messages: `own` templates stand before ours."""

    language: Language
    own: Templates

    def incident(self, view: View) -> Words:
        """One event of one incident."""
        section, kind = facts.section(view), view.incident.kind.value
        wide = (f"{section}.{spread.WIDE}",) if spread.is_wide(view) else ()
        names = (*wide, f"{section}.{kind}", section)
        long = fields.incident_fields(view, self.language)
        long["body"] = render(self._one(Form.LONG, BODY), long)
        brief = short.incident_fields(view, self.language)
        return self._words(names, long, brief)

    def digest(self, view: DigestView) -> Words:
        """Several incidents at once."""
        long = fields.digest_fields(view, self.language)
        item = self._one(Form.LONG, ITEM)
        listed = view.views[: fields.LISTED]
        items = (render(item, fields.incident_fields(v, self.language)) for v in listed)
        long["items"] = "\n".join(items)
        return self._words((DIGEST,), long, short.digest_fields(view, self.language))

    def trial(self, view: TrialView) -> Words:
        """A test, marked as one."""
        return self._words((TRIAL,), fields.trial_fields(view), short.trial_fields(view))

    def _words(
        self, names: tuple[str, ...], long: Mapping[str, str], brief: Mapping[str, str]
    ) -> Words:
        return Words(
            text=render(self._one(Form.LONG, *names), long),
            subject=render(self._one(Form.SUBJECT, *names), long).replace("\n", " "),
            short=self._short(names, brief),
        )

    def _short(self, names: tuple[str, ...], brief: Mapping[str, str]) -> str:
        """The first that fits: ours always does, an own one where the check has foreseen it."""
        texts = (render_short(t, brief, ONE_PART) for t in self._all(Form.SMS, *names))
        return next((text for text in texts if text and len(text) <= ONE_PART), "")

    def _one(self, form: Form, *names: str) -> Template:
        return next(self._all(form, *names))

    def _all(self, form: Form, *names: str) -> Iterator[Template]:
        """The templates that fit, best first: an own one, however general, before any of ours."""
        for wanted in (names, (OTHER,)):
            for templates in (self.own, BUILT_IN[self.language]):
                yield from (templates[form, name] for name in wanted if (form, name) in templates)
