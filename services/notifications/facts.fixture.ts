import { randomUUID } from "node:crypto";
import type { EventContract, Message } from "../contracts/event.ts";
import { LowStock } from "../contracts/inventory.ts";
import { EmailNotifications } from "../contracts/notifications.ts";
import { OrderCancelled, OrderCreated, OrderUpdated } from "../contracts/orders.ts";
import { PaymentRefunded } from "../contracts/payments.ts";
import { UserCreated } from "../contracts/users.ts";

const timestamp = "2026-03-01T10:00:00.000Z";

function messageOf(contract: EventContract, data: Record<string, unknown>, aggregateId: string): Message {
	const { name, version, schema } = contract;
	const identity = { id: randomUUID(), correlationId: "request-1", causationId: "command-1", sequence: 1 };
	return { ...identity, name, version, aggregateType: "any", aggregateId, data: schema.parse({ ...data, timestamp }) };
}

export const userCreated = (userId: string): Message =>
	messageOf(UserCreated, { userId, email: "ada@example.com", role: "customer" }, userId);

const orderFact = (userId: string, orderId: string) => ({
	...{ orderId, userId, totalAmount: 10.5, currency: "EUR" },
	items: [{ productId: randomUUID(), quantity: 3, unitPrice: 3.5 }],
});

export const orderCreated = (userId: string, orderId: string = randomUUID()): Message =>
	messageOf(OrderCreated, { ...orderFact(userId, orderId), status: "confirmed", previousStatus: "pending" }, orderId);

export const orderCancelled = (userId: string, orderId: string = randomUUID()): Message =>
	messageOf(
		OrderCancelled,
		{ ...orderFact(userId, orderId), status: "cancelled", previousStatus: "confirmed", reason: "too late" },
		orderId,
	);

export const orderReturned = (userId: string, orderId: string = randomUUID()): Message =>
	messageOf(OrderUpdated, { ...orderFact(userId, orderId), status: "returned", previousStatus: "delivered" }, orderId);

export const refunded = (orderId: string, amount = 4.25): Message => {
	const paymentId = randomUUID();
	return messageOf(PaymentRefunded, { paymentId, orderId, amount, currency: "EUR", reason: "broken" }, paymentId);
};

export const lowStock = (productId: string, vendorId: string | null): Message =>
	messageOf(LowStock, { productId, vendorId, currentStock: 2, threshold: 5 }, productId);

export const mailWanted = (mail: object): Message => {
	const mailId = randomUUID();
	return messageOf(EmailNotifications, { mailId, ...mail }, mailId);
};
