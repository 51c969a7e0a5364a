import type { PaymentProvider, Step } from "./provider.ts";

/** What goes wrong with the next call of a step; the request may reach the provider all the same. */
export type Fault = "request lost" | "answer lost" | "no answer";

type Call = Step | "find" | "look" | "list";

/** A provider behind a bad line: it counts its calls, and fails those it is told to. */
export class FaultyProvider implements PaymentProvider {
	readonly calls: string[] = [];
	readonly #provider: PaymentProvider;
	readonly #faults: { step: Call; fault: Fault }[] = [];

	constructor(provider: PaymentProvider) {
		this.#provider = provider;
	}

	/** Lets the next calls of a step go wrong, in this order. */
	fail(step: Call, ...faults: Fault[]): void {
		this.#faults.push(...faults.map((fault) => ({ step, fault })));
	}

	authorize: PaymentProvider["authorize"] = (request) =>
		this.#over("authorize", request.key, () => this.#provider.authorize(request));

	capture: PaymentProvider["capture"] = (request) =>
		this.#over("capture", request.key, () => this.#provider.capture(request));

	void: PaymentProvider["void"] = (request) => this.#over("void", request.key, () => this.#provider.void(request));

	refund: PaymentProvider["refund"] = (request) =>
		this.#over("refund", request.key, () => this.#provider.refund(request));

	find: PaymentProvider["find"] = (step, request) =>
		this.#over("find", request.key, () => this.#provider.find(step, request));

	look: PaymentProvider["look"] = (reference) => this.#over("look", reference, () => this.#provider.look(reference));

	list: PaymentProvider["list"] = (window, after) =>
		this.#over("list", after ?? "", () => this.#provider.list(window, after));

	async #over<T>(step: Call, key: string, call: () => Promise<T>): Promise<T> {
		this.calls.push(`${step} ${key}`);
		const index = this.#faults.findIndex((planned) => planned.step === step);
		const [planned] = index < 0 ? [] : this.#faults.splice(index, 1);
		if (planned === undefined) return call();

		if (planned.fault !== "request lost") await call();
		if (planned.fault === "no answer") return new Promise(() => undefined);
		throw new Error(planned.fault);
	}
}
