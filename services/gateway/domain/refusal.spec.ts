import { describe, expect, it } from "@jest/globals";
import {
	DeadlineExceeded,
	DomainError,
	MethodNotAllowed,
	RateLimited,
	Unauthenticated,
} from "../../contracts/errors.ts";
import { CallerNotAllowed, CallerUnknown } from "../../contracts/callers.ts";
import { OutOfStock } from "../../contracts/inventory.ts";
import { ServiceUnavailable } from "../../contracts/platform.ts";
import { isUnanswered, refusalHeaders, refusalOf } from "./refusal.ts";

/** As an error arrives from another node: its fields, not its class. */
const received = ({ name, type, code, message, data, retryable }: DomainError) =>
	Object.assign(new Error(message), { name, type, code, data, retryable });
const named = (name: string) =>
	Object.assign(new Error("Service 'orders' is not found on 10.0.0.7"), { name, code: 404 });

describe("what a client is told about an error", () => {
	it("is the refusal, whether it crossed a wire or not", () => {
		const refusal = new OutOfStock({ productIds: ["1"] });
		for (const error of [refusal, received(refusal)]) {
			expect(refusalOf(error)).toMatchObject({ type: "OUT_OF_STOCK", code: 409, data: { productIds: ["1"] } });
		}
	});

	it.each([
		"ServiceNotFoundError",
		"ServiceNotAvailableError",
		"ServiceUnavailableError",
		"RequestTimeoutError",
		"RequestRejectedError",
		"RequestSkippedError",
		"QueueIsFullError",
		"BrokerDisconnectedError",
	])("is 503 without names when the broker says %s", (name) => {
		const refusal = refusalOf(named(name));
		expect(refusal).toMatchObject({ type: "SERVICE_UNAVAILABLE", code: 503 });
		expect(refusal.message).not.toContain("orders");
		expect(isUnanswered(named(name))).toBe(true);
	});

	it("is the same when the gateway itself waited in vain", () => {
		expect(isUnanswered(new ServiceUnavailable({ retryAfterSeconds: 1 }))).toBe(true);
	});

	it.each<[string, unknown]>([
		["an ordinary error", new Error("password of pg is secret")],
		["an error of PostgreSQL", Object.assign(new Error("users_email_key"), { code: "23505", type: "X" })],
		[
			"a client error of the framework",
			Object.assign(new Error("x"), { name: "MoleculerClientError", code: 400, type: "X" }),
		],
		["a service's refusal of this node", new CallerUnknown()],
		["a service's refusal of this node, over a wire", received(new CallerNotAllowed({ callers: ["orders"] }))],
		["a refusal that claims to be internal", new DomainError("SECRET", 500, "stack")],
		["a refusal with a status that is none", new DomainError("SECRET", 200, "stack")],
		["nothing", undefined],
		["null", null],
		["a string", "secret"],
	])("is only that it happened, for %s", (_kind, error) => {
		expect(refusalOf(error)).toMatchObject({ type: "INTERNAL", code: 500, data: {} });
		expect(JSON.stringify(refusalOf(error))).not.toMatch(/secret|stack|email/i);
		expect(isUnanswered(error)).toBe(false);
	});
});

describe("the header fields of a refusal", () => {
	it.each<[string, DomainError, readonly string[]]>([
		["ask for a token", new Unauthenticated(), ["WWW-Authenticate", "Bearer"]],
		["name the methods", new MethodNotAllowed({ allowed: ["GET", "PUT"] }), ["Allow", "GET, PUT"]],
		["say when to come back", new RateLimited({ retryAfterSeconds: 1.2 }), ["Retry-After", "2"]],
		["say so for every 503", new DeadlineExceeded(), ["Retry-After", "1"]],
		["are none otherwise", new OutOfStock({ productIds: [] }), []],
	])("%s", (_rule, refusal, headers) => {
		expect(refusalHeaders(refusal)).toEqual(headers);
	});
});
