import { saga } from "../../../mixins/saga/saga.ts";
import type { NewSaga, SagaDefinition } from "../../../mixins/saga/saga.ts";
import { ReversePayment } from "../../contracts/payments.ts";
import type { Order } from "../domain/order.ts";
import { recordReversal } from "../domain/refund.ts";
import type { Orders } from "../orders.context.ts";
import { answerOf, orderViewer } from "./answers.ts";
import { ask, causeOf } from "./ask.ts";
import type { OrderMemory, OrderSaga, SagaIds, UnwindData } from "./checkout-data.ts";
import { restoreStock } from "./steps.ts";

/** Gives back what a cancelled order held: its stock, then its money. Nothing can refuse it. */
export const unwind: SagaDefinition<Orders, UnwindData, OrderMemory> = saga({
	type: "unwind",
	steps: [
		{ name: "restore stock", run: restoreStock },
		{ name: "reverse payment", run: reverse },
		{ name: "record reversal", run: answerReversed },
	],
});

/** A saga that unwinds an order, for as long as it takes. */
export function unwinding(ids: SagaIds, order: Order, operationKey: string | null): NewSaga<UnwindData> {
	const { userId, paymentId, status } = order;
	const data = { userId, paymentId, operationKey, reason: `order ${status}` };
	return { ...ids, type: unwind.type, subjectId: order.id, data, deadlineMs: null };
}

async function reverse(this: Orders, run: OrderSaga<UnwindData>) {
	const { paymentId, userId, reason } = run.data;
	if (paymentId === null) return;
	const params = { paymentId, userId, reason, orderId: run.subjectId };
	run.memory.reversal = (await ask(this, run, ReversePayment, params)).outcome;
}

async function answerReversed(this: Orders, run: OrderSaga<UnwindData>) {
	const at = this.now().toISOString();
	const view = await orderViewer(this, run);
	const outcome = run.memory.reversal ?? "nothing";
	run.memory.order = await this.change(causeOf(run), run.subjectId, (order) => recordReversal(order, outcome, at), {
		from: run.memory.order,
		rider: ({ state }) => ({
			saga: { id: run.id, fence: run.fence, next: "done" },
			answer: answerOf(run, 200, view(state)),
		}),
	});
	run.state = "done";
}
