import { CHUNK } from "../../../mixins/integrity/audit.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { minorFromDecimal } from "../../contracts/money.ts";
import type { MoneyOfOrder } from "../../contracts/integrity.ts";
import type { PaymentStatus } from "../../contracts/payments.ts";

const PAYMENTS = statement<{
	readonly id: string;
	readonly orderId: string;
	readonly status: PaymentStatus;
	readonly currency: string;
	readonly amount: string;
	readonly refundedAmount: string;
	readonly refunds: string;
	readonly booked: string;
	readonly bookedBack: string;
	readonly standing: number;
	readonly createdAt: Date;
	readonly updatedAt: Date;
}>(
	"payments.audit",
	`select id, order_id as "orderId", status, currency, amount, refunded_amount as "refundedAmount",
		created_at as "createdAt", updated_at as "updatedAt",
		(select coalesce(sum(refunds.amount), 0)::text from refunds
			where payment_id = payments.id and refunds.status = 'done') as refunds,
		(select coalesce(sum(amount_cents), 0)::text from transfers
			where payment_id = payments.id and refund_id is null and transfers.currency = payments.currency
				and debit_account = 'provider' and credit_account = 'sales') as booked,
		(select coalesce(sum(amount_cents), 0)::text from refunds join transfers on transfers.refund_id = refunds.id
			where refunds.payment_id = payments.id and transfers.payment_id = payments.id
				and transfers.currency = payments.currency
				and debit_account = 'sales' and credit_account = 'provider') as "bookedBack",
		(select count(*)::integer from payments as others
			where others.order_id = payments.order_id and others.status not in ('voided', 'failed')
				and not others.is_late) as standing
	from payments where $1::uuid is null or id < $1 order by id desc limit ${CHUNK}`,
);

const OF_ORDERS = statement<{
	readonly orderId: string;
	readonly currency: string;
	readonly net: string;
	readonly isOpen: boolean;
	readonly isSettled: boolean;
}>(
	"payments.ofOrders",
	`select order_id as "orderId", min(currency) as currency,
		coalesce(sum(amount - refunded_amount)
			filter (where status in ('captured', 'partially_refunded', 'refunded')), 0)::text as net,
		bool_or(status in ('pending', 'authorized')) as "isOpen",
		bool_and(updated_at < $2 and not exists (
			select from refunds where payment_id = payments.id and refunds.status = 'pending')) as "isSettled"
	from payments where order_id = any($1::uuid[]) and status not in ('voided', 'failed') group by order_id`,
);

/** A chunk of payments with what the ledger and their refunds tell of them, newest first. */
export async function auditedPayments(db: Queryable, after: string | null) {
	return (await db.query(PAYMENTS, [after])).map(({ amount, refundedAmount, refunds, booked, bookedBack, ...row }) => ({
		...row,
		amountCents: minorFromDecimal(amount, row.currency),
		refundedCents: minorFromDecimal(refundedAmount, row.currency),
		refundsCents: minorFromDecimal(refunds, row.currency),
		bookedCents: Number(booked),
		bookedBackCents: Number(bookedBack),
	}));
}

/** What the payments of some orders hold and have taken; a declined or voided payment counts for nothing. */
export async function moneyOfOrders(
	db: Queryable,
	orderIds: readonly string[],
	settledBefore: string,
): Promise<MoneyOfOrder[]> {
	return (await db.query(OF_ORDERS, [orderIds, settledBefore])).map(({ net, currency, ...row }) => ({
		...row,
		netCents: minorFromDecimal(net, currency),
	}));
}
