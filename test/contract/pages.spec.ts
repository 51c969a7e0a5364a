import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ACTIONS, EVENTS } from "../../services/contracts/catalogue.ts";
import { DomainError } from "../../services/contracts/errors.ts";
import type { ErrorKind } from "../../services/contracts/errors.ts";

const folder = new URL("../../services/contracts/", import.meta.url);
let exported: [name: string, value: unknown][];

beforeAll(async () => {
	const pages = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".spec.ts"));
	const modules = await Promise.all(pages.map((page) => import(new URL(page, folder).href) as Promise<object>));
	exported = modules.flatMap((module) => Object.entries(module));
});

const isKind = (value: unknown): value is ErrorKind<never> =>
	typeof value === "function" && value.prototype instanceof DomainError && "status" in value;

const errorKinds = () => exported.map(([, value]) => value).filter(isKind);

describe("the errors of all contract pages", () => {
	it("have one meaning and one status for each code", () => {
		const codes = errorKinds().map(({ type }) => type);
		expect(codes.length).toBeGreaterThan(30);
		expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
	});

	it("are refusals (4xx), 503, or the one code for everything internal", () => {
		const odd = errorKinds().filter(({ status }) => (status < 400 || status >= 500) && status !== 503);
		expect(odd.map(({ type }) => type)).toEqual(["INTERNAL"]);
	});

	it("have codes in capitals, which clients switch on", () => {
		expect(errorKinds().filter(({ type }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(type))).toEqual([]);
	});

	it.each([
		["VALIDATION_FAILED", 422],
		["MALFORMED_JSON", 400],
		["UNAUTHENTICATED", 401],
		["FORBIDDEN", 403],
		["NOT_FOUND", 404],
		["EMAIL_TAKEN", 409],
		["USERNAME_TAKEN", 409],
		["SKU_TAKEN", 409],
		["OUT_OF_STOCK", 409],
		["ORDER_NOT_PAYABLE", 409],
		["ORDER_NOT_CANCELLABLE", 409],
		["ILLEGAL_TRANSITION", 409],
		["PAYMENT_DECLINED", 402],
		["PRECONDITION_FAILED", 412],
		["IDEMPOTENCY_KEY_REUSED", 422],
		["IDEMPOTENCY_KEY_IN_USE", 409],
		["RATE_LIMITED", 429],
	])("include %s with %i, as promised to clients", (code, status) => {
		expect(errorKinds().find(({ type }) => type === code)?.status).toBe(status);
	});
});

describe("the catalogue", () => {
	it("holds every action that a page exports", () => {
		const actions = exported
			.map(([, value]) => value)
			.filter(
				(value): value is { name: string } =>
					typeof value === "object" && value !== null && "params" in value && "result" in value && "errors" in value,
			);
		expect(actions.length).toBeGreaterThan(30);
		expect(actions.filter((contract) => ACTIONS.get(contract.name) !== contract).map(({ name }) => name)).toEqual([]);
	});

	it("holds every event that a page exports, once", () => {
		const events = exported
			.map(([, value]) => value)
			.filter(
				(value): value is { name: string } =>
					typeof value === "object" && value !== null && "schema" in value && "of" in value,
			);
		expect(events.map(({ name }) => name).sort()).toEqual(EVENTS.map(({ name }) => name).sort());
		expect(new Set(EVENTS.map(({ name }) => name)).size).toBe(EVENTS.length);
	});

	it("refuses unknown fields in every action that is reached from outside", () => {
		for (const { name, params } of ACTIONS.values()) {
			const refused = params.safeParse({ surelyUnknown: 1 });
			const codes = refused.error?.issues.map(({ code }) => code);
			expect([name, codes]).toEqual([name, expect.arrayContaining(["unrecognized_keys"])]);
		}
	});
});
