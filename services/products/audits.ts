import { chunkOf } from "../../mixins/integrity/audit.ts";
import type { Audit, Chunk } from "../../mixins/integrity/audit.ts";
import type { Queryable } from "../../mixins/sql/database.ts";
import { call } from "../contracts/action.ts";
import { ServiceBusy } from "../contracts/errors.ts";
import { KnownOrders } from "../contracts/integrity.ts";
import { flawOfStock } from "./domain/audit.ts";
import type { Products } from "./products.context.ts";
import { auditedReservations, auditedStock, nextProduct, overdueHolds } from "./storage/audit.queries.ts";

/** The whole journal of so many products is summed at once, unless that takes too long. */
const PRODUCTS = 50;

/**
 * Counters, journal and holds are read as of one instant, so this needs no rest. A product takes 1.1 s for each million of
 * its movements (measured on one of two busy cores): where many take too long together they are looked at one by one.
 */
export const stockAudit: Audit<Products> = {
	name: "stock and its journal",
	kinds: ["stock-mismatch", "stock-unchecked"],
	chunk: (products, { db }, after) =>
		stockChunk(db, after, PRODUCTS).catch(whenBusy(() => singleProduct(products, after))),
};

/** With the time that any statement of the service has, which is longer than an audit's. */
const singleProduct = (products: Products, after: string | null): Promise<Chunk> =>
	stockChunk(products.db, after, 1).catch(
		whenBusy(async () => {
			const id = await nextProduct(products.db, after);
			const detail = "has too long a journal to be summed within the time of a statement";
			const found = {
				kind: "stock-unchecked",
				subject: `product ${String(id)}`,
				detail,
				since: products.now().toISOString(),
			};
			return { findings: id === null ? [] : [found], checked: 0, next: id };
		}),
	);

const whenBusy =
	(otherwise: () => Promise<Chunk>) =>
	(error: unknown): Promise<Chunk> => {
		if ((error as { readonly type?: string }).type !== ServiceBusy.type) throw error;
		return otherwise();
	};

async function stockChunk(db: Queryable, after: string | null, limit: number): Promise<Chunk> {
	const rows = await auditedStock(db, after, limit);
	const findings = rows.flatMap(({ id, since, ...stock }) => {
		const detail = flawOfStock(stock);
		const found = { kind: "stock-mismatch", subject: `product ${id}`, since: since.toISOString() };
		return detail === undefined ? [] : [{ ...found, detail }];
	});
	return { findings, checked: rows.length, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

/** A reservation and the movements of its order are written by one statement, so this needs no rest. */
export const reservationAudit: Audit = {
	name: "reservations and their movements",
	kinds: ["reservation-journal"],
	async chunk(_products, { db }, after) {
		const rows = await auditedReservations(db, after);
		const findings = rows
			.filter(({ isInJournal, orderId }) => !isInJournal && orderId !== null)
			.map(({ id, status, since }) => ({
				kind: "reservation-journal",
				subject: `reservation ${id}`,
				detail: `is ${status}, and the journal tells otherwise`,
				since: since.toISOString(),
			}));
		return chunkOf(rows, findings);
	},
};

/** Stock is held or sold for an order; what orders say of its state they check themselves. */
export const orphanAudit: Audit<Products> = {
	name: "the orders of reservations",
	kinds: ["reservation-orphan"],
	async chunk({ broker }, { db, settledBefore }, after) {
		const rows = await auditedReservations(db, after);
		const standing = rows.filter(
			({ status, createdAt }) => (status === "held" || status === "committed") && createdAt < settledBefore,
		);
		const orderIds = [...new Set(standing.flatMap(({ orderId }) => orderId ?? []))];
		const known = new Set(await call(broker, KnownOrders, { orderIds }));
		const findings = standing
			.filter(({ orderId }) => orderId === null || !known.has(orderId))
			.map(({ id, orderId, status, createdAt }) => ({
				kind: "reservation-orphan",
				subject: `reservation ${id}`,
				detail: `is ${status} for the order ${String(orderId)}, which does not exist`,
				since: createdAt.toISOString(),
			}));
		return chunkOf(rows, findings);
	},
};

/** How long after its grace a hold should have been given back, whatever the sweeper was busy with. */
const LATE_MS = 60_000;

export const holdAudit: Audit<Products> = {
	name: "expired holds",
	kinds: ["hold-overdue"],
	async chunk(products, { db }) {
		const { graceMs, sweepEveryMs } = products.config;
		const before = new Date(products.now().getTime() - graceMs - sweepEveryMs - LATE_MS);
		const rows = await overdueHolds(db, before);
		const findings = rows.map(({ id, orderId, since }) => ({
			kind: "hold-overdue",
			subject: `reservation ${id}`,
			detail: `holds stock for the order ${String(orderId)} though its time is over`,
			since: since.toISOString(),
		}));
		return { findings, checked: rows.length, next: null };
	},
};
