# One process, one SQLite file: `docker compose up`.

FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm
WORKDIR /src
COPY . .
RUN python -m venv /opt/igbot \
    && /opt/igbot/bin/pip install --require-hashes --only-binary :all: -r requirements.lock \
    && /opt/igbot/bin/hatchling build -t wheel \
    && /opt/igbot/bin/pip install --no-deps dist/*.whl

FROM python:3.11-slim
RUN useradd --create-home --uid 1000 igbot && install -d -o igbot /shop
COPY --from=build /opt/igbot /opt/igbot
ENV PATH=/opt/igbot/bin:$PATH IGBOT_DATA_DIR=/shop
USER igbot
WORKDIR /shop
VOLUME /shop
EXPOSE 8000
CMD ["sh", "-c", "igbot db upgrade && exec igbot serve --host 0.0.0.0 --port 8000"]
