import { chunkOf } from "../../mixins/integrity/audit.ts";
import type { Audit } from "../../mixins/integrity/audit.ts";
import { call } from "../contracts/action.ts";
import { KnownOrders } from "../contracts/integrity.ts";
import { flawsOf, LEDGER_FLAWS } from "./domain/audit.ts";
import type { Payments } from "./payments.context.ts";
import { auditedPayments } from "./storage/audit.queries.ts";

/** Payment, refunds and ledger are read as of one instant, so this needs no rest. */
export const ledgerAudit: Audit = {
	name: "payments and the ledger",
	kinds: LEDGER_FLAWS,
	async chunk(_payments, { db }, after) {
		const rows = await auditedPayments(db, after);
		const findings = rows.flatMap(({ id, updatedAt, ...payment }) =>
			flawsOf(payment).map((flaw) => ({ ...flaw, subject: `payment ${id}`, since: updatedAt.toISOString() })),
		);
		return chunkOf(rows, findings);
	},
};

const ENDED: ReadonlySet<string> = new Set(["voided", "failed"]);

/** Money belongs to an order; what orders say of the amount they check themselves. */
export const orphanAudit: Audit<Payments> = {
	name: "the orders of payments",
	kinds: ["payment-orphan"],
	async chunk({ broker }, { db, settledBefore }, after) {
		const rows = await auditedPayments(db, after);
		const standing = rows.filter(({ status, createdAt }) => !ENDED.has(status) && createdAt < settledBefore);
		const orderIds = [...new Set(standing.map(({ orderId }) => orderId))];
		const known = new Set(await call(broker, KnownOrders, { orderIds }));
		const findings = standing
			.filter(({ orderId }) => !known.has(orderId))
			.map(({ id, orderId, status, createdAt }) => ({
				kind: "payment-orphan",
				subject: `payment ${id}`,
				detail: `is ${status}, and its order ${orderId} does not exist`,
				since: createdAt.toISOString(),
			}));
		return chunkOf(rows, findings);
	},
};
