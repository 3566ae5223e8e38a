# The portal for a deployment: web, worker, beat and migrations are the same image with another
# command (docker-compose.yml). PostgreSQL and Redis are services of their own; the embedded ones
# are not installed here.

FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings \
    CLEARLINE_NO_BOOTSTRAP=1
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin clearline
WORKDIR /srv/clearline
COPY --from=packages /opt/venv /opt/venv
COPY . .
# Compiled and collected here, as root: at run time the code is read-only for the process.
# The values only let the settings load; none of them stays in the image.
RUN python -m compileall -q . \
    && SECRET_KEY=only-for-collecting-static-files-0123456789abcdef \
       DATABASE_URL=postgresql://nobody@database/none \
       BROKER_URL=redis://broker/0 \
       PUBLIC_URL=https://portal.example.com \
       TELNYX_KEY=none \
       TAX_ID_KEYS=only-for-collecting-static-files-to-seal-with \
       TAX_ID_HASH_KEY=only-for-collecting-static-files-to-hash-with \
       MFA_KEYS=only-for-collecting-static-files-second-factors \
       EMAIL_URL=dummymail:// \
       python manage.py collectstatic --noinput --verbosity 0
USER clearline
EXPOSE 8000
# Asks the process and not the database: a restart does not help a database that is away.
# X-Forwarded-Proto is not needed, because the health pages are exempt from the redirect to https.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthy.py", "http://127.0.0.1:8000/health/live/"]
CMD ["gunicorn", "portal.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", \
     "--workers=2", "--threads=4", "--graceful-timeout=20", "--worker-tmp-dir=/dev/shm", \
     "--no-control-socket", "--limit-request-line=8190", "--access-logfile=-"]
