import { z } from "zod";
import type { Outcomes, PaymentProvider, Step } from "./provider.ts";

const Refused = z.object({ status: z.literal("refused"), reason: z.string() });

/** What the provider may answer. It is somebody else's program, so its answers are checked like any input. */
const ANSWERS: { readonly [S in Step]: z.ZodType<Outcomes[S]> } = {
	authorize: z.discriminatedUnion("status", [
		z.object({ status: z.literal("authorized"), reference: z.string() }),
		z.object({ status: z.literal("declined"), reason: z.string() }),
	]),
	capture: z.discriminatedUnion("status", [z.object({ status: z.literal("captured") }), Refused]),
	void: z.discriminatedUnion("status", [z.object({ status: z.literal("voided") }), Refused]),
	refund: z.discriminatedUnion("status", [z.object({ status: z.literal("refunded") }), Refused]),
};

const Seen = z.object({
	reference: z.string(),
	paymentId: z.string().nullable(),
	status: z.enum(["open", "declined", "held", "captured", "voided"]),
	amountCents: z.int(),
	currency: z.string().optional(),
	method: z.string().optional(),
	returns: z.array(
		z.object({
			reference: z.string(),
			key: z.string().nullable(),
			amountCents: z.int(),
			status: z.enum(["done", "failed"]),
			reason: z.string(),
		}),
	),
	isDisputed: z.boolean(),
	begunAt: z.coerce.date(),
});
const Page = z.object({ rows: z.array(Seen), next: z.string().nullable() });

/** A call that nobody waits for any more is given up after this, to free its connection. */
const GIVE_UP_AFTER_MS = 30_000;

/**
 * The test provider in a process of its own, which several payments nodes share: `POST /<step>` with the request
 * as its body, `GET /<step>/<key>` for what came of it (404: nothing). Whatever else it says is a fault.
 */
export function httpProvider(url: string): PaymentProvider {
	const send = (path: string, init: RequestInit) =>
		fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(GIVE_UP_AFTER_MS) });

	async function ask(path: string): Promise<Response | undefined> {
		const response = await send(path, {});
		if (response.status !== 404) return response;
		await response.body?.cancel();
		return undefined;
	}

	async function post<S extends Step>(step: S, request: object): Promise<Outcomes[S]> {
		const headers = { "content-type": "application/json" };
		return outcomeOf(step, await send(`/${step}`, { method: "POST", headers, body: JSON.stringify(request) }));
	}

	return {
		authorize: (request) => post("authorize", request),
		capture: (request) => post("capture", request),
		void: (request) => post("void", request),
		refund: (request) => post("refund", request),
		async find(step, { key }) {
			const response = await ask(`/${step}/${encodeURIComponent(key)}`);
			return response && outcomeOf(step, response);
		},
		async look(reference) {
			const response = await ask(`/payments/${encodeURIComponent(reference)}`);
			return response && Seen.parse(await jsonOf(response));
		},
		async list({ from, to }, after) {
			const window = { from: from.toISOString(), to: to.toISOString(), ...(after !== null && { after }) };
			return Page.parse(await jsonOf(await send(`/payments?${new URLSearchParams(window).toString()}`, {})));
		},
	};
}

/** @throws when it is no outcome: an error page, or words that nobody agreed on */
async function outcomeOf<S extends Step>(step: S, response: Response): Promise<Outcomes[S]> {
	return ANSWERS[step].parse(await jsonOf(response));
}

async function jsonOf(response: Response): Promise<unknown> {
	const text = await response.text();
	if (!response.ok) throw new Error(`the payment provider answered ${response.status}: ${text.slice(0, 200)}`);
	return JSON.parse(text);
}
