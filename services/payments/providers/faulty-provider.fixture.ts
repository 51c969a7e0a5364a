import type { PaymentProvider, Step } from "./provider.ts";

/** What goes wrong with the next call of a step; the request may reach the provider all the same. */
export type Fault = "request lost" | "answer lost" | "no answer";

/** A provider behind a bad line: it counts its calls, and fails those it is told to. */
export class FaultyProvider implements PaymentProvider {
	readonly calls: string[] = [];
	readonly #provider: PaymentProvider;
	readonly #faults: { step: Step | "find"; fault: Fault }[] = [];

	constructor(provider: PaymentProvider) {
		this.#provider = provider;
	}

	/** Lets the next calls of a step go wrong, in this order. */
	fail(step: Step | "find", ...faults: Fault[]): void {
		this.#faults.push(...faults.map((fault) => ({ step, fault })));
	}

	authorize: PaymentProvider["authorize"] = (request) =>
		this.#over("authorize", request.key, () => this.#provider.authorize(request));

	capture: PaymentProvider["capture"] = (request) =>
		this.#over("capture", request.key, () => this.#provider.capture(request));

	void: PaymentProvider["void"] = (request) => this.#over("void", request.key, () => this.#provider.void(request));

	refund: PaymentProvider["refund"] = (request) =>
		this.#over("refund", request.key, () => this.#provider.refund(request));

	find: PaymentProvider["find"] = (step, key) => this.#over("find", key, () => this.#provider.find(step, key));

	async #over<T>(step: Step | "find", key: string, call: () => Promise<T>): Promise<T> {
		this.calls.push(`${step} ${key}`);
		const index = this.#faults.findIndex((planned) => planned.step === step);
		const [planned] = index < 0 ? [] : this.#faults.splice(index, 1);
		if (planned === undefined) return call();

		if (planned.fault !== "request lost") await call();
		if (planned.fault === "no answer") return new Promise(() => undefined);
		throw new Error(planned.fault);
	}
}
