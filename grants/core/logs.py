"""Structured logs: one line a request, never a password, a token or what a person typed."""

import json
import logging
import sys
import time

from flask import Flask, Response, g, request

log = logging.getLogger("benkan")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, so that line breaks in a message cannot forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """For people at a terminal; line breaks in a message are shown as such."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        fields = " ".join(f"{k}={v}" for k, v in getattr(record, "fields", {}).items())
        line = f"{self.formatTime(record, '%H:%M:%S')} {record.levelname:<7} {message} {fields}".rstrip()
        return line + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def init_app(app: Flask) -> None:
    """Send the logs of the application to standard error and write a line a request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if app.config["LOG_FORMAT"] == "json" else TextFormatter())
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = app.config["ENVIRONMENT"] == "test"
    app.before_request(_start)
    app.after_request(_line)


def _start() -> None:
    g.started = time.perf_counter()


def _line(response: Response) -> Response:
    if request.endpoint == "static":
        return response
    fields = {
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
    }
    if (person_id := g.get("person_id")) is not None:
        fields["person"] = person_id
    if incident := g.get("incident"):
        fields["incident"] = incident
    log.info("request", extra={"fields": fields})
    return response
