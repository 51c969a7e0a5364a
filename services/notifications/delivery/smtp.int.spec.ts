import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { freshCertificates } from "../../../test/support/certificates.ts";
import { freePort } from "../../../test/support/premises.ts";
import { mailWanted, userCreated } from "../facts.fixture.ts";
import { startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";
import { openMailServer } from "./mail-server.fixture.ts";
import type { MailServer, Refusal } from "./mail-server.fixture.ts";

type ServerOptions = NonNullable<Parameters<typeof openMailServer>[0]>;

let server: MailServer;
let running: RunningNotifications;

const atServer = (port: number) => ({ SMTP_HOST: "127.0.0.1", SMTP_PORT: String(port) });

beforeAll(async () => {
	server = await openMailServer();
	running = await startNotifications(atServer(server.port));
});
afterAll(async () => {
	await running.stop();
	await server.close();
});
beforeEach(() => void server.accepted.splice(0));

function newUser(...answers: (number | Refusal)[]): { userId: string; address: string } {
	const userId = running.newUser();
	const address = `${userId}@example.com`;
	server.refusals.set(
		address,
		answers.map((answer) => (typeof answer === "number" ? { responseCode: answer } : answer)),
	);
	return { userId, address };
}

const arrived = (address: string) => server.accepted.filter(({ to }) => to === address);
const welcomeTo = (userId: string) => running.deliver(userCreated(userId));

describe("a mail server", () => {
	it("is given the mail", async () => {
		const { userId, address } = newUser();
		await welcomeTo(userId);
		const { id, provider } = await running.settled(userId, "sent", 1);

		const [mail] = arrived(address);
		const parsed = await PostalMime.parse(mail?.source ?? "");
		expect(provider).toBe("smtp");
		expect(parsed).toMatchObject({ subject: "Welcome", messageId: `<${id}@stoa.local>`, to: [{ address }] });
		expect(parsed.headers.find(({ key }) => key === "auto-submitted")?.value).toBe("auto-generated");
	});

	it("is asked again later after a 4xx answer, with the same Message-ID", async () => {
		const { userId, address } = newUser(451);
		await welcomeTo(userId);
		const { id, status, last_error } = await running.deferred(userId, 1);
		expect({ status, last_error }).toEqual({ status: "queued", last_error: expect.stringContaining("451") });
		expect(arrived(address)).toEqual([]);
		expect(await running.facts(userId)).toEqual([]);

		await running.hasten(userId);
		await running.settled(userId, "sent", 2);
		expect(arrived(address)[0]?.source).toContain(`Message-ID: <${id}@stoa.local>`);
	});

	it("that says no five times gets no sixth try", async () => {
		const { userId } = newUser(451, 452, 450, 450, 451);
		await welcomeTo(userId);
		for (const attempts of [1, 2, 3, 4]) {
			await running.deferred(userId, attempts);
			await running.hasten(userId);
		}

		await running.settled(userId, "failed", 5);
		expect(await running.facts(userId)).toMatchObject([{ body: { reason: "RETRIES_EXHAUSTED" } }]);
	});

	it("that will not have the mail because of its rules is no fault of the recipient", async () => {
		const { userId } = newUser({ responseCode: 550, message: "5.7.1 relaying denied" });
		await welcomeTo(userId);
		await running.settled(userId, "failed", 1);

		await running.deliver(mailWanted({ userId, template: "password-changed", variables: {} }));
		await running.settled(userId, "sent", 1);
	});

	it("that is away costs a try, and gets the mail when it is back", async () => {
		const { port } = server;
		await server.close();
		const { userId, address } = newUser();
		await welcomeTo(userId);
		await running.deferred(userId, 1);

		server = await openMailServer({}, port);
		await running.hasten(userId);
		await running.settled(userId, "sent", 2);
		expect(arrived(address)).toHaveLength(1);
	});
});

describe("a hard bounce", () => {
	it("ends the notification, and every later one to the same address", async () => {
		const { userId, address } = newUser({ responseCode: 550, message: "5.1.1 no such user" });
		await welcomeTo(userId);
		const { reason } = await running.settled(userId, "bounced", 1);
		expect(reason).toBe("SMTP_550");
		expect(await running.facts(userId)).toMatchObject([{ name: "notification.failed", body: { reason: "SMTP_550" } }]);

		const namesake = running.newUser({ email: address.toUpperCase() });
		await running.deliver(userCreated(namesake));
		expect(await running.settled(namesake, "suppressed", 1)).toMatchObject({ reason: "RECIPIENT_SUPPRESSED" });
		expect(arrived(address)).toEqual([]);
	});

	it("leaves no address in the log", async () => {
		const userId = running.newUser();
		const address = `${userId}@example.com`;
		server.refusals.set(address, [{ responseCode: 550, message: `<${address}> is unknown here` }]);
		await welcomeTo(userId);
		const { last_error } = await running.settled(userId, "bounced");
		expect(last_error).toContain("<recipient>");
		expect(last_error).not.toContain(address);
	});
});

describe("a second mail server", () => {
	it("is given what the first does not take, and all of it while the first is out of order", async () => {
		const second = await openMailServer();
		const first = await openMailServer();
		const env = { ...atServer(first.port), SMTP_FALLBACK_URL: `smtp://127.0.0.1:${second.port}` };
		const shop = await startNotifications(env);
		try {
			const sentBy = async () => {
				const userId = shop.newUser();
				await shop.deliver(userCreated(userId));
				return (await shop.settled(userId, "sent", 1)).provider;
			};
			first.outOfOrder.push({ responseCode: 451 });
			expect(await sentBy()).toBe("smtp-fallback");
			expect(await sentBy()).toBe("smtp");
			await first.close();
			expect(await sentBy()).toBe("smtp-fallback");
			expect([first.accepted.length, second.accepted.length]).toEqual([1, 2]);
		} finally {
			await shop.stop();
			await second.close();
		}
	});

	it("does not hear of a recipient that does not exist", async () => {
		const second = await openMailServer();
		const shop = await startNotifications({
			...atServer(server.port),
			SMTP_FALLBACK_URL: `smtp://127.0.0.1:${second.port}`,
		});
		try {
			const userId = shop.newUser();
			server.refusals.set(`${userId}@example.com`, [{ responseCode: 550 }]);
			await shop.deliver(userCreated(userId));
			await shop.settled(userId, "bounced", 1);
			expect(second.accepted).toEqual([]);
		} finally {
			await shop.stop();
			await second.close();
		}
	});
});

describe("a login", () => {
	const LOGIN = { SMTP_USER: "shop", SMTP_PASSWORD: "secret" };
	const onAuth: ServerOptions = {
		disabledCommands: [],
		onAuth: ({ username, password }, _session, callback) => {
			if (password === "secret") callback(null, { user: username });
			else callback(Object.assign(new Error("5.7.8 wrong password"), { responseCode: 535 }));
		},
	};

	let pki: Awaited<ReturnType<typeof freshCertificates>>;
	let locked: ServerOptions;
	beforeAll(async () => {
		pki = await freshCertificates();
		locked = { ...onAuth, cert: readFileSync(pki.certificate), key: readFileSync(pki.key) };
	});

	/** Starts a shop that logs in, sends one mail and tells what became of it. */
	async function mailed(options: ServerOptions, env: NodeJS.ProcessEnv, status?: string) {
		const opened = await openMailServer(options);
		const shop = await startNotifications({ SMTP_HOST: "localhost", SMTP_PORT: String(opened.port), ...LOGIN, ...env });
		try {
			const userId = shop.newUser();
			await shop.deliver(userCreated(userId));
			const row = await (status === undefined ? shop.deferred(userId, 1) : shop.settled(userId, status));
			return { row, accepted: opened.accepted };
		} finally {
			await shop.stop();
			await opened.close();
		}
	}

	it("travels in STARTTLS, of a server whose certificate is trusted", async () => {
		const trusted = getCACertificates();
		setDefaultCACertificates([...trusted, readFileSync(pki.ca, "utf8")]);
		try {
			const { accepted } = await mailed(locked, {}, "sent");
			expect(accepted).toMatchObject([{ isSecure: true, user: "shop" }]);
			const wrong = await mailed(locked, { SMTP_PASSWORD: "guess" });
			expect(wrong.row.last_error).toContain("535");
		} finally {
			setDefaultCACertificates(trusted);
		}
	});

	it("is not sent to a server whose certificate nobody knows", async () => {
		const { row, accepted } = await mailed(locked, {});
		expect(row.last_error).toMatch(/certificate/i);
		expect(accepted).toEqual([]);
	});

	it("is not sent to a server that speaks no TLS", async () => {
		const { row, accepted } = await mailed({ ...locked, disabledCommands: ["STARTTLS"] }, {});
		expect(row.last_error).toMatch(/STARTTLS/);
		expect(accepted).toEqual([]);
	});

	it("is worth another try when nobody listens", async () => {
		const port = await freePort();
		const { row } = await mailed(locked, { SMTP_PORT: String(port) });
		expect(row.last_error).toContain("ECONNREFUSED");
	});
});
