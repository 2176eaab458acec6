"""SNMP engines beside other pollers on one interface table, and 500 routers beside the probes."""
