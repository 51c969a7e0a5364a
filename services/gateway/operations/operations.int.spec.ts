import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { ServiceSchema } from "moleculer";
import { defineService, internal, query } from "../../../mixins/define-service.ts";
import { startShop } from "../../../test/support/gateway.ts";
import type { Shop } from "../../../test/support/gateway.ts";
import { auditOf } from "../../contracts/integrity.ts";
import {
	DeadLetterNotFound,
	deadLettersOf,
	discardDeadLetterOf,
	replayDeadLetterOf,
	retrySagaOf,
	sagasOf,
} from "../../contracts/operations.ts";
import type { Saga } from "../../contracts/operations.ts";
import { ServiceBusy } from "../../contracts/errors.ts";

const ADMIN = "01980000-0000-7000-8000-0000000000a1";

interface Letter {
	readonly consumer: string;
	readonly messageId: string;
	readonly since: string;
}

let shop: Shop;
let admin: string;
/** What was asked of the services, and what they hold. */
let asked: { action: string; params: unknown; userId: string | undefined }[] = [];
const letters = new Map<string, Letter[]>();
const sagas = new Map<string, string[]>();
const findings = new Map<string, object[]>();

beforeAll(async () => {
	shop = await startShop();
	admin = await shop.signIn(ADMIN, "admin");
	for (const name of ["reports", "stamps"]) shop.broker.createService(ledgerOf(name));
	await shop.broker.waitForServices(["reports", "stamps"]);
});
afterEach(() => {
	asked = [];
	for (const held of [letters, sagas, findings]) held.clear();
});
afterAll(() => shop.stop());

const uuid = (number: number) => `01980000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const at = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, "0")}.000000Z`;

/** A service whose actions are those that the mixins contribute, over what the spec says it holds. */
function ledgerOf(name: string, isDown = () => false): ServiceSchema {
	const note = (action: string, { params, meta }: { params: unknown; meta: { principal?: { userId: string } } }) => {
		asked.push({ action: `${name}.${action}`, params, userId: meta.principal?.userId });
		if (isDown()) throw new ServiceBusy();
	};
	const key = ({ since, consumer, messageId }: Letter) => `${since} ${consumer} ${messageId}`;
	const take = ({ consumer, messageId }: { consumer: string; messageId: string }) => {
		const held = letters.get(name) ?? [];
		const left = held.filter((letter) => letter.consumer !== consumer || letter.messageId !== messageId);
		if (left.length === held.length) throw new DeadLetterNotFound();
		letters.set(name, left);
		return null;
	};
	return defineService({
		name,
		actions: {
			deadLetters: query(deadLettersOf(name), async (ctx) => {
				note("deadLetters", ctx);
				const { after, limit } = ctx.params;
				const held = (letters.get(name) ?? []).toSorted((a, b) => (key(a) < key(b) ? 1 : -1));
				const rows = held.filter((letter) => after === null || key(letter) < key(after)).slice(0, limit);
				return { rows: rows.map((row) => ({ ...LETTER, ...row, service: name })) };
			}),
			replayDeadLetter: internal(replayDeadLetterOf(name), async (ctx) => {
				note("replayDeadLetter", ctx);
				return take(ctx.params);
			}),
			discardDeadLetter: internal(discardDeadLetterOf(name), async (ctx) => {
				note("discardDeadLetter", ctx);
				return take(ctx.params);
			}),
			sagas: query(sagasOf(name), async (ctx) => {
				note("sagas", ctx);
				const { afterId, limit } = ctx.params;
				const ids = (sagas.get(name) ?? []).toSorted().reverse();
				const rows = ids.filter((id) => afterId === null || id < afterId).slice(0, limit);
				return { rows: rows.map((id) => sagaOf(name, id)) };
			}),
			retrySaga: internal(retrySagaOf(name), async (ctx) => {
				note("retrySaga", ctx);
				return sagas.get(name)?.includes(ctx.params.id) ? sagaOf(name, ctx.params.id) : null;
			}),
			audit: query(auditOf(name), async (ctx) => {
				note("audit", ctx);
				return { findings: (findings.get(name) ?? []) as never, isComplete: true, checked: 7, unchecked: [] };
			}),
		},
	});
}

const LETTER = { event: "bell.rang", aggregate: { type: "bell", id: "1" }, error: "Error: no", attempts: 5, body: {} };

const sagaOf = (service: string, id: string): Saga => ({
	...{ id, service, type: "checkout", subjectId: id, state: "running", needsAttention: false, attempts: 0 },
	...{ lastError: null, steps: [], step: null, owner: "a", fence: 1, leaseUntil: at(1), nextRunAt: at(1) },
	...{ deadlineAt: null, createdAt: at(1), finishedAt: null, timeline: [] },
});

interface Listed {
	readonly rows: readonly { id: string; service: string; since: string }[];
	readonly nextCursor: string | null;
	readonly unreachable: readonly string[];
	readonly code: string;
	readonly errors: readonly { path: string }[];
}

async function send(method: string, path: string, token = admin) {
	const answer = await fetch(shop.url + path, { method, headers: { authorization: `Bearer ${token}` } });
	const text = await answer.text();
	return { status: answer.status, body: (text === "" ? {} : JSON.parse(text)) as Listed & Record<string, unknown> };
}

/** Follows the cursors to the end. */
async function pages(path: string, limit: number) {
	const seen: string[][] = [];
	for (let cursor: string | null = ""; cursor !== null;) {
		const { body }: { body: Listed } = await send("GET", `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
		seen.push(body.rows.map(({ id }) => id));
		cursor = body.nextCursor;
	}
	return seen;
}

/** Runs something while a service is there that does not answer. */
async function besideSilent<T>(work: () => Promise<T>): Promise<T> {
	const silent = shop.broker.createService(ledgerOf("silent", () => true));
	await shop.broker.waitForServices("silent");
	try {
		return await work();
	} finally {
		await shop.broker.destroyService(silent);
	}
}

describe("the dead letters of all services", () => {
	it("are one list, newest first, that pages through all of them once", async () => {
		const letter = (number: number, second: number, consumer: string) => ({
			...{ consumer, messageId: uuid(number), since: at(second) },
		});
		letters.set("reports", [letter(1, 1, "reports.a"), letter(2, 5, "reports.a"), letter(3, 3, "reports.a")]);
		letters.set("stamps", [letter(1, 1, "stamps.b"), letter(4, 4, "stamps.b"), letter(5, 3, "stamps.b")]);

		const { status, body } = await send("GET", "/operations/dead-letters");
		expect(status).toBe(200);
		expect(body.rows.map(({ since }) => since)).toEqual([5, 4, 3, 3, 1, 1].map(at));
		expect(body.rows[0]).toEqual({
			id: expect.any(String),
			service: "reports",
			...LETTER,
			...letter(2, 5, "reports.a"),
		});
		expect(new Set(body.rows.map(({ id }) => id)).size).toBe(6);
		const ids = body.rows.map(({ id }) => id);
		expect(await pages("/operations/dead-letters", 2)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
		expect(await pages("/operations/dead-letters", 4)).toEqual([ids.slice(0, 4), ids.slice(4)]);
	});

	it("can be those of one service", async () => {
		letters.set("reports", [{ consumer: "reports.a", messageId: uuid(1), since: at(1) }]);
		letters.set("stamps", [{ consumer: "stamps.b", messageId: uuid(1), since: at(1) }]);
		const { body } = await send("GET", "/operations/dead-letters?service=stamps");

		expect(body.rows.map(({ service }) => service)).toEqual(["stamps"]);
		expect(asked.map(({ action }) => action)).toEqual(["stamps.deadLetters"]);
	});

	it.each(["nonsense", Buffer.from('{"place":{},"filter":{}}').toString("base64url")])(
		"refuse a cursor that is none: %s",
		async (cursor) => {
			const { status, body } = await send("GET", `/operations/dead-letters?cursor=${cursor}`);
			expect([status, body.code, body.errors[0]?.path]).toEqual([422, "VALIDATION_FAILED", "cursor"]);
		},
	);

	it("refuse the cursor of another filter", async () => {
		letters.set(
			"stamps",
			[1, 2].map((number) => ({ consumer: "s.b", messageId: uuid(number), since: at(number) })),
		);
		const { body } = await send("GET", "/operations/dead-letters?limit=1");

		expect((await send("GET", `/operations/dead-letters?service=stamps&cursor=${body.nextCursor}`)).status).toBe(422);
	});

	it("are replayed and discarded by their id, in the name of who asks, once", async () => {
		letters.set(
			"reports",
			[1, 2].map((number) => ({ consumer: "reports.a", messageId: uuid(number), since: at(number) })),
		);
		const [second, first] = (await send("GET", "/operations/dead-letters")).body.rows.map(({ id }) => id);
		asked = [];

		expect(await send("POST", `/operations/dead-letters/${first}/replay`)).toEqual({
			status: 202,
			body: { id: first, status: "pending" },
		});
		expect((await send("DELETE", `/operations/dead-letters/${second}`)).status).toBe(204);
		expect(asked).toEqual([
			{ action: "reports.replayDeadLetter", params: { consumer: "reports.a", messageId: uuid(1) }, userId: ADMIN },
			{ action: "reports.discardDeadLetter", params: { consumer: "reports.a", messageId: uuid(2) }, userId: ADMIN },
		]);
		for (const [method, path] of [
			["POST", `${first}/replay`],
			["DELETE", second],
		] as const) {
			const { status, body } = await send(method, `/operations/dead-letters/${path}`);
			expect([status, body.code]).toEqual([404, "DEAD_LETTER_NOT_FOUND"]);
		}
	});

	it.each([
		["nonsense", "nonsense"],
		["a service that has none", Buffer.from(`users users.a ${uuid(1)}`).toString("base64url")],
		["the gateway itself", Buffer.from(`gateway gateway.a ${uuid(1)}`).toString("base64url")],
	])("are not found by an id that names %s", async (_what, id) => {
		const { status, body } = await send("DELETE", `/operations/dead-letters/${id}`);

		expect([status, body.code]).toEqual([404, "DEAD_LETTER_NOT_FOUND"]);
		expect(asked).toEqual([]);
	});
});

describe("a service that cannot be asked", () => {
	it("is named in the answer, with what the others hold", async () => {
		letters.set("stamps", [{ consumer: "stamps.b", messageId: uuid(1), since: at(1) }]);
		sagas.set("stamps", [uuid(1)]);
		await besideSilent(async () => {
			for (const list of ["dead-letters", "sagas"]) {
				const { body } = await send("GET", `/operations/${list}`);
				expect(body).toMatchObject({ rows: [{ service: "stamps" }], unreachable: ["silent"] });
			}
			expect((await send("GET", "/operations/integrity")).body).toMatchObject({
				isClean: false,
				unreachable: ["silent"],
			});
		});
	});

	it("is named still when it has left", async () => {
		const { body } = await send("GET", "/operations/dead-letters");
		expect(body.unreachable).toEqual(["silent"]);
		const id = Buffer.from(`silent silent.a ${uuid(1)}`).toString("base64url");
		expect((await send("POST", `/operations/dead-letters/${id}/replay`)).status).toBe(503);
		expect((await send("POST", `/operations/sagas/${uuid(9)}/retry`)).status).toBe(503);
	});

	it("is named when it was never seen, though it belongs to the platform", async () => {
		const { getActionList } = shop.broker.registry;
		shop.broker.registry.getActionList = (options) =>
			(getActionList.call(shop.broker.registry, options) as unknown as { name: string }[]).filter(
				({ name }) => !name.startsWith("orders."),
			) as never;

		expect((await send("GET", "/operations/sagas")).body.unreachable).toEqual(["orders", "silent"]);
		shop.broker.registry.getActionList = getActionList;
	});
});

describe("the sagas of all services", () => {
	it("are one list, newest first, that pages through all of them once", async () => {
		sagas.set("reports", [1, 4, 5].map(uuid));
		sagas.set("stamps", [2, 3].map(uuid));

		expect(await pages("/operations/sagas", 2)).toEqual([[5, 4].map(uuid), [3, 2].map(uuid), [uuid(1)]]);
	});

	it("are asked for with the filter that the client names", async () => {
		await send("GET", "/operations/sagas?service=stamps&state=compensating&needsAttention=true&limit=3");

		const params = { state: "compensating", needsAttention: "true", afterId: null, limit: 4 };
		expect(asked).toEqual([{ action: "stamps.sagas", params, userId: ADMIN }]);
		expect((await send("GET", "/operations/sagas?state=lost")).status).toBe(422);
	});

	it("are retried by whichever service runs them", async () => {
		sagas.set("stamps", [uuid(2)]);
		const { status, body } = await send("POST", `/operations/sagas/${uuid(2)}/retry`);

		expect([status, body.id, body.service]).toEqual([202, uuid(2), "stamps"]);
	});

	it("are not found when every service has answered that it has none", async () => {
		const { broker } = shop;
		const { getActionList } = broker.registry;
		broker.registry.getActionList = (options) =>
			(getActionList.call(broker.registry, options) as unknown as { name: string }[]).filter(
				({ name }) => !name.startsWith("silent."),
			) as never;
		const { status, body } = await send("POST", `/operations/sagas/${uuid(9)}/retry`);

		expect([status, body.code]).toEqual([404, "SAGA_NOT_FOUND"]);
		expect((await send("GET", "/operations/integrity")).body).toMatchObject({ isClean: true, unreachable: [] });
		broker.registry.getActionList = getActionList;
	});
});

describe("the integrity of all services", () => {
	it("is what each of them finds, with how much it looked at", async () => {
		const finding = { kind: "outbox-stuck", subject: "outbox", detail: "3 facts wait", since: at(1) };
		findings.set("stamps", [finding]);
		const { status, body } = await send("GET", "/operations/integrity");

		expect(status).toBe(200);
		expect(body).toMatchObject({
			isClean: false,
			findings: [{ service: "stamps", ...finding }],
			services: [
				{ name: "reports", isComplete: true, checked: 7, unchecked: [] },
				{ name: "stamps", isComplete: true, checked: 7, unchecked: [] },
			],
			checkedAt: expect.stringMatching(/^20/),
		});
	});
});

it("lets administrators in alone", async () => {
	const customer = await shop.signIn(uuid(77), "customer");
	const vendor = await shop.signIn(uuid(78), "vendor");
	for (const path of ["dead-letters", "sagas", "integrity"]) {
		for (const token of [customer, vendor]) {
			expect((await send("GET", `/operations/${path}`, token)).status).toBe(403);
		}
		expect((await fetch(`${shop.url}/operations/${path}`)).status).toBe(401);
	}
	expect(asked).toEqual([]);
});
