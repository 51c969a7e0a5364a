import { PaymentRefunded } from "../../contracts/payments.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Transaction } from "../../../mixins/sql/database.ts";
import type { Notifications } from "../notifications.context.ts";
import { customerOfRefund } from "../storage/order-customers.ts";
import type { Refund } from "../storage/order-customers.ts";
import { refund as template } from "../templates/built-in/orders.ts";
import { fanOut } from "./fan-out.ts";

/** The fact names no user. Until the order's own fact does, the refund waits; that of a rejected order waits in vain. */
export const reportRefund = consumer<Notifications, typeof PaymentRefunded>(
	"notifications.reportRefund",
	PaymentRefunded,
	async function ({ id: messageId, correlationId, data }, tx) {
		const { orderId, amount, currency } = data;
		const refund = { messageId, amount, currency };
		const userId = await customerOfRefund(tx, orderId, refund);
		if (userId !== null) await tellRefund(this, correlationId, tx, { userId, orderId, refund });
	},
);

interface Told {
	readonly userId: string;
	readonly orderId: string;
	readonly refund: Refund;
}

/** Tells a customer of one refund, once, whichever fact came last. */
export async function tellRefund(
	service: Notifications,
	correlationId: string | null,
	tx: Transaction,
	{ userId, orderId, refund: { messageId, amount, currency } }: Told,
): Promise<void> {
	const cause = { id: messageId, correlationId };
	await fanOut(service, tx, { cause, template, userId, aboutId: messageId, variables: { orderId, amount, currency } });
}
