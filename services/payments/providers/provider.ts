import type { Authorization } from "../domain/authorization.ts";
import type { RefundOutcome } from "../domain/refund.ts";
import type { SeenPayment } from "../domain/seen.ts";

interface Refused {
	readonly status: "refused";
	readonly reason: string;
}

/** What a provider says definitely, by step. A fault (no answer, a broken connection) is thrown instead. */
export interface Outcomes {
	readonly authorize: Authorization;
	readonly capture: { readonly status: "captured" } | Refused;
	readonly void: { readonly status: "voided" } | Refused;
	readonly refund: RefundOutcome;
}

export type Step = keyof Outcomes;

export interface AuthorizeRequest {
	readonly key: string;
	readonly paymentId: string;
	readonly orderId: string;
	readonly userId: string;
	readonly amountCents: number;
	readonly currency: string;
	readonly method: string;
	/** When the payment was begun, ISO 8601: a provider forgets a key after some time. */
	readonly begunAt: string;
}
export interface CaptureRequest {
	readonly key: string;
	readonly reference: string;
	readonly amountCents: number;
	readonly currency: string;
}
export interface VoidRequest {
	readonly key: string;
	readonly reference: string;
}
export interface RefundRequest {
	readonly key: string;
	readonly reference: string;
	readonly amountCents: number;
	readonly currency: string;
}

export interface Requests {
	readonly authorize: AuthorizeRequest;
	readonly capture: CaptureRequest;
	readonly void: VoidRequest;
	readonly refund: RefundRequest;
}

/** Which payments a listing shows: those begun from one moment on, and before another. */
export interface Window {
	readonly from: Date;
	readonly to: Date;
}

export interface SeenPage {
	readonly rows: readonly SeenPayment[];
	/** Where the next page begins; null after the last. */
	readonly next: string | null;
}

/**
 * Holds, takes and gives back money. `key` is the idempotency key: a request that is repeated with it has no
 * further effect and gets the first answer, also when the two arrive at once.
 */
export interface PaymentProvider {
	authorize(request: AuthorizeRequest): Promise<Outcomes["authorize"]>;
	capture(request: CaptureRequest): Promise<Outcomes["capture"]>;
	void(request: VoidRequest): Promise<Outcomes["void"]>;
	refund(request: RefundRequest): Promise<Outcomes["refund"]>;
	/** What came of an earlier request; undefined when the provider has recorded nothing of it. */
	find<S extends Step>(step: S, request: Requests[S]): Promise<Outcomes[S] | undefined>;
	/** The payment as the provider has it now; undefined when it does not know the reference. */
	look(reference: string): Promise<SeenPayment | undefined>;
	/** The payments that were begun in a window, a page at a time; declined ones may be missing. */
	list(window: Window, after: string | null): Promise<SeenPage>;
}
