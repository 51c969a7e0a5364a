import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { TakeMailReport } from "../../contracts/delivery-reports.ts";
import { EraseNotificationsUser } from "../../contracts/notifications.ts";
import { openMailServer } from "../delivery/mail-server.fixture.ts";
import type { MailServer } from "../delivery/mail-server.fixture.ts";
import { recipientHash } from "../delivery/recipient-hash.ts";
import { record } from "../delivery/record.ts";
import { settle } from "../domain/attempt.ts";
import { userCreated } from "../facts.fixture.ts";
import { startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";
import { bounceOf, signatureOf } from "./mail-report.fixture.ts";
import type { ToldOf } from "./mail-report.fixture.ts";
import { envelopeIdOf } from "./mail-report.ts";

const SECRET = "s".repeat(32);
const DELIVERED = { action: "delivered", status: "2.0.0" };
const UNKNOWN_USER = { action: "failed", status: "5.1.1" };
const REFUSED = { action: "failed", status: "5.7.1" };
const EVERYTHING = statement<{ everything: string }>(
	"spec.everything",
	`select concat((select json_agg(l) from notification_logs l), (select json_agg(s) from suppressions s),
		(select json_agg(o) from outbox o), (select json_agg(i) from inbox i)) as everything`,
);
const TAKEN = statement(
	"spec.taken",
	`insert into notification_logs (id, user_id, recipient_key, notification_type, channel, variables, dedupe_key,
		causation_id, attempts, next_attempt_at)
	select id, user_id, id, 'welcome', 'email', '{}', id, 'm-1', $3, 'infinity'
	from (select $1::uuid as id, $2::uuid as user_id) as given`,
);

let server: MailServer;
let running: RunningNotifications;
const atServer = ({ port }: MailServer) => ({ SMTP_HOST: "127.0.0.1", SMTP_PORT: String(port) });

beforeAll(async () => {
	server = await openMailServer({ hideDSN: false });
	running = await startNotifications({ ...atServer(server), MAIL_REPORT_SECRET: SECRET });
});
afterAll(async () => {
	await running.stop();
	await server.close();
});

/** A mail that the server has taken. */
async function sent(shop = running) {
	const userId = shop.newUser();
	await shop.deliver(userCreated(userId));
	return shop.settled(userId, "sent", 1).then(({ id }) => ({ id, userId, address: `${userId}@example.com` }));
}

const tellTo = (shop: RunningNotifications, text: string, signature = signatureOf(text, SECRET)) =>
	shop.ask(TakeMailReport, {
		raw: Buffer.from(text).toString("base64"),
		headers: signature === "" ? {} : { "x-hub-signature-256": signature },
	});
const post = (text: string, signature?: string) => tellTo(running, text, signature);
/** What a server tells that has taken the mail. */
const tell = (id: string, ...recipients: ToldOf[]) => post(bounceOf(envelopeIdOf(id, SECRET), recipients));

const rowOf = async (userId: string) => (await running.log(userId))[0];
const factsOf = async (userId: string) => (await running.facts(userId)).map(({ name, sequence }) => [name, sequence]);
const SENT = ["notification.sent", 1];
const FAILED = ["notification.failed", 2];

/** Whether another mail to the address of a user is sent. */
async function next(email: string) {
	const userId = running.newUser({ email });
	await running.deliver(userCreated(userId));
	return userId;
}

describe("a mail server that offers reports", () => {
	const parametersOf = ({ accepted }: MailServer, address: string) =>
		accepted.find(({ to }) => to === address)?.parameters;

	it("is asked for them, by the notification's id and a proof of the shop", async () => {
		const { id, address } = await sent();
		expect(parametersOf(server, address)).toMatchObject({
			ENVID: envelopeIdOf(id, SECRET),
			RET: "HDRS",
			NOTIFY: "SUCCESS,FAILURE",
		});
	});

	it.each([
		["a server that offers none", { hideDSN: true }, { MAIL_REPORT_SECRET: SECRET }],
		["no secret", { hideDSN: false }, {}],
	])("is not asked with %s", async (_what, options, env) => {
		const other = await openMailServer(options);
		const shop = await startNotifications({ ...atServer(other), ...env });
		try {
			const { address } = await sent(shop);
			expect(Object.keys(parametersOf(other, address) ?? {})).not.toEqual(
				expect.arrayContaining([expect.stringMatching(/ENVID|RET|NOTIFY/)]),
			);
		} finally {
			await shop.stop();
			await other.close();
		}
	});
});

describe("a report of a mail", () => {
	it("makes it delivered, which nothing takes back", async () => {
		const { id, userId } = await sent();
		for (const action of ["relayed", "delayed", "expanded"]) await tell(id, { action, status: "5.1.1" });
		expect(await rowOf(userId)).toMatchObject({ status: "sent" });

		expect(await tell(id, DELIVERED)).toBeNull();
		for (const told of [DELIVERED, UNKNOWN_USER]) await tell(id, told);
		expect(await rowOf(userId)).toMatchObject({ status: "delivered", reason: null });
		expect(await factsOf(userId)).toEqual([SENT]);
	});

	it("tells once that it bounced, however often and at once it comes, and suppresses the address", async () => {
		const { id, userId, address } = await sent();
		await Promise.all(Array.from({ length: 8 }, () => tell(id, { ...UNKNOWN_USER, to: "forwarded@example.net" })));
		await tell(id, DELIVERED);
		expect(await rowOf(userId)).toMatchObject({ status: "bounced", reason: "DSN_5.1.1" });
		expect(await factsOf(userId)).toEqual([SENT, FAILED]);
		expect((await running.facts(userId))[1]?.body).toMatchObject({ notificationId: id, reason: "DSN_5.1.1" });

		const suppressed = await running.settled(await next(address.toUpperCase()), "suppressed", 1);
		expect(suppressed).toMatchObject({ reason: "RECIPIENT_SUPPRESSED" });
		await running.settled(await next("forwarded@example.net"), "sent", 1);
	});

	it.each([
		["5.7.1", "bounced", "DSN_5.7.1"],
		["4.4.7", "failed", "RETRIES_EXHAUSTED"],
	])("of a failure by %s makes it %s, and the address gets the next mail", async (status, settled, reason) => {
		const { id, userId, address } = await sent();
		await tell(id, { action: "failed", status });
		expect(await rowOf(userId)).toMatchObject({ status: settled, reason });
		expect(await factsOf(userId)).toEqual([SENT, FAILED]);
		await running.settled(await next(address), "sent", 1);
	});

	it("suppresses where the mail went, and not where the user is reached by now", async () => {
		const { id, userId, address } = await sent();
		running.profiles.set(userId, { ...running.profiles.get(userId)!, email: "mended@example.com" });
		await tell(id, UNKNOWN_USER);
		await running.settled(await next(address), "suppressed", 1);
		await running.settled(await next("mended@example.com"), "sent", 1);
	});

	it("has several recipients where one address stands for them", async () => {
		const { id, userId } = await sent();
		await tell(id, REFUSED, DELIVERED);
		expect(await rowOf(userId)).toMatchObject({ status: "delivered" });
	});

	it.each([
		["another shop's", () => "QQ314159"],
		["none", () => undefined],
		["nobody's", () => envelopeIdOf("0197c5b0-0000-7000-8000-000000000001", SECRET)],
		["made up by somebody who knows the notification", (id: string) => id],
	])("whose envelope is %s is answered, and changes nothing", async (_whose, envelope) => {
		const { id, userId } = await sent();
		expect(await post(bounceOf(envelope(id), [UNKNOWN_USER]))).toBeNull();
		expect(await rowOf(userId)).toMatchObject({ status: "sent" });
	});

	it("leaves no address behind", async () => {
		const { id } = await sent();
		await tell(id, { ...UNKNOWN_USER, to: "zaphod@example.com" });
		const [{ everything } = { everything: "" }] = await running.service.db.query(EVERYTHING, []);
		expect(everything).toContain("DSN_5.1.1");
		expect(everything).not.toContain("zaphod");
	});

	it("of an erased user suppresses nothing", async () => {
		const { id, userId, address } = await sent();
		await running.ask(EraseNotificationsUser, { userId });
		await tell(id, UNKNOWN_USER);
		expect(await rowOf(userId)).toMatchObject({ status: "bounced", variables: {} });
		const [{ everything } = { everything: "" }] = await running.service.db.query(EVERYTHING, []);
		expect(everything).not.toContain(recipientHash("email", address));
	});
});

describe("a report that comes before its sending is written down", () => {
	const WRITTEN = { provider: "smtp", reference: null, locale: "en", templateVersion: 1, recipientHash: null };

	/** A mail that somebody has taken to send, so often. */
	async function taken(attempts: number) {
		const [id, userId] = [randomUUID(), running.newUser()];
		await running.service.db.query(TAKEN, [id, userId, attempts]);
		const said = { recipient: null, template: "welcome", channel: "email", variables: {}, isTest: false } as const;
		const notification = { ...said, id, userId, attempts, postponed: 0, locale: null };
		const notified = { ...notification, correlationId: null, causationId: "m-1" };
		const settlement = settle(notified, { outcome: "sent", ...WRITTEN }, new Date(), 0.5);
		return { id, userId, writeDown: () => record(running.service, [settlement]) };
	}

	it("tells that it was sent too, and whoever sent it finds it settled", async () => {
		const { id, userId, writeDown } = await taken(1);
		await tell(id, DELIVERED);
		await writeDown();
		expect(await rowOf(userId)).toMatchObject({ status: "delivered", attempts: 1, sent_at: expect.any(Date) });
		expect(await factsOf(userId)).toEqual([SENT]);
	});

	it("counts as much when both come at once", async () => {
		const mails = await Promise.all(Array.from({ length: 20 }, () => taken(1)));
		await Promise.all(mails.flatMap(({ id, writeDown }) => [writeDown(), tell(id, UNKNOWN_USER)]));
		for (const { userId } of mails) {
			expect(await rowOf(userId)).toMatchObject({ status: "bounced", reason: "DSN_5.1.1" });
			expect(await factsOf(userId)).toEqual([SENT, FAILED]);
		}
	});

	it("is a lie when nobody has tried", async () => {
		const { id, userId } = await taken(0);
		await tell(id, DELIVERED);
		expect(await rowOf(userId)).toMatchObject({ status: "queued" });
	});
});

describe("what no mail server of the shop tells", () => {
	it.each([
		["by another secret", (text: string) => signatureOf(text, "t".repeat(32))],
		["of another report", () => signatureOf(bounceOf(undefined, []), SECRET)],
		["missing", () => ""],
		["garbage", () => "sha256=AAAA"],
	])("is refused when its signature is %s", async (_what, sign) => {
		const { id, userId } = await sent();
		const text = bounceOf(envelopeIdOf(id, SECRET), [DELIVERED]);
		await expect(post(text, sign(text))).rejects.toMatchObject({ type: "REPORT_NOT_SIGNED", code: 400 });
		expect(await rowOf(userId)).toMatchObject({ status: "sent" });
	});

	it("is refused when it is signed and no report", async () => {
		const away = "From: ada@example.com\nSubject: I am away\n\nUntil Monday.\n";
		await expect(post(away)).rejects.toMatchObject({ type: "NOT_A_REPORT", code: 422 });
	});

	it("is refused without a secret, with what to do", async () => {
		const shop = await startNotifications(atServer(server));
		try {
			const message = expect.stringContaining("MAIL_REPORT_SECRET");
			const refused = { type: "REPORTS_OFF", code: 404, message };
			await expect(tellTo(shop, bounceOf(undefined, []))).rejects.toMatchObject(refused);
		} finally {
			await shop.stop();
		}
	});
});
