import { floor } from "./floor/server.ts";

const { FLOOR_DATABASE_URL = "", FLOOR_PORT = "" } = process.env;
const server = floor(FLOOR_DATABASE_URL);
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
await server.listen({ host: "127.0.0.1", port: Number(FLOOR_PORT) });
