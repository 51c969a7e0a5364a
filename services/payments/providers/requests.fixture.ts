import type { AuthorizeRequest, CaptureRequest, RefundRequest } from "./provider.ts";

const MONEY = { amountCents: 1050, currency: "EUR" };

/** Asks for a hold of 10.50 EUR; the key names the payment. */
export const authorizing = (key = "p:authorize", changed: Partial<AuthorizeRequest> = {}): AuthorizeRequest => ({
	...{ key, paymentId: key.split(":")[0] ?? "", orderId: "o", userId: "u", method: "pm_card_visa" },
	...{ ...MONEY, begunAt: new Date().toISOString() },
	...changed,
});

export const capturing = (reference: string, changed: Partial<CaptureRequest> = {}): CaptureRequest => ({
	...{ key: "p:capture", reference },
	...MONEY,
	...changed,
});

export const refunding = (reference: string, amountCents: number, key = "r:refund"): RefundRequest => ({
	...{ key, reference, amountCents, currency: "EUR" },
});
