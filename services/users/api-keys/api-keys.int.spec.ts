import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { hash } from "node:crypto";
import type { ServiceBroker } from "moleculer";
import { statement } from "../../../mixins/sql/database.ts";
import { startBroker } from "../../../test/support/broker.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { call } from "../../contracts/action.ts";
import type { ActionContract, SentTo } from "../../contracts/action.ts";
import * as Contract from "../../contracts/api-keys.ts";
import type { Meta, UserPrincipal } from "../../contracts/meta.ts";
import type { Users } from "../users.context.ts";
import users from "../users.service.ts";

const NOBODY = "0190c1f0-0000-7000-8000-000000000000";
const admin: UserPrincipal = { userId: NOBODY, role: "admin", sessionId: NOBODY };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const start = new Date("2026-01-01T00:00:00Z").getTime();
const STORED = statement<{ row: string }>("spec.api keys", "select api_keys::text as row from api_keys where id = $1");

let database: TestDatabase;
let broker: ServiceBroker;
let environment: { restore(): void };
let nowMs = start;

beforeAll(async () => {
	database = await freshDatabase("users");
	const env = { USER_DATABASE_URL: database.url, JWT_SECRET: "a secret of the test, of more than 32 bytes" };
	environment = jest.replaceProperty(process, "env", env);
	broker = await startBroker([users]);
	service().now = () => new Date(nowMs);
});

afterAll(async () => {
	await broker.stop();
	environment.restore();
	await database.drop();
});

const service = () => broker.getLocalService("users") as unknown as Users;
const ask = <C extends ActionContract>(contract: C, params: SentTo<C>, meta: Meta = {}) =>
	call(broker, contract, params, { meta: { principal: admin, ...meta } });

const make = (given: Partial<SentTo<typeof Contract.CreateApiKey>> = {}) =>
	ask(Contract.CreateApiKey, { name: "mailer", scopes: ["notifications:send"], ...given });

/** What the gateway asks when it is shown a key. */
const check = (key: string) => {
	const { id: keyId, secret } = Contract.apiKeyParts(key)!;
	return ask(Contract.CheckApiKey, { keyId, secretHash: hash("sha256", secret, "base64url") });
};

describe("an API key", () => {
	it("is shown once, and is good for its scopes", async () => {
		const { key, ...shown } = await make({ scopes: ["data:read", "data:ingest"] });
		expect(await ask(Contract.GetApiKey, { id: shown.id })).toEqual(shown);
		expect(shown).toMatchObject({ name: "mailer", lastUsedAt: null, rotatedAt: null, expiresAt: null });
		expect(await check(key)).toEqual({ scopes: ["data:read", "data:ingest"] });
	});

	it("is stored without its secret", async () => {
		const { id, key } = await make();
		const [stored] = await service().db.query(STORED, [id]);
		expect(stored!.row).not.toContain(Contract.apiKeyParts(key)!.secret);
	});

	it("is good for nothing with another secret, or another's id", async () => {
		const [one, other] = [await make(), await make()];
		const { secret } = Contract.apiKeyParts(other.key)!;
		expect(await check(Contract.apiKeyText(one.id, secret))).toBeNull();
		expect(await check(Contract.apiKeyText(NOBODY, secret))).toBeNull();
	});

	it("is good until it expires", async () => {
		nowMs = start;
		const { key } = await make({ expiresAt: new Date(start + DAY_MS).toISOString() });
		nowMs = start + DAY_MS - 1;
		expect(await check(key)).not.toBeNull();
		nowMs = start + DAY_MS;
		expect(await check(key)).toBeNull();
	});

	it.each([[new Date(start - 1).toISOString()], [new Date(start).toISOString()]])(
		"is not made to expire at %s, before it is made",
		async (expiresAt) => {
			nowMs = start;
			await expect(make({ expiresAt })).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
		},
	);

	it.each([
		["no scope", []],
		["an unknown scope", ["everything"]],
		["a scope twice", ["data:read", "data:read"]],
	])("is not made for %s", async (_what, scopes) => {
		await expect(make({ scopes: scopes as never })).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});

	it("tells to the minute when it was last used", async () => {
		nowMs = start;
		const { id, key } = await make();
		const usedAt = async () => (await ask(Contract.GetApiKey, { id })).lastUsedAt;
		const at = (ms: number) => new Date(start + ms).toISOString();
		for (const [ms, noted] of [
			[1_000, 1_000],
			[1_000 + MINUTE_MS - 1, 1_000],
			[1_000 + MINUTE_MS, 1_000 + MINUTE_MS],
		] as const) {
			nowMs = start + ms;
			await check(key);
			expect(await usedAt()).toBe(at(noted));
		}
	});

	it("is not noted as used by who does not have its secret", async () => {
		const { id } = await make();
		await check(Contract.apiKeyText(id, "x".repeat(43)));
		expect((await ask(Contract.GetApiKey, { id })).lastUsedAt).toBeNull();
	});
});

describe("a rotated key", () => {
	it("has a new secret, and keeps the old one for a day", async () => {
		nowMs = start;
		const { id, key: old } = await make();
		const { key, rotatedAt, previousSecretUntil } = await ask(Contract.RotateApiKey, { id });
		expect({ rotatedAt, previousSecretUntil }).toEqual({
			rotatedAt: new Date(start).toISOString(),
			previousSecretUntil: new Date(start + DAY_MS).toISOString(),
		});
		nowMs = start + DAY_MS - 1;
		expect([await check(key), await check(old)]).not.toContain(null);
		nowMs = start + DAY_MS;
		expect(await check(key)).not.toBeNull();
		expect(await check(old)).toBeNull();
	});

	it("loses its old secret at once when told so", async () => {
		const { id, key: old } = await make();
		const { key } = await ask(Contract.RotateApiKey, { id, graceSeconds: 0 });
		expect(await check(old)).toBeNull();
		expect(await check(key)).not.toBeNull();
	});

	it("keeps one old secret, not all of them", async () => {
		const { id, key: first } = await make();
		for (let round = 0; round < 2; round++) await ask(Contract.RotateApiKey, { id });
		expect(await check(first)).toBeNull();
	});
});

describe("a revoked key", () => {
	it("is good for nothing, its old secret neither, and is not shown any more", async () => {
		const { id, key: old } = await make();
		const { key } = await ask(Contract.RotateApiKey, { id });
		expect(await ask(Contract.RevokeApiKey, { id })).toBeNull();

		expect([await check(key), await check(old)]).toEqual([null, null]);
		for (const gone of [Contract.GetApiKey, Contract.RotateApiKey, Contract.RevokeApiKey])
			await expect(ask(gone as typeof Contract.GetApiKey, { id })).rejects.toMatchObject({ type: "API_KEY_NOT_FOUND" });
	});

	it("was of the version that was seen, or is not revoked", async () => {
		const { id, key } = await make();
		await ask(Contract.RotateApiKey, { id, graceSeconds: 60 });
		const stale = { expectedVersion: 1 };
		await expect(ask(Contract.RevokeApiKey, { id }, stale)).rejects.toMatchObject({ data: { currentVersion: 2 } });
		expect(await check(key)).not.toBeNull();
		await ask(Contract.RevokeApiKey, { id }, { expectedVersion: 2 });
	});
});

describe("the list of keys", () => {
	it("shows those that are not revoked, newest first, by page and by cursor", async () => {
		const made = [await make({ name: "first" }), await make({ name: "second" }), await make({ name: "third" })];
		await ask(Contract.RevokeApiKey, { id: made[1]!.id });
		const page = await ask(Contract.ListApiKeys, { pageSize: 2 });
		expect(page.rows.map(({ name }) => name)).toEqual(["third", "first"]);
		expect(JSON.stringify(page)).not.toMatch(/hash|secret"/i);

		const slice = await ask(Contract.ListApiKeys, { limit: 1 });
		const cursor = (slice as { nextCursor: string }).nextCursor;
		const next = await ask(Contract.ListApiKeys, { limit: 1, cursor });
		expect(next.rows.map(({ name }) => name)).toEqual(["first"]);
	});
});

describe("the text of a key", () => {
	it.each([[""], ["stoa_"], ["stoa_x_y"], [`stoa_${NOBODY}_short`], [`Stoa_${NOBODY}_${"a".repeat(43)}`]])(
		"is not %j",
		(given) => {
			expect(Contract.apiKeyParts(given)).toBeUndefined();
		},
	);

	it("gives back its parts, whatever base64url holds", () => {
		const secret = "_-".repeat(21) + "A";
		expect(Contract.apiKeyParts(Contract.apiKeyText(NOBODY, secret))).toEqual({ id: NOBODY, secret });
	});
});
