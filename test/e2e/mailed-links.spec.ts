import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import type { Answer } from "../../bin/tour/shop-client.ts";
import { mailedToken, mailsTo } from "../support/mailbox.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const PASSWORD = "correct horse battery";
const OTHER = "another good password";

let shop: Shop;
let admin: string;

beforeAll(async () => {
	shop = await Shop.open();
	admin = await shop.adminToken();
});
afterAll(() => shop.close());

const post = (path: string, body?: object, token?: string) =>
	shop.send("POST", path, { ...(body && { body }), ...(token !== undefined && { token }) });
const login = (email: string, password: string) => post("/auth/login", { email, password });
const refused = ({ status, body }: Answer) => [status, body.code];

async function register() {
	const email = `${uuidv7()}@example.com`;
	const { body, headers } = await post("/auth/register", { email, password: PASSWORD });
	const { id } = body.user as { id: string };
	return { id, email, token: String(body.access_token), etag: headers.get("etag") ?? "" };
}

const verifiedAt = async ({ id, token }: { id: string; token: string }) =>
	(await shop.send("GET", `/users/${id}`, { token })).body.emailVerifiedAt;

describe("an address", () => {
	it("is verified by the link that was mailed there, which works once", async () => {
		const ada = await register();
		expect(await verifiedAt(ada)).toBeNull();
		const token = await mailedToken(shop, ada.email, "verify-email");

		expect((await post("/auth/verify-email", { token })).status).toBe(204);
		expect(await verifiedAt(ada)).toEqual(expect.any(String));
		expect(refused(await post("/auth/verify-email", { token }))).toEqual([410, "LINK_ENDED"]);
	});

	it("gets another link when its owner asks, and the one before ends", async () => {
		const ada = await register();
		const first = await mailedToken(shop, ada.email, "verify-email");
		const { status, body } = await post("/auth/resend-verification", undefined, ada.token);
		const second = await mailedToken(shop, ada.email, "verify-email", 2);

		expect([status, body]).toEqual([202, { status: "accepted" }]);
		expect((await post("/auth/verify-email", { token: first })).status).toBe(410);
		expect((await post("/auth/verify-email", { token: second })).status).toBe(204);
	});

	it("is not verified any more when it changes, and the version of a new account guards the change", async () => {
		const ada = await register();
		await post("/auth/verify-email", { token: await mailedToken(shop, ada.email, "verify-email") });
		const email = `new-${ada.email}`;
		const change = (etag: string) =>
			shop.send("PUT", `/users/${ada.id}`, { token: ada.token, body: { email }, headers: { "if-match": etag } });

		expect(refused(await change(ada.etag))).toEqual([412, "PRECONDITION_FAILED"]);
		const etag = (await shop.send("GET", `/users/${ada.id}`, { token: ada.token })).headers.get("etag") ?? "";
		expect((await change(etag)).body).toMatchObject({ email, emailVerifiedAt: null });
		expect(await mailedToken(shop, email, "verify-email")).toEqual(expect.any(String));
		const told = await until(async () => (await mailsTo(shop, ada.email, "email-changed"))[0], { timeoutMs: 20_000 });
		expect(told.text).toContain("If it was not you");
	});
});

describe("a forgotten password", () => {
	it("is answered alike whether there is such an account or not", async () => {
		const ada = await register();
		const known = await post("/auth/forgot-password", { email: ada.email });
		const unknown = await post("/auth/forgot-password", { email: `${uuidv7()}@example.com` });

		expect([known.status, known.text]).toEqual([202, '{"status":"accepted"}']);
		expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
	});

	it("is set anew by the mailed link, once, and every session ends", async () => {
		const ada = await register();
		await post("/auth/forgot-password", { email: ada.email });
		const token = await mailedToken(shop, ada.email, "reset-password");
		expect((await post("/auth/reset-password", { token, password: OTHER })).status).toBe(204);

		const again = await post("/auth/reset-password", { token, password: "a third password" });
		expect(refused(again)).toEqual([410, "LINK_ENDED"]);
		expect((await login(ada.email, PASSWORD)).status).toBe(401);
		expect((await login(ada.email, OTHER)).status).toBe(200);
		const isRefused = async () => (await shop.send("GET", `/users/${ada.id}`, { token: ada.token })).status === 401;
		await until(isRefused, { timeoutMs: 6_000, what: "the old session to end" });
	});
});

describe("a password", () => {
	it("is changed by whoever knows it", async () => {
		const ada = await register();
		const change = (currentPassword: string) =>
			post("/auth/change-password", { currentPassword, newPassword: OTHER }, ada.token);

		expect(refused(await change("a guess"))).toEqual([403, "PASSWORD_WRONG"]);
		expect((await change(PASSWORD)).status).toBe(204);
		expect((await login(ada.email, OTHER)).status).toBe(200);
	});
});

describe("a registration by the queue", () => {
	const person = () => ({ name: "Grace", surname: "Hopper", email: `${uuidv7()}@example.com` });
	const statusOf = async (id: string) => (await shop.send("GET", `/registrations/${id}`)).body.status;

	it("leads to an invitation, by which the account is opened", async () => {
		const grace = person();
		const { status, body, headers } = await post("/registrations", grace);
		const id = String(body.registrationId);
		expect([status, body]).toEqual([202, { registrationId: id, status: "queued" }]);
		expect(headers.get("location")).toBe(`/registrations/${id}`);

		const token = await mailedToken(shop, grace.email, "invitation");
		const [invitation] = await mailsTo(shop, grace.email, "invitation");
		expect(invitation?.text).toMatch(/^Hello,\n/);
		expect(await statusOf(id)).toBe("invited");
		expect((await post("/auth/reset-password", { token, password: PASSWORD })).status).toBe(204);
		expect(await statusOf(id)).toBe("active");
		const { user } = (await login(grace.email, PASSWORD)).body as { user: Record<string, unknown> };
		expect(user).toMatchObject({ firstName: "Grace", lastName: "Hopper", username: expect.stringMatching(/^grace/) });
	});

	it("with the address of an account tells nobody but its owner", async () => {
		const ada = await register();
		const { body } = await post("/registrations", { ...person(), email: ada.email });
		await until(async () => (await mailsTo(shop, ada.email, "account-exists")).length > 0, { timeoutMs: 20_000 });

		expect(await statusOf(String(body.registrationId))).toBe("invited");
		expect((await login(ada.email, PASSWORD)).status).toBe(200);
	});

	it("that nobody made is not found", async () => {
		expect(refused(await shop.send("GET", `/registrations/${uuidv7()}`))).toEqual([404, "REGISTRATION_NOT_FOUND"]);
	});
});

describe("an administrator", () => {
	it("finds users by a part of their name, page by page", async () => {
		const surname = `S${uuidv7().replaceAll("-", "")}`;
		const name = { password: PASSWORD, lastName: surname };
		for (const each of [1, 2]) await post("/auth/register", { ...name, email: `${each}-${surname}@example.com` });
		const search = (query: string) => shop.send("GET", `/users/search?${query}`, { token: admin });

		const { body } = await search(`q=${surname.slice(3).toLowerCase()}&pageSize=1`);
		expect(body).toMatchObject({ total: 2, totalPages: 2, rows: [{ lastName: surname }] });
		expect((await search(`q=${surname}&isActive=false`)).body).toMatchObject({ total: 0 });
	});

	it("closes an account and opens it again", async () => {
		const ada = await register();
		await shop.send("DELETE", `/users/${ada.id}`, { token: admin });
		expect((await login(ada.email, PASSWORD)).status).toBe(401);
		const { status, body } = await shop.send("POST", `/users/${ada.id}/reactivate`, { token: admin });

		expect([status, body.isActive]).toEqual([200, true]);
		expect((await login(ada.email, PASSWORD)).status).toBe(200);
	});

	it("cannot be the last one and go", async () => {
		const { rows } = (await shop.send("GET", "/users/search?role=admin", { token: admin })).body as {
			rows: { id: string }[];
		};
		const [root] = rows;
		const dismissed = await shop.send("PUT", `/users/${root!.id}/role`, { token: admin, body: { role: "vendor" } });

		expect(rows).toHaveLength(1);
		expect(refused(dismissed)).toEqual([409, "LAST_ADMIN"]);
		expect(refused(await shop.send("DELETE", `/users/${root!.id}`, { token: admin }))).toEqual([409, "LAST_ADMIN"]);
	});
});

describe("the log of an account", () => {
	it("tells its owner when he came, from where, and what he ordered", async () => {
		const ada = await register();
		const product = await shop.send("POST", "/products", {
			token: admin,
			body: { name: "Mug", sku: uuidv7(), price: 5, stockQuantity: 1 },
		});
		const items = [{ productId: product.body.id, quantity: 1 }];
		const order = { items, shippingAddress: "1 Main Street", paymentMethod: "pm_card_visa" };
		expect((await post("/orders", order, ada.token)).status).toBe(201);
		const { access_token: token } = (await login(ada.email, PASSWORD)).body;

		const activities = async () => {
			const { body } = await shop.send("GET", `/users/${ada.id}/activities`, { token: String(token) });
			return body.rows as { activityType: string; ipAddress: string | null }[];
		};
		await until(async () => (await activities()).length >= 3, { timeoutMs: 20_000, what: "three activities" });
		const told = new Map((await activities()).map(({ activityType, ipAddress }) => [activityType, ipAddress]));
		expect([...told.keys()].toSorted()).toEqual(["LOGGED_IN", "ORDER_CREATED", "USER_CREATED"]);
		expect(told.get("LOGGED_IN")).toMatch(/^(127\.0\.0\.1|::1)$/);
	});
});

describe("the page that a mailed link leads to", () => {
	it.each(["verify-email", "reset-password", "invitation"])(
		"is there for %s, with its style and its script",
		async (purpose) => {
			const page = await fetch(`${shop.gateway}/account/${purpose}`);
			expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);

			const parts = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
			const answers = await Promise.all(parts.map((path) => fetch(`${shop.gateway}${String(path)}`)));
			expect(answers.map(({ status }) => status)).toEqual([200, 200]);
			expect((await Promise.all(answers.map((answer) => answer.text()))).join("")).toContain(purpose);
		},
	);
});
