import type { Context } from "moleculer";
import { claim, complete, replay, replayOf } from "../../../mixins/operations.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import { DomainError } from "../../contracts/errors.ts";
import type { Meta, Replay } from "../../contracts/meta.ts";
import type { Refusal } from "../../contracts/problem.ts";
import type { Orders } from "../orders.context.ts";

/** A saga's refusal as the client gets it: it names the order it ended. */
export function refuse({ type, code, message, data }: Refusal, orderId: string): DomainError {
	return new DomainError(type, code, message, { ...data, orderId });
}

/**
 * Answers 202 while the saga goes on. That is the answer of the operation from now on, unless the saga
 * has stored the final one a moment before.
 */
export async function answerLater<T>(
	orders: Orders,
	ctx: Context<unknown, Meta>,
	operation: KeyedOperation | undefined,
	body: T,
): Promise<T> {
	const stored = operation && (await storedLater(orders, operation, body));
	if (stored !== undefined && stored.status !== 202) return replay(ctx, stored);

	ctx.meta.$statusCode = 202;
	return body;
}

async function storedLater(orders: Orders, operation: KeyedOperation, body: unknown): Promise<Replay> {
	await complete(orders.db, operation.key, 202, JSON.stringify(body));
	return replayOf(orders.db, operation);
}

/**
 * The answer to a request that would be refused now, but was answered before: a product may have left the
 * catalogue meanwhile.
 *
 * @throws the refusal when the request is new
 */
export async function answeredBefore(
	orders: Orders,
	operation: KeyedOperation | undefined,
	refusal: unknown,
): Promise<Replay> {
	if (operation === undefined) throw refusal;
	return orders.db.transaction(async (tx) => {
		// Throwing takes the claim back.
		if (await claim(tx, operation)) throw refusal;
		return replayOf(tx, operation);
	});
}
