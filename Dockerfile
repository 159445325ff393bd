FROM python:3.13-slim

RUN pip install --no-cache-dir --root-user-action=ignore uv

WORKDIR /srv/makegood
COPY pyproject.toml README.md ./
COPY alembic alembic
COPY openapi openapi
COPY app app
RUN uv sync --system-certs --no-dev --no-cache --compile-bytecode

# An account of its own; a volume mounted on its folder takes the folder's owner over.
RUN useradd --system --uid 10001 --home-dir /var/lib/makegood --no-create-home makegood \
    && install --directory --owner makegood --mode 700 /var/lib/makegood
USER makegood
VOLUME /var/lib/makegood

ENV PATH=/srv/makegood/.venv/bin:$PATH \
    MAKEGOOD_DATA_DIR=/var/lib/makegood \
    MAKEGOOD_HOST=0.0.0.0 \
    MAKEGOOD_PORT=8000
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD \
    python -c "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['MAKEGOOD_PORT'] + '/readyz')"
CMD ["makegood", "serve"]
