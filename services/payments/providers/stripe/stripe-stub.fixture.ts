import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { readForm } from "./form.fixture.ts";
import type { Form } from "./form.fixture.ts";
import { missing, StubRefusal } from "./stripe-objects.fixture.ts";
import { answerRead } from "./stripe-reads.fixture.ts";
import { StripeWorld } from "./stripe-world.fixture.ts";

/** What goes wrong with a request; `after` says that it took effect all the same. */
export type StubFault =
	| { readonly kind: "request lost" | "answer lost" | "failed before" | "failed after" | "too many" | "conflict" }
	| { readonly kind: "late"; readonly ms: number };

export interface StubRequest {
	readonly method: string;
	/** With its query. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: string;
}

export interface StubAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

type Kept = Pick<StubAnswer, "status" | "body"> & { readonly isForgotten?: boolean };

interface Remembered {
	readonly fingerprint: string;
	readonly kept: Kept;
	isRunning: boolean;
}

export const STUB_KEY = "sk_test_stub";

/**
 * Stripe's API as far as Stoa uses it, in its documented wire format: form-encoded requests, JSON objects, the error
 * envelope, idempotency keys with replay and conflict, expansion, lists, search, events. Written from the documentation,
 * for the official SDK to talk to.
 */
export class StripeStub {
	readonly world = new StripeWorld();
	/** Method and path of every request, in order. */
	readonly requests: string[] = [];
	/** Says what goes wrong with a request that changes something; undefined for nothing. */
	faultOf: (request: StubRequest) => StubFault | undefined = () => undefined;
	/** False forgets every key at once, as Stripe does after a day. */
	remembers = true;
	/** How far the search is behind. */
	searchLagMs = 0;
	readonly #keys = new Map<string, Remembered>();
	#count = 0;

	/** @returns undefined when the connection breaks */
	async handle(request: StubRequest): Promise<StubAnswer | undefined> {
		this.#count += 1;
		this.requests.push(`${request.method} ${request.path.split("?")[0] ?? ""}`);
		if (request.headers.authorization !== `Bearer ${STUB_KEY}`) return this.#answer(UNAUTHORIZED);
		if (request.method === "GET") return this.#answer(this.#attempt(() => this.#read(request)));

		const fault = this.faultOf(request);
		if (fault?.kind === "request lost") return undefined;
		if (fault?.kind === "too many") return this.#answer(TOO_MANY);
		if (fault?.kind === "conflict") return this.#answer(IN_USE, { "stripe-should-retry": "false" });

		const answer = this.#once(request, fault);
		if (fault?.kind === "late") await this.#late(request, fault.ms);
		return fault?.kind === "answer lost" ? undefined : answer;
	}

	/** Serves it over HTTP on a free port. */
	async serve() {
		const server = createServer((req, res) => {
			void (async () => {
				const { method = "GET", url: path = "/", headers } = req;
				const plain = headers as Record<string, string | undefined>;
				const answer = await this.handle({ method, path, headers: plain, body: await text(req) });
				if (answer === undefined) req.socket.destroy();
				else res.writeHead(answer.status, answer.headers).end(answer.body);
			})();
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const stop = async () => {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		};
		return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
	}

	/** Took effect, and is not answered yet: who sends it again meanwhile is in conflict with it. */
	async #late({ headers }: StubRequest, ms: number): Promise<void> {
		const first = this.#keys.get(headers["idempotency-key"] ?? "");
		if (first !== undefined) first.isRunning = true;
		await wait(ms, undefined, { ref: false });
		if (first !== undefined) first.isRunning = false;
	}

	/** The first answer of a key is its answer from then on; what was refused before it began leaves none. */
	#once(request: StubRequest, fault: StubFault | undefined): StubAnswer {
		const { "idempotency-key": key = `none ${this.#count}` } = request.headers;
		const fingerprint = `${request.method} ${request.path} ${request.body}`;
		const known = this.remembers ? this.#keys.get(key) : undefined;
		if (known !== undefined && known.fingerprint !== fingerprint) return this.#answer(OTHER_PARAMETERS);
		if (known?.isRunning === true) return this.#answer(IN_USE);
		if (known !== undefined) return this.#answer(known.kept, { "idempotent-replayed": "true" });

		const done = fault?.kind === "failed before" ? FAILED : this.#attempt(() => this.#write(request));
		const kept = fault?.kind === "failed after" ? FAILED : done;
		if (done.isForgotten !== true) this.#keys.set(key, { fingerprint, kept, isRunning: false });
		return this.#answer(kept);
	}

	#attempt(work: () => object): Kept {
		try {
			return { status: 200, body: JSON.stringify(work()) };
		} catch (refusal) {
			if (!(refusal instanceof StubRefusal)) throw refusal;
			const { status, error, isForgotten } = refusal;
			return { status, body: JSON.stringify({ error }), isForgotten };
		}
	}

	#read({ path }: StubRequest): object {
		const [route = "", query = ""] = path.split("?");
		return answerRead(this.world, route, readForm(query), this.searchLagMs);
	}

	#write({ method, path, body }: StubRequest): object {
		const form = readForm(body);
		const [, , kind = "", id = "", verb = ""] = path.split("/");
		const command = COMMANDS[[method, kind, id === "" ? "" : ":id", verb].filter(Boolean).join(" ")];
		if (command === undefined) throw missing("route", path);
		return command(this.world, form, id);
	}

	#answer({ status, body }: Kept, extra: Readonly<Record<string, string>> = {}): StubAnswer {
		const headers = { "content-type": "application/json", "request-id": `req_stub${this.#count}` };
		const advice = status === 500 ? { "stripe-should-retry": "false" } : {};
		return { status, headers: { ...headers, ...advice, ...extra }, body };
	}
}

type Command = (world: StripeWorld, form: Form, id: string) => object;

const COMMANDS: Readonly<Record<string, Command>> = {
	"POST payment_intents": (world, form) => world.createIntent(form),
	"POST payment_intents :id capture": (world, form, id) => world.capture(id, form),
	"POST payment_intents :id cancel": (world, _form, id) => world.cancel(id),
	"POST refunds": (world, form) => world.refund(form.payment_intent ?? "", form),
	"POST customers": (world) => world.createCustomer(),
	"POST payment_methods :id attach": (world, form, id) => world.attach(id, form.customer ?? ""),
	"POST payment_methods :id detach": (world, _form, id) => world.detach(id),
	"DELETE customers :id": (world, _form, id) => ({ id, object: "customer", deleted: world.customers.delete(id) }),
};

const refusal = (status: number, error: object): Kept => ({ status, body: JSON.stringify({ error }) });

const FAILED = refusal(500, { type: "api_error", message: "An unknown error occurred" });
const TOO_MANY = refusal(429, { type: "invalid_request_error", code: "rate_limit", message: "Too many requests" });
const UNAUTHORIZED = refusal(401, { type: "invalid_request_error", message: "Invalid API Key provided" });
const IN_USE = refusal(409, {
	type: "idempotency_error",
	code: "idempotency_key_in_use",
	message: "There is currently another in-progress request using this key.",
});
const OTHER_PARAMETERS = refusal(400, {
	type: "idempotency_error",
	message: "Keys for idempotent requests can only be used with the same parameters they were first used with.",
});
