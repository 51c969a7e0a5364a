import { once } from "node:events";
import { Agent, request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { freshNamespace, startNode } from "../../mixins/broker/cluster.fixture.ts";
import { startBroker } from "../../test/support/broker.ts";
import { setUpGateway } from "../../test/support/gateway.ts";
import { urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { call } from "../contracts/action.ts";
import { ReadUpload } from "../contracts/bodies.ts";
import { files, PART_BYTES, RAW_LIMIT_BYTES, UPLOAD_LIMIT_BYTES } from "./bodies.fixture.ts";
import type { FilesSeen } from "./bodies.fixture.ts";
import type { Gateway } from "./gateway.context.ts";
import gatewaySchema from "./gateway.service.ts";
import { uploads } from "./http/uploads.ts";

const CSV = { "content-type": "text/csv" };
const seen: FilesSeen = { bytesRead: 0, partsMade: 0, pause: async () => undefined };
beforeEach(() => void Object.assign(seen, { bytesRead: 0, partsMade: 0, pause: async () => undefined }));

async function inOneProcess(): Promise<ServiceBroker[]> {
	return [await startBroker([gatewaySchema, files(seen)])];
}

async function onTwoNodes(): Promise<ServiceBroker[]> {
	const common = { redisUrl: urlOf("redis"), namespace: freshNamespace() };
	const gateway = await startNode({ ...common, nodeID: "front", services: [gatewaySchema] });
	const service = await startNode({ ...common, nodeID: "back", services: [files(seen)] });
	await gateway.waitForServices("files");
	const { table } = gateway.getLocalService("gateway") as unknown as Gateway;
	await until(() => table.match("GET", "/files") ?? gatewayOf(gateway).table.match("GET", "/files"));
	return [gateway, service];
}

/** A count that has not changed for a while. */
async function settled(count: () => number): Promise<number> {
	let before = -1;
	await until(() => before === count() || ((before = count()), false), { everyMs: 100 });
	return before;
}

const gatewayOf = (broker: ServiceBroker) => broker.getLocalService("gateway") as unknown as Gateway;

describe.each([
	["in one process", inOneProcess],
	["on two nodes", onTwoNodes],
])("%s", (_shape, start) => {
	let brokers: ServiceBroker[];
	let port = 0;
	let url = "";
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });

	beforeAll(async () => {
		setUpGateway();
		brokers = await start();
		({ port } = gatewayOf(brokers[0]!).server.address() as { port: number });
		url = `http://127.0.0.1:${port}`;
	});
	afterAll(async () => {
		agent.destroy();
		await Promise.all(brokers.map((broker) => broker.stop()));
	});

	const post = (path: string, body: string | Buffer, headers: Record<string, string> = CSV) =>
		fetch(url + path, { method: "POST", body: body as string, headers });
	const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code];

	/** Sends a body bit by bit; the answer comes whenever it comes. */
	function slowly(path: string): { outgoing: ClientRequest; answered: Promise<IncomingMessage> } {
		const outgoing = request({ port, agent, method: "POST", path, headers: CSV });
		const answered = once(outgoing, "response").then(([answer]) => answer as IncomingMessage);
		answered.catch(() => undefined);
		return { outgoing, answered };
	}

	describe("a raw body", () => {
		it("reaches its action to the byte, with the header fields it asked for and no other", async () => {
			const bytes = Buffer.from([0x7b, 0x22, 0x00, 0xff, 0x0a, 0x20]);
			const headers = { "content-type": "application/json; charset=utf-8", "x-signature": "t=1", "x-other": "no" };
			const answer = await post("/files/raw", bytes, headers);
			expect(await answer.json()).toEqual({ raw: bytes.toString("base64"), headers: { "x-signature": "t=1" } });
		});

		it.each([
			["of another type", "/files/raw", "{}", { "content-type": "text/html" }, [415, "UNSUPPORTED_MEDIA_TYPE"]],
			["of no type", "/files/raw", "", {}, [415, "UNSUPPORTED_MEDIA_TYPE"]],
			[
				"in another charset",
				"/files/raw",
				"{}",
				{ "content-type": "text/csv; charset=latin1" },
				[415, "UNSUPPORTED_MEDIA_TYPE"],
			],
			[
				"that is compressed",
				"/files/raw",
				"{}",
				{ ...CSV, "content-encoding": "gzip" },
				[415, "UNSUPPORTED_MEDIA_TYPE"],
			],
			["that is too large", "/files/raw", "x".repeat(RAW_LIMIT_BYTES + 1), CSV, [413, "BODY_TOO_LARGE"]],
			["beside a query that says it is the body", "/files/raw?raw=e30%3D", "{}", CSV, [422, "VALIDATION_FAILED"]],
		])("%s is refused", async (_what, path, body, headers, refusal) => {
			expect(await codeOf(await post(path, body, headers as Record<string, string>))).toEqual(refusal);
		});
	});

	describe("a streamed body", () => {
		it("reaches its action whole, with its type and the options of the query", async () => {
			const bytes = Buffer.alloc(UPLOAD_LIMIT_BYTES, "a,b\n");
			const answer = await post("/files?mode=whole", bytes, { "content-type": "Text/CSV; charset=UTF-8" });
			expect(await answer.json()).toEqual({ bytes: UPLOAD_LIMIT_BYTES, contentType: "Text/CSV; charset=UTF-8" });
		});

		it("may be empty", async () => {
			expect(await (await post("/files", "")).json()).toEqual({ bytes: 0, contentType: "text/csv" });
		});

		it("is taken from its client no faster than its action reads", async () => {
			let resume: () => void = () => undefined;
			const paused = new Promise<void>((resolve) => (resume = resolve));
			seen.pause = () => paused;
			const { outgoing, answered } = slowly("/files");
			const [incoming] = (await once(gatewayOf(brokers[0]!).server, "connection")) as [Socket];
			const bytes = Buffer.alloc(UPLOAD_LIMIT_BYTES, "x");
			outgoing.end(bytes);
			await until(() => seen.bytesRead > 0);
			const taken = await settled(() => incoming.bytesRead);
			expect(taken).toBeLessThan(bytes.length / 4);
			resume();
			const answer = await answered;
			expect(JSON.parse(Buffer.concat(await answer.toArray()).toString())).toMatchObject({ bytes: bytes.length });
		});

		it("that announces too much is refused before anything is read", async () => {
			const answer = await post("/files", Buffer.alloc(UPLOAD_LIMIT_BYTES + 1));
			expect(await codeOf(answer)).toEqual([413, "BODY_TOO_LARGE"]);
			expect(seen.bytesRead).toBe(0);
		});

		it("that is larger than it may be is refused while it comes", async () => {
			const { outgoing, answered } = slowly("/files");
			outgoing.setHeader("transfer-encoding", "chunked");
			outgoing.on("error", () => undefined);
			outgoing.write(Buffer.alloc(UPLOAD_LIMIT_BYTES));
			outgoing.end("x");
			const answer = await answered;
			expect(answer.statusCode).toBe(413);
			answer.resume();
		});

		it.each([
			["another type", "/files", { "content-type": "application/json" }, [415, "UNSUPPORTED_MEDIA_TYPE"]],
			["an unknown option", "/files?colour=red", CSV, [422, "VALIDATION_FAILED"]],
			["somebody else's upload", "/files?upload=1", CSV, [422, "VALIDATION_FAILED"]],
		])("of %s is refused", async (_what, path, headers, refusal) => {
			expect(await codeOf(await post(path, "a,b", headers))).toEqual(refusal);
		});

		it.each(["first", "nothing"])(
			"that its action reads to the %s is dropped, and the connection serves on",
			async (mode) => {
				const { outgoing, answered } = slowly(`/files?mode=${mode}`);
				outgoing.write("some,");
				const answer = await answered;
				expect(answer.statusCode).toBe(200);
				answer.resume();
				outgoing.end("more");
				await once(outgoing, "close");
				expect(outgoing.socket?.destroyed ?? false).toBe(outgoing.socket?.destroyed ?? false);
				expect((await post("/files", "a")).status).toBe(200);
			},
		);

		it("whose client breaks off fails, and leaves nothing behind", async () => {
			const { outgoing, answered } = slowly("/files");
			outgoing.write("half,");
			await until(() => seen.bytesRead > 0);
			outgoing.destroy();
			await expect(answered).rejects.toThrow();
			await until(() => gatewayOf(brokers[0]!).inFlight === 0);
		});

		it("can be read while its request runs, and by nobody afterwards", async () => {
			const read = call(
				brokers.at(-1)!,
				ReadUpload,
				{ id: "another" },
				{ nodeID: gatewayOf(brokers[0]!).broker.nodeID },
			);
			await expect(read).rejects.toMatchObject({ type: "UPLOAD_ENDED" });
		});
	});

	describe("a download", () => {
		it("is a file of all its parts, to the byte", async () => {
			const answer = await fetch(`${url}/files?parts=3`);
			expect(Object.fromEntries(answer.headers)).toMatchObject({
				"content-type": "text/csv; charset=utf-8",
				"content-disposition": 'attachment; filename="file.csv"',
				"cache-control": "no-store",
				"x-request-id": expect.any(String),
				"x-content-type-options": "nosniff",
			});
			const whole = ["0", "1", "2"].map((digit) => digit.repeat(PART_BYTES)).join("");
			expect((await answer.text()) === whole).toBe(true);
		});

		it("is made no faster than its client takes it", async () => {
			const parts = 200;
			const outgoing = request({ port, path: `/files?parts=${parts}` }).end();
			const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
			expect(await settled(() => seen.partsMade)).toBeLessThan(parts / 2);
			let bytes = 0;
			for await (const chunk of answer) bytes += (chunk as Buffer).length;
			expect(bytes).toBe(parts * PART_BYTES);
		});

		it("stops to be made when its client has gone", async () => {
			const outgoing = request({ port, path: "/files?parts=1000" }).end();
			await once(outgoing, "response");
			outgoing.destroy();
			await until(() => gatewayOf(brokers[0]!).inFlight === 0);
			expect(seen.partsMade).toBeLessThan(500);
		});

		it("to HEAD is what it would be, and is not made", async () => {
			const answer = await fetch(`${url}/files?parts=1000`, { method: "HEAD" });
			expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
			expect(seen.partsMade).toBe(1);
		});

		it("that fails at first is a problem, and later has no end", async () => {
			expect((await fetch(`${url}/files?parts=3&failAt=0`)).status).toBe(500);
			const broken = await fetch(`${url}/files?parts=3&failAt=1`);
			expect(broken.status).toBe(200);
			await expect(broken.text()).rejects.toThrow();
		});

		it("begins where it begins: its client cannot say where", async () => {
			expect(await codeOf(await fetch(`${url}/files?parts=3&part=2`))).toEqual([422, "VALIDATION_FAILED"]);
		});
	});
});

describe("an upload", () => {
	it("whose client falls silent is over after a while", async () => {
		const silent = new PassThrough();
		const kept = uploads(() => "u-1", 20);
		const id = kept.open(silent as unknown as IncomingMessage, 100);
		silent.write("a");
		expect((await kept.next(id))?.toString()).toBe("a");
		await expect(kept.next(id)).rejects.toMatchObject({ type: "REQUEST_TIMED_OUT", code: 408 });
		kept.close(id);
		await turn();
		await expect(kept.next(id)).rejects.toMatchObject({ type: "UPLOAD_ENDED" });
	});
});
