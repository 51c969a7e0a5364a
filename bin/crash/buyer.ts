import { setTimeout as wait } from "node:timers/promises";
import { send } from "../tour/shop-client.ts";
import type { Answer } from "../tour/shop-client.ts";
import type { History } from "./history.ts";

const PAUSE_MS = 100;

export interface Buyer {
	readonly gateway: string;
	readonly history: History;
	readonly random: () => number;
	readonly productIds: readonly string[];
	/** Aborted when no new orders are wanted; those begun are still brought to their end. */
	readonly signal: AbortSignal;
}

/** Buys again and again; every request is repeated with its key until its answer is definite. */
export async function buy(buyer: Buyer, name: string): Promise<void> {
	const token = await account(buyer, name);
	for (let number = 1; !buyer.signal.aborted; number++) await visit(buyer, token, `${name}-${number}`);
}

async function account({ gateway }: Buyer, name: string): Promise<string> {
	const body = { email: `${name}@example.com`, password: "correct horse battery" };
	const answer = await definite(() => send(gateway, "POST", "/auth/register", { body }));
	const signedIn =
		answer.status === 201 ? answer : await definite(() => send(gateway, "POST", "/auth/login", { body }));
	return String(signedIn.body.access_token);
}

/** One order of a random kind: paid, declined, paid later, or cancelled afterwards. */
async function visit(buyer: Buyer, token: string, key: string): Promise<void> {
	const dice = buyer.random();
	const paymentMethod = dice < 0.6 ? "pm_card_visa" : dice < 0.7 ? "pm_card_chargeDeclined" : undefined;
	const answer = await order(buyer, token, key, paymentMethod);
	const orderId = String(answer.body.id ?? answer.body.orderId);
	if (answer.status >= 300) return;

	if (paymentMethod === undefined) await pay(buyer, token, key, orderId);
	if (buyer.random() < 0.2) await cancel(buyer, token, key, orderId);
}

async function order(buyer: Buyer, token: string, key: string, paymentMethod: string | undefined): Promise<Answer> {
	const { productIds, random, history, gateway } = buyer;
	const pick = () => productIds[Math.floor(random() * productIds.length)] ?? "";
	const items = [
		{ productId: pick(), quantity: 1 + Math.floor(random() * 3) },
		{ productId: pick(), quantity: 1 },
	];
	const body = { items, shippingAddress: "1 Crash Lane", ...(paymentMethod !== undefined && { paymentMethod }) };
	history.write({ key, kind: "order" });
	const headers = { "idempotency-key": key };
	const answer = await definite(() => send(gateway, "POST", "/orders", { token, body, headers }));
	history.write({ key, kind: "order", status: answer.status, orderId: String(answer.body.id ?? answer.body.orderId) });
	return answer;
}

async function pay({ history, gateway }: Buyer, token: string, key: string, orderId: string): Promise<void> {
	const body = { orderId, paymentMethod: "pm_card_visa" };
	const headers = { "idempotency-key": key };
	const answer = await definite(() => send(gateway, "POST", "/payments/process", { token, body, headers }));
	history.write({ key, kind: "payment", status: answer.status, orderId });
}

async function cancel({ history, gateway }: Buyer, token: string, key: string, orderId: string): Promise<void> {
	const headers = { "idempotency-key": key };
	const answer = await definite(() => send(gateway, "POST", `/orders/${orderId}/cancel`, { token, body: {}, headers }));
	history.write({ key, kind: "cancellation", status: answer.status, orderId });
}

/** Asks until the server is there and says something that will not change: no 5xx, no "still running". */
async function definite(ask: () => Promise<Answer>): Promise<Answer> {
	for (;;) {
		const answer = await ask().catch(() => undefined);
		if (answer !== undefined && isDefinite(answer)) return answer;
		await wait(PAUSE_MS);
	}
}

const isDefinite = ({ status, body }: Answer): boolean =>
	status < 500 && status !== 429 && body.code !== "IDEMPOTENCY_KEY_IN_USE";
