import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import type { SMTPServerDataStream } from "smtp-server";
import { startNotifications, userCreated } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";

/** Refusals the server gives to an address, in order; then it accepts. */
const refusals = new Map<string, number[]>();
const accepted: { to: string; source: string }[] = [];
let server: SMTPServer;
let running: RunningNotifications;

function refusal(address: string): Error | null {
	const responseCode = refusals.get(address)?.shift();
	return responseCode === undefined ? null : Object.assign(new Error("not now"), { responseCode });
}

async function read(stream: SMTPServerDataStream): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

function listen(port = 0): Promise<SMTPServer> {
	const started = new SMTPServer({
		disabledCommands: ["STARTTLS", "AUTH"],
		closeTimeout: 50,
		onRcptTo: ({ address }, _session, callback) => callback(refusal(address)),
		onData(stream, { envelope }, callback) {
			void read(stream).then((source) => {
				accepted.push(...envelope.rcptTo.map(({ address }) => ({ to: address, source })));
				callback();
			});
		},
	});
	return new Promise((resolve) => started.listen(port, "127.0.0.1", () => resolve(started)));
}

const close = (open: SMTPServer) => new Promise<void>((resolve) => open.close(resolve));
const portOf = (open: SMTPServer) => (open.server.address() as AddressInfo).port;

beforeAll(async () => {
	server = await listen();
	running = await startNotifications({ SMTP_HOST: "127.0.0.1", SMTP_PORT: String(portOf(server)) });
});
afterAll(async () => {
	await running.stop();
	await close(server);
});
beforeEach(() => void accepted.splice(0));

function newUser(...codes: number[]): { userId: string; address: string } {
	const userId = randomUUID();
	const address = `${userId}@example.com`;
	running.addresses.set(userId, address);
	refusals.set(address, codes);
	return { userId, address };
}

const arrived = (address: string) => accepted.filter(({ to }) => to === address);

describe("a mail server", () => {
	it("is given the mail", async () => {
		const { userId, address } = newUser();
		await running.deliver(userCreated(userId));
		const { id } = await running.settled(userId, "sent", 1);

		const [mail] = arrived(address);
		const parsed = await PostalMime.parse(mail?.source ?? "");
		expect(parsed).toMatchObject({ subject: "Welcome", messageId: `<${id}@stoa.local>`, to: [{ address }] });
		expect(parsed.headers.find(({ key }) => key === "auto-submitted")?.value).toBe("auto-generated");
	});

	it("is asked again later after a 4xx answer, with the same Message-ID", async () => {
		const { userId, address } = newUser(451);
		await running.deliver(userCreated(userId));
		const { id, status, last_error } = await running.deferred(userId, 1);
		expect({ status, last_error }).toEqual({ status: "queued", last_error: expect.stringContaining("451") });
		expect(arrived(address)).toEqual([]);
		expect(await running.facts(userId)).toEqual([]);

		await running.hasten(userId);
		await running.settled(userId, "sent", 2);
		expect(arrived(address)[0]?.source).toContain(`Message-ID: <${id}@stoa.local>`);
	});

	it("is not asked again after a 5xx answer", async () => {
		const { userId, address } = newUser(550);
		await running.deliver(userCreated(userId));
		const { last_error } = await running.settled(userId, "failed", 1);

		expect(last_error).toContain("550");
		expect(arrived(address)).toEqual([]);
		expect(await running.facts(userId)).toMatchObject([{ name: "notification.failed", body: { reason: "SMTP_550" } }]);
	});

	it("that says no five times gets no sixth try", async () => {
		const { userId } = newUser(451, 452, 450, 450, 451);
		await running.deliver(userCreated(userId));
		for (const attempts of [1, 2, 3, 4]) {
			await running.deferred(userId, attempts);
			await running.hasten(userId);
		}

		await running.settled(userId, "failed", 5);
		expect(await running.facts(userId)).toMatchObject([{ body: { reason: "RETRIES_EXHAUSTED" } }]);
	});

	it("that is away costs a try, and gets the mail when it is back", async () => {
		const port = portOf(server);
		await close(server);
		const { userId, address } = newUser();
		await running.deliver(userCreated(userId));
		await running.deferred(userId, 1);

		server = await listen(port);
		await running.hasten(userId);
		await running.settled(userId, "sent", 2);
		expect(arrived(address)).toHaveLength(1);
	});
});
