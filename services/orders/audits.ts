import type { Audit, Scope } from "../../mixins/integrity/audit.ts";
import { chunkOf } from "../../mixins/integrity/audit.ts";
import { call } from "../contracts/action.ts";
import { MoneyOfOrders, StockOfReservations } from "../contracts/integrity.ts";
import { flawsOfHistory, flawsOfSettlement, HISTORY_FLAWS, SETTLEMENT_FLAWS } from "./domain/audit.ts";
import type { Flaw } from "./domain/audit.ts";
import type { Orders } from "./orders.context.ts";
import { histories, settledOrders } from "./storage/audit.queries.ts";

const findingOf = (id: string, since: string) => (flaw: Flaw) => ({ ...flaw, subject: `order ${id}`, since });

/** Order and events are read as of one instant, so this needs no rest. */
export const historyAudit: Audit<Orders> = {
	name: "events and projection of orders",
	kinds: HISTORY_FLAWS,
	async chunk(orders, { db }, after) {
		const rows = await histories(db, after);
		const findings = rows.flatMap(({ id, order, events }) => {
			const since = order?.updatedAt ?? events.at(-1)?.at ?? orders.now().toISOString();
			return flawsOfHistory(id, order, events).map(findingOf(id, since));
		});
		return chunkOf(rows, findings);
	},
};

/** Compares what has settled: whatever changes while payments and products are asked is left for later. */
export const settlementAudit: Audit<Orders> = {
	name: "captures and stock of orders",
	kinds: SETTLEMENT_FLAWS,
	async chunk(orders, scope, after) {
		const rows = await settledOrders(scope.db, scope.settledBefore, after);
		const settled = rows.filter(({ isSettled }) => isSettled);
		const { moneyOf, stockOf } = await ofOthers(
			orders,
			scope,
			settled.map(({ id }) => id),
		);
		const findings = settled.flatMap(({ id, since, ...order }) =>
			flawsOfSettlement({ ...order, money: moneyOf.get(id), stock: stockOf.get(id) }).map(findingOf(id, since)),
		);
		return chunkOf(rows, findings);
	},
};

/** An order's reservation has the order's id. */
async function ofOthers({ broker }: Orders, { settledBefore }: Scope, orderIds: string[]) {
	const moment = settledBefore.toISOString();
	const [money, stock] = await Promise.all([
		call(broker, MoneyOfOrders, { orderIds, settledBefore: moment }),
		call(broker, StockOfReservations, { reservationIds: orderIds, settledBefore: moment }),
	]);
	return {
		moneyOf: new Map(money.map((row) => [row.orderId, row])),
		stockOf: new Map(stock.map((row) => [row.reservationId, row])),
	};
}
