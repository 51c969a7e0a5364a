import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { Pool } from "pg";
import { login } from "./login.ts";
import { orders } from "./orders.ts";
import { products } from "./products.ts";
import { search } from "./search.ts";

/** As many connections as order placement gains from on a small machine; reads gain nothing beyond two. */
const POOL_SIZE = 16;

/**
 * The floor: fastify and pg with hand-written SQL, doing the least that gives the same answers. No layers, no services,
 * no idempotency, no history: what Stoa adds is measured as the distance to it.
 */
export function floor(databaseUrl: string): FastifyInstance {
	const pool = new Pool({ connectionString: databaseUrl, max: POOL_SIZE });
	const server = Fastify({ forceCloseConnections: true });
	server.get("/health", () => ({ status: "healthy" }));
	products(server, pool);
	search(server, pool);
	orders(server, pool);
	login(server, pool);
	server.addHook("onClose", () => pool.end());
	return server;
}
