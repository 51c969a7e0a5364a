import { saga } from "../../../mixins/saga/saga.ts";
import type { NewSaga, SagaDefinition } from "../../../mixins/saga/saga.ts";
import { ReturnStock } from "../../contracts/inventory.ts";
import type { Order } from "../domain/order.ts";
import { completeReturn } from "../domain/return.ts";
import type { Return } from "../domain/return-history.ts";
import type { Orders } from "../orders.context.ts";
import { answerOf, orderViewer, returnViewer } from "./answers.ts";
import { ask, causeOf } from "./ask.ts";
import type { OrderMemory, OrderSaga, ReturnData, SagaIds } from "./checkout-data.ts";
import { refundReturn } from "./refund-return.ts";

/**
 * Takes the units of an accepted return back, and gives their price back. It has no compensation: the shop has promised
 * the money, so it goes forward until it is done, whatever stands in the way.
 */
export const returns: SagaDefinition<Orders, ReturnData, OrderMemory> = saga({
	type: "return",
	steps: [
		{ name: "return stock", run: returnStock },
		{ name: "refund part", run: refundReturn },
		{ name: "record return", run: answerReturned },
	],
});

/** A saga that settles an accepted return, for as long as it takes. */
export function returning(
	ids: SagaIds,
	{ id, userId, paymentId, currency }: Order,
	{ id: returnId, lines: items, amountCents, restock }: Return,
	answer: Pick<ReturnData, "operationKey" | "shows">,
): NewSaga<ReturnData> {
	const terms = { returnId, items, amountCents: amountCents ?? 0, restock: restock === true };
	const data = { ...answer, ...terms, userId, paymentId, currency };
	return { ...ids, type: returns.type, subjectId: id, data, deadlineMs: null };
}

/** Units that are not to be sold again stay sold. */
async function returnStock(this: Orders, run: OrderSaga<ReturnData>) {
	const { returnId, items, restock } = run.data;
	if (restock) await ask(this, run, ReturnStock, { returnId, reservationId: run.subjectId, items: [...items] });
}

async function answerReturned(this: Orders, run: OrderSaga<ReturnData>) {
	const at = this.now().toISOString();
	const { returnId, shows } = run.data;
	const view = await (shows === "order" ? orderViewer(this, run) : returnViewer(this, run));
	const rule = (order: Order) => completeReturn(order, returnId, run.memory.refundedCents ?? 0, at);
	run.memory.order = await this.change(causeOf(run), run.subjectId, rule, {
		from: run.memory.order,
		rider: ({ state }) => ({
			saga: { id: run.id, fence: run.fence, next: "done" },
			answer: answerOf(run, 200, view(state)),
		}),
	});
	run.state = "done";
}
