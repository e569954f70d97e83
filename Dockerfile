# Tocsin in a container. Any Debian-like base with Python 3.11+, venv and ca-certificates will do:
#   docker build -t tocsin .                  docker build --build-arg BASE=debian-with-python -t tocsin .
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
COPY requirements/run.txt /tmp/run.txt
# Wheels only: no compiler here, none in the final image. Hashes are checked.
RUN python3 -m venv /opt/tocsin \
 && /opt/tocsin/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes --only-binary :all: -r /tmp/run.txt \
 && /opt/tocsin/bin/python -m compileall -q /opt/tocsin

FROM ${BASE}
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin tocsin
COPY --from=build /opt/tocsin /opt/tocsin
WORKDIR /app
COPY bot.py rules.yaml LICENSE ./
COPY monitor monitor
COPY db db
RUN /opt/tocsin/bin/python -m compileall -q bot.py monitor db \
 && mkdir -p db/data && chown tocsin db/data
ENV PATH=/opt/tocsin/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER tocsin
# The only place that is written to: the root file system can be read-only.
VOLUME /app/db/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=90s --retries=3 \
  CMD ["python", "bot.py", "status", "--health"]
ENTRYPOINT ["python", "bot.py"]
CMD ["run"]
