"""What a contact needs to be reached by a channel of each type."""

from collections.abc import Mapping

from linkwatch.model.people import Address

ADDRESS: Mapping[str, Address] = {
    **dict.fromkeys(
        (
            "viettel_sms",
            "vnpt_sms",
            "esms",
            "gammu",
            "smstools3",
            "smseagle",
            "kannel",
            "zns",
            "stringee",
        ),
        Address.PHONE,
    ),
    "email": Address.EMAIL,
}
"""By `type`; the others carry their own address, or one that is common to all."""
