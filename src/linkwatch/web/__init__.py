"""The side doors: metrics, health and the API, over TCP to read and over a socket file to act."""
