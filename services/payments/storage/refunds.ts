import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

export interface DueRefund {
	readonly id: string;
	readonly paymentId: string;
}

/** Whoever takes a refund has it for 15 s, longer than a call of the provider and the question after it last. */
const TAKE = statement<DueRefund>(
	"refunds.take",
	`update refunds set attempt_after = now() + interval '15 s'
	where id in (
		select id from refunds where status = 'pending' and attempt_after < now()
		order by attempt_after limit 20 for update skip locked)
	returning id, payment_id as "paymentId"`,
);

/** Refunds whose outcome nobody recorded in time: their process died, or the provider did not answer. */
export const takeDueRefunds = (db: Queryable): Promise<DueRefund[]> => db.query(TAKE);
