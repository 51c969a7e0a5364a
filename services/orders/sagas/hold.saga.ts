import { complete } from "../../../mixins/operations.ts";
import { Parked, saga } from "../../../mixins/saga/saga.ts";
import type { SagaDefinition } from "../../../mixins/saga/saga.ts";
import type { Refusal } from "../../contracts/problem.ts";
import { expire } from "../domain/move.ts";
import type { Order } from "../domain/order.ts";
import { reject } from "../domain/pay.ts";
import type { Orders } from "../orders.context.ts";
import { findOrder } from "../storage/order.queries.ts";
import { viewOf } from "../order.view.ts";
import { answerOf, refusedAnswer } from "./answers.ts";
import { causeOf } from "./ask.ts";
import type { HoldData, OrderMemory, OrderSaga } from "./checkout-data.ts";
import { reserveStock, restoreStock } from "./steps.ts";

/** An order that is being paid when its hold ends is looked at again after this long. */
const PAYMENT_GRACE_MS = 60_000;

/** Holds the stock of an order without a payment method, and cancels the order when nobody pays in time. */
export const hold: SagaDefinition<Orders, HoldData, OrderMemory> = saga({
	type: "hold",
	steps: [
		{ name: "reserve stock", run: holdStock, undo: restoreStock },
		{ name: "answer the client", run: answerPending },
		{ name: "expire the hold", run: expireHold },
	],
	refused: answerRejected,
});

/** A hold that is over is not begun again: its stock may be promised to somebody else by now. */
async function holdStock(this: Orders, run: OrderSaga<HoldData>) {
	if (this.now().getTime() < endOf(run)) await reserveStock.call(this, run);
}

const endOf = ({ data }: OrderSaga<HoldData>): number => Date.parse(data.holdUntil);

async function answerPending(this: Orders, run: OrderSaga<HoldData>) {
	run.memory.isHeld = true;
	if (run.data.operationKey === null) return;
	const found = await findOrder(this.db, run.subjectId, null);
	const answer = found && answerOf(run, 201, viewOf(found.order, found));
	if (answer !== undefined) await complete(this.db, answer.key, answer.status, answer.body);
}

/** Whoever pays later finds the order cancelled; whoever is paying now is waited for. */
async function expireHold(this: Orders, run: OrderSaga<HoldData>) {
	const now = this.now();
	if (now.getTime() < endOf(run)) throw new Parked(endOf(run));

	const rule = (order: Order) => expire(order, now.toISOString());
	const order = await this.change(causeOf(run), run.subjectId, rule);
	if (order.status === "pending") throw new Parked(now.getTime() + PAYMENT_GRACE_MS);
	if (order.status === "cancelled") await restoreStock.call(this, run);
}

async function answerRejected(this: Orders, run: OrderSaga<HoldData>, refusal: Refusal) {
	const at = this.now().toISOString();
	await this.change(causeOf(run), run.subjectId, (order) => reject(order, refusal.type, at), {
		rider: { saga: { id: run.id, fence: run.fence, next: "done" }, answer: refusedAnswer(run, refusal) },
	});
	run.state = "done";
}
