"""Compression of whatever is sent: most readers are on slow networks."""

from flask_compress import Compress


class EveryAnswer(Compress):
    """Compresses pages of every status. The extension leaves out all but success, but a long form that comes back with
    its mistakes (422) is the heaviest page of all."""

    def after_request(self, response):
        status, body = response.status_code, response.response
        if status >= 400:
            response.status_code = 200
        try:
            return super().after_request(response)
        finally:
            response.status_code = status
            if response.response is not body and hasattr(body, "close"):
                # The stream of compressed pieces does not close the file that it reads.
                response.call_on_close(body.close)
