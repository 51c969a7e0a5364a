import { describe, expect, it } from "@jest/globals";
import { PasswordHasher } from "./password-hasher.ts";

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
	const startMs = performance.now();
	await work();
	return performance.now() - startMs;
}

describe("the password hasher", () => {
	const hasher = new PasswordHasher();

	it("hashes with argon2id at OWASP's cost, salted", async () => {
		const [one, two] = await Promise.all([hasher.hash("correct horse"), hasher.hash("correct horse")]);

		expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
		expect(one).not.toBe(two);
	});

	it("knows the right password from a wrong one", async () => {
		const encoded = await hasher.hash("correct horse");

		expect(await hasher.verify(encoded, "correct horse")).toBe(true);
		expect(await hasher.verify(encoded, "Correct horse")).toBe(false);
	});

	it("takes as long for an account that does not exist, and never says yes", async () => {
		const encoded = await hasher.hash("correct horse");
		const knownMs: number[] = [];
		const unknownMs: number[] = [];
		for (let round = 0; round < 5; round++) {
			knownMs.push(await elapsedMs(() => hasher.verify(encoded, "guess")));
			unknownMs.push(await elapsedMs(() => hasher.verify(undefined, "guess")));
		}

		expect(Math.min(...unknownMs)).toBeGreaterThan(Math.min(...knownMs) / 2);
		expect(await hasher.verify(undefined, "guess")).toBe(false);
	});

	it("lets 64 wait, refuses the next with 429, and has room again afterwards", async () => {
		const single = new PasswordHasher(1);
		const accepted = Array.from({ length: 65 }, () => single.verify(undefined, "guess"));

		await expect(single.verify(undefined, "guess")).rejects.toMatchObject({
			type: "RATE_LIMITED",
			code: 429,
			data: { retryAfterSeconds: 1 },
		});
		await expect(single.hash("new")).rejects.toMatchObject({ code: 429 });
		expect(await Promise.all(accepted)).toHaveLength(65);
		expect(await single.verify(undefined, "guess")).toBe(false);
	}, 20_000);

	it("keeps the room of a password while it is asked whether to look at it", async () => {
		const single = new PasswordHasher(1);
		const { promise: admitted, resolve: admit } = Promise.withResolvers<undefined>();
		const asked = Array.from({ length: 65 }, () => single.verify(undefined, "guess", () => admitted));

		await expect(single.verify(undefined, "guess")).rejects.toMatchObject({ code: 429 });
		admit(undefined);
		expect(await Promise.all(asked)).toHaveLength(65);
	}, 20_000);

	it("looks at no password that was not admitted, and has its room again", async () => {
		const single = new PasswordHasher(1);
		const refused = new Error("paused");
		const refuse = () => Promise.reject(refused);
		for (let guess = 0; guess < 66; guess++) {
			await expect(single.verify(undefined, "guess", refuse)).rejects.toBe(refused);
		}

		expect(await single.verify(undefined, "guess")).toBe(false);
	});
});
