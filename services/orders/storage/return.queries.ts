import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

/** Why a return was asked for or refused, in the words of whoever did. */
export interface ReturnReason {
	readonly returnId: string;
	readonly type: "returnRequested" | "returnRefused";
	readonly text: string;
}

const REASONS = statement<ReturnReason>(
	"orders.returnReasons",
	`select return_id as "returnId", type, text from order_reasons where order_id = $1 and return_id is not null`,
);

/** The reasons of an order's returns; none of those that were erased. */
export const findReturnReasons = (db: Queryable, orderId: string): Promise<ReturnReason[]> =>
	db.query(REASONS, [orderId]);
