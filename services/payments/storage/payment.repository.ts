import type { Repository } from "../../../mixins/aggregate.mixin.ts";
import { announce } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { decimalFromMinor } from "../../contracts/money.ts";
import type { ErrorKind } from "../../contracts/errors.ts";
import { PaymentNotFound } from "../../contracts/payments.ts";
import type { Decision } from "../domain/decision.ts";
import type { Payment } from "../domain/payment.ts";
import { PAYMENT_COLUMNS, paymentOf, PENDING_REFUNDS } from "./payment.row.ts";
import type { PaymentRow, RefundRow } from "./payment.row.ts";

const FIND = statement<PaymentRow>(
	"payments.find",
	`select ${PAYMENT_COLUMNS}, ${PENDING_REFUNDS} as refunds from payments where id = $1`,
);
const LOCK = statement<PaymentRow>(
	"payments.lock",
	`select ${PAYMENT_COLUMNS}, null as refunds from payments where id = $1 for update`,
);
const REFUNDS = statement<{ refunds: RefundRow[] | null }>(
	"payments.pendingRefunds",
	`select ${PENDING_REFUNDS} as refunds from payments where id = $1`,
);

/** Every unique index counts: naming one, a concurrent insert of the same payment may trip over another (measured). */
const INSERT = statement<{ ok: number }>(
	"payments.insert",
	`insert into payments (id, order_id, user_id, amount, currency, method, status,
		authorize_key, capture_key, void_key, created_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
	on conflict do nothing returning 1 as ok`,
);

/** State, refunds, ledger, history and outbox in one statement, on the version that the rule saw. */
const UPDATE = statement<{ ok: number }>(
	"payments.update",
	`with saved as (
		update payments
		set status = $3, reference = $4, decline_reason = $5, refunded_amount = $6, amount = $10, currency = $11,
			method = $12, is_late = $13, version = version + 1,
			announced = announced + json_array_length($9::json), updated_at = now()
		where id = $1 and version = $2
		returning id, announced
	), refunded as (
		insert into refunds (id, payment_id, amount, provider_key, reason, operation_key, status, refusal)
		select refund.id, saved.id, refund.amount, refund.key, refund.reason, refund.operation_key, refund.status,
			refund.refusal
		from saved cross join lateral json_to_recordset($7::json) as refund (
			id uuid, amount numeric, key text, reason text, operation_key text, status text, refusal text)
		on conflict (id) do update set status = excluded.status, refusal = excluded.refusal,
			amount = excluded.amount, provider_key = excluded.provider_key
	), booked as (
		insert into transfers (debit_account, credit_account, amount_cents, currency, payment_id, refund_id)
		select transfer."debitAccount", transfer."creditAccount", transfer."amountCents", transfer.currency,
			saved.id, transfer."refundId"
		from saved cross join lateral json_to_recordset($8::json) as transfer (
			"debitAccount" text, "creditAccount" text, "amountCents" bigint, currency text, "refundId" uuid)
	), told as (
		insert into transactions (payment_id, type, amount_cents, currency, reason, refund_id)
		select saved.id, past.type, past."amountCents", past.currency, past.reason, past."refundId"
		from saved cross join lateral json_to_recordset($14::json) as past (
			type text, "amountCents" bigint, currency text, reason text, "refundId" uuid)
	), announced as (${announce("$9")})
	select 1 as ok from saved`,
);

/**
 * The payment with its pending refunds, as of one snapshot; good enough to be tried as `from`.
 *
 * @param Missing the refusal when there is none
 */
export async function findPayment(db: Queryable, id: string, Missing: ErrorKind = PaymentNotFound): Promise<Payment> {
	const known = await knownPayment(db, id);
	if (known === undefined) throw new Missing();
	return known;
}

export async function knownPayment(db: Queryable, id: string): Promise<Payment | undefined> {
	const [row] = await db.query(FIND, [id]);
	return row && paymentOf(row);
}

/** Rows of `payments` and `refunds` to and from a Payment. */
export const paymentRepository: Repository<Payment, Decision> = {
	async lock(tx, id) {
		const [row] = await tx.query(LOCK, [id]);
		if (row === undefined) return undefined;
		// Read after the lock: a subquery of the locking statement would see the refunds of before the wait.
		const [pending] = await tx.query(REFUNDS, [id]);
		return paymentOf({ ...row, refunds: pending?.refunds ?? null });
	},

	async save(tx, { before, decision, outbox }) {
		if (before === undefined) return insert(tx, decision.state);
		const rows = await tx.query(UPDATE, [...valuesOf(before, decision), outbox, ...termsOf(decision)]);
		return rows.length > 0;
	},

	missing: () => new PaymentNotFound(),
};

async function insert(tx: Queryable, { id, orderId, userId, amountCents, currency, ...rest }: Payment) {
	const { authorize, capture, void: release } = rest.keys;
	const amount = decimalFromMinor(amountCents, currency);
	const terms = [id, orderId, userId, amount, currency, rest.method, rest.status];
	return (await tx.query(INSERT, [...terms, authorize, capture, release, rest.createdAt])).length > 0;
}

function valuesOf(before: Payment, { state, refunds, transfers }: Decision): unknown[] {
	const { id, status, reference, declineReason, currency } = state;
	const refundRows = refunds.map(({ amountCents, operationKey, ...refund }) => ({
		...refund,
		amount: decimalFromMinor(amountCents, currency),
		operation_key: operationKey,
	}));
	const refunded = decimalFromMinor(state.refundedCents, currency);
	const changed = [status, reference, declineReason, refunded];
	return [id, before.version, ...changed, JSON.stringify(refundRows), JSON.stringify(transfers)];
}

/** Only a late payment changes them: one that was undone before it began knew neither amount nor method. */
function termsOf({ state, history }: Decision): unknown[] {
	const { amountCents, currency, method, isLate } = state;
	return [decimalFromMinor(amountCents, currency), currency, method, isLate, JSON.stringify(history)];
}
