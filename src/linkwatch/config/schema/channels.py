"""The channels messages leave by, one model a type; `type` says which."""

from typing import Annotated, Literal

from pydantic import Field

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import (
    Email,
    Host,
    HttpUrl,
    LabelName,
    Pace,
    Phone,
    Port,
    Secret,
    Switch,
    Tally,
    Text,
)
from linkwatch.config.settings import Security


class Paced(Section):
    """A channel whose peer may take only so much."""

    max_per_minute: Tally | None = None
    """Messages a minute at most; no limit if absent."""


class Timed(Paced):
    """A channel that waits for its peer."""

    timeout: Pace = written("10s")
    """Longest wait for the peer's answer."""


class Log(Section):
    """Messages into the daemon's own log."""

    type: Literal["log"]


class Encrypted(Timed):
    """A channel that may speak TLS."""

    ca: Text | None = None
    """File (PEM) of the authorities to trust, beside this file; the system's if absent."""


class Webhook(Encrypted):
    """JSON by HTTP POST, signed where there is a secret."""

    type: Literal["webhook"]
    url: HttpUrl
    """Where to."""
    secret: Secret | None = None
    """Key of the signature (HMAC-SHA256)."""
    digests: Switch = True
    """Whether several incidents may come in one message; a program may want each by itself."""


class EmailChannel(Encrypted):
    """Mail by SMTP."""

    type: Literal["email"]
    host: Host
    """Mail server."""
    port: Port = 25
    """Its port."""
    from_: Email = Field(alias="from")
    """Sender."""
    security: Security = Security.NONE
    """Encryption of the connection."""
    user: Text | None = None
    """Log-in name."""
    password: Secret | None = None
    """Password."""
    digests: Switch = True
    """Whether several incidents may come in one mail; a ticket system may want each by itself."""


class ViettelSms(Timed):
    """Viettel's SMS brandname gateway (SOAP)."""

    type: Literal["viettel_sms"]
    url: HttpUrl
    """The gateway's address."""
    user: Text
    """User."""
    password: Secret
    """Password."""
    cp_code: Text | None = None
    """CPCode."""
    brandname: Text
    """Sender shown on the phone."""


class VnptSms(Timed):
    """VNPT's SMS brandname gateway (JSON)."""

    type: Literal["vnpt_sms"]
    url: HttpUrl
    """The gateway's address."""
    api_user: Text
    """APIUSER."""
    api_password: Secret
    """APIPASS."""
    user: Text
    """USERNAME."""
    agent: Text
    """AGENTID."""
    contract: Text
    """CONTRACTID."""
    label: Text
    """LABELID: the brandname's number."""
    template: Text
    """TEMPLATEID."""
    brandname: Text | None = None
    """Sender shown on the phone."""


class Esms(Timed):
    """eSMS.vn."""

    type: Literal["esms"]
    url: HttpUrl
    """The service's address."""
    api_key: Secret
    """ApiKey."""
    secret_key: Secret
    """SecretKey."""
    brandname: Text
    """Brandname."""


class GammuModem(Paced):
    """A GSM modem behind gammu-smsd."""

    type: Literal["gammu"]
    spool: Text
    """Directory that gammu-smsd sends from."""


class SmstoolsModem(Paced):
    """A GSM modem behind smstools3."""

    type: Literal["smstools3"]
    spool: Text
    """Directory that smsd sends from."""


class SmsEagle(Timed):
    """An SMSEagle device."""

    type: Literal["smseagle"]
    url: HttpUrl
    """The device's address."""
    token: Secret
    """Access token."""


class Kannel(Timed):
    """A Kannel gateway."""

    type: Literal["kannel"]
    url: HttpUrl
    """Address of sendsms."""
    user: Text
    """User."""
    password: Secret
    """Password."""
    sender: Text | None = None
    """Sender shown on the phone."""


class ZaloBot(Timed):
    """A Zalo bot."""

    type: Literal["zalo_bot"]
    token: Secret
    """The bot's token."""
    chat_id: Text | None = None
    """A group's chat."""
    url: HttpUrl | None = None
    """Another API address."""


class Zns(Timed):
    """Zalo notification service. Silent from 22:00 to 06:00: never the night channel of P1."""

    type: Literal["zns"]
    app_id: Text
    """Application."""
    app_secret: Secret
    """Its secret."""
    refresh_token: Secret
    """First refresh token; each is used once."""
    template: Text
    """Template id."""
    url: HttpUrl | None = None
    """Another API address."""


class Telegram(Timed):
    """A Telegram bot."""

    type: Literal["telegram"]
    token: Secret
    """The bot's token."""
    chat_id: Text | None = None
    """A group's chat."""
    url: HttpUrl | None = None
    """Another API address."""
    proxy: HttpUrl | None = None
    """Proxy to reach it through."""


class Alertmanager(Encrypted):
    """Prometheus Alertmanager, API v2."""

    type: Literal["alertmanager"]
    url: HttpUrl
    """Its address."""
    user: Text | None = None
    """User of basic authentication."""
    password: Secret | None = None
    """Its password."""
    resend: Pace = written("1m")
    """How often an alert that fires is told again; it lapses after four times that."""
    labels: dict[LabelName, Text] = {}
    """Further labels of every alert, for Alertmanager's own routes."""


class PagerDuty(Timed):
    """PagerDuty events v2."""

    type: Literal["pagerduty"]
    routing_key: Secret
    """Integration key."""
    url: HttpUrl | None = None
    """Another API address."""


class Stringee(Timed):
    """A voice call by Stringee."""

    type: Literal["stringee"]
    key_id: Text
    """Key id."""
    key_secret: Secret
    """Its secret."""
    sender: Phone
    """Number that calls."""
    url: HttpUrl | None = None
    """Another API address."""


class Apprise(Timed):
    """Any of Apprise's services; its address holds secrets, hence a reference."""

    type: Literal["apprise"]
    url: Secret
    """Apprise address."""


ChannelEntry = Annotated[
    Log
    | Webhook
    | EmailChannel
    | ViettelSms
    | VnptSms
    | Esms
    | GammuModem
    | SmstoolsModem
    | SmsEagle
    | Kannel
    | ZaloBot
    | Zns
    | Telegram
    | Alertmanager
    | PagerDuty
    | Stringee
    | Apprise,
    Field(discriminator="type"),
]
