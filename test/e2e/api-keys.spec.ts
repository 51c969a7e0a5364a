import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

/** Gateways know for five seconds what they asked; a busy machine takes its time beside. */
const REFUSED = { timeoutMs: 10_000, what: "the key to be refused" };

let shop: Shop;
let token: string;
beforeAll(async () => {
	shop = await Shop.open();
	token = (await shop.people(["admin"]))[0].token;
});
afterAll(() => shop.close());

const make = async (...scopes: string[]) => {
	const { status, body, headers } = await shop.send("POST", "/api-keys", {
		token,
		body: { name: "a service", scopes },
	});
	expect(status).toBe(201);
	return { id: String(body.id), key: String(body.key), location: headers.get("location") };
};
const ask = (key: unknown, method = "GET", path = "/services", body?: object) =>
	shop.send(method, path, { headers: { "x-api-key": String(key) }, body });
const seesNodes = async (key: unknown) => (await ask(key)).text.includes('"nodes":');

describe("an API key", () => {
	it("is shown once, and found again without its secret", async () => {
		const { id, key, location } = await make("services:read");
		expect(location).toBe(`/api-keys/${id}`);
		const shown = await shop.send("GET", location!, { token });
		expect([shown.status, shown.text.includes(key.split("_").at(-1)!)]).toEqual([200, false]);
	});

	it("opens what its scope names, and nothing else", async () => {
		const { key } = await make("services:read");
		expect(await seesNodes(key)).toBe(true);
		const refused = await ask(key, "POST", "/notifications/email", {
			to: "a@example.com",
			template: "x",
			variables: {},
		});
		expect(refused).toMatchObject({ status: 403, body: { code: "FORBIDDEN", scope: "notifications:send" } });
		expect((await ask(key, "GET", "/api-keys")).status).toBe(403);
	});

	it("is rotated without a gap: both secrets are good until the old one is told to end", async () => {
		const { id, key } = await make("services:read");
		const rotate = async (graceSeconds: number) =>
			(await shop.send("POST", `/api-keys/${id}/rotate`, { token, body: { graceSeconds } })).body.key;
		const second = await rotate(3_600);
		expect([await seesNodes(key), await seesNodes(second)]).toEqual([true, true]);
		const third = await rotate(0);
		expect(await seesNodes(third)).toBe(true);
		await until(async () => (await ask(second)).status === 401, REFUSED);
	});

	it("that is revoked is refused within five seconds", async () => {
		const { id, key } = await make("services:read");
		expect(await seesNodes(key)).toBe(true);
		expect((await shop.send("DELETE", `/api-keys/${id}`, { token })).status).toBe(204);
		await until(async () => (await ask(key)).status === 401, REFUSED);
	});
});
