import { describe, expect, it } from "@jest/globals";
import { isProof, keyVariable, proofOf, serviceKeyFrom, serviceKeys } from "./service-keys.ts";

const secret = "a secret of the test, of more than 32 bytes";
const key = serviceKeyFrom(secret, "orders");

describe("a service key", () => {
	it("follows from the secret and the name, 256 bits of it", () => {
		expect(serviceKeyFrom(secret, "orders")).toBe(key);
		expect(Buffer.from(key, "base64url")).toHaveLength(32);
		expect(new Set([key, serviceKeyFrom(secret, "payments"), serviceKeyFrom(`${secret}!`, "orders")]).size).toBe(3);
	});

	it("stands in a variable of the service's name", () => {
		expect(["orders", "users", "gateway", "operator"].map(keyVariable)).toEqual([
			"ORDER_SERVICE_KEY",
			"USER_SERVICE_KEY",
			"GATEWAY_SERVICE_KEY",
			"OPERATOR_SERVICE_KEY",
		]);
	});

	it("is read for the services of a node, and every missing one is named with where to get it", () => {
		const env = { ORDER_SERVICE_KEY: key, USER_SERVICE_KEY: "too short" };
		expect(serviceKeys(["orders"], env)).toEqual({ orders: key });
		expect(() => serviceKeys(["orders", "users", "payments"], env)).toThrow(
			/USER_SERVICE_KEY: is required.*bin\/stoa keys[^]*PAYMENT_SERVICE_KEY: is required/,
		);
	});
});

describe("a proof", () => {
	it("shows that somebody has the key, and does not show the key", () => {
		const proof = proofOf(key, "orders", 1_000);
		expect(isProof(proof, key, "orders", 1_000)).toBe(true);
		expect(proof).not.toContain(key);
	});

	it.each<[string, string, string, number]>([
		["with another key", serviceKeyFrom(secret, "payments"), "orders", 1_000],
		["for another service", key, "payments", 1_000],
		["at another moment", key, "orders", 1_001],
	])("made %s is none", (_how, madeWith, service, atMs) => {
		expect(isProof(proofOf(madeWith, service, atMs), key, "orders", 1_000)).toBe(false);
	});

	it("of another length is none", () => {
		expect(isProof("", key, "orders", 1_000)).toBe(false);
	});
});
