import type { Outcome } from "../../../mixins/saga/saga.ts";
import type { Orders } from "../orders.context.ts";

const WAITING: Outcome = { kind: "waiting" };

/**
 * What became of a saga within the time a client is kept waiting. A saga that takes longer, or whose node
 * stumbles, goes on in the background: its row says how far it is.
 */
export async function within(orders: Orders, budgetMs: number, running: Promise<Outcome>): Promise<Outcome> {
	const settled = running.catch((error: unknown) => {
		orders.logger.warn("A saga was interrupted and will be resumed:", error);
		return WAITING;
	});
	let timer: NodeJS.Timeout | undefined;
	const tooLong = new Promise<Outcome>((resolve) => {
		timer = setTimeout(() => resolve(WAITING), budgetMs);
	});
	return Promise.race([settled, tooLong]).finally(() => clearTimeout(timer));
}
