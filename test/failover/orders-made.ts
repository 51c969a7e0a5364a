import type { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";
import type { Sent, Wish } from "./crowd.ts";

/** What the database says came of a wish. */
export interface Made {
	readonly id: string;
	readonly name: string;
	readonly status: string;
	/** When the command was carried out. */
	readonly atMs: number;
}

const MADE = `select id, status, shipping ->> 'line1' as name, (extract(epoch from created_at) * 1000)::double precision as "atMs"
	from orders join order_addresses on order_id = id`;
const OPEN = "select count(*)::int as open from sagas where state <> 'done'";

/** Every order by the name of its wish, after every checkout has ended. */
export async function ordersMade(shop: Shop): Promise<ReadonlyMap<string, readonly Made[]>> {
	await until(async () => (await shop.sql<{ open: number }>("orders", OPEN))[0]?.open === 0, {
		timeoutMs: 30_000,
		everyMs: 250,
		what: "every checkout to end",
	});
	return Map.groupBy(await shop.sql<Made>("orders", MADE), ({ name }) => name);
}

/** The wishes that have not exactly the one confirmed order that their owners were told of, with what they have. */
export function unfulfilled(wishes: readonly Wish[], made: ReadonlyMap<string, readonly Made[]>): unknown[] {
	const isFulfilled = ({ name, status = 0, orderId }: Wish) => {
		const [order, ...others] = made.get(name) ?? [];
		const isTold = [201, 202].includes(status) && order?.id === orderId;
		return isTold && order?.status === "confirmed" && others.length === 0;
	};
	return wishes
		.filter((wish) => !isFulfilled(wish))
		.map(({ name, status, requests }) => ({ status, requests, made: made.get(name) ?? [] }));
}

export const failed = ({ status }: Sent): boolean => status === undefined || status >= 500;

export const longestMs = (requests: readonly Sent[]): number => Math.max(...requests.map(({ tookMs }) => tookMs));

/** Figures for whoever reads the output of a run. */
export function tell(figures: Readonly<Record<string, number | string>>): void {
	const lines = Object.entries(figures).map(([what, figure]) => `    ${what}: ${figure}\n`);
	process.stdout.write(lines.join(""));
}
