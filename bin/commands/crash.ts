import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buy } from "../crash/buyer.ts";
import { CHECKS } from "../crash/checks.ts";
import { History } from "../crash/history.ts";
import { openDatabases, providerBalances } from "../crash/ledgers.ts";
import type { Databases } from "../crash/ledgers.ts";
import { randomFrom } from "../crash/random.ts";
import { startStoa } from "../crash/stoa-process.ts";
import type { StoaProcess } from "../crash/stoa-process.ts";
import { freePort } from "../postgres/port.ts";
import { startEmbeddedPostgres } from "../postgres/embedded-postgres.ts";
import { STORED } from "../services.ts";
import { send } from "../tour/shop-client.ts";

const BUYERS = 8;
const SCARCE = 3;
const ADMIN = { email: "admin@example.com", password: "admin of the crash test" };
const SHORTEST_LIFE_MS = 200;
const LONGEST_LIFE_MS = 2_500;
const SETTLE_WITHIN_MS = 120_000;

/** Kills the process under load again and again, then checks every order, unit of stock and cent. */
export async function run(parameters: readonly string[]): Promise<void> {
	const { values } = parseArgs({
		args: [...parameters],
		options: { kills: { type: "string", default: "50" }, seed: { type: "string", default: "1" } },
	});
	const home = await mkdtemp(join(tmpdir(), "stoa-crash-"));
	const port = await freePort();
	const history = new History(join(home, "history.jsonl"));
	console.log(`${values.kills} kills, seed ${values.seed}, in ${home}`);

	const last = await underFire(home, port, history, Number(values.kills), Number(values.seed));
	const violations = await judge(home, history);
	await last.stop();
	history.close();
	if (violations > 0) throw new Error(`${violations} violations. The evidence is kept in ${home}`);
	await rm(home, { recursive: true, force: true });
}

/** @returns the process that is left running when all clients are done */
async function underFire(
	home: string,
	port: number,
	history: History,
	kills: number,
	seed: number,
): Promise<StoaProcess> {
	const random = randomFrom(seed);
	const gateway = `http://127.0.0.1:${port}`;
	const stopping = new AbortController();
	let stoa = await startStoa(home, port, { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password });
	const productIds = await catalogue(gateway);
	const buyers = Array.from({ length: BUYERS }, (_, index) => {
		const own = randomFrom(seed * 1000 + index);
		return buy({ gateway, history, random: own, productIds, signal: stopping.signal }, `buyer${index}`);
	});

	for (let kill = 1; kill <= kills; kill++) {
		await wait(SHORTEST_LIFE_MS + random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
		await stoa.kill();
		stoa = await startStoa(home, port);
		const orders = history.entries("order").filter(({ status }) => status !== undefined).length;
		console.log(
			`kill ${kill}/${kills}: served again after ${Math.round(stoa.readyAfterMs)} ms, ${orders} orders answered`,
		);
	}
	stopping.abort();
	await Promise.all(buyers);
	return stoa;
}

/** The products to buy: plenty of all but a few, so that most orders are paid and some run out of stock. */
async function catalogue(gateway: string): Promise<string[]> {
	const { body } = await send(gateway, "GET", "/products?pageSize=100");
	const productIds = (body.rows as { id: string }[]).map(({ id }) => id);
	const token = String((await send(gateway, "POST", "/auth/login", { body: ADMIN })).body.access_token);
	for (const id of productIds.slice(SCARCE)) {
		const delivery = { adjust: 1_000_000, reason: "for the crash test" };
		await send(gateway, "PUT", `/inventory/${id}`, { token, body: delivery });
	}
	return productIds;
}

async function judge(home: string, history: History): Promise<number> {
	const server = await startEmbeddedPostgres({ home: join(home, "postgres") });
	const databases = openDatabases(server.url);
	try {
		await settled(databases);
		return await report({ history, databases, provider: providerBalances(home) });
	} finally {
		await databases.close();
		await server.stop();
	}
}

async function report(evidence: Parameters<(typeof CHECKS)[number]["violations"]>[0]): Promise<number> {
	let total = 0;
	for (const { name, violations } of CHECKS) {
		const found = await violations(evidence);
		total += found.length;
		console.log(`${found.length === 0 ? "✓" : "✗"} ${name}`);
		for (const violation of found.slice(0, 10)) console.log(`    ${violation}`);
	}
	const answers = Map.groupBy(evidence.history.entries("order"), ({ status }) => String(status));
	console.log(`Answers to orders: ${[...answers].map(([status, each]) => `${each.length} × ${status}`).join(", ")}`);
	return total;
}

/** Waits until no saga runs, no fact waits, and the holds of unpaid orders are the only thing left. */
async function settled(databases: Databases): Promise<void> {
	const endMs = Date.now() + SETTLE_WITHIN_MS;
	while (!(await isSettled(databases))) {
		if (Date.now() > endMs) throw new Error(`The shop did not settle within ${SETTLE_WITHIN_MS} ms.`);
		await wait(250);
	}
}

async function isSettled(databases: Databases): Promise<boolean> {
	const open = await databases.rows(
		"orders",
		"select 1 from sagas join orders on orders.id = subject_id where state <> 'done' and (type <> 'hold' or status = 'pending') limit 1",
	);
	const unpublished = "select 1 from outbox where published_at is null limit 1";
	const facts = (await Promise.all(STORED.map((service) => databases.rows(service, unpublished)))).flat();
	const unread = await databases.rows(
		"notifications",
		"select 1 from inbox where processed_at is null and dead_at is null limit 1",
	);
	return open.length + facts.length + unread.length === 0;
}
