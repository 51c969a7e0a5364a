import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { Principal } from "../../contracts/meta.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { GetReturn, ListReturns, Return } from "../../contracts/returns.ts";
import { returnOf } from "../domain/return.ts";
import type { Orders } from "../orders.context.ts";
import { returnViewOf } from "../return.view.ts";
import { findOrder } from "../storage/order.queries.ts";
import { findReturnReasons } from "../storage/return.queries.ts";

/** The returns of an order stand in its row, and are few. */
export async function listReturns(this: Orders, ctx: Ctx<typeof ListReturns>): Promise<Listing<Return>> {
	const { id, ...paging } = ctx.params;
	const { order, reasons } = await found(this, id, ctx.meta.principal);
	const newest = order.returns.toReversed().map((one) => returnViewOf(order, one, reasons));
	return listed(paging, { id }, (slice) => Promise.resolve(sliceOf(newest, slice)));
}

export async function getReturn(this: Orders, ctx: Ctx<typeof GetReturn>): Promise<Return> {
	const { order, reasons } = await found(this, ctx.params.id, ctx.meta.principal);
	const one = returnOf(order, ctx.params.returnId);
	ctx.meta.$version = one.version;
	return returnViewOf(order, one, reasons);
}

async function found({ db }: Orders, id: string, principal: Principal | undefined) {
	const [row, reasons] = await Promise.all([findOrder(db, id, ownerScope(principal)), findReturnReasons(db, id)]);
	if (row === undefined) throw new OrderNotFound();
	return { order: row.order, reasons };
}

function sliceOf(newest: readonly Return[], { afterId, offset, limit }: Slice): Found<Return> {
	const first = newest.findIndex(({ id }) => id === afterId) + 1 + offset;
	return { rows: newest.slice(first, first + limit), total: newest.length };
}
