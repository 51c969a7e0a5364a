import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { withDatabase } from "../../mixins/sql/database-url.ts";

/** The databases of a shop, read by SQL after everything has settled. */
export interface Databases {
	rows<Row>(service: string, sql: string, values?: readonly unknown[]): Promise<Row[]>;
	close(): Promise<void>;
}

export function openDatabases(server: string): Databases {
	const clients = new Map<string, Promise<Client>>();
	const clientOf = (service: string) => {
		const opened = clients.get(service) ?? connect(withDatabase(server, `stoa_${service}`));
		clients.set(service, opened);
		return opened;
	};
	return {
		rows: async <Row>(service: string, sql: string, values: readonly unknown[] = []) =>
			(await (await clientOf(service)).query(sql, [...values])).rows as Row[],
		close: async () => {
			for (const client of clients.values()) await (await client).end();
		},
	};
}

async function connect(url: string): Promise<Client> {
	const client = new Client({ connectionString: url });
	await client.connect();
	return client;
}

interface Effect {
	readonly key: string;
	readonly kind: "authorized" | "declined" | "captured" | "voided" | "refunded";
	readonly reference: string | null;
	readonly amountCents: number;
}

/** What the provider itself says it holds and has taken, in minor units, by payment. */
export interface ProviderBalance {
	readonly heldCents: number;
	readonly takenCents: number;
}

const SIGNS = { authorized: [1, 0], captured: [-1, 1], voided: [-1, 0], refunded: [0, -1], declined: [0, 0] } as const;

/** The provider's own journal as an oracle: it was written by nobody who is judged here. */
export function providerBalances(home: string): Map<string, ProviderBalance> {
	const balances = new Map<string, ProviderBalance>();
	const payments = new Map<string | null, string>();
	for (const { key, kind, reference, amountCents } of effectsOf(join(home, "payments", "test-provider.jsonl"))) {
		if (kind === "authorized") payments.set(reference, key.split(":")[0] ?? "");
		const paymentId = payments.get(reference) ?? key;
		const { heldCents, takenCents } = balances.get(paymentId) ?? { heldCents: 0, takenCents: 0 };
		const [held, taken] = SIGNS[kind];
		balances.set(paymentId, {
			heldCents: heldCents + held * amountCents,
			takenCents: takenCents + taken * amountCents,
		});
	}
	return balances;
}

const effectsOf = (path: string): Effect[] =>
	readFileSync(path, "utf8")
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as Effect);
