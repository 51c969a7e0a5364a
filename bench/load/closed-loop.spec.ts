import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { closedLoop } from "./closed-loop.ts";
import { get } from "./request.ts";
import type { Target } from "./request.ts";

let server: Server;

/** A server that answers request number n with this status. */
async function serve(statusOf: (number: number) => number, seen: { atOnce: number } = { atOnce: 0 }): Promise<Target> {
	let [count, open] = [0, 0];
	server = createServer((_request, response) => {
		seen.atOnce = Math.max(seen.atOnce, ++open);
		setTimeout(() => {
			open--;
			response.writeHead(statusOf(++count), { "retry-after": "1", "content-length": 2 }).end("{}");
		}, 5);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

afterEach(() => void server.close());

const scriptFor = (target: Target) => ({ next: () => get(target, "/"), expected: 200, refusal: 429 });

describe("the closed loop", () => {
	it("keeps one request of each connection on its way, and times each answer", async () => {
		const seen = { atOnce: 0 };
		const target = await serve(() => 200, seen);

		const { latenciesMs, failures, elapsedMs } = await closedLoop(target, 3, 100, scriptFor(target));
		expect(seen.atOnce).toBe(3);
		expect(latenciesMs.length).toBeGreaterThan(3);
		expect(Math.min(...latenciesMs)).toBeGreaterThan(3);
		expect(failures).toEqual([]);
		expect(elapsedMs).toBeGreaterThanOrEqual(100);
	});

	it("keeps what nobody expected apart from the answers, with what it said", async () => {
		const target = await serve((number) => (number === 2 ? 500 : 200));

		const { latenciesMs, failures } = await closedLoop(target, 1, 60, scriptFor(target));
		expect(failures).toEqual([{ status: 500, body: "{}" }]);
		expect(latenciesMs.length).toBeGreaterThan(0);
	});

	it("waits as long as a full server asks it to", async () => {
		const target = await serve(() => 429);

		expect(await closedLoop(target, 2, 80, scriptFor(target))).toMatchObject({ refused: 2, latenciesMs: [] });
	});
});
