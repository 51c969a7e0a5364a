import { PaymentOutcomeUnknown } from "../../contracts/payments.ts";
import type { Outcomes, PaymentProvider, Step } from "./provider.ts";

export interface Patience {
	/** How long one call may take. */
	readonly timeoutMs: number;
	readonly report: (fault: string) => void;
}

/**
 * A provider whose outcomes are never guessed: after a timeout or a fault it is asked what came of the key,
 * and what it found is the answer. What cannot be found out is thrown, to be sent again with the same key.
 *
 * @throws PaymentOutcomeUnknown (retryable) from every call
 */
export function patient(provider: PaymentProvider, { timeoutMs, report }: Patience): PaymentProvider {
	async function find<S extends Step>(step: S, key: string): Promise<Outcomes[S] | undefined> {
		try {
			return await within(timeoutMs, provider.find(step, key));
		} catch (fault) {
			report(`The payment provider could not be asked about ${key}: ${String(fault)}`);
			throw new PaymentOutcomeUnknown();
		}
	}

	async function definite<S extends Step>(step: S, key: string, answer: Promise<Outcomes[S]>): Promise<Outcomes[S]> {
		try {
			return await within(timeoutMs, answer);
		} catch (fault) {
			report(`The payment provider did not answer ${key}, so it is asked what came of it: ${String(fault)}`);
			const found = await find(step, key);
			if (found === undefined) throw new PaymentOutcomeUnknown();
			return found;
		}
	}

	return {
		authorize: (request) => definite("authorize", request.key, provider.authorize(request)),
		capture: (request) => definite("capture", request.key, provider.capture(request)),
		void: (request) => definite("void", request.key, provider.void(request)),
		refund: (request) => definite("refund", request.key, provider.refund(request)),
		find,
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
