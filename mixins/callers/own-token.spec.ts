import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { CallerUnknown } from "../../services/contracts/callers.ts";
import { OwnToken } from "./own-token.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Users as this node sees it: present, away, or of the opinion that our keys are wrong. */
function users(state: "present" | "away" | "refusing" = "present") {
	const told: unknown[] = [];
	const it = { state, issued: 0, told };
	const exchange = async () => {
		if (it.state === "away") throw new Error("users is away");
		if (it.state === "refusing") throw Object.assign(new Error("no"), { type: CallerUnknown.type });
		return { token: `token ${++it.issued}`, expiresInSeconds: 900 };
	};
	const own = new OwnToken({ exchange, nowMs: () => Date.now(), onTrouble: (error) => told.push(error) });
	return { it, own };
}

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1_000);

describe("a node's own token", () => {
	it("is there once users has answered, and is waited for until then", async () => {
		const { own } = users();
		const soon = own.soon();
		own.start();
		expect(own.current()).toBeUndefined();
		expect(await soon).toBe("token 1");
		expect(own.current()).toBe("token 1");
	});

	it("is renewed at half its life", async () => {
		const { own } = users();
		own.start();
		await seconds(449);
		expect(own.current()).toBe("token 1");
		await seconds(1);
		expect(own.current()).toBe("token 2");
	});

	it("holds while users is away for minutes, and is renewed within two seconds of its return", async () => {
		const { it, own } = users();
		own.start();
		await seconds(1);
		it.state = "away";
		await seconds(450 + 420);
		expect(own.current()).toBe("token 1");
		it.state = "present";
		await seconds(2);
		expect(own.current()).toBe("token 2");
	});

	it("is not used any more once it has expired", async () => {
		const { it, own } = users();
		own.start();
		await seconds(1);
		it.state = "away";
		await seconds(900);
		expect(own.current()).toBeUndefined();
	});

	it("that does not come within three seconds makes the call one to send again", async () => {
		const { own } = users("away");
		own.start();
		const soon = expect(own.soon()).rejects.toMatchObject({ type: "SERVICE_BUSY", code: 503, retryable: true });
		await seconds(3);
		await soon;
	});

	it("that users refuses is not waited for", async () => {
		const { own } = users("refusing");
		own.start();
		await expect(own.soon()).rejects.toMatchObject({ type: "CALLER_UNKNOWN", code: 401, retryable: false });
	});

	it("is missed aloud once, when it does not come", async () => {
		const { it, own } = users("away");
		own.start();
		await seconds(1);
		expect(it.told).toHaveLength(0);
		await seconds(60);
		expect(it.told).toEqual([new Error("users is away")]);
	});

	it("is not asked for after the stop, and nobody waits for it then", async () => {
		const { it, own } = users("away");
		own.start();
		const soon = expect(own.soon()).rejects.toMatchObject({ type: "SERVICE_BUSY" });
		own.stop();
		await seconds(1);
		await soon;
		it.state = "present";
		await seconds(60);
		expect(it.issued).toBe(0);
	});
});
