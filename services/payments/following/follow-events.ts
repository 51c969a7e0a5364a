import { Id } from "../../contracts/text.ts";
import type { Payments } from "../payments.context.ts";
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
		await followReference(service, { id: eventIds[0] ?? reference }, reference);
		await finishEvents(service.db, eventIds);
	} catch (error) {
		service.logger.warn(`What the provider told of ${reference} could not be followed, will try again:`, error);
	}
}

/** A payment that is not known here belongs to somebody else, or to a database that is gone: the reconciliation tells. */
export async function followReference(service: Payments, cause: { readonly id: string }, reference: string) {
	const seen = await service.provider.look(reference);
	const { data: paymentId } = Id.safeParse(seen?.paymentId);
	const payment = paymentId === undefined ? undefined : await knownPayment(service.db, paymentId);
	if (seen !== undefined && payment !== undefined) await follow(service, cause, payment, seen);
}
