import type { Authorization } from "../domain/authorization.ts";
import type { RefundOutcome } from "../domain/refund.ts";

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
	readonly amountCents: number;
	readonly currency: string;
	readonly method: string;
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
	/** What came of an earlier request; undefined when the provider has recorded nothing under the key. */
	find<S extends Step>(step: S, key: string): Promise<Outcomes[S] | undefined>;
}
