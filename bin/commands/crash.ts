import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buy } from "../crash/buyer.ts";
import { startStoa } from "../crash/stoa-process.ts";
import type { StoaProcess } from "../crash/stoa-process.ts";
import { freePort } from "../postgres/port.ts";
import { startEmbeddedPostgres } from "../postgres/embedded-postgres.ts";
import { send } from "../tour/shop-client.ts";
import type { Evidence } from "../trial/checks/check.ts";
import { CHECKS } from "../trial/checks/checks.ts";
import { openDatabases } from "../trial/databases.ts";
import { History } from "../trial/history.ts";
import { judge, violationsIn } from "../trial/judge.ts";
import { providerBalances } from "../trial/provider-ledger.ts";
import { randomFrom } from "../trial/random.ts";
import { signIn } from "../trial/requests.ts";
import { settled, unsettledIn } from "../trial/settled.ts";

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
	const violations = await afterwards(home, history);
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
	const token = await signIn(gateway, ADMIN);
	for (const id of productIds.slice(SCARCE)) {
		const delivery = { adjust: 1_000_000, reason: "for the crash test" };
		await send(gateway, "PUT", `/inventory/${id}`, { token, body: delivery });
	}
	return productIds;
}

async function afterwards(home: string, history: History): Promise<number> {
	const server = await startEmbeddedPostgres({ home: join(home, "postgres") });
	const databases = openDatabases(server.url);
	try {
		const open = await settled(() => unsettledIn(databases), SETTLE_WITHIN_MS);
		if (open.length > 0) throw new Error(`The shop did not settle within ${SETTLE_WITHIN_MS} ms: ${open.join(", ")}.`);
		const provider = providerBalances(join(home, "payments", "test-provider.jsonl"));
		return await report({ history, databases, provider });
	} finally {
		await databases.close();
		await server.stop();
	}
}

async function report(evidence: Evidence): Promise<number> {
	const verdicts = await judge(CHECKS, evidence);
	const answers = Map.groupBy(evidence.history.entries("order"), ({ status }) => String(status));
	console.log(`Answers to orders: ${[...answers].map(([status, each]) => `${each.length} × ${status}`).join(", ")}`);
	return violationsIn(verdicts);
}
