import { afterEach, expect, it } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { describeWith, urlOf } from "../../../test/support/servers.ts";
import { until } from "../../../test/support/wait.ts";
import type { Database } from "../../sql/database.ts";
import { keepsDocuments, listsDocuments } from "../documents.conformance.fixture.ts";
import type { Documents } from "../documents.ts";
import { openDocuments } from "../open-documents.ts";
import { rebuildsDocuments } from "../rebuild.conformance.fixture.ts";
import { batches, entry, thing, THINGS } from "../things.fixture.ts";
import type { Subject, Thing } from "../things.fixture.ts";
import { DocumentsAdapter } from "./adapter.ts";
import { openDoor } from "./door.fixture.ts";
import type { MongoCollection } from "./driver.ts";
import { mongoServer } from "./mongo-server.ts";

/** A database of its own for each subject. */
const freshNamespace = (): string => `test_${randomBytes(6).toString("hex")}`;

const NO_DATABASE = {} as Database;
/** Longer than a connection's socket timeout; nothing else tells when the driver has closed it. */
const REST_MS = 6_000;
const quietly = () => undefined;

function openThings(url = urlOf("mongodb"), namespace = freshNamespace()): Documents<Thing> {
	return openDocuments<Thing>(THINGS, { db: NO_DATABASE, mongodb: mongoServer(url, namespace) });
}

/** The database itself, past the documents. */
async function raw<R>(namespace: string, work: (adapter: DocumentsAdapter) => Promise<R>): Promise<R> {
	const server = mongoServer(urlOf("mongodb"), namespace);
	if (server === undefined) throw new Error("There is no server.");
	const adapter = new DocumentsAdapter(server, "rebuilds", quietly, () => Promise.resolve());
	await adapter.connected();
	try {
		return await work(adapter);
	} finally {
		await adapter.disconnect();
	}
}

const rebuildsOf = ({ collection }: DocumentsAdapter) => collection as MongoCollection;

async function open(): Promise<Subject> {
	const namespace = freshNamespace();
	const documents = openThings(urlOf("mongodb"), namespace);
	const dead = { $set: { renewedAt: new Date(Date.now() - 120_000) } };
	return {
		documents,
		ageRebuild: () =>
			raw(namespace, async (adapter) => {
				await rebuildsOf(adapter).updateOne({}, dead);
			}),
		clear: () =>
			raw(namespace, async ({ db }) => {
				for (const name of ["things", "rebuilds"]) await db.collection(name).deleteMany({});
			}),
		close: async () => {
			await documents.close();
			await raw(namespace, (adapter) => adapter.db.command({ dropDatabase: 1 }));
		},
	};
}

const busy = expect.objectContaining({ type: "SERVICE_BUSY", retryable: true });

async function secondsOf(work: Promise<unknown>): Promise<number> {
	const startedMs = performance.now();
	await work;
	return (performance.now() - startedMs) / 1_000;
}

describeWith(["mongodb"], "documents in MongoDB", () => {
	keepsDocuments(open);
	listsDocuments(open);
	rebuildsDocuments(open, false);

	const toClose: { close(): Promise<void> }[] = [];
	const opened = <Each extends { close(): Promise<void> }>(each: Each): Each => {
		toClose.unshift(each);
		return each;
	};
	afterEach(async () => {
		for (const each of toClose.splice(0)) await each.close();
	});

	/** Whether it took effect before the answer got lost is not known, so the same write is sent again. */
	const written = (documents: Documents<Thing>, version: number) =>
		until(
			() =>
				documents.put("a", version, thing("a")).then(
					() => true,
					() => false,
				),
			{ timeoutMs: 20_000 },
		);

	it("leave no collection of a rebuild behind, also not of one that died or of a writer that was late", async () => {
		const namespace = freshNamespace();
		const documents = opened(openThings(urlOf("mongodb"), namespace));
		await raw(namespace, async ({ db }) => {
			await db.collection("things.rebuild.dead").bulkWrite([{ insertOne: { document: { _id: "left" } } }], {});
		});
		await documents.rebuild(batches([[entry("a")]]));

		const names = await raw(namespace, ({ db }) => db.listCollections({}, { nameOnly: true }).toArray());
		expect(names.map(({ name }) => name).sort()).toEqual(["rebuilds", "things"]);
	});

	it("fail within seconds, to be tried again, while the server is away, and work once it has come", async () => {
		const door = opened(await openDoor(urlOf("mongodb")));
		await door.shut();
		const documents = opened(openThings(door.url));

		expect(await secondsOf(expect(documents.get("a")).rejects.toEqual(busy))).toBeLessThan(5);
		expect(await documents.health()).toBe("degraded");
		await door.open();
		await written(documents, 1);
		expect(await documents.health()).toBe("healthy");
	});

	it("fail within seconds when the server falls silent, and work when it answers again", async () => {
		const door = opened(await openDoor(urlOf("mongodb")));
		const documents = opened(openThings(door.url));
		await documents.put("a", 1, thing("a"));

		door.silence();
		expect(await secondsOf(expect(documents.get("a")).rejects.toEqual(busy))).toBeLessThan(9);
		expect(await secondsOf(documents.health())).toBeLessThan(1);
		door.hear();
		await written(documents, 2);
		expect(await documents.get("a")).toMatchObject({ version: 2 });
	});

	it("survive that all connections break", async () => {
		const door = opened(await openDoor(urlOf("mongodb")));
		const documents = opened(openThings(door.url));
		await documents.put("a", 1, thing("a"));

		door.breakAll();
		const first = await documents.get("a").catch((error: unknown) => error);
		expect([busy, expect.objectContaining({ id: "a" })]).toContainEqual(first);
		await written(documents, 2);
	});

	it("work and close after a rest that is longer than the driver leaves a connection idle", async () => {
		const documents = opened(openThings());
		await documents.put("a", 1, thing("a"));
		await new Promise((resolve) => setTimeout(resolve, REST_MS));

		expect(await documents.get("a")).toMatchObject({ version: 1 });
	});

	it("are busy once they are closed", async () => {
		const documents = openThings();
		await documents.get("a");
		await documents.close();

		await expect(documents.get("a")).rejects.toEqual(busy);
	});
});
