import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

export interface Balance {
	readonly account: string;
	readonly currency: string;
	/** Debits less credits; bigint arrives as text. */
	readonly balanceCents: string;
}

/** The balances add up to zero in each currency; `provider` is the captured less the refunded money. */
export const BALANCES = statement<Balance>(
	"ledger.balances",
	`select account, currency, sum(amount_cents)::bigint as "balanceCents"
	from (
		select debit_account as account, currency, amount_cents from transfers
		union all
		select credit_account, currency, -amount_cents from transfers
	) as moved
	group by account, currency order by account, currency`,
);

export const balances = (db: Queryable): Promise<Balance[]> => db.query(BALANCES);
