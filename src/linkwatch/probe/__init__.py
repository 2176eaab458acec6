"""Adapters that ask the network: ICMP echo, SNMP, checks. The only sockets towards the links."""
