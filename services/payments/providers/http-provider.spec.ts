import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { httpProvider } from "./http-provider.ts";
import type { PaymentProvider } from "./provider.ts";
import { authorizing, capturing, refunding } from "./requests.fixture.ts";

const HOLD = { status: "authorized", reference: "hold:p" };
const received: string[] = [];
let answer = { status: 200, body: JSON.stringify(HOLD) };

const server = createServer((request, response) => {
	void text(request).then((body) => {
		received.push(`${request.method} ${request.url} ${body}`);
		response.writeHead(answer.status).end(answer.body);
	});
});
let provider: PaymentProvider;

beforeAll(async () => {
	server.listen(0);
	await once(server, "listening");
	provider = httpProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});
beforeEach(() => void received.splice(0));

const authorize = () => provider.authorize(authorizing());

describe("a provider over HTTP", () => {
	it("is sent each step with its key", async () => {
		answer = { status: 200, body: JSON.stringify({ status: "refused", reason: "closed" }) };
		await provider.capture(capturing("hold:p"));
		await provider.void({ key: "p:void", reference: "hold:p" });
		await provider.refund(refunding("hold:p", 1));

		expect(received).toEqual([
			'POST /capture {"key":"p:capture","reference":"hold:p","amountCents":1050,"currency":"EUR"}',
			'POST /void {"key":"p:void","reference":"hold:p"}',
			'POST /refund {"key":"r:refund","reference":"hold:p","amountCents":1,"currency":"EUR"}',
		]);
	});

	it("is asked what came of a key", async () => {
		answer = { status: 200, body: JSON.stringify(HOLD) };
		expect(await provider.find("authorize", authorizing())).toEqual(HOLD);
		expect(received).toEqual(["GET /authorize/p%3Aauthorize "]);
	});

	it("that knows nothing of a key says so by 404", async () => {
		answer = { status: 404, body: "{}" };
		expect(await provider.find("refund", refunding("hold:p", 1))).toBeUndefined();
	});

	it("shows a payment, and those of a window", async () => {
		const seen = {
			reference: "hold:p",
			paymentId: "p",
			status: "held",
			amountCents: 1,
			returns: [],
			isDisputed: false,
		};
		answer = { status: 200, body: JSON.stringify({ ...seen, begunAt: "2026-01-01T00:00:00.000Z" }) };
		expect(await provider.look("hold:p")).toEqual({ ...seen, begunAt: new Date("2026-01-01T00:00:00Z") });

		answer = { status: 200, body: JSON.stringify({ rows: [], next: null }) };
		const window = { from: new Date(0), to: new Date(1) };
		expect(await provider.list(window, "hold:p")).toEqual({ rows: [], next: null });
		expect(received.at(-1)).toMatch(/^GET \/payments\?from=1970-01-01T00%3A00%3A00.000Z&to=[^&]+&after=hold%3Ap $/);
	});

	it.each([
		["an error page", { status: 503, body: "busy" }, /answered 503: busy/],
		["a status that nobody agreed on", { status: 200, body: '{"status":"maybe"}' }, /status/],
		["words", { status: 200, body: "<html>" }, /JSON/],
		["404 to a request", { status: 404, body: "" }, /answered 404/],
	])("has said nothing definite by %s", async (_what, said, fault) => {
		answer = said;
		await expect(authorize()).rejects.toThrow(fault);
	});
});
