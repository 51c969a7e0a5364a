import type { Cause } from "../../../mixins/events/outbox.ts";
import { Id } from "../../contracts/text.ts";
import { isContested } from "../domain/seen.ts";
import type { SeenPayment } from "../domain/seen.ts";
import type { Payments } from "../payments.context.ts";
import { isInOrder, tellOfOne } from "../reconciliation/compare.ts";
import { knownPayment } from "../storage/payment.repository.ts";
import { finishEvents, takeDueEvents } from "../storage/provider-events.ts";
import { follow } from "./follow.ts";

/**
 * Handles the events that are due. What an event says is not believed: it may be old, or come again, or out of order.
 * The payment is looked at as the provider has it now, once for all events of it.
 *
 * @returns true when more may be due
 */
export async function followEvents(service: Payments): Promise<boolean> {
	const due = await takeDueEvents(service.db);
	const payments = Map.groupBy(due, ({ reference }) => reference);
	const handled = [...payments].map(([reference, events]) => {
		const ids = events.map(({ id }) => id);
		return handle(service, reference, ids);
	});
	await Promise.all(handled);
	return due.length > 0;
}

async function handle(service: Payments, reference: string, eventIds: readonly string[]): Promise<void> {
	try {
		const isDone = await followReference(service, { id: eventIds[0] ?? reference }, reference);
		if (isDone) await finishEvents(service.db, eventIds);
	} catch (error) {
		service.logger.warn(`What the provider told of ${reference} could not be followed, will try again:`, error);
	}
}

/**
 * Follows a payment. What the bank, or staff at the provider, did with its money and the books do not have all the same is
 * told at once, however old the payment is: no window of a reconciliation has it any more.
 *
 * @returns false when it differs and still moves, so that nobody can tell yet: ask again
 */
async function followReference(service: Payments, cause: Cause, reference: string): Promise<boolean> {
	const [at, seen] = [service.now(), await followOnce(service, cause, reference)];
	if (seen === undefined || (await isInOrder(service, seen, at)) || !isContested(seen)) return true;
	// Looked at again: the first look may be older than what was done since, by following it or by a step.
	const [again, latest] = [service.now(), await followOnce(service, cause, reference)];
	return latest === undefined || tellOfOne(service, latest, again);
}

/**
 * @returns undefined for a payment that is not known here: it belongs to somebody else, or to a database that is gone,
 * and the reconciliation tells
 */
async function followOnce(service: Payments, cause: Cause, reference: string): Promise<SeenPayment | undefined> {
	const seen = await service.provider.look(reference);
	const { data: paymentId } = Id.safeParse(seen?.paymentId);
	const payment = paymentId === undefined ? undefined : await knownPayment(service.db, paymentId);
	if (seen === undefined || payment === undefined) return undefined;
	await follow(service, cause, payment, seen);
	return seen;
}
