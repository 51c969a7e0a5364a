import { createHmac } from "node:crypto";
import { API_VERSION } from "./client.ts";

/** An event as Stripe delivers it: JSON, with the signature of its bytes. */
export interface StubEvent {
	readonly id: string;
	readonly type: string;
	/** The payment intent that it is about. */
	readonly reference: string;
	readonly payload: string;
}

let count = 0;

export function eventOf(type: string, object: object, reference: string, created: number): StubEvent {
	count += 1;
	const id = `evt_${created}${String(count).padStart(10, "0")}`;
	const event = {
		...{ id, object: "event", api_version: API_VERSION, created },
		data: { object },
		...{ livemode: false, pending_webhooks: 1, request: { id: null, idempotency_key: null }, type },
	};
	return { id, type, reference, payload: JSON.stringify(event) };
}

/** The header `Stripe-Signature`: HMAC-SHA256 over the time and the bytes (docs.stripe.com/webhooks/signatures). */
export function signatureOf(payload: string, secret: string, at: Date = new Date()): string {
	const seconds = Math.floor(at.getTime() / 1_000);
	const signature = createHmac("sha256", secret).update(`${seconds}.${payload}`).digest("hex");
	return `t=${seconds},v1=${signature}`;
}
