"""The Grafana boards as code: `python -m grafana.boards` writes grafana/dashboards anew."""
