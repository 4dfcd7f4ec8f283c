"""What a web server loads: `gunicorn wsgi:app`."""

import sys

from config import SettingError
from grants import create_app
from grants.core.memory import settle

try:
    app = create_app()
except SettingError as fault:
    sys.exit(f"Bɛnkan did not start. {fault}")
settle()
