import Stripe from "stripe";
import type { StripeStub } from "./stripe-stub.fixture.ts";

/** An HTTP client of the SDK that hands its requests to the stub without a socket, for what sends a hundred thousand. */
export class StubClient extends Stripe.HttpClient {
	readonly #stub: StripeStub;

	constructor(stub: StripeStub) {
		super();
		this.#stub = stub;
	}

	override getClientName(): string {
		return "stub";
	}

	override async makeRequest(
		_host: string,
		_port: string,
		path: string,
		method: string,
		headers: Readonly<Record<string, unknown>>,
		body: string,
	) {
		const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
		const answer = await this.#stub.handle({ method, path, headers: Object.fromEntries(lowered), body });
		// A code that the SDK does not try again by itself: those of closed connections it does.
		if (answer === undefined) throw Object.assign(new Error("the line is dead"), { code: "ENOTFOUND" });
		return new StubResponse(answer.status, answer.headers, answer.body);
	}
}

class StubResponse extends Stripe.HttpClientResponse {
	readonly #body: string;

	constructor(status: number, headers: Readonly<Record<string, string>>, body: string) {
		super(status, { ...headers });
		this.#body = body;
	}

	override getRawResponse(): unknown {
		return { headers: this.getHeaders() };
	}

	override toJSON(): Promise<unknown> {
		return Promise.resolve(JSON.parse(this.#body) as unknown);
	}
}
