import { hash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { action, defineService } from "../../mixins/define-service.ts";
import { startShop } from "../../test/support/gateway.ts";
import type { Shop } from "../../test/support/gateway.ts";
import { defineAction } from "../contracts/action.ts";
import { apiKeyText } from "../contracts/api-keys.ts";
import { ServiceUnavailable } from "../contracts/platform.ts";
import { adminOrService, OPEN, own } from "../contracts/policy.ts";
import { Id, Nothing } from "../contracts/text.ts";

const ADA = "01980000-0000-7000-8000-0000000000a1";
const KEY_ID = "01980000-0000-7000-8000-0000000000f1";
const OTHER_ID = "01980000-0000-7000-8000-0000000000f2";
const SECRET = "s".repeat(43);
const KEY = apiKeyText(KEY_ID, SECRET);
const Told = z.object({ principal: z.unknown() });
const Send = defineAction("mailer.send", { summary: "Sends.", params: Nothing, result: Told });
const Look = defineAction("mailer.look", { summary: "Looks.", params: Nothing, result: Told });
const Read = defineAction("mailer.read", { summary: "Reads.", params: z.strictObject({ userId: Id }), result: Told });

const tell = async ({ meta }: { meta: { principal?: unknown } }) => ({ principal: meta.principal ?? null });

/** Routes that a service may use with the scope, that are open, and that are somebody's own. */
const mailer = defineService({
	name: "mailer",
	actions: {
		send: action(Send, { rest: "POST /mails", policy: adminOrService("notifications:send") }, tell),
		look: action(Look, { rest: ["GET /mails", "PUT /mails"], policy: OPEN }, tell),
		read: action(Read, { rest: "GET /mails/:userId", policy: own("userId") }, tell),
	},
});

let shop: Shop;
let asked: string[] = [];
const scopes = new Map<string, string[]>();

beforeAll(async () => {
	shop = await startShop({ RATE_LIMIT_PER_MINUTE: "0" });
	shop.broker.createService(mailer);
	await shop.broker.waitForServices("mailer");
	shop.stubs.set("users.checkApiKey", ({ params }: { params: { keyId: string; secretHash: string } }) => {
		asked.push(params.secretHash);
		const found = scopes.get(params.keyId);
		return found !== undefined && params.secretHash === hash("sha256", SECRET, "base64url") ? { scopes: found } : null;
	});
	scopes.set(KEY_ID, ["notifications:send"]).set(OTHER_ID, ["data:read"]);
});
afterAll(() => shop.stop());

const ask = async (method: string, path: string, headers: Record<string, string>, url = shop.url) => {
	const answer = await fetch(url + path, { method, headers });
	return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> };
};
const key = (given: string) => ({ "x-api-key": given });

describe("an API key", () => {
	it("tells the action which service asks", async () => {
		const { status, body } = await ask("POST", "/mails", key(KEY));
		const principal = {
			kind: "service",
			keyId: KEY_ID,
			scopes: ["notifications:send"],
			userId: KEY_ID,
			role: "service",
		};
		expect([status, body]).toEqual([200, { principal }]);
	});

	it("is asked about once in a while, by a hash of its secret", async () => {
		asked = [];
		await Promise.all([ask("POST", "/mails", key(KEY)), ask("POST", "/mails", key(KEY))]);
		expect(asked.length).toBeLessThanOrEqual(1);
		expect(JSON.stringify(asked)).not.toContain(SECRET);
	});

	it("without the scope is 403, which names it", async () => {
		const { status, body } = await ask("POST", "/mails", key(apiKeyText(OTHER_ID, SECRET)));
		expect([status, body.code, body.scope]).toEqual([403, "FORBIDDEN", "notifications:send"]);
		expect(body.detail).toContain("notifications:send");
	});

	it("opens nothing that is a user's own, be it the key's own id", async () => {
		expect((await ask("GET", `/mails/${ADA}`, key(KEY))).status).toBe(404);
		expect((await ask("GET", `/mails/${KEY_ID}`, key(KEY))).status).toBe(404);
	});

	it.each([
		["that is unknown", apiKeyText(ADA, SECRET)],
		["with another secret", apiKeyText(KEY_ID, "w".repeat(43))],
		["that is none", "stoa_x"],
		["that is empty", ""],
		["sent twice", `${KEY}, ${KEY}`],
	])("%s is 401", async (_what, given) => {
		for (const path of ["POST /mails", "GET /mails"]) {
			const [method = "", route = ""] = path.split(" ");
			expect(await ask(method, route, key(given))).toMatchObject({ status: 401, body: { code: "UNAUTHENTICATED" } });
		}
	});

	it("beside an Authorization is 400, wherever it is sent", async () => {
		const both = { ...key(KEY), authorization: `Bearer ${await shop.signIn(ADA, "admin")}` };
		for (const path of ["POST /mails", "GET /mails", "PUT /mails"]) {
			const [method = "", route = ""] = path.split(" ");
			expect(await ask(method, route, both)).toMatchObject({ status: 400, body: { code: "TWO_CREDENTIALS" } });
		}
	});

	it("does not matter to an open command, and is known to an open question", async () => {
		expect((await ask("PUT", "/mails", key("nonsense"))).body).toEqual({ principal: null });
		expect((await ask("GET", "/mails", key(KEY))).body.principal).toMatchObject({ keyId: KEY_ID });
	});

	it("that cannot be asked about is 503, and asked about again", async () => {
		const real = shop.stubs.get("users.checkApiKey")!;
		shop.stubs.set("users.checkApiKey", () => {
			throw new ServiceUnavailable();
		});
		const fresh = "01980000-0000-7000-8000-0000000000f3";
		scopes.set(fresh, ["notifications:send"]);
		expect((await ask("POST", "/mails", key(apiKeyText(fresh, SECRET)))).status).toBe(503);
		shop.stubs.set("users.checkApiKey", real);
		expect((await ask("POST", "/mails", key(apiKeyText(fresh, SECRET)))).status).toBe(200);
	});

	it("shows nodes and actions to a service that may read them, and to no other", async () => {
		const reader = "01980000-0000-7000-8000-0000000000f4";
		scopes.set(reader, ["services:read"]);
		const shown = async (id: string) => {
			const { body } = await ask("GET", "/services", key(apiKeyText(id, SECRET)));
			return Object.hasOwn((body.services as object[])[0]!, "nodes");
		};
		expect([await shown(reader), await shown(KEY_ID)]).toEqual([true, false]);
	});
});

describe("the limit", () => {
	async function limitedTo(perMinute: number) {
		const limited = await startShop({ RATE_LIMIT_PER_MINUTE: String(perMinute) });
		limited.broker.createService(mailer);
		await limited.broker.waitForServices("mailer");
		limited.stubs.set("users.checkApiKey", shop.stubs.get("users.checkApiKey")!);
		return limited;
	}

	it("counts each key by itself, and keys that prove nothing by address", async () => {
		const limited = await limitedTo(2);
		const statuses = async (given: string) => {
			const seen = [];
			for (let i = 0; i < 3; i++) seen.push((await ask("GET", "/mails", key(given), limited.url)).status);
			return seen;
		};
		expect(await statuses(KEY)).toEqual([200, 200, 429]);
		expect(await statuses(apiKeyText(OTHER_ID, SECRET))).toEqual([200, 200, 429]);
		expect(await statuses("stoa_guess")).toEqual([401, 401, 429]);
		await limited.stop();
	});

	it("is the key's own, though strangers at its address are over theirs", async () => {
		const limited = await limitedTo(2);
		const status = async (given: Record<string, string>) => (await ask("GET", "/mails", given, limited.url)).status;

		expect([await status({}), await status({}), await status({})]).toEqual([200, 200, 429]);
		expect(await status(key(KEY))).toBe(200);
		await limited.stop();
	});

	it("stops guesses of an address that is over it before they are asked about, and no key that is known", async () => {
		const limited = await limitedTo(3);
		const status = async (given: string) => (await ask("GET", "/mails", key(given), limited.url)).status;
		expect(await status(KEY)).toBe(200);
		asked = [];
		const seen = [];
		for (const letter of "abcdefgh") seen.push(await status(apiKeyText(KEY_ID, letter.repeat(43))));

		expect(seen).toEqual([401, 401, 401, 429, 429, 429, 429, 429]);
		expect(asked).toHaveLength(4);
		expect(await status(KEY)).toBe(200);
		await limited.stop();
	});
});
