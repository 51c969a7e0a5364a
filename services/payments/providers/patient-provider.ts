import { PaymentOutcomeUnknown } from "../../contracts/payments.ts";
import type { Outcomes, PaymentProvider, Requests, Step } from "./provider.ts";

export interface Patience {
	/** How long one call may take. */
	readonly timeoutMs: number;
	readonly report: (fault: string) => void;
}

/** Nobody waits for a listing, and it is a hundred payments at once. */
const LISTING = 6;

/**
 * A provider whose outcomes are never guessed: after a timeout or a fault it is asked what came of the key,
 * and what it found is the answer. What cannot be found out is thrown, to be sent again with the same key.
 *
 * @throws PaymentOutcomeUnknown (retryable) from every call
 */
export function patient(provider: PaymentProvider, { timeoutMs, report }: Patience): PaymentProvider {
	async function asked<T>(what: string, answer: Promise<T>, patienceMs = timeoutMs): Promise<T> {
		try {
			return await within(patienceMs, answer);
		} catch (fault) {
			report(`The payment provider could not be asked about ${what}: ${String(fault)}`);
			throw new PaymentOutcomeUnknown();
		}
	}

	async function definite<S extends Step>(step: S, request: Requests[S], answer: Promise<Outcomes[S]>) {
		try {
			return await within(timeoutMs, answer);
		} catch (fault) {
			report(`The payment provider did not answer ${request.key}, so it is asked what came of it: ${String(fault)}`);
			const found = await asked(request.key, provider.find(step, request));
			if (found === undefined) throw new PaymentOutcomeUnknown();
			return found;
		}
	}

	return {
		authorize: (request) => definite("authorize", request, provider.authorize(request)),
		capture: (request) => definite("capture", request, provider.capture(request)),
		void: (request) => definite("void", request, provider.void(request)),
		refund: (request) => definite("refund", request, provider.refund(request)),
		find: (step, request) => asked(request.key, provider.find(step, request)),
		look: (reference) => asked(reference, provider.look(reference)),
		list: (window, after) => asked("its payments", provider.list(window, after), LISTING * timeoutMs),
	};
}

async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
	});
	try {
		return await Promise.race([answer, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}
