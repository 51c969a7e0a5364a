import type { Context } from "moleculer";
import { complete, replay, replayOf } from "../../../mixins/operations.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import { DomainError } from "../../contracts/errors.ts";
import type { Meta } from "../../contracts/meta.ts";
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
	ctx.meta.$statusCode = 202;
	if (operation === undefined) return body;

	await complete(orders.db, operation.key, 202, JSON.stringify(body));
	const stored = await replayOf(orders.db, operation);
	return stored.status === 202 ? body : replay(ctx, stored);
}
