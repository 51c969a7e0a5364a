import { createRequire } from "node:module";
import { describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import { readersOf } from "../../bin/topology.ts";
import { STORED } from "../../bin/services.ts";
import { headersOf } from "../../mixins/events/fact.ts";
import { EVENTS, PUBLISHED } from "../../services/contracts/catalogue.ts";
import { WEBHOOK_EVENTS } from "../../services/contracts/webhooks.ts";
import { asyncApi } from "../../services/gateway/asyncapi/document.ts";

interface Schema {
	readonly [member: string]: unknown;
}

interface Operation {
	readonly action: "send" | "receive";
	readonly channel: { readonly $ref: string };
}

interface Document {
	readonly channels: Readonly<Record<string, { address: string; bindings: { amqp: Schema } }>>;
	readonly operations: Readonly<Record<string, Operation>>;
	readonly components: { readonly messages: Readonly<Record<string, { headers: Schema; payload: Schema }>> };
}

const specification = createRequire(import.meta.url)("@asyncapi/specs") as { schemas: Record<string, Schema> };

const readings = async () =>
	(await readersOf(STORED)).flatMap(({ consumers }) =>
		[...consumers].flatMap(([consumer, events]) => events.map((event) => ({ consumer, event }))),
	);
const built = async (namespace = "stoa") =>
	JSON.parse(JSON.stringify(asyncApi(PUBLISHED, await readings(), namespace))) as Document;

/** The published schema brings the meta-schema along, so the validator must not have its own. */
const validator = () => {
	const { $schema, ...schema } = specification.schemas["3.0.0"] ?? {};
	const options = { strict: false, allErrors: true, validateFormats: false };
	return new Ajv({ ...options, meta: false, validateSchema: false }).compile(schema);
};

describe("the AsyncAPI document", () => {
	it("is what AsyncAPI 3.0 says it must be", async () => {
		const validate = validator();
		const document = await built();

		expect([validate(document), validate.errors ?? []]).toEqual([true, []]);
		expect(validate({ ...document, operations: { x: { action: "publish" } } })).toBe(false);
	});

	it("has every event that a service declares, sent by its service", async () => {
		const { channels, components, operations } = await built();
		const names = EVENTS.map(({ name }) => name).sort();
		expect(Object.keys(channels).sort()).toEqual(names);
		expect(Object.keys(components.messages).sort()).toEqual(names);

		const sent = Object.entries(operations).filter(([, { action }]) => action === "send");
		const declared = Object.entries(PUBLISHED).flatMap(([service, events]) =>
			events.map(({ name }) => `${service}.send.${name}`),
		);
		expect(sent.map(([id]) => id).sort()).toEqual(declared.sort());
	});

	it("has every consumer of every service, each at the channel that it reads", async () => {
		const { operations } = await built();
		const received = Object.entries(operations).filter(([, { action }]) => action === "receive");

		const listed = received.map(([id, { channel }]) => `${id} at ${channel.$ref}`).sort();
		const read = (await readings()).map(({ consumer, event }) => `${consumer}.${event} at #/channels/${event}`);
		expect(listed).toEqual(read.sort());
	});

	it("resolves every reference", async () => {
		const document = await built();
		const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
		const found = (path: string) =>
			path.split("/").reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);

		expect(references.length).toBeGreaterThan(50);
		expect(references.filter((path) => found(path) === undefined)).toEqual([]);
	});

	it("says of each message what a bus sends along", async () => {
		const { components } = await built();
		const envelope = { version: 1, aggregateType: "order", aggregateId: "o-1", sequence: 3 };
		for (const [name, { headers }] of Object.entries(components.messages)) {
			const sent = headersOf({ id: "m-1", name, ...envelope, correlationId: "r-1", causationId: "c-1", data: {} });
			const check = new Ajv({ strict: false }).compile({ ...headers, additionalProperties: false });
			expect([name, check(sent), check.errors ?? []]).toEqual([name, true, []]);
			expect(check({ ...sent, "stoa-name": "another" })).toBe(false);
		}
	});

	it("shows what is open to outsiders as a queue that wants no envelope, under the name of its Stoa", async () => {
		const open = EVENTS.filter(({ isOpen }) => isOpen).map(({ name }) => name);
		const { channels, components } = await built("shop");

		expect(open).toEqual(expect.arrayContaining(["user.registration", "email.notifications"]));
		for (const name of open) {
			expect(channels[name]).toMatchObject({ address: `shop.${name}`, bindings: { amqp: { is: "queue" } } });
			expect(components.messages[name]?.headers).not.toHaveProperty("required");
			expect(components.messages[name]?.payload.required).not.toContain("timestamp");
		}
		expect(channels["order.created"]?.bindings.amqp).toMatchObject({ exchange: { name: "shop.events" } });
	});
});

describe("what third parties may have", () => {
	/** A new event is either promised to them here or kept from them here: neither happens by itself. */
	const KEPT = ["category.updated", "email.notifications", "user.registration"];

	it("is what was promised: facts, and nothing that was only meant for us", () => {
		expect(WEBHOOK_EVENTS.map(({ name }) => name).sort()).toEqual([
			...["notification.failed", "notification.sent", "order.cancelled", "order.created", "order.updated"],
			...["payment.captured", "payment.failed", "payment.refunded", "product.created", "product.low_stock"],
			...["product.updated", "user.created", "user.deleted", "user.updated"],
		]);
		const promised = new Set(WEBHOOK_EVENTS.map(({ name }) => name));
		expect(EVENTS.map(({ name }) => name).filter((name) => !promised.has(name) && !KEPT.includes(name))).toEqual([]);
	});
});
