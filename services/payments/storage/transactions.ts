import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { fromMinor } from "../../contracts/money.ts";
import type { Transaction, TransactionType } from "../../contracts/transactions.ts";

interface Row {
	readonly id: string;
	readonly type: TransactionType;
	readonly amountCents: string;
	readonly currency: string;
	readonly reason: string | null;
	readonly debit: string | null;
	readonly credit: string | null;
	readonly createdAt: Date;
}

/** A capture has the transfer without a refund, a refund its own. */
const LIST = statement<Row>(
	"transactions.list",
	`select past.id, past.type, past.amount_cents as "amountCents", past.currency, past.reason,
		debit_account as debit, credit_account as credit, past.created_at as "createdAt"
	from transactions as past left join transfers on transfers.payment_id = past.payment_id
		and (past.type = 'captured' and transfers.refund_id is null
			or past.type = 'refunded' and transfers.refund_id = past.refund_id)
	where past.payment_id = $1 and ($2::uuid is null or past.id < $2)
	order by past.id desc limit $3 offset $4`,
);
const COUNT = statement<{ total: number }>(
	"transactions.count",
	`select count(*)::int as total from (
		select 1 from transactions where payment_id = $1 limit ${COUNT_LIMIT}) as counted`,
);

/** What happened to the money of a payment, newest first. */
export async function transactionsOf(db: Queryable, paymentId: string, slice: Slice): Promise<Found<Transaction>> {
	const { afterId, limit, offset, isCounted } = slice;
	const [rows, [counted]] = await Promise.all([
		db.query(LIST, [paymentId, afterId, limit, offset]),
		isCounted ? db.query(COUNT, [paymentId]) : [],
	]);
	return { rows: rows.map(shown), total: counted?.total ?? 0 };
}

const shown = ({ amountCents, debit, credit, createdAt, ...row }: Row): Transaction => ({
	...row,
	amount: fromMinor(Number(amountCents), row.currency),
	ledger: debit === null || credit === null ? null : { debit, credit },
	createdAt: createdAt.toISOString(),
});
