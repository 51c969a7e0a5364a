import type { Ctx } from "../../../mixins/define-service.ts";
import { once, operationOf } from "../../../mixins/operations.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { RequestReturn, Return } from "../../contracts/returns.ts";
import { ownedBy } from "../domain/access.ts";
import type { Order } from "../domain/order.ts";
import { requestReturn as request, returnOf } from "../domain/return.ts";
import type { Orders } from "../orders.context.ts";
import { returnViewOf } from "../return.view.ts";
import { linkAnswer } from "../storage/privacy.queries.ts";

/** Asks for units of the caller's order to be taken back; nothing moves before staff accepts. */
export function requestReturn(this: Orders, ctx: Ctx<typeof RequestReturn>): Promise<Return> {
	const { id, items, reason: text } = ctx.params;
	const operation = operationOf(ctx);
	const at = this.now().toISOString();
	const returnId = this.newId();
	const ownerId = ownerScope(ctx.meta.principal);
	const rule = (order: Order) => request(ownedBy(order, ownerId), returnId, items, at);

	return once(this.db, ctx, 201, async (tx) => {
		const order = await this.changeIn(tx, ctx, id, rule, { reason: { text, returnId } });
		if (operation !== undefined) await linkAnswer(tx, operation.key, id);
		const asked = returnOf(order, returnId);
		ctx.meta.$version = asked.version;
		return returnViewOf(order, asked, [{ returnId, type: "returnRequested", text }]);
	});
}
