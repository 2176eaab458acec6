"""Channels: keys that need or exclude each other."""

import ipaddress

from linkwatch.config.locate import Path
from linkwatch.config.names import is_ip_address
from linkwatch.config.report import Report
from linkwatch.config.schema.channels import Alertmanager, EmailChannel, Webhook
from linkwatch.config.schema.document import Document
from linkwatch.config.settings import Security


def check_channels(document: Document, report: Report) -> None:
    """Log-ins that are whole and not readable on the way, and authorities that are asked for."""
    for name, channel in document.channels.items():
        path: Path = ("channels", name)
        if not report.locator.whole(path):
            continue
        match channel:
            case EmailChannel():
                _check_login(channel, path, report)
                _check_mail(channel, path, report)
            case Alertmanager():
                _check_login(channel, path, report)
                _check_https(channel, path, report)
            case Webhook():
                _check_https(channel, path, report)


def _check_login(channel: EmailChannel | Alertmanager, path: Path, report: Report) -> None:
    if channel.user is not None and channel.password is None:
        report.error((*path, "user"), "user without password", "add password: {env: NAME}")
    if channel.password is not None and channel.user is None:
        report.error((*path, "password"), "password without user", "add user: NAME")


def _check_mail(channel: EmailChannel, path: Path, report: Report) -> None:
    if channel.security is not Security.NONE:
        return
    if channel.ca is not None:
        report.error((*path, "ca"), "ca without encryption", "add security: starttls or tls")
    if channel.user is not None and not _is_here(channel.host):
        hint = "add security: starttls, or tls"
        report.warning((*path, "user"), "the password may cross the network in clear text", hint)


def _check_https(channel: Webhook | Alertmanager, path: Path, report: Report) -> None:
    if channel.ca is not None and not channel.url.startswith("https:"):
        report.error((*path, "ca"), "ca belongs to an https address")


def _is_here(host: str) -> bool:
    return host == "localhost" or (is_ip_address(host) and ipaddress.ip_address(host).is_loopback)
