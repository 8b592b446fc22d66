# glibc, not Alpine: every package then has a wheel, and no compiler is needed.
FROM python:3.12-slim AS packages
# docker build --build-arg LOCK=requirements-apprise.txt ... adds Apprise, for messages to chat and on-call services.
ARG LOCK=requirements.txt
COPY ${LOCK} .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-input --require-hashes --only-binary :all: -r ${LOCK}

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Compiled here, as the server may not write to its own code. It may write to var/ alone, which only SQLite needs:
# docker run -v taskapi:/app/var ...
RUN python -m compileall -q . \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent taskapi \
    && install -d -m 0700 -o taskapi var
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
ENTRYPOINT ["python", "manage.py"]
CMD ["serve", "--bind", "0.0.0.0:8000"]
