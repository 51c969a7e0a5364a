import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Payment as PaymentView } from "../../contracts/payments.ts";
import { viewOf } from "../domain/view.ts";
import { amountsOf, VIEW_COLUMNS } from "./payment.row.ts";
import type { PaymentViewRow } from "./payment.row.ts";

/** A payment that was undone before it began has no method, and is nothing to show. */
const SHOWN = "method is not null";

const GET = statement<PaymentViewRow>(
	"payments.get",
	`select ${VIEW_COLUMNS} from payments where id = $1 and ($2::uuid is null or user_id = $2) and ${SHOWN}`,
);

const LIST = statement<PaymentViewRow>(
	"payments.ofUser",
	`select ${VIEW_COLUMNS} from payments
	where user_id = $1 and ($2::uuid is null or user_id = $2) and ($3::uuid is null or id < $3) and ${SHOWN}
	order by id desc limit $4 offset $5`,
);

const COUNT = statement<{ total: number }>(
	"payments.countOfUser",
	`select count(*)::int as total from (
		select 1 from payments where user_id = $1 and ($2::uuid is null or user_id = $2) and ${SHOWN} limit ${COUNT_LIMIT}
	) as counted`,
);

/** @param owner the user who may see it, null for everybody's */
export async function viewPayment(db: Queryable, id: string, owner: string | null) {
	const [row] = await db.query(GET, [id, owner]);
	return row && { view: viewOf(amountsOf(row)), version: row.version };
}

/** A user's payments, newest first. */
export async function paymentsOfUser(
	db: Queryable,
	userId: string,
	owner: string | null,
	{ afterId, limit, offset, isCounted }: Slice,
): Promise<Found<PaymentView>> {
	const [rows, [counted]] = await Promise.all([
		db.query(LIST, [userId, owner, afterId, limit, offset]),
		isCounted ? db.query(COUNT, [userId, owner]) : [],
	]);
	return { rows: rows.map((row) => viewOf(amountsOf(row))), total: counted?.total ?? 0 };
}
