import { describe, expect, it } from "@jest/globals";
import { LoginThrottle } from "./login-throttle.ts";

const at = (seconds: number): Date => new Date(1_767_225_600_000 + seconds * 1000);

function guessed(times: number): LoginThrottle {
	const throttle = new LoginThrottle();
	for (let guess = 0; guess < times; guess++) throttle.admit("ada@example.com", "192.0.2.1", at(0));
	return throttle;
}

const pausedFor = (retryAfterSeconds: number) => expect.objectContaining({ code: 429, data: { retryAfterSeconds } });

describe("the login throttle", () => {
	it("lets five logins fail and delays the sixth", () => {
		const throttle = guessed(5);

		expect(() => throttle.admit("ada@example.com", "192.0.2.1", at(0))).toThrow(pausedFor(1));
		expect(() => throttle.admit("ada@example.com", "192.0.2.1", at(1))).not.toThrow();
	});

	it("doubles the delay by each further failure, and does not count tries that it refused", () => {
		const throttle = guessed(5);
		expect(() => throttle.admit("ada@example.com", "192.0.2.1", at(0.5))).toThrow(pausedFor(1));
		throttle.admit("ada@example.com", "192.0.2.1", at(1));

		expect(() => throttle.admit("ada@example.com", "192.0.2.1", at(1))).toThrow(pausedFor(2));
		throttle.admit("ada@example.com", "192.0.2.1", at(3));
		expect(() => throttle.admit("ada@example.com", "192.0.2.1", at(3))).toThrow(pausedFor(4));
	});

	it("never delays another address or another account", () => {
		const throttle = guessed(5);

		expect(() => throttle.admit("ada@example.com", "192.0.2.2", at(0))).not.toThrow();
		expect(() => throttle.admit("ada@example.com", undefined, at(0))).not.toThrow();
		expect(() => throttle.admit("bob@example.com", "192.0.2.1", at(0))).not.toThrow();
	});

	it("takes an account's name in any case for the same", () => {
		expect(() => guessed(5).admit("ADA@example.com", "192.0.2.1", at(0))).toThrow(pausedFor(1));
	});

	it("counts guesses from two addresses of one /64 together, and from another /64 apart", () => {
		const throttle = new LoginThrottle();
		for (const host of [1, 2, 3, 4, 5]) throttle.admit("ada@example.com", `2001:db8:1:2::${host}`, at(0));

		expect(() => throttle.admit("ada@example.com", "2001:db8:1:2:a:b:c:d", at(0))).toThrow(pausedFor(1));
		expect(() => throttle.admit("ada@example.com", "2001:db8:1:3::1", at(0))).not.toThrow();
	});

	it("begins anew after a success", () => {
		const throttle = guessed(5);
		throttle.clear("ada@example.com", "192.0.2.1");

		expect(() => throttle.admit("ada@example.com", "192.0.2.1", at(0))).not.toThrow();
	});
});
