# Evidently's UI, from the package: its published images do not come for every release.
FROM python:3.11-slim
RUN pip install --no-cache-dir evidently==0.7.23
ENTRYPOINT ["evidently", "ui", "--host", "0.0.0.0", "--port", "8000"]
