# The image carries what production needs and nothing else: no compiler, no embedded database, no sandbox. The entry point
# refuses SANDBOX=on; NODE_ENV chooses nothing.
FROM node:24.9.0-bookworm-slim AS build
WORKDIR /srv/wardmote
COPY package.json package-lock.json ./
RUN npm ci --omit=optional --ignore-scripts
COPY tsconfig.json tsconfig.production.json nest-cli.json ./
COPY src ./src
# the sandbox lets anybody sign in as anybody: this build does not contain it
RUN node_modules/.bin/nest build --path tsconfig.production.json && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24.9.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /srv/wardmote
COPY --from=build /srv/wardmote/package.json ./
COPY --from=build /srv/wardmote/node_modules ./node_modules
COPY --from=build /srv/wardmote/dist ./dist
COPY migrations ./migrations
COPY openapi ./openapi
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=64", "dist/main.js"]
