"""The channels: one module each, all meeting `ports.Notifier`."""
